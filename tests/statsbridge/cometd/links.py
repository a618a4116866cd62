"""The link under test and its control: aiocometd as it comes, with nothing but the shim.

A test marked ``fails_on_plain_aiocometd`` runs twice: with our link it has to pass, with the control it has to fail in
the named way. So it shows the fault, and that the test would see it if its handling were taken away.
"""

import asyncio
import contextlib
import functools
import gc
import inspect
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import aiohttp
import httpx
import pytest
from aiocometd.client import Client
from aiocometd.constants import ConnectionType
from aiocometd.extensions import AuthExtension
from aiocometd.transports.long_polling import LongPollingTransport
from aiocometd.transports.registry import register_transport

from statsbridge import lenient
from statsbridge.cometd import CometdClient, Event, Message, Timing, Trouble
from statsbridge.cometd.cookies import ServiceJar
from statsbridge.cometd.transport import Polling
from tests.peers.genesys import SERVICE, UPDATES, GenesysPeer

CHANNELS = (UPDATES, SERVICE)
QUICK = Timing(request=3, grace=1, farewell=0.5)
DEADLINE = 5.0


def small_steps() -> Iterator[float]:
    """A backoff for tests: 10 ms, doubled each time."""
    delay = 0.01
    while True:
        yield delay
        delay *= 2


class Token:
    """The credentials of a test's link; a renewal gets a fresh token from the peer."""

    def __init__(self, peer: GenesysPeer) -> None:
        self.peer = peer
        self.renewals = 0
        self.current: Mapping[str, str] = {}

    def headers(self) -> Mapping[str, str]:
        return self.current

    async def renew(self) -> None:
        self.renewals += 1
        self.current = await self.peer.headers()


