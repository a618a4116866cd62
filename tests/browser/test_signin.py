"""Sign-in with Genesys in a real browser, on a real installation, at the simulated service's own form."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from statsbridge.simulator.server import SimulatorServer
from tests.browser.portal import Portal, Shown, chromium
from tests.browser.waiting import holds
from tests.e2e.installation import Installation

PASSWORD = "sample-password-1"
SERVICE_PASSWORD = "sim-password"
PATIENCE = 60_000
TOKEN_LIFE = 6
CONFIGURATION = """
version: 1
connections:
  - {{name: main, api_url: '{url}', api_key: sim-api-key, client_id: wallboard, client_secret: sim-client-secret,
     grant: password, username: 'tenant\\bridge', password: sim-password}}
objects:
  - {{name: sales, title: Sales, connection: main, type: Queue, id: 8001@SIP_Switch}}
statistics:
  - {{name: waiting, title: Waiting, statistic: CurrentNumberWaitingCalls}}
teams:
  - name: sales
    title: Sales
    rules: [{{value: ROLE_SUPERVISOR, role: editor}}]
wallboards:
  - slug: sales
    title: Sales floor
    team: sales
    allowed_origins: ['{portal}']
    tiles:
      - {{kind: number, title: Waiting, series: [{{statistic: waiting, object: sales}}],
         position: {{x: 0, y: 0, w: 6, h: 4}}}}
"""
OpenBrowser = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def simulator() -> AsyncIterator[SimulatorServer]:
    async with SimulatorServer(agents=4, queues=1, token_life=TOKEN_LIFE) as simulator:
        yield simulator


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def portal() -> AsyncIterator[Portal]:
    """A site of its own that frames the board and gives it no token."""
    async with Portal() as portal:
        portal.slug, portal.withheld = "sales", True
        yield portal


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def installation(
    tmp_path_factory: pytest.TempPathFactory, simulator: SimulatorServer, portal: Portal
) -> AsyncIterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("signin"), GENESYS_SIGN_IN="main")
    installation.environment["PUBLIC_URL"] = portal.site = installation.url
    configuration = CONFIGURATION.format(url=simulator.url, portal=portal.origin())
    try:
        await asyncio.to_thread(installation.prepare, configuration)
        await asyncio.to_thread(installation.start)
        yield installation
    finally:
        await asyncio.to_thread(installation.stop)


@pytest_asyncio.fixture(loop_scope="session")
async def open_browser(browser: Browser, installation: Installation) -> AsyncIterator[OpenBrowser]:
    """A browser of its own for each person; at the end none may have complained of anything but refused pages."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def complained(message: Any) -> None:
        # A page that is refused on purpose is an error to the browser's console.
        if message.type == "error" and "Failed to load resource" not in message.text:
            problems.append(message.text)

    async def open_one(path: str = "/wallboards/sales/", **options: Any) -> Page:
        context = await browser.new_context(
            **{"locale": "en", "service_workers": "block", "base_url": installation.url, **options}
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = await context.new_page()
        page.on("console", complained)
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto(f"{installation.url}{path}")
        return page

    yield open_one
    for context in contexts:
        await context.close()
    assert problems == []


async def fill_in(page: Page, name: str, password: str = SERVICE_PASSWORD, button: str = "Sign in") -> None:
    """At the form of the service."""
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "/auth/v3/sign-in" in page.url
    await page.get_by_label("User name", exact=True).fill(f"tenant\\{name}")
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name=button, exact=True).click()


async def to_the_form(page: Page) -> None:
    await page.get_by_role("link", name="Sign in with Genesys").click()
    await page.wait_for_url("**/auth/v3/sign-in?**")


async def sign_in(page: Page, name: str = "supervisor") -> None:
    await to_the_form(page)
    await fill_in(page, name)


async def signed_in(page: Page) -> bool:
    return (
        any(one.get("name") == "sessionid" for one in await page.context.cookies())
        and (await page.request.get("/help/", max_redirects=0)).status == 200
    )


