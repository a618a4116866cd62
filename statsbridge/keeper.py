"""Everything about one connection that goes on whatever happens to the link: one object each, isolated."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from django.db import Error as DatabaseFailure

from statsbridge import hiding, metrics, persistence
from statsbridge.backoff import LEAST_SECONDS, REFUSED_SECONDS, Backoff
from statsbridge.clock import Clock
from statsbridge.configuration import Configured, WantedSeries
from statsbridge.errors import BridgeError, is_fatal
from statsbridge.history import Sampler
from statsbridge.intake import Intake
from statsbridge.leadership import Term
from statsbridge.ledger import Ledger
from statsbridge.link import LinkMonitor
from statsbridge.messages import PENDING, Link, LinkState, Reading
from statsbridge.persistence import LinkRow, in_thread
from statsbridge.publisher import Publisher
from statsbridge.rotation import Rotation
from statsbridge.session import Session
from statsbridge.store import Store
from statsbridge.surroundings import Surroundings
from statsbridge.together import cancel, run_together, supervise

logger = logging.getLogger(__name__)

#: The first change after a pause goes out at once, those that follow wait for the next tick. The inbox conflates
#: already: a longer tick than its own would only make values later.
TICK_SECONDS = 0.04
#: Under load, publishing has one part in so many of the time.
SHARE = 8
SAVE_SECONDS = 3.0
#: So many changed values a second are written at most on average, and what changed is written so often at least.
SAVED_PER_SECOND = 1000
SAVE_MOST_SECONDS = 10.0
WATCH_SECONDS = 0.25
SWITCHED_OFF = "The connection is switched off."


class Keeper:
    """Keeps one life of a connection going, publishes what it knows and saves it.

    ``start`` begins, ``update`` tells of an edited configuration, ``stop`` ends politely.
    """

    def __init__(
        self,
        configured: Configured,
        publisher: Publisher,
        *,
        epoch: str,
        term: Term,
        sample_interval: float,
        clock: Clock,
    ) -> None:
        self._settings = configured.settings
        self._rotation = Rotation(self._settings.pk, self._settings.name)
        self._clock = clock
        self._publisher = publisher
        hidden = hiding.Hiding()
        hidden.add(self.secrets)
        self._link = LinkMonitor(clock.now, clock.elapsed, self._note_change, hidden.clear)
        self._term = term
        self.store = Store(self.name, epoch, self._link.link, term.fence)
        self._sampler = Sampler(int(sample_interval * 1000))
        self._intake = Intake(self.store, self._sampler, clock, {}, hidden.clear)
        self._wanted: Mapping[int, WantedSeries] = configured.wanted
        self._backoff = Backoff()
        self._around = Surroundings(
            clock=clock,
            link=self._link,
            intake=self._intake,
            ledger=Ledger(self._settings.pk, clock),
            alive=self._backoff.reset,
            on_rotated=self._take_rotated,
            term=term,
        )
        self._session: Session | None = None
        #: What the last session was given: why it ended may be told afterwards.
        self._given: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._edited = asyncio.Event()
        self._began = False
        self._saving_fails = False
        metrics.note_link(self.name, self._link.link.state)

    @property
    def name(self) -> str:
        return self._settings.name

    @property
    def leads(self) -> bool:
        """Whether it may still speak for its connection."""
        return self._term.holds()

    @property
    def link(self) -> Link:
        return self._link.link

    @property
    def session(self) -> Session | None:
        """The one that is on, if there is one."""
        return self._session

    def secrets(self) -> set[str]:
        """What must not be shown of what the service says."""
        known = hiding.of_credentials(self._settings.credentials) | hiding.of_proxy(self._settings.proxy)
        return known | (self._session.secrets() if self._session is not None else self._given)

    def start(self) -> None:
        jobs: list[Callable[[], Awaitable[None]]] = [self._live, self._publish, self._save_often, self._watch]
        for job in jobs:
            what = f"connection {self.name}: {job.__name__.strip('_')}"
            self._tasks.append(
                asyncio.create_task(supervise(what, job, self._clock), name=f"{self.name}:{job.__name__}")
            )

    def update(self, configured: Configured) -> None:
        """The configuration changed: only what differs is done anew."""
        settings = self._rotation.apply(configured.settings)
        if settings != self._settings:
            logger.info("connection %s: edited", self.name)
            self._settings = settings
            # Whatever was refused may be granted to another account.
            self._around.rejected.clear()
            self._edited.set()
        self._wanted = configured.wanted
        if self._began and configured.wanted != self._intake.wanted:
            self._intake.change(configured.wanted)
            if self._session is not None:
                self._session.rethink()
        # One that was unwanted for so short that nobody here noticed has lost its stored reading.
        self.store.save_again(configured.unsaved & configured.wanted.keys())

    async def stop(self, *, switched_off: bool = False) -> None:
        """Close the subscriptions, disconnect, save; within five seconds."""
        if self._session is not None:
            await self._session.say_goodbye()
        await cancel(*self._tasks)
        self._session = None
        if switched_off:
            self._link.ended(SWITCHED_OFF, refused=True)
            await self._publish_news()
        await self._save(everything=True)

    async def abandon(self) -> None:
        """End at once, without a word to the service."""
        await cancel(*self._tasks)

    # ---- lives --------------------------------------------------------------------------------------------------

    async def _live(self) -> None:
        await self._begin()
        first = True
        while True:
            if not first:
                metrics.RECONNECTS.labels(self.name).inc()
            first = False
            self._edited.clear()
            self._link.attempt()
            began = self._clock.monotonic()
            failure = await self._live_once()
            if failure is None:
                self._backoff.reset()
                continue
            refused = is_fatal(failure)
            self._link.ended(str(failure), refused=refused)
            # What an attempt waited for an answer in vain was a pause, too.
            took = self._clock.monotonic() - began
            pause = REFUSED_SECONDS if refused else max(LEAST_SECONDS, self._backoff.next() - took)
            if await self._clock.wait(self._edited, pause):
                self._backoff.reset()

    async def _live_once(self) -> BridgeError | None:
        """One session; why it failed, or ``None`` when an edit ended it."""
        try:
            self._session = Session(self._settings, self._around)
            await run_together(self._session.run(), self._end_when_edited(self._session))
        except BridgeError as error:
            return error
        except Exception as error:
            logger.exception("connection %s: an error of the bridge itself", self.name)
            return BridgeError(f"The bridge itself failed ({type(error).__name__}); its log says more.")
        finally:
            self._given = self._session.secrets() if self._session is not None else set()
            self._session = None
        self._link.restoring("the connection was edited")
        return None

    async def _end_when_edited(self, session: Session) -> None:
        await self._edited.wait()
        await session.say_goodbye()

    async def _begin(self) -> None:
        if self._began:
            return
        known: dict[int, Reading] = {}
        try:
            known = await in_thread(persistence.begin, self._settings.pk, self._wanted)
        except DatabaseFailure as error:
            logger.warning("connection %s: its last values could not be read: %s", self.name, error)
        for series in self._wanted:
            self.store.put(series, known.get(series, PENDING), save=False)
        self._intake.change(self._wanted)
        self._began = True

    async def _take_rotated(self, spent: str, token: str) -> None:
        await self._rotation.keep(spent, token)
        self._settings = self._rotation.apply(self._settings)

    # ---- what goes out ------------------------------------------------------------------------------------------

    async def _publish(self) -> None:
        while True:
            await self.store.changed.wait()
            began = self._clock.monotonic()
            await self._publish_news()
            await self._clock.sleep(max(TICK_SECONDS, (SHARE - 1) * (self._clock.monotonic() - began)))

    async def _publish_news(self) -> None:
        for message in self.store.take():
            if self.leads:
                await self._publisher.publish(message)

    async def _watch(self) -> None:
        while True:
            self._link.review()
            await self._clock.sleep(WATCH_SECONDS)

    async def _save_often(self) -> None:
        pause = SAVE_SECONDS
        while True:
            await self._clock.sleep(pause)
            count = self.store.unsaved
            await self._save()
            pause = min(max(SAVE_SECONDS, count / SAVED_PER_SECOND), SAVE_MOST_SECONDS)

    async def _save(self, *, everything: bool = False) -> None:
        await self._rotation.save()
        if not self._began or not self.leads:
            # The row of the last life still says when it was last seen, or that of the next one says more.
            return
        now = self._clock.now()
        values, samples = self.store.take_unsaved(), self._sampler.take(now, everything=everything)
        opened = self._session.subscriptions.count if self._session is not None else 0
        token_at = self._session.token_at if self._session is not None else None
        row = LinkRow(self._settings.pk, self._link.link, now, opened, len(self._around.rejected), token_at)
        try:
            refused = await in_thread(persistence.save, row, values, samples)
        except Exception as error:
            self.store.give_back(values)
            self._sampler.give_back(samples)
            if not self._saving_fails:
                known = isinstance(error, DatabaseFailure)
                logger.warning("connection %s: values cannot be saved: %s", self.name, error, exc_info=not known)
            self._saving_fails = True
            return
        for one in refused:
            logger.error("connection %s: the database does not take %s", self.name, one)
        if self._saving_fails:
            logger.info("connection %s: values are saved again", self.name)
        self._saving_fails = False

    def _note_change(self, before: Link, after: Link, lasted_ms: int) -> None:
        self.store.put_link(after)
        metrics.note_link(self.name, after.state)
        told = (LinkState.LIVE, LinkState.LATE)
        if before.state in told and after.state not in told:
            self._sampler.gap(self._intake.wanted, self._clock.now())
        if before.state != after.state:
            level = logging.INFO if after.state == LinkState.LIVE else logging.WARNING
            text = "connection %s: %s after %.1f s of %s%s"
            reason = f": {after.reason}" if after.reason else ""
            logger.log(level, text, self.name, after.state, lasted_ms / 1000, before.state, reason)
