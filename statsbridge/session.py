"""One life of a connection: sign in, CometD, subscriptions; from the first request until something ends it."""

import asyncio
import contextlib
import logging

import msgspec

from statsbridge import hiding, metrics
from statsbridge.auth import Authenticator
from statsbridge.backoff import Backoff, full_jitter
from statsbridge.canary import Canary
from statsbridge.cometd import Alive, CometdClient, CometdError, CometdRefused, Message, NewSession, Timing, Trouble
from statsbridge.configuration import ConnectionSettings
from statsbridge.errors import BridgeError, NotLeading, SettingsUnusable, Unauthorized, Unreachable
from statsbridge.http import open_http
from statsbridge.notifications import read_content
from statsbridge.reception import Reception
from statsbridge.rest import StatisticsApi
from statsbridge.subscriptions import Subscriptions
from statsbridge.surroundings import Surroundings
from statsbridge.together import run_together
from statsbridge.tokenkeeper import TokenKeeper
from statsbridge.trying import Bench

logger = logging.getLogger(__name__)

SERVICE = "/statistics/v3/service"
UPDATES = "/statistics/v3/updates"
PROBE_SECONDS = 5.0
TIDY_SECONDS = 30.0
#: The service holds a quiet poll for 20 s, and the CometD side has a watchdog of its own before this one.
SILENCE_SECONDS = 90.0
GOODBYE_SECONDS = 1.5
#: For a handshake: a network that lost its connections in silence must not cost more.
REQUEST_SECONDS = 7.0