class Link:
    """Our link, its events collected."""

    deadline = DEADLINE

    def __init__(self, peer: GenesysPeer, token: Token, url: str, **options: Any) -> None:
        self.peer, self.token, self.url = peer, token, url
        self.events: list[Event] = []
        self.jar = ServiceJar(url)
        self._news = asyncio.Event()
        self.connect(**options)

    def connect(self, **options: Any) -> None:
        arguments: dict[str, Any] = {
            "headers": self.token.headers,
            "jar": self.jar,
            "on_unauthorized": self.token.renew,
            "sink": self.take,
            "timing": QUICK,
            "backoff": small_steps,
            **options,
        }
        self.client = CometdClient(self.url, **arguments)

    def take(self, event: Event) -> None:
        self.events.append(event)
        self._news.set()

    async def open(self, channels: Sequence[str] = CHANNELS) -> None:
        await self.client.open(channels)

    async def close(self) -> None:
        await self.client.close()

    def all(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def data(self) -> list[Any]:
        return [event.data for event in self.all(Message)]

    async def until(self, true: Callable[[], bool], seconds: float = 0) -> None:
        """Raises TimeoutError when it has not come true by the deadline."""
        async with asyncio.timeout(seconds or self.deadline):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def until_told(self, data: Any, seconds: float = 0) -> None:
        """Publish ``data`` until it arrives: the first ones may be lost while a session is coming back."""
        async with asyncio.timeout(seconds or self.deadline):
            while data not in self.data():
                await self.peer.message(UPDATES, data)
                with contextlib.suppress(TimeoutError):
                    await self.until(lambda: data in self.data(), 0.05)

    def rest(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url.replace("/notifications", ""), cookies=self.jar, trust_env=False)


class HeadersExtension(AuthExtension):
    """How an application of aiocometd signs its requests."""

    def __init__(self, token: Token) -> None:
        self.token = token

    async def outgoing(self, payload: Any, headers: Any) -> None:
        headers.update(self.token.headers())

    async def incoming(self, payload: Any, headers: Any = None) -> None:
        pass

    async def authenticate(self) -> None:
        await self.token.renew()


class PlainLink(Link):
    """aiocometd's own client and transport, used as its documentation shows."""

    deadline = 1.5  # what it does not do by then, it does not do
    reads = True

    def connect(self, **options: Any) -> None:
        self.plain = Client(self.url, ConnectionType.LONG_POLLING, auth=HeadersExtension(self.token))
        self._reader: asyncio.Task[None] | None = None

    async def open(self, channels: Sequence[str] = CHANNELS) -> None:
        await self.plain.open()
        for channel in channels:
            await self.plain.subscribe(channel)
        if self.reads:
            self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        while True:
            try:
                message = await self.plain.receive()
            except Exception as error:  # noqa: BLE001
                self.take(Trouble(str(error)))
                return
            self.take(Message(message["channel"], lenient.encode(message["data"])))

    async def close(self) -> None:
        if self._reader:
            self._reader.cancel()
            await asyncio.wait([self._reader])
        await self.plain.close()


class RememberedTransport(LongPollingTransport):
    """aiocometd's own, kept within reach: after a fault it leaves tasks and connections that its client forgets."""

    built: ClassVar[list["RememberedTransport"]] = []

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.built.append(self)

    @classmethod
    async def clean_up(cls) -> None:
        while cls.built:
            transport = cls.built.pop()
            await transport._stop_connect_task()
            await transport.close()


@contextlib.contextmanager
def aiocometds_own_transport() -> Iterator[None]:
    register_transport(ConnectionType.LONG_POLLING)(RememberedTransport)
    try:
        yield
    finally:
        register_transport(ConnectionType.LONG_POLLING)(Polling)


def open_http_sessions() -> list[aiohttp.ClientSession]:
    gc.collect()
    found = [thing for thing in gc.get_objects() if type(thing) is aiohttp.ClientSession]
    return [session for session in found if not session.closed]


async def until(true: Callable[[], Awaitable[object]], seconds: float = DEADLINE) -> None:
    """Ask, mostly the peer, until the answer is yes; raises TimeoutError at the deadline."""
    async with asyncio.timeout(seconds):
        while True:
            if await true():
                return
            await asyncio.sleep(0.02)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


LinkMaker = Callable[..., Awaitable[Link]]


@contextlib.asynccontextmanager
async def our_links() -> AsyncIterator[LinkMaker]:
    links: list[Link] = []

    async def make(peer: GenesysPeer, *, url: str = "", **options: Any) -> Link:
        token = Token(peer)
        token.current = await peer.headers()
        links.append(Link(peer, token, url or peer.notifications_url, **options))
        return links[-1]

    try:
        yield make
    finally:
        for link in links:
            await link.close()


@contextlib.asynccontextmanager
async def plain_links() -> AsyncIterator[LinkMaker]:
    """By name where the test does not ask for more: by IP aiocometd opens nothing, which would hide other faults."""
    links: list[PlainLink] = []

    async def make(peer: GenesysPeer, *, url: str = "", **options: Any) -> Link:
        token = Token(peer)
        token.current = await peer.headers()
        by_name = peer.notifications_url.replace("127.0.0.1", "localhost")
        links.append(PlainLink(peer, token, url or by_name, **options))
        return links[-1]

    with aiocometds_own_transport():
        try:
            yield make
        finally:
            for link in links:
                with contextlib.suppress(Exception):
                    await link.close()
            await RememberedTransport.clean_up()


Test = Callable[..., Awaitable[None]]


def fails_on_plain_aiocometd(*faults: type[BaseException]) -> Callable[[Test], Test]:
    """The test must pass with our link, and end in one of ``faults`` with the control. It takes ``make_link``."""

    def mark(test: Test) -> Test:
        @functools.wraps(test)
        async def run(*args: Any, plain: bool, **kwargs: Any) -> None:
            if not plain:
                async with our_links() as make:
                    await test(*args, make_link=make, **kwargs)
                return
            async with plain_links() as make:
                with pytest.raises(faults):
                    await test(*args, make_link=make, **kwargs)

        run.__signature__ = _signature_with_plain(test)  # type: ignore[attr-defined]
        return pytest.mark.parametrize("plain", [False, True], ids=["ours", "plain aiocometd"])(run)

    return mark


def _signature_with_plain(test: Test) -> Any:
    signature = inspect.signature(test)
    parameters = [p for name, p in signature.parameters.items() if name != "make_link"]
    plain = inspect.Parameter("plain", inspect.Parameter.KEYWORD_ONLY)
    return signature.replace(parameters=[*parameters, plain])
