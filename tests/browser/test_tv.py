"""A screen on a wall: what it does by itself, for weeks, with nobody at its keyboard."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from dashboard.hours import DAYS
from tests.browser.conftest import OpenPage
from tests.browser.launch import FLAGS, launch_chromium
from tests.browser.sample import ZONE
from tests.browser.site import Screen, Site
from tests.browser.waiting import holds

KIOSK = "/wallboards/sales/?kiosk&theme=dark"
LIVE = ".tile [data-series='1']"
PATIENCE = 60_000
#: Chromium's words when its server is away.
REFUSED = "ERR_CONNECTION"


def closed_now() -> list[str]:
    """Opening hours three days from now."""
    return [f"{DAYS[(datetime.now(ZoneInfo(ZONE)).weekday() + 3) % 7]} 08:00-20:00"]


async def live(page: Page, site: Site, number: int = 0) -> Screen:
    screen = await site.screen(number)
    await expect(page.locator(LIVE)).to_have_text("7", timeout=PATIENCE)
    return screen


class TestDimming:
    async def test_a_wall_is_dark_outside_its_opening_hours_and_bright_when_touched(
        self, open_page: OpenPage, site: Site
    ) -> None:
        site.sample.wallboard.opening_hours = closed_now()
        page = await open_page(path=KIOSK)
        await expect(page.locator("body[data-dimmed]")).to_have_count(1, timeout=PATIENCE)
        await page.keyboard.press("Shift")
        await expect(page.locator("body[data-dimmed]")).to_have_count(0)

    async def test_open_hours_and_desks_stay_bright(self, open_page: OpenPage, site: Site) -> None:
        site.sample.wallboard.opening_hours = closed_now()
        page = await open_page()
        screen = await live(page, site)
        site.sample.wallboard.opening_hours = ["daily 00:00-24:00"]
        await screen.send(site.sample.snapshot(seq=1))
        assert await page.locator("body[data-dimmed]").count() == 0


class TestKiosk:
    async def test_f_is_full_screen_and_f_again_is_not(self, open_page: OpenPage, site: Site) -> None:
        page = await open_page()
        await live(page, site)
        await page.keyboard.press("f")
        await holds(page, "document.fullscreenElement !== null")
        await page.keyboard.press("f")
        await holds(page, "document.fullscreenElement === null")

    async def test_in_full_screen_a_resting_pointer_is_hidden(self, open_page: OpenPage, site: Site) -> None:
        page = await open_page()
        await live(page, site)
        await page.keyboard.press("f")
        await expect(page.locator("html[data-pointer-rests]")).to_have_count(1)
        await page.mouse.move(300, 300)
        await expect(page.locator("html[data-pointer-rests]")).to_have_count(0)
        await expect(page.locator("html[data-pointer-rests]")).to_have_count(1)

    @pytest.mark.parametrize("viewport", [(1920, 1080), (1080, 1920), (1280, 720)])
    async def test_the_moving_picture_stays_on_the_screen(
        self, open_page: OpenPage, site: Site, viewport: tuple[int, int]
    ) -> None:
        page = await open_page(path=KIOSK, viewport={"width": viewport[0], "height": viewport[1]})
        await live(page, site)
        assert await page.evaluate("document.body.style.getPropertyValue('--shift-x')") != ""
        for shift in (-3, 3):
            inside = await page.evaluate(
                """(shift) => {
                  for (const name of ["--shift-x", "--shift-y"]) document.body.style.setProperty(name, shift);
                  return [...document.querySelectorAll(".tile, .board-title, .clock")].every((one) => {
                    const { left, top, right, bottom } = one.getBoundingClientRect();
                    return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
                  });
                }""",
                shift,
            )
            assert inside

    async def test_a_wall_holds_a_wake_lock_and_a_desk_does_not(self, open_page: OpenPage, site: Site) -> None:
        page = await open_page(path="about:blank")
        # The browser's own is recorded, not replaced: whether a machine without a screen grants it is its own affair.
        await page.add_init_script("""
            window.asked = [];
            const { request } = WakeLock.prototype;
            WakeLock.prototype.request = function (kind) { asked.push(kind); return request.call(this, kind); };
        """)
        await page.goto(f"{site.url}{KIOSK}")
        await holds(page, "window.asked.length > 0")
        assert set(await page.evaluate("window.asked")) == {"screen"}
        await page.goto(site.address)
        await live(page, site, 1)
        await holds(page, "document.body.style.getPropertyValue('--shift-x') !== ''")
        assert await page.evaluate("window.asked") == []


async def critical(screen: Screen, site: Site, seq: int, level: str = "critical") -> None:
    levels = {"number-1": {"1": [level, site.sample.now + seq]}}
    await screen.update(seq, {"1": [7, site.sample.now, "ok"]}, levels=levels)


@contextlib.asynccontextmanager
async def with_policy(policy: str) -> AsyncIterator[Browser]:
    """A Chromium of its own with this rule for sound."""
    FLAGS.append(f"--autoplay-policy={policy}")
    try:
        async with async_playwright() as playwright, launch_chromium(playwright) as browser:
            yield browser
    finally:
        FLAGS.pop()


# What is heard is what the page gives to the browser's oscillator.
RECORD = """
    window.tones = 0;
    const { start } = OscillatorNode.prototype;
    OscillatorNode.prototype.start = function (when) { window.tones += 1; return start.call(this, when); };
