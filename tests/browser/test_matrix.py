"""Every kind of tile in every state at every size, dark in English and light in German; pictures of all are kept.

The pictures are in the folder ``pictures`` of ``VAR_DIR``, by size, theme and kind.
"""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.async_api import Frame, Page

from dashboard.tv import tv_settings
from tests.browser import faults
from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.sample import Sample
from tests.browser.site import Screen, Site
from tests.browser.test_embed import token_of
from tests.dashboard.tiles.harness.boards import KINDS, NOW, STATES, states_board

WALLS = ["1920x1080", "3840x2160", "3440x1440", "1080x1920", "1280x720"]
PHONE = "390x844"
LANGUAGES = {"dark": "en", "light": "de"}
#: On a wall, of its short side: 16 minutes of arc at five metres from a 55-inch screen.
LEAST_SHARE = 0.047
#: On a screen in the hand, px.
LEAST_PX = 14
VALUELESS = {"pending": "…", "empty": "…", "rejected": "—", "unknown": "—", "not_applicable": "n/a"}
REASON = "Statistic not found: CurrNumberWaitingCalls"
FEET = {
    "en": {
        "live": "",
        "late": r"◷late \d+ (s|min)",
        "stale": "◷as of 10:40:30",
        "pending": "○no value yet",
        "rejected": f"✕{REASON}",
        "unknown": "—no data since 10:27",
        "not_applicable": "",
        "empty": "○no value yet",
        "warning": "▲warning(: .+)?",
        "critical": "◆critical(: .+)?",
    },
    "de": {
        "live": "",
        "late": r"◷verspätet \d+ (s|min)",
        "stale": "◷Stand 10:40:30",
        "pending": "○noch kein Wert",
        "rejected": f"✕{REASON}",
        "unknown": "—keine Daten seit 10:27",
        "not_applicable": "",
        "empty": "○noch kein Wert",
        "warning": "▲Warnung(: .+)?",
        "critical": "◆kritisch(: .+)?",
    },
}
REFUSED = {"en": "✕refused", "de": "✕abgelehnt"}
ALL_TEXTS = """() => Object.fromEntries([...document.querySelectorAll(".tile")].map((tile) => [tile.dataset.tile, {
  foot: tile.querySelector(".tile-foot").textContent, all: tile.textContent,
  values: [...tile.querySelectorAll("[data-series]")].map((one) => one.textContent),
  states: [...new Set([...tile.querySelectorAll("[data-series]")].map((one) => one.dataset.state))],
}]))"""


@pytest.fixture(params=LANGUAGES)
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def sample(theme: str) -> Sample:
    return Sample(locale=LANGUAGES[theme])


class Show:
    """Sends boards to one screen, and proofs of life while they are looked at."""

    def __init__(self, site: Site, screen: Screen, language: str) -> None:
        self.site, self.screen, self.language = site, screen, language
        self.epoch = "none"
        self._began = time.monotonic()

    async def beat(self) -> None:
        while True:
            at = NOW + round((time.monotonic() - self._began) * 1000)
            await self.screen.heartbeat(1, at, self.epoch)
            await asyncio.sleep(2)

    async def board(self, page: Page | Frame, kind: str) -> None:
        """Show the ten states of a kind, and wait until they are drawn."""
        frame = states_board(kind, self.language).frame()
        frame["wallboard"]["tv"] = tv_settings(self.site.sample.wallboard)
        self.epoch = kind
        await self.screen.send(frame | {"epoch": kind, "version": self.site.version})
        keys = [tile["id"] for tile in frame["wallboard"]["tiles"]]
        assert await page.evaluate(faults.DRAWN, keys), f"{kind} is not drawn"


@contextlib.asynccontextmanager
async def showing(site: Site, language: str) -> AsyncIterator[Show]:
    show = Show(site, await site.screen(), language)
    beating = asyncio.create_task(show.beat())
    try:
        yield show
    finally:
        beating.cancel()