class Session:
    """Runs until it fails. What it wants open is ``around.intake.wanted``; call ``rethink`` after a change."""

    def __init__(self, settings: ConnectionSettings, around: Surroundings) -> None:
        if settings.problem:
            raise SettingsUnusable(settings.problem)
        self._name = settings.name
        self._secrets = hiding.of_credentials(settings.credentials) | hiding.of_proxy(settings.proxy)
        self._around, self._clock, self._link = around, around.clock, around.link
        self._http = open_http(settings.statistics_url, proxy=settings.proxy, ca_file=settings.ca_file)
        self._auth = Authenticator(
            self._http.client,
            settings.authentication_url,
            settings.credentials,
            clock=around.clock,
            on_rotated=around.on_rotated,
        )
        self.api = api = StatisticsApi(self._http.client, settings.statistics_url, self._auth, self._guard)
        self.subscriptions = Subscriptions(
            settings.name,
            api,
            around.ledger,
            around.intake,
            around.clock,
            around.rejected,
            connected=lambda: not self._trouble,
        )
        self._canary = Canary(settings.name, api, self.subscriptions, around, self.rethink, self._recover)
        self._token = TokenKeeper(settings.name, self._auth, around.clock)
        self._client = CometdClient(
            settings.statistics_url + "/notifications",
            headers=self._token.headers,
            jar=self._http.jar,
            on_unauthorized=self._token.renew,
            sink=self._hear,
            proxy=settings.proxy,
            ssl=self._http.ssl,
            backoff=full_jitter,
            timing=Timing(request=REQUEST_SECONDS),
        )
        self._reception = Reception(settings.name, self.subscriptions, self._canary, around.intake, around.clock)
        self._backoff = Backoff()
        self._wake = asyncio.Event()
        self._generation = 0
        self._deaf = self._unavailable = self._ready = self._leaving = False
        self._trouble = ""
        self._tidy_at: float | None = None
        self._heard_at = around.clock.monotonic()

    async def run(self) -> None:
        """Live, in the order the vendor's clients keep: token, handshake, channels, subscriptions.

        Raises:
            BridgeError: why it ended.
        """
        # Another session may reach another node, whose clock may be behind.
        self._around.intake.forget_times()
        try:
            await self._auth.ensure()
            await self._open_channels()
            self._link.reached()
            self.subscriptions.leftovers.update(await self._around.ledger.remembered())
            await run_together(
                self._keep_open(), self._canary.run(), self._token.keep(), self._keep_watch(), self._token.end()
            )
        finally:
            self._reception.close()
            try:
                await asyncio.gather(self._client.close(), self._auth.settle())
            finally:
                await self._http.client.aclose()

    @property
    def token_at(self) -> int | None:
        """When the token in use was obtained, epoch ms; ``None`` before it is signed in."""
        return self._clock.now() - round(self._auth.age() * 1000) if self._auth.token is not None else None

    def secrets(self) -> set[str]:
        """What must not be shown of what the service says."""
        return {*self._secrets, *self._auth.given()}

    def bench(self) -> Bench:
        """With what a statistic is tried beside those that are open."""
        return Bench(self.api, self._clock, self._around.ledger, self._leave)

    def _leave(self, name: str) -> None:
        self.subscriptions.leftovers.add(name)
        self.rethink()

    async def say_goodbye(self) -> None:
        """Delete the subscriptions at the service, as far as that is quickly done."""
        self._leaving = True
        with contextlib.suppress(TimeoutError, BridgeError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self.subscriptions.close_all()

    def rethink(self) -> None:
        """What is wanted or open changed; look at it now."""
        self._wake.set()

    # ---- what CometD says ---------------------------------------------------------------------------------------

    def _hear(self, event: Message | NewSession | Alive | Trouble) -> None:
        try:
            match event:
                case Message(channel, text):
                    self._note_life(news=True)
                    self._route(channel, text)
                case Alive():
                    self._note_life(news=False)
                    if self._trouble:
                        # The answer to a poll that failed may have held notifications.
                        self._trouble = ""
                        self._canary.doubt()
                case Trouble(said):
                    reason = self._around.intake.clear(said)
                    logger.debug("connection %s: %s", self._name, reason)
                    self._trouble = reason
                    self._link.trouble(reason)
                case NewSession():
                    self._begin_generation(event)
        except Exception:
            # The sink runs inside the CometD client, which a message of ours must not break.
            metrics.UNREADABLE.labels(self._name).inc()
            logger.exception("connection %s: a message could not be handled", self._name)

    def _note_life(self, *, news: bool) -> None:
        self._heard_at = self._clock.monotonic()
        self._around.alive()
        self._link.alive(news=news)

    def _recover(self) -> None:
        """The service answers after silence: the poll may hang on a connection that the network has forgotten."""
        self._client.nudge()

    def _route(self, channel: str, text: msgspec.Raw) -> None:
        """By the Bayeux channel: the vendor's own samples disagree about ``topic``."""
        if channel == UPDATES:
            self._reception.hear(text)
        elif channel == SERVICE:
            self._hear_of_service(str(read_content(text).get("serviceState", "")).upper())

    def _hear_of_service(self, state: str) -> None:
        if state == "UNAVAILABLE":
            self._unavailable = True
            self._ready = False
            self.subscriptions.lose()
            self._link.unavailable("the service says that it is unavailable")
            self.rethink()
        elif state == "AVAILABLE" and self._unavailable:
            self._become_available()

    def _become_available(self) -> None:
        self._unavailable = False
        self._link.available()
        self.rethink()

    def _begin_generation(self, event: NewSession) -> None:
        if event.refused:
            self._deaf = True
            self._link.restoring(f"the service refuses the channel {event.refused[0]}")
        elif self._generation and (event.generation != self._generation or self._deaf):
            self._deaf = False
            self._recreate("the service started a new session")
        self._generation = event.generation

    def _recreate(self, reason: str) -> None:
        because = f" ({self._trouble})" if self._trouble else ""
        logger.info("connection %s: %s%s; opening all statistics again", self._name, reason, because)
        metrics.RECREATIONS.labels(self._name).inc()
        self._unavailable = False
        self._ready = False
        self.subscriptions.lose()
        self._link.restoring(reason)
        self.rethink()

    # ---- what it keeps doing ------------------------------------------------------------------------------------

    async def _keep_open(self) -> None:
        while not self._leaving:
            self._wake.clear()
            pause = await self._probe() if self._unavailable else await self._reconcile()
            await self._clock.wait(self._wake, pause)
        await asyncio.Event().wait()

    async def _reconcile(self) -> float | None:
        """One pass; seconds until the next, or ``None`` when only a change makes one necessary."""
        now = self._clock.monotonic()
        tidy = self._tidy_at is not None and now >= self._tidy_at
        generation, wanted = self.subscriptions.generation, self._around.intake.wanted
        failure = await self.subscriptions.reconcile(tidy=tidy)
        # With nothing open, because all of it was rejected, there is nothing to read, either.
        self._link.idle = not wanted or (failure is None and not self.subscriptions.open)
        if generation != self.subscriptions.generation or wanted is not self._around.intake.wanted:
            return 0.0
        if failure is not None:
            logger.debug("connection %s: %s", self._name, self._around.intake.clear(str(failure)))
            if not self._ready and not self.subscriptions.weighing:
                self._link.trouble(str(failure))
            return self._backoff.next()
        self._backoff.reset()
        if not self._ready and not self._deaf:
            self._ready = True
            self._link.ready()
        return self._until_next(tidied=tidy)

    def _until_next(self, *, tidied: bool) -> float | None:
        now = self._clock.monotonic()
        self._tidy_at = None if tidied else now + TIDY_SECONDS
        moments = [TIDY_SECONDS] if not tidied else []
        retry = self.subscriptions.next_retry()
        if retry is not None:
            moments.append(retry)
        if self.subscriptions.leftovers:
            moments.append(PROBE_SECONDS)
        return min(moments, default=None)

    async def _probe(self) -> float:
        """The message that the service is available again may never come: a success says it as well."""
        await self._clock.wait(self._wake, PROBE_SECONDS)
        if self._unavailable and await self.subscriptions.probe():
            logger.info("connection %s: a subscription succeeded", self._name)
            self._become_available()
        return 0.0

    async def _keep_watch(self) -> None:
        while self._clock.monotonic() - self._heard_at < SILENCE_SECONDS:
            await self._clock.sleep(1.0)
        raise Unreachable(f"The service has not been heard of for {SILENCE_SECONDS:.0f} s.")

    def _guard(self, subscription: str) -> None:
        """Asked right before a request that opens or deletes. What this session opened it may always delete."""
        if not self._around.term.holds() and not (self._leaving and subscription in self.subscriptions.own):
            raise NotLeading("Another worker leads this connection.")

    async def _open_channels(self) -> None:
        try:
            await self._client.open([SERVICE, UPDATES])
        except CometdRefused as error:
            raise self._token.failure or Unauthorized(f"CometD: {error}") from error
        except CometdError as error:
            raise self._token.failure or Unreachable(f"CometD: {error}") from error
