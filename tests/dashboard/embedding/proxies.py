"""A site behind a proxy that does something wrong, on a free port: answers as ours does, but for one thing."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

PORTAL = "https://portal.example.com"


@dataclass
class Faults:
    """What the proxy does to the page, by header (None takes it away), and to sockets."""

    headers: dict[str, str | None] = field(default_factory=dict)
    page_status: int = 200
    #: Refuses sockets with this HTTP status.
    socket_status: int = 0
    #: Ends sockets with this code, whatever they say.
    socket_code: int = 4401
    hangs: bool = False


class Site:
    """``url`` is where it listens; ``asked`` what it was asked."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.asked: list[tuple[str, str]] = []
        self.url = ""
        self._hung = asyncio.Event()

    async def start(self) -> web.AppRunner:
        application = web.Application()
        application.router.add_get("/embed/sales/", self._page)
        application.router.add_get("/ws/embed/sales/", self._socket)
        application.router.add_get("/elsewhere", self._page)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    async def _page(self, request: web.Request) -> web.Response:
        self.asked.append((request.path, request.headers.get("Cookie", "")))
        if self.faults.hangs:
            await self._hung.wait()
        host = request.headers["Host"]
        policy = f"connect-src ws://{host}/ws/embed/sales/; frame-ancestors {PORTAL}"
        headers: dict[str, Any] = {"Content-Security-Policy": policy} | self.faults.headers
        kept = {name: value for name, value in headers.items() if value is not None}
        return web.Response(status=self.faults.page_status, headers=kept, text="<!DOCTYPE html>")

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path, request.headers.get("Origin", "")))
        if self.faults.hangs:
            await self._hung.wait()
        if self.faults.socket_status:
            return web.Response(status=self.faults.socket_status, headers={"Location": "/elsewhere"})
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if self.faults.socket_code == 1006 and request.transport is not None:
            request.transport.abort()
        elif await socket.receive_json() == {"type": "resync"}:
            await socket.close(code=self.faults.socket_code)
        return socket


@contextlib.contextmanager
def behind(faults: Faults) -> Iterator[Site]:
    """The site in a thread of its own, as another machine would be."""
    site = Site(faults)
    loop = asyncio.new_event_loop()
    runner = loop.run_until_complete(site.start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield site
    finally:
        loop.call_soon_threadsafe(site._hung.set)
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
