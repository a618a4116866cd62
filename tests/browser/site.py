"""A small site for browser tests: the real pages and static files, and sockets whose frames a test decides."""

import asyncio
import functools
import json
from collections.abc import Callable
from types import TracebackType
from typing import Any, ClassVar

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

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self.transport = request.transport
        self.slug = request.match_info["slug"]
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

    def drop(self) -> None:
        """Ends the connection without a word."""
        if self.transport is not None:
            self.transport.abort()

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
    """Async context manager; ``url`` once entered. ``refuse_with`` closes new sockets with that code.

    All of a process have one address, so that a browser keeps the files of the last one for the next.
    """

    _port: ClassVar[int] = 0

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self.screens: list[Screen] = []
        self.version = "1"
        self.refuse_with: int | None = None
        self.answers_sockets = True
        self.pages_served = 0
        self.rotation: list[tuple[str, int]] = []
        self.left_out = 0
        self.steps_status = 200
        self.steps_asked = 0
        self.broken: set[str] = set()
        #: What is told of a series behind a tile; None: nothing. ``about_asked`` has the addresses that were asked.
        self.about: Callable[[int], dict[str, Any]] | None = None
        self.about_asked: list[str] = []
        self._opened = asyncio.Event()
        self._override = override_settings(STORAGES=PLAIN_STATIC)

    async def __aenter__(self) -> "Site":
        self._override.enable()
        application = web.Application()
        application.router.add_get("/favicon.ico", self._no_icon)
        application.router.add_get("/wallboards/{slug}/", self._page)
        application.router.add_get("/wallboards/{slug}/tiles/{tile}/about/", self._about)
        application.router.add_get("/embed/{slug}/", self._page)
        application.router.add_get("/rotate/hall/", self._rotation)
        application.router.add_get("/rotate/hall/steps.json", self._steps)
        application.router.add_get("/rotate/hall/{slug}/", self._page)
        application.router.add_get("/serviceworker.js", self._service_worker)
        application.router.add_get("/portal/", self._portal)
        application.router.add_get("/ws/{kind}/{slug}/", self._socket)
        application.router.add_get("/static/{path:.+}", self._static)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        self._listen = web.TCPSite(self._runner, "127.0.0.1", Site._port)
        await self._listen.start()
        self.port = Site._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}"
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

    async def _no_icon(self, request: web.Request) -> web.Response:
        """Browsers ask for it where a document names none."""
        return web.Response(status=204)

    async def _page(self, request: web.Request) -> web.Response:
        self.pages_served += 1
        slug = request.match_info["slug"]
        if slug in self.broken:
            raise web.HTTPBadGateway
        embed = request.path.startswith("/embed/")
        framed = request.path.startswith("/rotate/")
        kind = "embed" if embed else "wallboards"
        context = {
            "wallboard": self.sample.wallboard,
            "version": self.version,
            "themes": themes(),
            "socket_path": f"/ws/{kind}/{slug}/",
            "embed": embed,
            "framed": framed,
            "locale": self.sample.locale,
        }
        html = render_to_string("wallboard.html", context, request=RequestFactory().get(str(request.rel_url)))
        return web.Response(text=html, content_type="text/html", headers=self._headers(embed, framed))

    def _headers(self, embed: bool = False, framed: bool = False) -> dict[str, str]:
        headers = {"Content-Security-Policy": self._csp(embed, framed), "Cache-Control": "no-store"}
        return headers if embed else headers | {"X-Frame-Options": "SAMEORIGIN" if framed else "DENY"}

    def turns(self) -> dict[str, Any]:
        """As the view gives them; ``rotation`` is (wallboard, seconds) in order."""
        steps = [
            {"wallboard": slug, "url": f"/rotate/hall/{slug}/", "seconds": seconds} for slug, seconds in self.rotation
        ]
        return {"title": "Entrance hall", "steps": steps, "left_out": self.left_out}

    async def _rotation(self, request: web.Request) -> web.Response:
        paths = {"steps": "/rotate/hall/steps.json", "login": "/accounts/login/", "home": "/"}
        page = {"version": self.version, "locale": self.sample.locale} | paths
        context = {"rotation": {"title": "Entrance hall"}, "page": page, "turns": self.turns()}
        html = render_to_string("rotate.html", context, request=RequestFactory().get(str(request.rel_url)))
        return web.Response(text=html, content_type="text/html", headers=self._headers())

    async def _steps(self, request: web.Request) -> web.Response:
        self.steps_asked += 1
        if self.steps_status != 200:
            return web.json_response({}, status=self.steps_status)
        return web.json_response({"version": self.version, **self.turns()})

    async def _about(self, request: web.Request) -> web.Response:
        if self.about is None:
            raise web.HTTPNotFound
        self.about_asked.append(str(request.url))
        return web.json_response(self.about(int(request.query["series"])))

    async def _service_worker(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(str(_find("dashboard/js/serviceworker.js")), headers={"Cache-Control": "no-cache"})

    async def stop_listening(self) -> None:
        """As if the server were killed: its sockets end, and nothing answers on its port."""
        await self._listen.stop()
        for screen in self.screens:
            screen.drop()

    async def listen_again(self) -> None:
        self._listen = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await self._listen.start()

    def _csp(self, embed: bool, framed: bool) -> str:
        directives = {
            name: " ".join(str(source) for source in sources)
            for name, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
        }
        directives["script-src"] = "'self'"
        directives["frame-ancestors"] = self.url if embed else "'self'" if framed else "'none'"
        return "; ".join(f"{name} {sources}" for name, sources in directives.items())

    async def _portal(self, request: web.Request) -> web.Response:
        """A portal's page with the embed in an iframe, which keeps what the embed tells it in ``window.told``."""
        width, height = request.query.get("width", "360"), request.query.get("height", "500")
        html = f"""<!DOCTYPE html><title>Portal</title><link rel="icon" href="data:,"><script>
            window.told = [];
            addEventListener("message", (event) => told.push(event.data));
            </script><iframe style="border: 0" title="Wallboard" width="{width}" height="{height}"
            src="/embed/sales/{request.query.get("fragment", "")}"></iframe>"""
        return web.Response(text=html, content_type="text/html")

    def _snapshot(self, slug: str) -> dict[str, Any]:
        """That of the sample, under the name of the wallboard that was asked for."""
        frame = self.sample.snapshot(version=self.version)
        title = self.sample.wallboard.title if slug == "sales" else slug.title()
        return frame | {"wallboard": frame["wallboard"] | {"slug": slug, "title": title}}

    async def _static(self, request: web.Request) -> web.StreamResponse:
        found = _find(request.match_info["path"])
        if not found:
            raise web.HTTPNotFound
        return web.FileResponse(str(found), headers={"Cache-Control": "max-age=3600"})

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if not self.answers_sockets:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        screen = Screen(socket, request)
        self.screens.append(screen)
        self._opened.set()
        if self.refuse_with is not None:
            await socket.close(code=self.refuse_with)
            return socket
        if request.match_info["kind"] == "wallboards":
            await screen.send(self._snapshot(screen.slug))
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                screen.received.append(json.loads(message.data))
                screen.changed.set()
        return socket


@functools.cache
def _find(path: str) -> str | None:
    """Where a static file is; a page has sixty of them."""
    found: str | None = finders.find(path)
    return found
