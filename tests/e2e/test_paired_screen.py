"""A TV's whole life with real processes and a real browser: paired from a phone, directed, restarted, revoked."""

import asyncio
import contextlib
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import BrowserContext, Page, Playwright, async_playwright, expect

from statsbridge.simulator.tokens import Credentials
from tests.browser.launch import FLAGS
from tests.browser.waiting import holds
from tests.e2e.installation import ROOT, Installation, free_port, wait_for_http

WALL = {"width": 1920, "height": 1080}
PHONE = {"width": 390, "height": 844}
CONFIGURATION = """
version: 1
connections:
  - {{name: main, api_url: "http://127.0.0.1:{port}", api_key: "{sample.api_key}", client_id: "{sample.client_id}",
     grant: password, client_secret: "{sample.client_secret}", username: '{sample.username}',
     password: "{sample.password}"}}
objects:
  - {{name: sales-queue, title: Sales, connection: main, type: Queue, id: 8001@SIP_Switch}}
statistics:
  - {{name: calls-waiting, title: Calls waiting, statistic: CurrNumberWaitingCalls, unit: count}}
teams:
  - {{name: sales, title: Sales, members: [{{username: maya, role: manager}}]}}
  - {{name: service, title: Service}}
wallboards:
  - {{slug: sales, title: Sales floor, team: sales, tiles: [{{id: waiting, kind: number, title: Waiting,
     series: [{{statistic: calls-waiting, object: sales-queue}}], position: {{x: 0, y: 0, w: 6, h: 4}}}}]}}
  - {{slug: service, title: Service desk, team: service, shared_with: [sales], tiles: [{{id: waiting, kind: number,
     title: Waiting, series: [{{statistic: calls-waiting, object: sales-queue}}],
     position: {{x: 0, y: 0, w: 6, h: 4}}}}]}}
rotations:
  - {{slug: hall, title: Hall, team: sales, steps: [{{wallboard: sales, seconds: 5}},
     {{wallboard: service, seconds: 5}}]}}
"""
PASSWORD = "sample-password-2"
SET_PASSWORD = f"""
from django.contrib.auth import get_user_model
maya = get_user_model().objects.get(username="maya")
maya.set_password("{PASSWORD}")
maya.save()
"""
SHOWS = """(title) => {
    const board = document.querySelector("iframe[data-front]")?.contentDocument;
    return board?.getElementById("board-title")?.textContent === title
        && board.getElementById("lamp").dataset.state === "live"
        && board.querySelector("[data-tile][data-state='live'] [data-series]") !== null;
}"""
UNSHARE = "from dashboard.models import Wallboard; Wallboard.objects.get(slug='service').shared_with.clear()"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("installation")
    port, sample = free_port(), Credentials()
    log = folder / "simulator.log"
    one = Installation(folder)
    with log.open("wb") as output:
        simulator = subprocess.Popen(
            [sys.executable, "manage.py", "simulator", "--port", str(port)],
            cwd=ROOT, env=one.environment, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        wait_for_http(f"http://127.0.0.1:{port}/_sim/state", simulator, log)
        one.prepare(CONFIGURATION.format(port=port, sample=sample))
        one.manage("shell", "-v0", "-c", SET_PASSWORD)
        one.start()
        yield one
    finally:
        one.stop()
        simulator.terminate()
        simulator.wait(10)


class Tv:
    """A browser with a profile of its own that opens ``/screen/`` when it starts, as a kiosk does."""

    def __init__(self, playwright: Playwright, url: str, profile: Path) -> None:
        self.playwright = playwright
        self.url = url
        self.profile = profile
        self.errors: list[str] = []
        self.context: BrowserContext | None = None

    async def start(self) -> Page:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        self.context = await self.playwright.chromium.launch_persistent_context(
            str(self.profile), executable_path=path, headless=True, viewport=WALL, locale="en-GB",
            args=[*FLAGS, "--autoplay-policy=no-user-gesture-required"],
        )  # fmt: skip
        self.page = self.context.pages[0]
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        await self.page.goto(f"{self.url}/screen/")
        return self.page

    async def stop(self) -> None:
        if self.context is not None:
            await self.context.close()
            self.context = None

    async def code(self, seconds: float = 20) -> str:
        await expect(self.page.locator("#pairing")).to_be_visible(timeout=seconds * 1000)
        await expect(self.page.locator("#code")).not_to_be_empty()
        return (await self.page.locator("#code").inner_text()).replace(" ", "")

    async def shows(self, board: str, seconds: float = 60) -> None:
        """Until the wallboard is on screen, live, with a value in its tile: all of it within these seconds."""
        await holds(self.page, f"({SHOWS})({board!r})", seconds)


@contextlib.asynccontextmanager
async def people(installation: Installation, tmp_path: Path) -> AsyncIterator[tuple[Tv, Page]]:
    """A TV that was just switched on, and maya with her phone."""
    async with async_playwright() as playwright:
        tv = Tv(playwright, installation.url, tmp_path / "profile")
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = await playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        try:
            await tv.start()
            phone = await (await browser.new_context(viewport=PHONE, locale="en-GB")).new_page()
            phone.set_default_timeout(30_000)
            yield tv, phone
            assert tv.errors == []
        finally:
            await tv.stop()
            await browser.close()


async def pair(tv: Tv, phone: Page) -> None:
    """As somebody does who scanned the picture: the address with the code, sign-in, the form."""
    await phone.goto(f"{tv.url}/screens/pair/?code={await tv.code()}")
    await phone.fill("#id_username", "maya")
    await phone.fill("#id_password", PASSWORD)
    await phone.click("main button[type=submit]")
    await phone.fill("#id_name", "Entrance")
    await phone.fill("#id_place", "Ground floor")
    await phone.select_option("#id_shows", label="Sales floor")
    await phone.click("main button[type=submit]")


async def act(phone: Page, url: str, action: str) -> None:
    """Choose the screen in the list and have it do something."""
    await phone.goto(f"{url}/admin/dashboard/pairedscreen/")
    await phone.check("#result_list input.action-select")
    await phone.select_option("select[name=action]", action)
    await phone.click("button[name=index]")


async def move(phone: Page, url: str, title: str) -> None:
    await act(phone, url, "move")
    await phone.select_option("#id_shows", label=title)
    await phone.click("input[type=submit].default")


async def test_a_tv_is_paired_from_a_phone_directed_and_revoked(installation: Installation, tmp_path: Path) -> None:
    url = installation.url
    async with people(installation, tmp_path) as (tv, phone):
        await pair(tv, phone)
        # From the press of the button, with its own answer in it.
        await tv.shows("Sales floor", seconds=3)
        await expect(phone.locator("main")).to_contain_text("Entrance shows Sales floor in a moment.")

        await phone.goto(f"{url}/admin/dashboard/pairedscreen/")
        row = phone.locator("#result_list tbody tr")
        for text in ("Entrance", "Ground floor", "Sales floor", "online", "live", "1920×1080"):
            # The list is live: what the screen has not told yet comes by itself.
            await expect(row).to_contain_text(text, timeout=30_000)

        await move(phone, url, "Service desk")
        await tv.shows("Service desk", seconds=3)
        await move(phone, url, "Rotation: Hall")
        await tv.shows("Sales floor", seconds=30)
        await tv.shows("Service desk", seconds=60)

        await act(phone, url, "identify")
        await expect(tv.page.locator("#identify")).to_contain_text("Entrance", timeout=3000)
        await expect(tv.page.locator("#identify")).to_be_hidden(timeout=30_000)

        await act(phone, url, "message")
        await phone.fill("#id_text", "Fire drill at 11")
        await phone.click("input[type=submit].default")
        await expect(tv.page.locator("#banner")).to_have_text("Fire drill at 11", timeout=3000)

        await tv.page.evaluate("window.before = true")
        await act(phone, url, "reload")
        await holds(tv.page, "window.before === undefined", 30)
        await expect(tv.page.locator("#banner")).to_have_text("Fire drill at 11", timeout=20_000)

        await move(phone, url, "Service desk")
        await tv.shows("Service desk", seconds=10)
        await asyncio.to_thread(installation.manage, "shell", "-v0", "-c", UNSHARE)
        await expect(tv.page.locator("#away")).to_contain_text("no longer shared with its team", timeout=5000)
        await expect(tv.page.locator("iframe")).to_have_count(0)
        await move(phone, url, "Sales floor")
        await tv.shows("Sales floor", seconds=10)

        await act(phone, url, "revoke")
        before = await tv.code(seconds=5)
        assert len(before) == 6
        await expect(tv.page.locator("iframe")).to_have_count(0)
        # Nothing of a wallboard is left on the device.
        await holds(tv.page, "caches.match('/screen/wallboards/sales/', { ignoreVary: true }).then((one) => !one)", 20)
        assert (await tv.page.request.get(f"{url}/screen/wallboards/sales/")).status == 401


async def test_a_paired_screen_comes_back_by_itself_after_every_restart(
    installation: Installation, tmp_path: Path
) -> None:
    async with people(installation, tmp_path) as (tv, phone):
        await pair(tv, phone)
        await tv.shows("Sales floor")

        await asyncio.to_thread(installation.stop)
        front = tv.page.frame_locator("iframe[data-front]")
        await expect(front.locator("#lamp")).not_to_have_attribute("data-state", "live", timeout=30_000)
        await expect(front.locator("#board-title")).to_have_text("Sales floor")
        await asyncio.to_thread(installation.start)
        await tv.shows("Sales floor")

        await tv.stop()
        await tv.start()
        await tv.shows("Sales floor")

        await kept(tv.page)
        await tv.stop()
        await asyncio.to_thread(installation.stop)
        await tv.start()
        front = tv.page.frame_locator("iframe[data-front]")
        await expect(front.locator("#away")).to_contain_text("This screen comes back by itself.", timeout=60_000)
        await asyncio.to_thread(installation.start)
        await tv.shows("Sales floor", seconds=90)
        async with httpx.AsyncClient(base_url=installation.url) as client:
            assert (await client.get("/screen/wallboards/sales/")).status_code == 401


async def kept(page: Page) -> None:
    """Until the browser has what it needs without the server."""
    for path in ("/screen/", "/screen/wallboards/sales/"):
        await holds(page, f"caches.match({path!r}, {{ ignoreVary: true }}).then(Boolean)")
