"""A portal on a port of its own, built as docs/embedding.md tells, and a browser that blocks third-party cookies."""

import contextlib
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import Any

import jwt
from aiohttp import web
from playwright.async_api import BrowserContext, Frame, Page, Playwright

from tests.browser.launch import launch_profile
from tests.browser.waiting import holds
from tests.e2e.installation import free_port

#: The setting behind “Block third-party cookies”; 0 is its opposite.
COOKIES_BLOCKED, COOKIES_ALLOWED = 1, 0
#: Keeps in each frame what its sockets said and how they ended.
WATCH_SOCKETS = """
const Plain = window.WebSocket;
window.sockets = [];
window.WebSocket = class extends Plain {
  constructor(...given) {
    super(...given);
    const seen = { url: String(given[0]), frames: [], sent: 0, asked: 0, first: 0, code: 0, closed: 0 };
    window.sockets.push(seen);
    this.addEventListener("message", ({ data }) => {
      seen.first ||= Date.now();
      seen.frames.push(data);
    });
    this.addEventListener("close", ({ code }) => Object.assign(seen, { code, closed: Date.now() }));
    const send = this.send.bind(this);
    this.send = (data) => {
      if (data.includes('"auth"')) {
        seen.asked ||= Date.now();
        seen.sent += 1;
      }
      send(data);
    };
  }
};
"""
PAGE = """<!DOCTYPE html><title>Portal</title><link rel="icon" href="data:,">
<style>
  body {{ margin: 0; background: {background} }}
  iframe {{ border: 0; color-scheme: light; display: block }}</style>
<iframe id="board" title="Sales floor" width="{width}" height="{height}" src="{site}/embed/{slug}/{query}"></iframe>
<iframe id="probe" title="Probe" width="10" height="10" src="http://127.0.0.1:{port}/probe?framed"></iframe>
<script>
  const site = "{site}";
  const frame = document.getElementById("board");
  window.told = [];
  async function handOver() {{
    const answer = await fetch("/token");
    if (answer.ok) frame.contentWindow.postMessage({{ type: "wallboard:token", token: await answer.text() }}, site);
  }}
  addEventListener("message", ({{ origin, source, data }}) => {{
    if (origin !== site || source !== frame.contentWindow) return;
    told.push({{ ...data, at: Date.now() }});
    if (data.type === "wallboard:ready" || data.type === "wallboard:token-expiring") handOver();
    if (data.type === "wallboard:resize" && {follow}) frame.style.height = `${{data.height}}px`;
  }});
</script>"""


class Portal:
    """Async context manager. What it signs is set by its attributes, also while a frame is open.

    ``off`` is how many seconds its clock is ahead; with ``withheld`` it gives no token any more.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.site = ""
        self.key = ("", "")
        self.slug = "floor"
        self.seconds = 60
        self.off = 0
        self.view = "full"
        self.tiles: list[str] | None = None
        self.withheld = False
        self.signed: list[str] = []
        #: Cookies that came with the probe, by its query: it stands on the product's host.
        self.probed: dict[str, str] = {}

    async def __aenter__(self) -> "Portal":
        application = web.Application()
        application.router.add_get("/", self._page)
        application.router.add_get("/token", self._token)
        application.router.add_get("/probe", self._probe)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    def origin(self, host: str = "portal.localhost") -> str:
        return f"http://{host}:{self.port}"

    def sign(self) -> str:
        now = int(time.time()) + self.off
        claims = {"wallboard": self.slug, "iat": now, "exp": now + self.seconds, "view": self.view}
        claims |= {"tiles": self.tiles, "jti": str(len(self.signed))}
        return jwt.encode(claims, self.key[1], headers={"kid": self.key[0]})

    async def _page(self, request: web.Request) -> web.Response:
        given = {"width": "600", "height": "400", "background": "white", "query": "", "follow": "true"} | dict(
            request.query
        )
        text = PAGE.format(site=self.site, slug=self.slug, port=self.port, **given)
        return web.Response(text=text, content_type="text/html")

    async def _token(self, request: web.Request) -> web.Response:
        if self.withheld:
            return web.Response(status=403)
        self.signed.append(self.sign())
        return web.Response(text=self.signed[-1])

    async def _probe(self, request: web.Request) -> web.Response:
        self.probed[request.query_string] = request.headers.get("cookie", "")
        response = web.Response(text="<!DOCTYPE html><title>Probe</title>", content_type="text/html")
        if "set" in request.query:
            response.headers["Set-Cookie"] = "probe=1; Path=/; SameSite=None; Secure"
        return response


class Shown:
    """A portal's page with its board, and what both say."""

    def __init__(self, page: Page, portal: Portal) -> None:
        self.page = page
        self.portal = portal

    @property
    def frame(self) -> Frame:
        return next(one for one in self.page.frames if one.url.startswith(f"{self.portal.site}/embed/"))

    async def sockets(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.frame.evaluate("window.sockets")
        return found

    async def live(self, seconds: float = 60) -> None:
        """Until every value on the board is live."""
        await self.frame.wait_for_selector('[data-series][data-state="live"]', timeout=seconds * 1000)
        await self.frame.wait_for_selector('#lamp[data-state="live"]', state="attached", timeout=seconds * 1000)

    async def told(self, kind: str, count: int = 1, seconds: float = 60) -> list[dict[str, Any]]:
        """The messages of this type that the portal got, once there are so many."""
        mine = f"told.filter(({{ type }}) => type === 'wallboard:{kind}')"
        await holds(self.page, f"{mine}.length >= {count}", seconds)
        found: list[dict[str, Any]] = await self.page.evaluate(mine)
        return found

    async def notice(self, text: str, seconds: float = 60) -> str:
        """The frame's words over the board, once they contain the text."""
        notice = self.frame.locator("#notice", has_text=text)
        await notice.wait_for(timeout=seconds * 1000)
        return await notice.inner_text()

    async def closed(self, seconds: float) -> dict[str, Any]:
        """The first socket, once it is closed."""
        await holds(self.frame, "window.sockets[0]?.closed > 0", seconds)
        return (await self.sockets())[0]


@contextlib.asynccontextmanager
async def chromium(
    playwright: Playwright, folder: Path, cookies: int = COOKIES_BLOCKED
) -> AsyncIterator[BrowserContext]:
    """A browser with a profile of its own, in which third-party cookies are blocked or allowed."""
    (folder / "Default").mkdir(parents=True)
    preferences = {"profile": {"cookie_controls_mode": cookies, "block_third_party_cookies": bool(cookies)}}
    (folder / "Default/Preferences").write_text(json.dumps(preferences), encoding="utf-8")
    async with launch_profile(playwright, folder, locale="en") as context:
        await context.add_init_script(WATCH_SOCKETS)
        yield context
