"""A small site for browser tests: the real pages and static files, and sockets whose frames a test decides."""

import asyncio
import json
from collections.abc import Callable
from types import TracebackType
from typing import Any

from aiohttp import WSMsgType, web
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings

from dashboard.tiles import themes
from tests.browser.sample import Sample

PATIENCE = 10.0
PLAIN_STATIC = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


class Screen:
    """The server's end of one socket: what the page sent, and how to send it frames."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.socket = socket
        self.received: list[dict[str, Any]] = []
        self.changed = asyncio.Event()

    async def send(self, frame: dict[str, Any]) -> None:
        await self.socket.send_str(json.dumps(frame))

    async def update(self, seq: int, values: dict[str, Any], epoch: str = "e1", **more: Any) -> None:
        await self.send({"type": "update", "epoch": epoch, "seq": seq, "values": values, "levels": {}} | more)

    async def heartbeat(self, seq: int, at: int, epoch: str = "e1", bridge: str = "live") -> None:
        await self.send({"type": "heartbeat", "epoch": epoch, "seq": seq, "at": at, "bridge": bridge})

    async def close(self, code: int) -> None:
        await self.socket.close(code=code)

    async def wait_for(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first message of the page that ``wanted`` accepts, within ten seconds."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self.changed.clear()
                for message in self.received:
                    if wanted(message):
                        return message
                await self.changed.wait()

    async def wait_for_type(self, kind: str) -> dict[str, Any]:
        return await self.wait_for(lambda message: message["type"] == kind)


class Site:
    """Async context manager; ``url`` once entered. ``refuse_with`` closes new sockets with that code."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self.screens: list[Screen] = []
        self.version = "1"
        self.refuse_with: int | None = None
        self.answers_sockets = True
        self.pages_served = 0
        self._opened = asyncio.Event()
        self._override = override_settings(STORAGES=PLAIN_STATIC)

    async def __aenter__(self) -> "Site":
        self._override.enable()
        application = web.Application()
        application.router.add_get("/wallboards/{slug}/", self._page)
        application.router.add_get("/embed/{slug}/", self._page)
        application.router.add_get("/portal/", self._portal)
        application.router.add_get("/ws/{kind}/{slug}/", self._socket)
        application.router.add_get("/static/{path:.+}", self._static)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        self._listen = web.TCPSite(self._runner, "127.0.0.1", 0)
        await self._listen.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.sample.wallboard.allowed_origins = [self.url]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for screen in self.screens:
            await screen.close(1001)
        await self._runner.cleanup()
        self._override.disable()

    @property
    def address(self) -> str:
        return f"{self.url}/wallboards/sales/"

    async def screen(self, number: int = 0) -> Screen:
        """The ``number``-th socket that was opened, counted from 0; waits for it up to twenty seconds."""
        async with asyncio.timeout(2 * PATIENCE):
            while len(self.screens) <= number:
                self._opened.clear()
                await self._opened.wait()
        return self.screens[number]

    async def _page(self, request: web.Request) -> web.Response:
        self.pages_served += 1
        embed = request.path.startswith("/embed/")
        kind = "embed" if embed else "wallboards"
        context = {
            "wallboard": self.sample.wallboard,
            "version": self.version,
            "themes": themes(),
            "socket_path": f"/ws/{kind}/{request.match_info['slug']}/",
            "embed": embed,
            "locale": self.sample.locale,
        }
        html = render_to_string("wallboard.html", context, request=RequestFactory().get(str(request.rel_url)))
        return web.Response(text=html, content_type="text/html", headers={"Content-Security-Policy": self._csp(embed)})

    def _csp(self, embed: bool) -> str:
        directives = {
            name: " ".join(str(source) for source in sources)
            for name, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
        }
        directives["script-src"] = "'self'"
        directives["frame-ancestors"] = self.url if embed else "'none'"
        return "; ".join(f"{name} {sources}" for name, sources in directives.items())

    async def _portal(self, request: web.Request) -> web.Response:
        """A portal's page with the embed in an iframe, which keeps what the embed tells it in ``window.told``."""
        html = f"""<!DOCTYPE html><title>Portal</title><link rel="icon" href="data:,"><script>
            window.told = [];
            addEventListener("message", (event) => told.push(event.data));
            </script><iframe width="{request.query.get("width", "360")}" height="500"
            src="/embed/sales/{request.query.get("fragment", "")}"></iframe>"""
        return web.Response(text=html, content_type="text/html")

    async def _static(self, request: web.Request) -> web.StreamResponse:
        found = finders.find(request.match_info["path"])
        if not found:
            raise web.HTTPNotFound
        return web.FileResponse(str(found), headers={"Cache-Control": "no-cache"})

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if not self.answers_sockets:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        screen = Screen(socket)
        self.screens.append(screen)
        self._opened.set()
        if self.refuse_with is not None:
            await socket.close(code=self.refuse_with)
            return socket
        if request.match_info["kind"] == "wallboards":
            await screen.send(self.sample.snapshot(version=self.version))
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                screen.received.append(json.loads(message.data))
                screen.changed.set()
        return socket
