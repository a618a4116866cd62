"""The supervisor: one candidate for each enabled connection, following the configuration as it changes."""

import asyncio
import contextlib
import logging
import os
import secrets
import socket
from typing import Any

from channels.layers import BaseChannelLayer
from django.conf import settings
from django.db import Error as DatabaseFailure

from statsbridge import configuration, history, metrics, persistence
from statsbridge.candidate import Candidate
from statsbridge.clock import Clock
from statsbridge.configuration import Configured
from statsbridge.keeper import Keeper
from statsbridge.leadership import Alone, Leases, RedisLeases, Term
from statsbridge.messages import BEAT_SECONDS
from statsbridge.persistence import in_thread
from statsbridge.publisher import Publisher
from statsbridge.together import cancel, run_together
from statsbridge.trials import Trials

logger = logging.getLogger(__name__)

FOLLOW_SECONDS = 1.0
ROLL_CALL_SECONDS = 5.0
PRUNE_SECONDS = 60.0
#: For what is said to the services and saved; and for all of it, with what is then cut off.
STOP_SECONDS = 4.2
STOP_MOST_SECONDS = 4.8


class Bridge:
    """One life of the bridge: ``run`` until cancelled or until ``stop``, which ends it politely.

    ``layer`` is the channel layer on which hubs listen; ``clock`` is replaced in tests. With ``REDIS_URL`` it leads a
    connection only while it has its lease.
    """

    def __init__(self, layer: BaseChannelLayer, clock: Clock | None = None) -> None:
        self.epoch = secrets.token_hex(8)
        self.candidates: dict[int, Candidate] = {}
        self._clock = clock or Clock()
        self._publisher = Publisher(layer)
        self._name = f"{socket.gethostname()[:32]}:{os.getpid()}:{self.epoch}"
        self._started_at = self._clock.now()
        self._revision: int | None = None
        self._complaints: set[str] = set()
        self._leases: Leases = Alone(self._clock.now)
        if settings.REDIS_URL:
            self._leases = RedisLeases(settings.REDIS_URL, settings.REDIS_PREFIX, self._name)
        # By name, which another connection may take over.
        self._leaving: dict[str, asyncio.Task[None]] = {}
        self._running: asyncio.Task[None] | None = None
        self._trials = Trials(self._clock, self._publisher.answer)
        self._stopped = False

    async def run(self) -> None:
        """Keep every enabled connection going. Ends when ``stop`` is called."""
        if self._stopped:
            return
        jobs = (self._follow(), self._beat(), self._answer_roll_call(), self._prune())
        self._running = asyncio.create_task(run_together(*jobs))
        try:
            await asyncio.wait([self._running])
            if not self._running.cancelled():
                self._running.result()
        finally:
            # A polite stop ends all that by itself.
            if not self._stopped:
                await cancel(self._running, *self._leaving.values())
                await self._trials.stop()
                await asyncio.gather(*(candidate.abandon() for candidate in self.candidates.values()))
                await self._leases.close()

    async def stop(self) -> None:
        """Close subscriptions, disconnect, save what is known; within five seconds."""
        self._stopped = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_MOST_SECONDS):
                await self._end()

    async def _end(self) -> None:
        if self._running is not None:
            await cancel(self._running)
        candidates, self.candidates = list(self.candidates.values()), {}
        # Side by side: services that hang may cost each of them its time, and the process has one deadline.
        stopping = [asyncio.create_task(one.stop()) for one in candidates] + list(self._leaving.values())
        stopping.append(asyncio.create_task(self._trials.stop()))
        _, late = await asyncio.wait(stopping, timeout=STOP_SECONDS)
        await cancel(*late)
        await asyncio.gather(*(one.abandon() for one in candidates))
        await self._leases.close()
        try:
            await in_thread(persistence.depart, self._name)
        except DatabaseFailure as error:
            logger.warning("the end of this worker could not be noted: %s", error)

    async def answer(self, message: dict[str, Any]) -> None:
        """Answer ``bridge.resync`` with the snapshots that were asked for, of connections that this worker leads."""
        name, reply = message.get("connection"), message.get("reply")
        if not isinstance(reply, str):
            return
        for keeper in self._led():
            if (name is None or name == keeper.name) and keeper.leads:
                await self._publisher.answer(reply, keeper.store.snapshot())

    def try_out(self, message: dict[str, Any]) -> None:
        """Take on ``bridge.try`` or ``bridge.test``, unless that is another worker's."""
        connection, given = message.get("connection"), message.get("settings")
        candidate = self.candidates.get(connection) if isinstance(connection, int) else None
        if given is None and candidate is not None:
            if candidate.keeper is not None and candidate.keeper.leads:
                self._trials.begin(message, candidate.keeper)
        elif message.get("worker") == self._name:
            self._trials.begin(message, None)

    def _led(self) -> list[Keeper]:
        return [one.keeper for one in self.candidates.values() if one.keeper is not None]

    # ---- what it keeps doing ------------------------------------------------------------------------------------

    async def _follow(self) -> None:
        while True:
            try:
                await self._catch_up()
                self._complaints.discard("follow")
            except Exception as error:  # noqa: BLE001 - what goes on already must not end with it
                self._complain("follow", "the configuration cannot be followed", error)
            await self._clock.sleep(FOLLOW_SECONDS)

    async def _catch_up(self) -> None:
        revision = await in_thread(persistence.revision)
        if revision == self._revision:
            return
        configured = await in_thread(configuration.load)
        await self._apply(configured)
        self._revision = revision

    async def _apply(self, configured: dict[int, Configured]) -> None:
        """Start, update and stop candidates so that they are those configured."""
        gone = [
            pk
            for pk, candidate in self.candidates.items()
            if pk not in configured or configured[pk].settings.name != candidate.name
        ]
        for pk in gone:
            candidate = self.candidates.pop(pk)
            # Stopping one may take seconds, which must not delay the others.
            self._leaving[candidate.name] = asyncio.create_task(candidate.stop(switched_off=True))
        for pk, one in configured.items():
            if pk in self.candidates:
                self.candidates[pk].update(one)
            else:
                await self._take_up(pk, one)

    async def _take_up(self, pk: int, configured: Configured) -> None:
        leaving = self._leaving.pop(configured.settings.name, None)
        if leaving is not None:
            await leaving
        self.candidates[pk] = Candidate(configured, self._leases, self._make_keeper, self._clock)
        self.candidates[pk].start()

    def _make_keeper(self, configured: Configured, term: Term) -> Keeper:
        return Keeper(
            configured,
            self._publisher,
            epoch=self.epoch,
            term=term,
            sample_interval=settings.SAMPLE_INTERVAL_SECONDS,
            clock=self._clock,
        )

    async def _beat(self) -> None:
        while True:
            led = [keeper for keeper in self._led() if keeper.leads]
            metrics.note_leads([one.name for one in self.candidates.values()], [keeper.name for keeper in led])
            metrics.TASKS.set(len(asyncio.all_tasks()))
            message = {
                "type": "bridge.beat",
                "epoch": self.epoch,
                "at": self._clock.now(),
                "seqs": {keeper.name: keeper.store.seq for keeper in led},
                "fences": {keeper.name: keeper.store.fence for keeper in led},
            }
            await self._publisher.publish(message)
            await self._clock.sleep(BEAT_SECONDS)

    async def _answer_roll_call(self) -> None:
        while True:
            try:
                await in_thread(persistence.beat, self._name, self._started_at)
                self._complaints.discard("beat")
            except Exception as error:  # noqa: BLE001 - no reason to end all connections
                self._complain("beat", "the heartbeat cannot be written", error)
            await self._clock.sleep(ROLL_CALL_SECONDS)

    async def _prune(self) -> None:
        while True:
            await self._clock.sleep(PRUNE_SECONDS)
            now = self._clock.now()
            before = now - settings.SAMPLE_RETENTION_HOURS * 3_600_000
            changes_before = now - settings.HISTORY_OF_CHANGES_DAYS * 24 * 3_600_000
            try:
                await in_thread(persistence.end_drafts)
                while await in_thread(history.prune, before):
                    await self._clock.sleep(0.05)
                while await in_thread(history.prune_changes, changes_before):
                    await self._clock.sleep(0.05)
                self._complaints.discard("prune")
            except Exception as error:  # noqa: BLE001 - no reason to end all connections
                self._complain("prune", "old samples and drafts cannot be deleted", error)

    def _complain(self, about: str, text: str, error: Exception) -> None:
        """The first failure is logged, not each of a row; one that nobody foresaw with its place."""
        if about not in self._complaints:
            logger.warning("%s: %s", text, error, exc_info=not isinstance(error, DatabaseFailure))
        self._complaints.add(about)