async def layout_faults(page: Page | Frame, kind: str, least: float) -> list[str]:
    found: list[str] = []
    for script in (faults.OVERFLOWING, faults.CLIPPED, faults.OVERLAPPING):
        found += await page.evaluate(script)
    size, text = await page.evaluate(faults.SMALLEST)
    if size < least:
        found.append(f"“{text}” is {size} px")
    if await page.evaluate(faults.SMALLEST_IN_CHARTS) < least:
        found.append("an axis is too small")
    if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("the page scrolls to the side")
    return [f"{kind}: {one}" for one in found]


async def content_faults(page: Page | Frame, kind: str, language: str) -> list[str]:
    """States whose value, mark or words are others than they should be."""
    tiles = await page.evaluate(ALL_TEXTS)
    if kind == "text":
        empty = {"en": "Nothing to show", "de": "Nichts anzuzeigen"}[language]
        return [] if empty in tiles["text-empty"]["all"] and "VIP calls first" in tiles["text-live"]["all"] else [kind]
    wrong = []
    for state in STATES:
        shown = tiles[f"{kind}-{state}"]
        foot = FEET[language][state]
        if state == "rejected" and kind in ("number", "gauge"):
            foot = REFUSED[language]
        said = all(VALUELESS[state] in one for one in shown["values"]) if state in VALUELESS else shown["values"]
        reason = state != "rejected" or REASON in shown["all"]
        if not (said and reason and re.fullmatch(foot, shown["foot"])):
            wrong.append(f"{kind} {state}: {shown}")
        if state in ("late", "stale", "pending", "rejected", "unknown") and shown["states"] != [state]:
            wrong.append(f"{kind} {state} is marked {shown['states']}")
    return wrong


async def keep_picture(page: Page, *names: str, whole: bool = False) -> None:
    folder = Path(settings.VAR_DIR) / "pictures"
    path = folder.joinpath(*names[:-1], f"{names[-1]}.png")
    await page.screenshot(path=path, full_page=whole, animations="disabled")


@pytest.mark.parametrize("size", WALLS)
async def test_on_a_wall_every_state_is_whole_legible_and_said(
    open_page: OpenPage, site: Site, theme: str, size: str
) -> None:
    width, height = map(int, size.split("x"))
    language = LANGUAGES[theme]
    page = await open_page(path=f"/wallboards/sales/?theme={theme}", viewport={"width": width, "height": height})
    found: list[str] = []
    async with showing(site, language) as show:
        for kind in KINDS:
            await show.board(page, kind)
            found += await layout_faults(page, kind, LEAST_SHARE * min(width, height))
            found += await content_faults(page, kind, language)
            if await page.evaluate("document.documentElement.scrollHeight > innerHeight"):
                found.append(f"{kind}: the page scrolls")
            if size == WALLS[0]:
                found += await violations(page)
            await keep_picture(page, size, theme, kind)
    assert found == []


async def test_on_a_phone_every_state_is_whole_legible_and_said(open_page: OpenPage, site: Site, theme: str) -> None:
    width, height = map(int, PHONE.split("x"))
    language = LANGUAGES[theme]
    page = await open_page(path=f"/wallboards/sales/?theme={theme}", viewport={"width": width, "height": height})
    found: list[str] = []
    async with showing(site, language) as show:
        for kind in KINDS:
            await show.board(page, kind)
            found += await layout_faults(page, kind, LEAST_PX)
            found += await content_faults(page, kind, language)
            await keep_picture(page, PHONE, theme, kind, whole=True)
    assert found == []


async def test_in_an_iframe_every_state_is_whole_legible_and_said(open_page: OpenPage, site: Site, theme: str) -> None:
    language = LANGUAGES[theme]
    query = f"width=320&height=600&fragment=%3Ftheme%3D{theme}%23token%3D{token_of(3600)}"
    page = await open_page(path=f"/portal/?{query}", viewport={"width": 360, "height": 640})
    found: list[str] = []
    async with showing(site, language) as show:
        await show.screen.wait_for_type("auth")
        frame = page.frames[1]
        for kind in KINDS:
            await show.board(frame, kind)
            assert await frame.evaluate("[innerWidth, innerHeight]") == [320, 600]
            found += await layout_faults(frame, kind, LEAST_PX)
            found += await content_faults(frame, kind, language)
            found += await violations(frame)
            await keep_picture(page, "320x600", theme, kind)
    assert found == []
