"""Testing a connection from its first step: sign-in, CometD handshake, a subscription, one value. In a session of
its own, which ends with the test; a connection that is kept goes on beside it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from statsbridge import hiding
from statsbridge.auth import Authenticator
from statsbridge.clock import Clock
from statsbridge.cometd import CometdClient, CometdError, Timing
from statsbridge.configuration import ConnectionSettings
from statsbridge.errors import BridgeError, SettingsUnusable
from statsbridge.http import open_http
from statsbridge.ledger import Ledger
from statsbridge.rest import StatisticsApi
from statsbridge.session import SERVICE, UPDATES
from statsbridge.trying import Asked, Bench, Outcome, Step, try_statistic

#: For one step: a service that hangs is named by the step at which it does.
STEP_SECONDS = 4.0
NOTHING_TO_TRY = (
    "There is nothing to subscribe to yet. Name an object of the contact centre (an agent's employee id, a queue's "
    "number@switch) to see its first value, too."
)


Tell = Callable[[Outcome], Awaitable[None]]
Stepped = Callable[[Step], Awaitable[None]]


class _Stopped(Exception):  # noqa: N818 - says what happened
    """A step failed; those after it are not walked."""


async def _ignore_rotation(spent: str, token: str) -> None: ...


async def _keep_still(step: Step) -> None: ...


async def _to_its_end(job: Callable[[], Awaitable[None]]) -> None:
    """Run a job that a bridge that ends must not interrupt: half a farewell leaves connections open."""
    running = asyncio.ensure_future(job())
    try:
        await asyncio.shield(running)
    finally:
        await asyncio.gather(running, return_exceptions=True)


class Walk:
    """One walk with ``settings``; ``ledger`` is that of the connection where it is stored.

    ``on_step`` is told of each step that went well, as soon as it did; how it ended is in the outcome.
    """

    def __init__(
        self,
        settings: ConnectionSettings,
        clock: Clock,
        ledger: Ledger | None = None,
        on_rotated: Callable[[str, str], Awaitable[None]] = _ignore_rotation,
        on_step: Stepped = _keep_still,
    ) -> None:
        self.steps: list[Step] = []
        self._settings = settings
        self._clock = clock
        self._ledger = ledger
        self._on_rotated = on_rotated
        self._on_step = on_step
        self._auth: Authenticator | None = None

    def secrets(self) -> set[str]:
        """What must not be shown of what the service says."""
        known = hiding.of_credentials(self._settings.credentials) | hiding.of_proxy(self._settings.proxy)
        return known | set(self._auth.given() if self._auth is not None else ())

    async def test(self, asked: Asked | None, tell: Tell) -> None:
        """All steps, each told with how it went; without ``asked`` it ends after the handshake, and says why.

        ``tell`` is awaited once with the outcome, before everything is cleared away.
        """
        try:
            async with self.signed_in() as bench:
                if asked is None:
                    await tell(Outcome((*self.steps, Step("subscribe", None, NOTHING_TO_TRY))))
                    return
                async with bench.throw_away() as name:
                    outcome = await try_statistic(bench, name, asked, on_accepted=self._on_step)
                    await tell(outcome.after(*self.steps))
        except _Stopped:
            await tell(Outcome(tuple(self.steps)))

    @asynccontextmanager
    async def signed_in(self) -> AsyncIterator[Bench]:
        """Token and handshake; afterwards the session is over. Raises ``_Stopped`` after a step that failed."""
        async with AsyncExitStack() as stack:
            if self._settings.problem:
                raise self._fail("token", self._settings.problem, self._clock.monotonic())
            began = self._clock.monotonic()
            try:
                settings = self._settings
                http = open_http(settings.statistics_url, proxy=settings.proxy, ca_file=settings.ca_file)
                stack.push_async_callback(http.client.aclose)
            except SettingsUnusable as error:
                raise self._fail("token", str(error), began) from None
            self._auth = auth = Authenticator(
                http.client,
                self._settings.authentication_url,
                self._settings.credentials,
                clock=self._clock,
                on_rotated=self._on_rotated,
            )
            stack.push_async_callback(auth.settle)
            await self._step("token", auth.ensure)
            hours = (auth.token.life if auth.token else 0) / 3600
            await self._pass("token", f"Signed in; the token is good for {hours:.1f} hours.", began)
            began = self._clock.monotonic()
            client = CometdClient(
                self._settings.statistics_url + "/notifications",
                headers=auth.headers,
                jar=http.jar,
                on_unauthorized=lambda: auth.renew(auth.token),
                sink=lambda event: None,
                proxy=self._settings.proxy,
                ssl=http.ssl,
                timing=Timing(request=STEP_SECONDS),
            )
            stack.push_async_callback(_to_its_end, client.close)
            await self._step("handshake", lambda: client.open([SERVICE, UPDATES]))
            await self._pass("handshake", "A CometD session is open, and both notification channels are joined.", began)
            api = StatisticsApi(http.client, self._settings.statistics_url, auth)
            yield Bench(api, self._clock, self._ledger)

    async def _step(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        began = self._clock.monotonic()
        try:
            async with asyncio.timeout(STEP_SECONDS):
                await job()
        except TimeoutError:
            raise self._fail(name, f"The service did not answer within {STEP_SECONDS:.0f} s.", began) from None
        except (BridgeError, CometdError) as error:
            raise self._fail(name, str(error), began) from None

    async def _pass(self, name: str, text: str, began: float) -> None:
        self.steps.append(Step(name, True, text, self._ms(began)))
        await self._on_step(self.steps[-1])

    def _fail(self, name: str, text: str, began: float) -> _Stopped:
        self.steps.append(Step(name, False, text, self._ms(began)))
        return _Stopped()

    def _ms(self, began: float) -> int:
        return round((self._clock.monotonic() - began) * 1000)