"""


async def look(page: Page, expression: str) -> Any:
    """Its value, without the user's gesture that Playwright gives with each of its own questions."""
    session = await page.context.new_cdp_session(page)
    answer = await session.send("Runtime.evaluate", {"expression": expression, "userGesture": False})
    await session.detach()
    return answer["result"].get("value")


async def seen(page: Page, expression: str) -> None:
    end = time.monotonic() + PATIENCE / 1000
    while not await look(page, expression):
        assert time.monotonic() < end, f"never: {expression}"
        await asyncio.sleep(0.1)


class TestSound:
    @pytest.fixture(autouse=True)
    def _with_sound(self, site: Site) -> None:
        site.sample.wallboard.sound = True

    async def test_a_browser_that_blocks_sound_says_so_until_ok_is_pressed_once(self, site: Site) -> None:
        async with with_policy("document-user-activation-required") as browser:
            page = await browser.new_page(service_workers="block")
            await page.add_init_script(RECORD)
            await page.goto(f"{site.url}{KIOSK}")
            await seen(page, "document.getElementById('sound-ask').textContent.includes('Press OK once')")
            assert not await look(page, "navigator.userActivation.hasBeenActive || window.tones > 0")
            # The OK of a remote control.
            await page.keyboard.press("Enter")
            await seen(page, "document.getElementById('sound-ask').hidden && window.tones === 2")

    async def test_it_is_heard_when_a_tile_becomes_critical_unless_it_is_muted(self, site: Site) -> None:
        async with with_policy("no-user-gesture-required") as browser:
            page = await browser.new_page(service_workers="block")
            await page.add_init_script(RECORD)
            await page.goto(f"{site.url}{KIOSK}")
            screen = await site.screen()
            await seen(page, "document.getElementById('sound').dataset.state === 'on'")
            assert await look(page, "document.getElementById('sound-ask').hidden")
            await critical(screen, site, 1)
            await seen(page, "window.tones === 2")
            await page.keyboard.press("m")
            await seen(page, "document.getElementById('sound').textContent === 'sound off'")
            await critical(screen, site, 2, "normal")
            await critical(screen, site, 3)
            await seen(page, "sessionStorage.getItem('wallboard:critical:sales').includes('3}')")
            assert await look(page, "window.tones === 2")

    async def test_quiet_hours_are_said_and_ask_for_nothing(self, open_page: OpenPage, site: Site) -> None:
        site.sample.wallboard.quiet_hours = ["daily 00:00-24:00"]
        page = await open_page(path=KIOSK)
        await expect(page.locator("#sound")).to_have_text("quiet hours", timeout=PATIENCE)
        assert await page.locator("#sound-ask").is_hidden()


