"""What opening a wallboard costs: one page, static files from the cache, one socket, and the first live value."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, async_playwright

from tests.browser.launch import launch_chromium
from tests.e2e.installation import Installation
from tests.e2e.test_peer_to_screen import CONFIGURATION
from tests.peers.genesys import GenesysPeer

pytestmark = pytest.mark.asyncio(loop_scope="module")
CEILING_MS = 500
VISITS_MOST = 15
#: Notes when the first value of now is in the page, in ms since the navigation began.
WATCH = """
new MutationObserver((_, observer) => {
  if (!document.querySelector('[data-series][data-state="live"]')) return;
  window.firstValue = performance.now();
  observer.disconnect();
}).observe(document, {subtree: true, childList: true, attributes: true});
"""
TRANSFERRED = """() => performance.getEntriesByType("resource")
  .filter((entry) => entry.transferSize > 0).map((entry) => entry.name)"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def installation(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    async with GenesysPeer(refused=["NoSuchStatistic"]) as peer:
        installation = Installation(tmp_path_factory.mktemp("installation"))
        await asyncio.to_thread(installation.prepare, CONFIGURATION.format(url=peer.url, peer=peer))
        await asyncio.to_thread(installation.start)
        try:
            yield installation
        finally:
            await asyncio.to_thread(installation.stop)


@pytest_asyncio.fixture(loop_scope="module")
async def context(installation: Installation) -> AsyncIterator[BrowserContext]:
    _, _, session = (await asyncio.to_thread(installation.session)).partition("=")
    async with async_playwright() as playwright, launch_chromium(playwright) as browser:
        context = await browser.new_context()
        await context.add_cookies([{"name": "sessionid", "value": session, "url": installation.url}])
        await context.add_init_script(WATCH)
        yield context


class Visit:
    """One opening of the wallboard."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.sockets: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", lambda socket: self.sockets.append(socket.url))

    async def open(self, url: str) -> float:
        """Returns the ms until the first value of now, once everything that the page fetches afterwards is there."""
        await self.page.goto(f"{url}/wallboards/sales/")
        await self.page.wait_for_function("() => window.firstValue !== undefined")
        first: float = await self.page.evaluate("window.firstValue")
        await self.page.wait_for_selector("html[data-complete]", state="attached")
        return first

    async def transferred(self) -> list[str]:
        names: list[str] = await self.page.evaluate(TRANSFERRED)
        return names


async def test_a_warm_wallboard_needs_one_page_and_one_socket_and_shows_its_first_value_within_half_a_second(
    installation: Installation, context: BrowserContext
) -> None:
    cold = Visit(await context.new_page())
    await cold.open(installation.url)
    assert all(url.startswith(f"{installation.url}/") for url in cold.requests)
    times: list[float] = []
    # The quickest of some: what other programs of this machine took from the rest says nothing about the page.
    while len(times) < VISITS_MOST and min(times, default=CEILING_MS) >= CEILING_MS:
        warm = Visit(await context.new_page())
        times.append(await warm.open(installation.url))
        others = [url for url in warm.requests if "/static/" not in url]
        assert others == [f"{installation.url}/wallboards/sales/"]
        assert [re.sub("^ws", "http", url) for url in warm.sockets] == [f"{installation.url}/ws/wallboards/sales/"]
        assert await warm.transferred() == []
        await warm.page.close()
    print(f"first live value with warm cache: {', '.join(f'{one:.0f}' for one in times)} ms")  # noqa: T201
    assert min(times) < CEILING_MS


async def test_static_files_are_compressed_once_and_immutable(installation: Installation) -> None:
    static = Path(installation.environment["VAR_DIR"], "static")
    async with httpx.AsyncClient(base_url=installation.url) as client:
        session = await asyncio.to_thread(installation.session)
        page = await client.get("/wallboards/sales/", headers={"Cookie": session})
        assert page.headers["cache-control"].startswith("max-age=0")
        files = re.findall(r'(?:src|href)="/(static/[^"]+)"', page.text)
        assert any("plotly" in file for file in files)
        for file in files:
            answer, raw = await fetch(client, file)
            assert answer.headers["cache-control"] == "max-age=315360000, public, immutable"
            compressed = static.parent / f"{file}.gz"
            if compressed.exists():
                assert answer.headers["content-encoding"] == "gzip"
                # Byte for byte what collectstatic left, so nothing was compressed for this request.
                assert raw == compressed.read_bytes()
        (plotly,) = [file for file in files if "plotly" in file]
        assert (static.parent / f"{plotly}.gz").stat().st_size < (static.parent / plotly).stat().st_size / 2


async def fetch(client: httpx.AsyncClient, file: str) -> tuple[httpx.Response, bytes]:
    """The answer and the bytes as they came."""
    async with client.stream("GET", f"/{file}", headers={"Accept-Encoding": "gzip"}) as answer:
        return answer, b"".join([part async for part in answer.aiter_raw()])