async def test_a_supervisor_comes_to_the_board_that_was_asked_for(
    open_browser: OpenBrowser, installation: Installation
) -> None:
    page = await open_browser()
    await expect(page.get_by_role("link", name="Sign in with Genesys")).to_be_visible()
    await expect(page.get_by_label("Password")).to_be_visible()
    await sign_in(page)
    await page.wait_for_url("**/wallboards/sales/")
    await expect(page.locator("article.tile")).to_be_visible()
    await expect(page.locator("#lamp")).to_have_attribute("data-state", "live")
    cookie = next(one for one in await page.context.cookies() if one.get("name") == "sessionid")
    assert (cookie.get("httpOnly"), cookie.get("sameSite")) == (True, "Lax")


async def test_a_wrong_password_is_the_services_matter_and_the_next_try_goes_on(open_browser: OpenBrowser) -> None:
    page = await open_browser()
    await to_the_form(page)
    await fill_in(page, "supervisor", "wrong")
    await expect(page.get_by_role("alert")).to_have_text("The user name or the password is wrong.")
    await fill_in(page, "supervisor")
    await page.wait_for_url("**/wallboards/sales/")


async def test_a_cancelled_sign_in_says_so_and_can_be_started_again(open_browser: OpenBrowser) -> None:
    page = await open_browser()
    await to_the_form(page)
    await fill_in(page, "supervisor", button="Cancel")
    await expect(page.get_by_role("alert")).to_have_text("The sign-in was cancelled.")
    await sign_in(page)
    await page.wait_for_url("**/wallboards/sales/")


async def answer_of(page: Page) -> str:
    """Sign in at the service, without following where it leads back to."""
    await to_the_form(page)
    form = urlsplit(page.url)
    service = f"{form.scheme}://{form.netloc}"
    given = {"query": form.query, "username": "tenant\\supervisor", "password": SERVICE_PASSWORD}
    answer = await page.request.post(f"{service}/auth/v3/sign-in", form=given, max_redirects=0)
    answer = await page.request.get(f"{service}{answer.headers['location']}", max_redirects=0)
    return answer.headers["location"]


async def test_a_forged_state_signs_nobody_in(open_browser: OpenBrowser) -> None:
    attacker, victim = await open_browser(), await open_browser()
    address = await answer_of(attacker)
    for forged in (address, address.replace(parse_qs(urlsplit(address).query)["state"][0], "forged")):
        response = await victim.goto(forged)
        assert response is not None
        assert response.status == 400
        await expect(victim.get_by_role("alert")).to_contain_text("not started in this browser")
    assert not await signed_in(victim)


async def test_a_replayed_answer_signs_nobody_in_again(open_browser: OpenBrowser) -> None:
    page = await open_browser()
    address = await answer_of(page)
    await page.goto(address)
    await page.wait_for_url("**/wallboards/sales/")
    response = await page.goto(address)
    assert response is not None
    assert response.status == 400
    await expect(page.get_by_role("alert")).to_contain_text("used already")
    other = await open_browser()
    await other.get_by_role("link", name="Sign in with Genesys").click()
    await other.wait_for_url("**/auth/v3/sign-in?**")
    state = parse_qs(urlsplit(other.url).query)["state"][0]
    code = parse_qs(urlsplit(address).query)["code"][0]
    site = urlsplit(address)
    response = await other.goto(f"{site.scheme}://{site.netloc}{site.path}?code={code}&state={state}")
    assert response is not None
    assert response.status == 400
    assert not await signed_in(other)


async def test_somebody_without_an_authority_is_told_and_can_be_somebody_else(open_browser: OpenBrowser) -> None:
    page = await open_browser()
    await sign_in(page, "guest")
    await expect(page.get_by_role("alert")).to_contain_text("gives you no access to the wallboards here")
    assert not await signed_in(page)
    await page.get_by_role("link", name="Sign in as somebody else").click()
    await page.wait_for_url("**/accounts/login/**")
    await sign_in(page)
    await page.wait_for_url("**/wallboards/sales/")