async def test_a_wallboard_without_sound_asks_for_nothing(open_page: OpenPage, site: Site) -> None:
    page = await open_page(path=KIOSK)
    await expect(page.locator("#sound[data-state=off]")).to_have_count(1, timeout=PATIENCE)
    assert await page.locator("#sound-ask").is_hidden()


KEPT = """async () => {
  const store = await caches.open("wallboard");
  const kept = (await store.keys()).map(({ url }) => new URL(url).pathname);
  return ["/wallboards/sales/", "/static/dashboard/js/main.js", "/static/dashboard/js/tv.js"]
    .every((path) => kept.includes(path));
}"""


class TestServerAway:
    @pytest.mark.parametrize(
        ("locale", "away"), [("en", "The server is away, last heard at"), ("de", "Der Server ist weg, zuletzt gehört")]
    )
    async def test_a_reload_shows_the_page_that_says_so_and_comes_back_by_itself(
        self, open_page: OpenPage, site: Site, locale: str, away: str
    ) -> None:
        site.sample.locale = locale
        page = await open_page(path=KIOSK, service_workers="allow")
        page.expected.append(REFUSED)  # type: ignore[attr-defined]
        await live(page, site)
        await holds(page, KEPT)
        await holds(page, "localStorage.getItem('wallboard:heard') !== null")
        await site.stop_listening()
        await page.reload()
        await expect(page.locator("#away")).to_contain_text(away, timeout=PATIENCE)
        await expect(page.locator("#board-title")).to_have_text("Sales floor")
        await expect(page.locator("#lamp")).to_have_attribute("data-state", "stale")
        await expect(page.locator("#clock")).not_to_be_empty()
        await site.listen_again()
        await live(page, site, 1)
        await expect(page.locator("#away")).to_be_hidden()
        await expect(page.locator("#lamp")).to_have_attribute("data-state", "live")

    async def test_a_new_version_is_loaded_only_once_the_server_answers(self, open_page: OpenPage, site: Site) -> None:
        page = await open_page(path=KIOSK)
        page.expected += [REFUSED, "502"]  # type: ignore[attr-defined]
        screen = await live(page, site)
        await page.evaluate("window.before = true")
        site.broken = {"sales"}
        await screen.send(site.sample.snapshot(seq=1, version="2"))
        async with page.expect_response(lambda answer: answer.status == 502, timeout=PATIENCE):
            pass
        assert await page.evaluate("window.before") is True
        site.version, site.broken = "2", set()
        await holds(page, "window.before === undefined")
        await live(page, site, 1)


async def test_a_plain_address_has_neither_wake_lock_nor_service_worker(open_page: OpenPage, site: Site) -> None:
    """Over http and another name than localhost the browser offers neither; the page works all the same."""
    page = await open_page(path="about:blank", service_workers="allow")
    found: dict[str, Any] = {}
    await page.route("http://wall.example/**", lambda route: _from(site, route))
    page.expected.append("wall.example")  # type: ignore[attr-defined]
    await page.goto("http://wall.example/wallboards/sales/?kiosk")
    await holds(page, "document.body.style.getPropertyValue('--shift-x') !== ''")
    found = await page.evaluate("({ secure: isSecureContext, worker: 'serviceWorker' in navigator })")
    assert found == {"secure": False, "worker": False}
    # What is still being fetched must not be answered to a page that is gone.
    await page.goto("about:blank")
    await page.unroute_all(behavior="wait")


async def _from(site: Site, route: Any) -> None:
    address = route.request.url.replace("http://wall.example", site.url)
    await route.fulfill(response=await route.fetch(url=address))
