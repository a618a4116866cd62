"""Embedding as a manager sets it up: code that follows the choices, the doctor's answers, and the demo's portal."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from dashboard.demo.portal import Framed, Portal
from tests.browser.badproxy import BadProxy
from tests.browser.waiting import holds
from tests.e2e.installation import Installation

CONFIGURATION = """
version: 1
connections:
  - {{name: main, api_url: 'https://gws.example.com', client_id: wallboard, grant: client_credentials, enabled: false}}
objects:
  - {{name: queue, title: Sales, connection: main, type: Queue, id: 8001@SIP_Switch}}
statistics:
  - {{name: waiting, title: Waiting, statistic: CurrNumberWaitingCalls}}
teams:
  - {{name: sales, title: Sales}}
wallboards:
  - slug: sales
    title: Sales floor
    team: sales
    allowed_origins: {origins}
    tiles: [{{id: waiting, kind: number, title: Waiting, series: [{{statistic: waiting, object: queue}}],
      position: {{x: 0, y: 0, w: 6, h: 2}}}}]
  - slug: hall
    title: Entrance hall
    team: sales
    allowed_origins: {origins}
    tiles: [{{id: calls, kind: number, title: Calls, series: [{{statistic: waiting, object: queue}}],
      position: {{x: 0, y: 0, w: 6, h: 2}}}}]
"""
PATIENCE = 60_000
#: Renewed at half of it.
TOKEN_SECONDS = 10


@dataclass
class Place:
    installation: Installation
    portal: Portal
    proxy: BadProxy
    session: str


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def place(tmp_path_factory: object) -> AsyncIterator[Place]:
    """An installation behind a proxy, which is its public address, and the demo's portal, which frames it past that."""
    folder = tmp_path_factory.mktemp("embedding")  # type: ignore[attr-defined]
    portal = Portal(seconds=TOKEN_SECONDS)
    try:
        async with BadProxy() as proxy:
            installation = Installation(folder, PUBLIC_URL=proxy.url)
            proxy.target = installation.url
            await asyncio.to_thread(installation.prepare, CONFIGURATION.format(origins=json.dumps(portal.origins)))
            made = json.loads(await asyncio.to_thread(installation.manage, "embedkey", "create", "--team", "sales"))
            try:
                await asyncio.to_thread(installation.start)
                boards = [("sales", "Sales floor", "floor"), ("hall", "Entrance hall", "lobby")]
                portal.start(
                    installation.url,
                    [Framed(slug, title, view, made["id"], made["secret"]) for slug, title, view in boards],
                )
                yield Place(installation, portal, proxy, await asyncio.to_thread(session_of, installation))
            finally:
                await asyncio.to_thread(installation.stop)
    finally:
        await asyncio.to_thread(portal.end)


def session_of(installation: Installation) -> str:
    """The session of the administrator, signed in as a person does."""
    with contextlib.closing(installation.sign_in()) as client:
        return str(client.cookies["sessionid"])