async def test_signing_out_here_and_there(open_browser: OpenBrowser) -> None:
    page = await open_browser("/help/")
    await sign_in(page)
    await page.wait_for_url("**/help/")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    assert not await signed_in(page)
    await page.get_by_role("link", name="Sign out of Genesys, too").click()
    await page.wait_for_url("**/accounts/login/")
    # The service asks for the password again.
    await to_the_form(page)


async def test_a_wall_of_somebody_who_is_removed_goes_dark_within_the_tokens_life(
    open_browser: OpenBrowser, simulator: SimulatorServer
) -> None:
    page = await open_browser()
    await sign_in(page)
    await expect(page.locator("#lamp")).to_have_attribute("data-state", "live")
    async with httpx.AsyncClient() as client:
        order = {"action": "remove_user", "username": "supervisor"}
        (await client.post(f"{simulator.url}/_sim/chaos", json=order)).raise_for_status()
    try:
        await holds(page, "document.documentElement.hasAttribute('data-refused')", TOKEN_LIFE + 5)
        await expect(page.locator("#notice")).to_be_visible()
        await page.reload()
        await page.wait_for_url("**/accounts/login/**")
    finally:
        simulator.tokens.users.removed.clear()


async def test_a_connection_is_connected_by_signing_in_once(
    open_browser: OpenBrowser, installation: Installation
) -> None:
    page = await open_browser("/admin/login/?next=/admin/statsbridge/connection/")
    await page.get_by_label("Username").fill("admin")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await page.locator("#result_list").get_by_role("link", name="main", exact=True).click()
    await page.get_by_role("link", name="Connect with Genesys").click()
    await expect(page.get_by_role("main")).to_contain_text(f"{installation.url}/accounts/genesys/callback/")
    await page.get_by_role("button", name="Continue to Genesys").click()
    await fill_in(page, "bridge")
    await expect(page.get_by_role("main")).to_contain_text("bridge@sample.example")
    await page.get_by_role("button", name="Connect as bridge@sample.example").click()
    await expect(page.locator(".messagelist")).to_contain_text("Connected as", timeout=PATIENCE)
    await expect(page.locator("#id_grant")).to_have_value("refresh_token")
    await expect(page.locator("#id_refresh_token")).to_have_value("")
    await expect(page.locator("#live [data-live=state]")).to_have_text("live", timeout=PATIENCE)


async def test_a_portals_frame_shows_the_board_after_a_sign_in_in_a_window_of_its_own(
    portal: Portal, installation: Installation, simulator: SimulatorServer, tmp_path: Path
) -> None:
    async with async_playwright() as playwright, chromium(playwright, tmp_path / "profile") as context:
        context.set_default_timeout(PATIENCE)
        shown = Shown(await context.new_page(), portal)
        await shown.page.goto(portal.origin())
        button = shown.page.frame_locator("#board").locator("#notice").get_by_role("button", name="Sign in")
        async with shown.page.expect_popup() as opened:
            await button.click()
        window = await opened.value
        assert urlsplit(window.url).path == "/accounts/login/"
        async with window.expect_event("close"):
            await sign_in(window)
        await shown.live()
        assert await shown.frame.locator("form, input").count() == 0
        assert [urlsplit(one["url"]).path for one in await shown.sockets()] == ["/ws/embed/sales/"]
        assert "viewer." not in shown.frame.url
        # The next time the window only comes and goes.
        await shown.page.reload()
        async with shown.page.expect_popup() as opened:
            await button.click()
        await shown.live()
        try:
            simulator.tokens.remove_user("supervisor")
            await shown.notice("Your sign-in is over.", TOKEN_LIFE + 5)
        finally:
            simulator.tokens.users.removed.clear()
        await expect(button).to_be_visible()


async def test_the_log_has_no_token_code_or_password(installation: Installation, simulator: SimulatorServer) -> None:
    log = installation.log.read_text(encoding="utf-8")
    held = [*simulator.tokens._access, *simulator.tokens._refresh, "sim-client-secret", SERVICE_PASSWORD]
    assert held
    assert not [one for one in held if one in log]
    assert "code=" not in log
    assert "viewer." not in log
