"""Boards in portals: the real product, a portal of another site, and a browser that blocks third-party cookies."""

import asyncio
import json
import os
import signal
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Playwright, async_playwright, expect

from tests.browser.portal import COOKIES_ALLOWED, COOKIES_BLOCKED, Portal, Shown, chromium
from tests.browser.portal_place import PASSWORD, Place, built_place
from tests.browser.waiting import holds
from tests.e2e.installation import Installation


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    async with built_place(tmp_path_factory.mktemp("portals")) as place:
        yield place


@pytest.fixture
def portal(place: Place) -> Portal:
    """As it is in the morning."""
    place.portal.seconds, place.portal.off, place.portal.view, place.portal.withheld = 60, 0, "full", False
    place.portal.tiles = None
    place.portal.signed.clear()
    return place.portal


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def context(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BrowserContext]:
    async with chromium(playwright, tmp_path_factory.mktemp("profile") / "blocked") as context:
        yield context


async def visit(context: BrowserContext, portal: Portal, host: str = "portal.localhost", **given: Any) -> Shown:
    page = await context.new_page()
    await page.goto(f"{portal.origin(host)}/?{urlencode(given)}")
    return Shown(page, portal)


async def heard(shown: Shown) -> str:
    """Every frame that the board's sockets brought, in lower case."""
    return "".join(text for socket in await shown.sockets() for text in socket["frames"]).lower()


async def sign_in(context: BrowserContext, installation: Installation) -> None:
    """A superuser, in a tab of the product's own."""
    page = await context.new_page()
    await page.goto(f"{installation.url}/accounts/login/")
    await page.locator("[name=username]").fill("admin")
    await page.locator("[name=password]").fill(PASSWORD)
    await page.locator("main [type=submit]").click()
    await page.wait_for_url(f"{installation.url}/")
    await page.close()


@pytest.mark.parametrize(("cookies", "sent"), [(COOKIES_BLOCKED, ""), (COOKIES_ALLOWED, "probe=1")])
async def test_a_board_is_live_on_another_site_with_and_without_third_party_cookies(
    place: Place, portal: Portal, playwright: Playwright, tmp_path: Path, cookies: int, sent: str
) -> None:
    portal.probed.clear()
    async with chromium(playwright, tmp_path / "profile", cookies) as context:
        await sign_in(context, place.installation)
        page = await context.new_page()
        await page.goto(f"{portal.origin('127.0.0.1')}/probe?set")
        await page.goto(f"{portal.origin('127.0.0.1')}/probe?own")
        asked: list[Any] = []
        context.on("request", lambda one: asked.append(one) if one.url.startswith(portal.site) else None)
        shown = await visit(context, portal)
        await shown.live()
        carried = [(await one.all_headers()).get("cookie", "") for one in asked]
    # The browser keeps the cookie and shows it to its own site; whether to a frame is what the setting decides.
    assert "probe=1" in portal.probed["own"]
    assert portal.probed["framed"] == sent
    assert asked
    assert not any("sessionid" in one for one in carried)
    assert cookies == COOKIES_ALLOWED or not any(carried)


async def test_short_tokens_are_renewed_on_one_socket_without_a_gap(context: BrowserContext, portal: Portal) -> None:
    portal.seconds = 10
    shown = await visit(context, portal)
    await shown.told("ready")
    await shown.live()
    await shown.told("token-expiring", 4)
    await without_a_gap(shown, renewals=3)
    await shown.page.close()


async def without_a_gap(shown: Shown, renewals: int) -> None:
    """One socket that is open, renewed so often, and a lamp that was never anything but live."""
    (socket,) = await shown.sockets()
    assert socket["closed"] == 0
    assert socket["sent"] > renewals
    links = [one["state"] for one in await shown.told("link")]
    assert links[links.index("live") :] == ["live"]
    await shown.live()


@pytest.mark.parametrize("seconds", [8, pytest.param(60, marks=pytest.mark.soak)])
async def test_a_board_whose_renewal_is_withheld_is_closed_in_time(
    context: BrowserContext, portal: Portal, seconds: int
) -> None:
    portal.seconds = seconds
    shown = await visit(context, portal)
    await shown.live()
    portal.withheld = True
    socket = await shown.closed(seconds + 30)
    assert socket["code"] == 4401
    # It was admitted between the two moments that the page knows.
    assert socket["closed"] - socket["asked"] >= seconds * 1000
    assert socket["closed"] - socket["first"] <= (seconds + 5) * 1000
    assert "The token's time is over" in await shown.notice("refused")
    # With the next token it goes on by itself.
    portal.withheld = False
    await shown.page.evaluate("handOver()")
    await shown.frame.wait_for_selector("#notice", state="hidden")
    await shown.live()
    await shown.page.close()