@contextlib.asynccontextmanager
async def opened(browser: Browser, place: Place, locale: str = "en") -> AsyncIterator[Page]:
    """A page of a superuser; nothing may be written to its console as an error."""
    context = await browser.new_context(locale=locale, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    problems: list[str] = []
    try:
        await context.add_cookies([{"name": "sessionid", "value": place.session, "url": place.installation.url}])
        await context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = await context.new_page()
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        yield page
    finally:
        await context.close()
    assert problems == []


async def open_embed_page(page: Page, place: Place) -> None:
    await page.goto(f"{place.installation.url}/admin/dashboard/wallboard/")
    await page.get_by_role("link", name="Sales floor").click()
    await page.get_by_role("link", name="Embed", exact=True).click()


async def test_code_follows_the_choices_on_the_page_and_is_copied(browser: Browser, place: Place) -> None:
    async with opened(browser, place) as page:
        await open_embed_page(page, place)
        await page.evaluate("window.stayed = true")
        python = page.locator("[data-snippet=python] code")
        await expect(python).to_contain_text('{"wallboard": "sales", "iat": now')
        await page.get_by_label("Colours").select_option("dark")
        await page.locator("#id_view").select_option("lobby")
        await page.get_by_label("Waiting").check()
        await expect(python).to_contain_text('{"wallboard": "sales", "view": "lobby", "tiles": ["waiting"], "iat": now')
        frame = page.locator("[data-snippet=renewing]")
        await expect(frame.locator("code")).to_contain_text("/embed/sales/?theme=dark")
        assert await page.evaluate("window.stayed")
        await frame.get_by_role("button", name="Copy").click()
        await expect(frame.get_by_role("button")).to_have_text("Copied")
        assert await page.evaluate("navigator.clipboard.readText()") == await frame.locator("code").text_content()
        # The address has the choices: a reload, or somebody it is sent to, sees the same.
        await page.reload()
        await expect(python).to_contain_text('"view": "lobby"')


async def ask(page: Page, place: Place, address: str, token: str) -> None:
    await open_embed_page(page, place)
    await page.locator("#id_portal").fill(address)
    await page.locator("#id_token").fill(token)
    await page.locator("#doctor").get_by_role("button").last.click()
    await expect(page.locator(".summary")).to_be_visible(timeout=PATIENCE)


async def test_the_doctor_finds_all_well_through_a_proxy_that_passes_everything(browser: Browser, place: Place) -> None:
    token = (await asyncio.to_thread(httpx.get, f"{place.portal.url}/token?board=sales", trust_env=False)).text
    async with opened(browser, place) as page:
        await ask(page, place, f"{place.portal.url}/", token)
        await expect(page.locator(".summary")).to_have_text("Nothing stands in the way.")
        states = await page.locator("[data-check]").evaluate_all("all => all.map(({dataset}) => dataset.finding)")
        assert set(states) == {"good"}
        for check in ("socket", "browser_socket", "browser_clock", "ancestors", "token", "signature", "portal_clock"):
            await expect(page.locator(f"[data-check={check}]")).to_be_visible()
        assert token not in await page.content()


async def test_the_doctor_says_what_a_proxy_does_and_what_to_change(browser: Browser, place: Place) -> None:
    place.proxy.broken = True
    try:
        async with opened(browser, place) as page:
            await ask(page, place, "https://Portal.example.com/start", "")
            await expect(page.locator(".summary")).to_have_attribute("data-finding", "bad")
            wrong = await page.locator("[data-check][data-finding=bad]").evaluate_all(
                "all => all.map(({dataset}) => dataset.check)"
            )
            # Over plain http a portal with TLS is told as well; on one machine it is no fault.
            assert set(wrong) == {"allowed", "options", "socket"}
            await expect(page.locator("[data-check=socket]")).to_contain_text("did not pass the upgrade")
            await expect(page.locator("[data-check=socket] .change")).to_contain_text("proxy_set_header Upgrade")
            await expect(page.locator("[data-check=allowed] .change")).to_contain_text(
                "Add https://portal.example.com to the wallboard's allowed origins."
            )
            await page.get_by_text("As text, for a ticket").click()
            report = page.locator("[data-snippet=report]")
            await report.get_by_role("button", name="Copy").click()
            assert "[wrong] X-Frame-Options" in await page.evaluate("navigator.clipboard.readText()")
    finally:
        place.proxy.broken = False


def noted(board: str, kind: str) -> str:
    return f"document.querySelectorAll('#log [data-board={board}][data-kind={kind}]').length"


async def test_the_portal_keeps_two_boards_open_by_renewing_their_tokens(browser: Browser, place: Place) -> None:
    async with opened(browser, place) as page:
        ended: list[str] = []
        page.on("websocket", lambda socket: socket.on("close", lambda ended_one: ended.append(ended_one.url)))
        await page.goto(place.portal.url)
        for board in ("sales", "hall"):
            await expect(page.frame_locator(f"iframe[data-board={board}]").locator("article.tile")).to_have_count(1)
            await holds(page, f"{noted(board, 'resize')} > 0")
        # Three tokens outlive the first one by half of its life.
        for board in ("sales", "hall"):
            await holds(page, f"{noted(board, 'token')} >= 4 && {noted(board, 'token-expiring')} >= 3")
        assert ended == []
        await page.get_by_label("Renew tokens in time").uncheck()
        for board in ("sales", "hall"):
            await expect(page.frame_locator(f"iframe[data-board={board}]").locator("#notice")).to_be_visible(
                timeout=PATIENCE
            )
        assert len(ended) >= 2
