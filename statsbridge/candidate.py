"""One connection in one worker: it leads while it has the lease, and stands by otherwise."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from django.db import Error as DatabaseFailure

from statsbridge import configuration
from statsbridge.clock import Clock
from statsbridge.configuration import Configured
from statsbridge.keeper import Keeper
from statsbridge.leadership import RELEASE_SECONDS, RENEW_SECONDS, TRY_SECONDS, Leases, Term
from statsbridge.persistence import in_thread
from statsbridge.together import cancel, supervise

logger = logging.getLogger(__name__)


class Candidate:
    """``keeper`` is there while this worker leads; ``make`` builds one for a term."""

    def __init__(
        self, configured: Configured, leases: Leases, make: Callable[[Configured, Term], Keeper], clock: Clock
    ) -> None:
        self.keeper: Keeper | None = None
        self._configured = configured
        self._leases = leases
        self._make = make
        self._clock = clock
        self._term: Term | None = None
        self._running: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        return self._configured.settings.name

    def start(self) -> None:
        job = supervise(f"connection {self.name}: its candidate", self._run, self._clock)
        self._running = asyncio.create_task(job, name=f"{self.name}:candidate")

    def update(self, configured: Configured) -> None:
        """The configuration changed."""
        self._configured = configured
        if self.keeper is not None:
            self.keeper.update(configured)

    async def stop(self, *, switched_off: bool = False) -> None:
        """Close, disconnect, save and hand over; within five seconds."""
        await self._end_running()
        keeper = self.keeper
        try:
            if keeper is not None:
                await keeper.stop(switched_off=switched_off)
        finally:
            self.keeper = None
            # Who cuts this short leaves nothing of it running.
            if keeper is not None:
                await keeper.abandon()
            await self._hand_over()

    async def abandon(self) -> None:
        """End at once, without a word to the service."""
        await self._end_running()
        keeper, self.keeper = self.keeper, None
        if keeper is not None:
            await keeper.abandon()
        await self._hand_over()

    async def _end_running(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            await cancel(running)

    async def _hand_over(self) -> None:
        term, self._term = self._term, None
        if term is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RELEASE_SECONDS):
                    await self._leases.release(self._configured.settings.pk, term)

    async def _run(self) -> None:
        try:
            await self._stand()
        except Exception:
            # Another worker may do better.
            keeper, self.keeper = self.keeper, None
            if keeper is not None:
                await keeper.abandon()
            await self._hand_over()
            raise

    async def _stand(self) -> None:
        stood_by = False
        while True:
            term = await self._leases.acquire(self._configured.settings.pk)
            if term is None:
                stood_by = True
                await self._clock.sleep(TRY_SECONDS)
                continue
            self._term = term
            if stood_by:
                logger.info("connection %s: this worker leads now", self.name)
                await self._refresh()
            await self._lead(term)
            stood_by = True

    async def _refresh(self) -> None:
        """The last leader may have been given another refresh token, which no change of configuration tells."""
        try:
            configured = await in_thread(configuration.load)
        except DatabaseFailure as error:
            logger.warning("connection %s: its configuration cannot be read: %s", self.name, error)
            return
        self._configured = configured.get(self._configured.settings.pk, self._configured)

    async def _lead(self, term: Term) -> None:
        """Returns when another worker leads, or may do so."""
        pk = self._configured.settings.pk
        self.keeper = keeper = self._make(self._configured, term)
        keeper.start()
        while await self._leases.renew(pk, term):
            await self._clock.sleep(RENEW_SECONDS)
        logger.warning("connection %s: this worker does not lead any more", self.name)
        self.keeper = self._term = None
        try:
            await keeper.stop()
        finally:
            await keeper.abandon()
