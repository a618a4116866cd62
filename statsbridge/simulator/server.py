"""The simulated services on one HTTP port: ``async with SimulatorServer() as simulator: simulator.url``."""

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from statsbridge.simulator.auth import AuthApi, bearer_of, unauthorized
from statsbridge.simulator.bayeux import UPDATES, Bayeux, InvalidChannel, Timing
from statsbridge.simulator.chaos import Chaos
from statsbridge.simulator.contact import ContactCentre
from statsbridge.simulator.control import Control
from statsbridge.simulator.events import Event
from statsbridge.simulator.history import History
from statsbridge.simulator.rest import SESSION, StatisticsApi
from statsbridge.simulator.roster import build_roster
from statsbridge.simulator.subscriptions import Statistic, Subscriptions
from statsbridge.simulator.tokens import Credentials, Tokens

HTTP_COOKIE, BROWSER_COOKIE = "STATISTICS_SESSIONID", "BAYEUX_BROWSER"
# Pages for browsers, which send no x-api-key header.
KEYLESS = (
    "/_sim/",
    "/auth/v3/oauth/authorize",
    "/auth/v3/auth-scheme",
    "/auth/v3/sign-in",
    "/auth/v3/sign-out",
    "/auth/v3/ping",
)
PACE = 0.05
MESSAGE_ITEMS = 100
Handler = Callable[[web.Request], Any]


@dataclass(frozen=True)
class Options:
    """What a simulator is like. ``token_life`` is in seconds; ``redirect_uris`` are those registered, none: any;
    ``unknown``, ``tell_ids`` and ``rotate`` choose among behaviours that the vendor does not document."""

    host: str = "127.0.0.1"
    port: int = 0
    seed: int = 1
    agents: int = 40
    queues: int = 6
    timezone: str = "UTC"
    credentials: Credentials = field(default_factory=Credentials)
    timing: Timing = field(default_factory=Timing)
    token_life: int = 43199
    redirect_uris: tuple[str, ...] = ()
    rotate: bool = False
    unknown: str = "402::Unknown client"
    tell_ids: bool = False
    trust_client: bool = False