@pytest.mark.parametrize("minutes", [-4, 4])
async def test_a_portal_whose_clock_is_four_minutes_off_is_tolerated(
    context: BrowserContext, portal: Portal, minutes: int
) -> None:
    portal.off = minutes * 60
    shown = await visit(context, portal)
    await shown.live()
    await shown.page.close()


@pytest.mark.parametrize(
    ("minutes", "query", "words"),
    [(-10, "", "set the portal's clock"), (10, "", "set the portal's clock"), (10, "?lang=de", "Uhr des Portals")],
)
async def test_a_portal_whose_clock_is_ten_minutes_off_is_told_so(
    context: BrowserContext, portal: Portal, minutes: int, query: str, words: str
) -> None:
    portal.off = minutes * 60
    shown = await visit(context, portal, query=query)
    await shown.notice(words)
    assert (await shown.closed(30))["code"] == 4401
    await shown.page.close()


async def test_a_parent_that_is_not_allowed_is_refused_by_the_browser(context: BrowserContext, portal: Portal) -> None:
    page = await context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    await page.goto(portal.origin("other.localhost"))
    await page.wait_for_timeout(500)
    assert any("frame-ancestors" in text for text in said)
    assert not [frame for frame in page.frames if frame.url.startswith(portal.site)]
    assert await page.evaluate("told") == []
    assert portal.signed == []
    await page.close()


async def test_the_frame_follows_its_content_when_it_grows_and_when_it_shrinks(
    context: BrowserContext, portal: Portal
) -> None:
    heights = []
    shown = await visit(context, portal, width=390)
    for tiles in (None, ["waiting", "states"], ["waiting"], None):
        if heights:
            portal.tiles, portal.seconds = tiles, portal.seconds + 60
            await shown.page.evaluate("handOver()")
        await expect(shown.frame.locator("article.tile")).to_have_count(5 if tiles is None else len(tiles))
        await shown.live()
        # What is in the frame is as high as the frame, and nothing of it scrolls.
        fits = "document.documentElement.scrollHeight === innerHeight"
        await holds(shown.frame, fits)
        heights.append((await shown.told("resize"))[-1]["height"])
        await holds(shown.page, f"document.getElementById('board').offsetHeight === {heights[-1]}")
        await holds(shown.frame, fits)
    whole, two, one, again = heights
    assert whole == again > two > one
    await shown.page.close()


async def test_a_tile_alone_fills_a_frame_that_is_given(context: BrowserContext, portal: Portal) -> None:
    for width in (390, 1000):
        shown = await visit(context, portal, width=width, height=330, follow="false", query="?tiles=waiting")
        await shown.live()
        box = await shown.frame.locator("article.tile").evaluate("(tile) => tile.getBoundingClientRect().toJSON()")
        assert box["width"] > width - 30
        assert box["height"] > 300
        await shown.page.close()


PIXEL = """async (png) => {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext("2d").drawImage(image, 0, 0);
  return [...canvas.getContext("2d").getImageData(2, 2, 1, 1).data];
}"""


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_the_portal_shines_through_a_transparent_board(
    context: BrowserContext, portal: Portal, theme: str
) -> None:
    query = f"?background=transparent&theme={theme}"
    shown = await visit(context, portal, background="rgb(10, 120, 60)", query=query)
    await shown.live()
    png = b64encode(await shown.page.locator("#board").screenshot()).decode()
    assert await shown.page.evaluate(PIXEL, png) == [10, 120, 60, 255]
    await shown.page.close()


@pytest.mark.soak
async def test_sixty_second_tokens_are_renewed_for_five_minutes_without_a_gap(
    context: BrowserContext, portal: Portal
) -> None:
    shown = await visit(context, portal)
    await shown.live()
    await asyncio.sleep(300)
    await without_a_gap(shown, renewals=8)
    await shown.page.close()