class SimulatorServer:
    """An async context manager. ``clock`` returns epoch seconds; with ``paced=False`` time only moves when ``catch_up``
    is called or a request comes, which suits a clock that a test turns by hand."""

    def __init__(
        self,
        options: Options | None = None,
        *,
        clock: Callable[[], float] = time.time,
        paced: bool = True,
        record: Callable[[Event], None] | None = None,
        **changes: Any,
    ) -> None:
        self.options = options or Options(**changes)
        self.clock, self.paced = clock, paced
        self.roster = build_roster(self.options.agents, self.options.queues)
        zone = ZoneInfo(self.options.timezone)
        contact = ContactCentre(self.roster, self.options.seed, self._now(), zone, record)
        self.subscriptions = Subscriptions(contact)
        self.chaos = Chaos()
        self.tokens = Tokens(self.options.credentials, clock, self.options.token_life, rotate=self.options.rotate)
        self.bayeux = Bayeux(
            self.options.timing,
            self.subscriptions.close_of_client,
            unknown=self.options.unknown,
            trust_client=self.options.trust_client,
        )
        self.held: dict[Statistic, None] = {}
        self.port = self.options.port
        self._runner: web.AppRunner | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def url(self) -> str:
        """The base address: both APIs hang below it."""
        return f"http://{self.options.host}:{self.port}"

    def _now(self) -> int:
        return int(self.clock() * 1000)

    # ---- life ----

    async def start(self) -> None:
        app = web.Application(middlewares=[self._disturb, self._check], client_max_size=32 * 1024**2)
        api = StatisticsApi(self.subscriptions, self.chaos, self.bayeux.newest_client, tell_ids=self.options.tell_ids)
        app.add_routes(
            [*AuthApi(self.tokens, self.options.redirect_uris).routes(), *api.routes(), *Control(self).routes()]
        )
        app.add_routes(History(self.subscriptions, self.catch_up).routes())
        for suffix in ("", "/", "/{what}"):
            app.router.add_post(f"/statistics/v3/notifications{suffix}", self.notifications)
        # A poll whose client is gone must not go on being held: it would swallow what comes next.
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.options.host, self.options.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self._tasks = [asyncio.create_task(self._expire())]
        if self.paced:
            self._tasks.append(asyncio.create_task(self._run()))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self.bayeux.end_all()
        if self._runner:
            await self._runner.cleanup()

    async def __aenter__(self) -> "SimulatorServer":
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _run(self) -> None:
        """Wake up when something happens or is due, but no more often than the pace."""
        while True:
            self.catch_up()
            wait = (self.subscriptions.next_at - self._now()) / 1000
            await asyncio.sleep(min(max(wait, PACE), 1.0))

    async def _expire(self) -> None:
        while True:
            await asyncio.sleep(min(0.25, self.options.timing.expiry / 4))
            self.bayeux.expire()

    # ---- notifications ----

    def catch_up(self) -> None:
        """Let the centre's time pass up to the clock's, and notify what is due."""
        for session, statistics in self.subscriptions.step(self._now()).items():
            if self.chaos.frozen:
                self.held.update(dict.fromkeys(statistics))
            else:
                self._publish(session, statistics)

    def publish_held(self) -> None:
        """What a freeze has held back, the newest of each."""
        held, self.held = self.held, {}
        for statistic in held:
            if not statistic.closed:
                self._publish(statistic.subscription.session, [statistic])

    def _publish(self, session: str, statistics: list[Statistic]) -> None:
        for start in range(0, len(statistics), MESSAGE_ITEMS):
            items = [statistic.update() for statistic in statistics[start : start + MESSAGE_ITEMS]]
            data = {"name": "StatisticUpdate", "topic": UPDATES, "data": {"statistics": items}}
            self.bayeux.publish(UPDATES, data, session)

    # ---- requests ----

    @web.middleware
    async def _disturb(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Faults ordered by ``/_sim/chaos`` come before everything else."""
        if not request.path.startswith("/_sim/"):
            delay = self.chaos.delay_for(request.path)
            if delay:
                await asyncio.sleep(delay)
            fault = self.chaos.next_fault(request.path)
            if fault and not fault.status:
                return web.Response(text='<html>garbage {"not": json', content_type="application/json")
            if fault:
                body = {"status": {"code": fault.status, "message": "Simulated error"}}
                return web.json_response(body, status=fault.status)
        answer: web.StreamResponse = await handler(request)
        return answer

    @web.middleware
    async def _check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The gateway's key, then the token, then the HTTP session's cookie."""
        key = self.options.credentials.api_key
        given = request.headers.get("x-api-key", "")
        if key and not request.path.startswith(KEYLESS) and not secrets.compare_digest(given.encode(), key.encode()):
            return web.json_response({"message": "Forbidden"}, status=403)
        if not request.path.startswith("/statistics/v3/"):
            plain: web.StreamResponse = await handler(request)
            return plain
        if self.tokens.user_of(bearer_of(request)) is None:
            return unauthorized()
        self.catch_up()
        session = request.cookies.get(HTTP_COOKIE) or secrets.token_hex(16)
        request[SESSION] = session
        answer: web.StreamResponse = await handler(request)
        if HTTP_COOKIE not in request.cookies:
            self._set_cookie(request, answer, HTTP_COOKIE, session)
        return answer

    def _set_cookie(self, request: web.Request, answer: web.StreamResponse, name: str, value: str) -> None:
        answer.set_cookie(name, value, path="/", httponly=True, secure=request.secure)

    async def notifications(self, request: web.Request) -> web.StreamResponse:
        try:
            body = await request.json()
        except (json.JSONDecodeError, UnicodeDecodeError):
            return web.json_response({"error": "Bad Request", "message": "The body is not JSON"}, status=400)
        messages = body if isinstance(body, list) else [body]
        if not messages or not all(isinstance(message, dict) for message in messages):
            return web.json_response({"error": "Bad Request", "message": "Expected Bayeux messages"}, status=400)
        browser = request.cookies.get(BROWSER_COOKIE, "")
        shakes = any(message.get("channel") == "/meta/handshake" for message in messages)
        new_browser = shakes and not browser
        browser = browser or (secrets.token_hex(12) if shakes else "")
        try:
            replies = await self.bayeux.handle(messages, request[SESSION], browser)
        except InvalidChannel as invalid:
            return web.json_response(self._broken(request, str(invalid)), status=500)
        answer = web.json_response(replies)
        if new_browser:
            self._set_cookie(request, answer, BROWSER_COOKIE, browser)
        return answer

    def _broken(self, request: web.Request, channel: str) -> dict[str, Any]:
        """What the service's framework says of an error it did not expect."""
        message = f"java.lang.IllegalArgumentException: Invalid channel id: {channel}"
        head = {"timestamp": self._now(), "status": 500, "error": "Internal Server Error"}
        return {**head, "message": message, "path": request.path}

    def connections(self) -> list[asyncio.Transport]:
        """Every TCP connection that is open now."""
        server = self._runner.server if self._runner else None
        held = (connection.transport for connection in (server.connections if server else ()))
        return [transport for transport in held if transport]