@pytest.mark.soak
async def test_a_page_that_was_frozen_for_ninety_seconds_is_live_within_ten(
    context: BrowserContext, portal: Portal
) -> None:
    portal.seconds = 60
    shown = await visit(context, portal)
    await shown.live()
    # Page.setWebLifecycleState leaves a headless browser running: the processes of its pages are stopped for the time.
    assert context.browser is not None
    session = await context.browser.new_browser_cdp_session()
    processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
    renderers = [one["id"] for one in processes if one["type"] == "renderer"]
    try:
        for pid in renderers:
            os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(90)
    finally:
        for pid in renderers:
            os.kill(pid, signal.SIGCONT)
    await asyncio.sleep(10)
    assert await shown.frame.locator("#lamp").get_attribute("data-state") == "live"
    assert await shown.frame.locator('[data-series][data-state="live"]').count() > 0
    sockets = await shown.sockets()
    assert len(sockets) > 1, "the server never missed the page: it was not frozen"
    assert sockets[-1]["closed"] == 0
    await shown.page.close()


# -- who may not see everything ------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["floor", "lobby"])
async def test_the_raw_frames_of_a_redacted_board_name_nobody(
    context: BrowserContext, place: Place, portal: Portal, view: str
) -> None:
    portal.view = view
    shown = await visit(context, portal)
    await shown.live()
    await expect(shown.frame.locator("article.tile")).to_have_count({"floor": 5, "lobby": 3}[view])
    await holds(shown.frame, "sockets[0].frames.length > 6")
    frames = await heard(shown)
    assert [name for name in place.names() if name in frames] == []
    page = str(await shown.frame.evaluate("document.title + document.getElementById('board').outerHTML")).lower()
    assert [name for name in place.names() if name in page] == []
    await shown.page.close()


async def test_the_full_view_names_them(context: BrowserContext, place: Place, portal: Portal) -> None:
    shown = await visit(context, portal)
    await shown.live()
    frames = await heard(shown)
    assert all(agent.employee_id in frames for agent in place.simulator.roster.agents)
    await shown.page.close()


TRY_SOCKET = """([url, first]) => new Promise((resolve) => {
  document.addEventListener("securitypolicyviolation", () => resolve("refused by the policy"));
  const socket = new WebSocket(url);
  const frames = [];
  socket.onopen = () => first && socket.send(first);
  socket.onmessage = ({ data }) => frames.push(JSON.parse(data).type);
  socket.onclose = ({ code }) => resolve(`${code} ${frames.join()}`);
})"""
TRY_FETCH = "(url) => fetch(url, { credentials: 'include' }).then((answer) => answer.text()).catch(() => 'refused')"


async def test_on_the_same_host_a_superusers_cookie_opens_nothing(
    playwright: Playwright, tmp_path: Path, place: Place, portal: Portal
) -> None:
    portal.view = "lobby"
    async with chromium(playwright, tmp_path / "profile") as context:
        await sign_in(context, place.installation)
        carried: list[Any] = []
        address = f"{portal.site}/embed/floor/"
        context.on("request", lambda one: carried.append(one) if one.url == address else None)
        shown = await visit(context, portal, "127.0.0.1")
        await shown.live()
        # It is one site to the browser: the cookie does come along.
        assert "sessionid" in (await carried[0].all_headers())["cookie"]
        frames = await heard(shown)
        assert [name for name in place.names() if name in frames] == []
        ws = portal.site.replace("http", "ws")
        for frame, told in ((shown.frame, "refused by the policy"), (shown.page.main_frame, "4403 error")):
            assert await frame.evaluate(TRY_SOCKET, [f"{ws}/ws/wallboards/floor/", ""]) == told
            assert await frame.evaluate(TRY_FETCH, f"{portal.site}/wallboards/floor/") == "refused"
            ack = json.dumps({"type": "ack", "seq": 0})
            assert await frame.evaluate(TRY_SOCKET, [f"{ws}/ws/embed/floor/", ack]) == "4401 error"
        said: list[str] = []
        shown.page.on("console", lambda message: said.append(message.text))
        await shown.page.evaluate("(url) => { frame.src = url; }", f"{portal.site}/wallboards/floor/")
        await shown.page.wait_for_timeout(1000)
        assert any("frame-ancestors" in text for text in said), said
