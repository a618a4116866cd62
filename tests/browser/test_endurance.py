"""A wallboard that hangs for weeks must hold no more after an hour than after a minute."""

import asyncio
import contextlib
import itertools
import logging
import time

import pytest
from playwright.async_api import CDPSession, Page, expect

from tests.browser.busy import keep_changing, twelve_tiles
from tests.browser.conftest import OpenPage
from tests.browser.sample import Sample
from tests.browser.site import Screen, Site
from tests.browser.waiting import holds

logger = logging.getLogger(__name__)

MIB = 2**20
MINUTE = 60.0
CHARTS = 10


async def held(session: CDPSession) -> tuple[int, int, int]:
    """Bytes of heap, nodes and listeners that a collection leaves."""
    for _ in range(3):
        await session.send("HeapProfiler.collectGarbage")
    heap = await session.send("Runtime.getHeapUsage")
    found = await session.send("Memory.getDOMCounters")
    return heap["usedSize"], found["nodes"], found["jsEventListeners"]


class TestBusyBoard:
    @pytest.fixture
    def sample(self) -> Sample:
        return twelve_tiles()

    @pytest.mark.soak
    async def test_it_holds_no_more_after_two_minutes_than_after_one(self, open_page: OpenPage, site: Site) -> None:
        page = await open_page(viewport={"width": 1920, "height": 1080})
        screen = await site.screen()
        await expect(page.locator(".js-plotly-plot")).to_have_count(CHARTS)
        session = await page.context.new_cdp_session(page)
        changing = asyncio.create_task(keep_changing(site.sample, screen))
        try:
            await asyncio.sleep(MINUTE)
            heap, nodes, listeners = await held(session)
            await asyncio.sleep(MINUTE)
            later = await held(session)
        finally:
            changing.cancel()
        assert later[0] - heap < MIB
        assert abs(later[1] - nodes) < 100
        assert later[2] - listeners < 10


SECONDS = 10
#: What is shown, and when, as the page says it.
LOG = """
    window.shown = [];
    document.addEventListener("rotation:shown", ({ detail }) => window.shown.push([detail, performance.now()]));
"""


class TestRotation:
    """Two busy wallboards in turn, with sockets that break now and then."""

    @pytest.fixture
    def sample(self) -> Sample:
        return twelve_tiles()

    @pytest.mark.soak
    @pytest.mark.parametrize("minutes", [2, 30])
    async def test_it_misses_no_turn_and_holds_no_more_after_many_than_after_few(
        self, open_page: OpenPage, site: Site, minutes: int
    ) -> None:
        began = time.monotonic()
        site.rotation = [("sales", SECONDS), ("service", SECONDS)]
        page = await open_page(path="about:blank", viewport={"width": 1920, "height": 1080})
        await page.add_init_script(LOG)
        await page.goto(f"{site.url}/rotate/hall/")
        session = await page.context.new_cdp_session(page)
        changing = asyncio.create_task(change_all(site))
        try:
            await turns(page, 5)
            before = await held_alone(page, session)
            await asyncio.sleep(began + minutes * MINUTE - time.monotonic())
            after = await held_alone(page, session)
        finally:
            changing.cancel()
            await asyncio.wait([changing])
        shown = await page.evaluate("window.shown")
        logger.info("%s turns; heap, documents, nodes, listeners: %s, later %s", len(shown), before, after)
        assert [name for name, _ in shown] == [site.rotation[turn % 2][0] for turn in range(len(shown))]
        pauses = [later - earlier for (_, earlier), (_, later) in itertools.pairwise(shown)]
        assert max(pauses) < (SECONDS + 23) * 1000
        assert after[0] - before[0] < 2 * MIB
        # A graph that nobody released would hold its whole document.
        assert after[1] <= before[1]
        assert after[2] - before[2] < 300
        assert after[3] - before[3] < 30


async def turns(page: Page, count: int) -> None:
    await holds(page, f"window.shown.length >= {count}", 5 * MINUTE)


async def held_alone(page: Page, session: CDPSession) -> tuple[int, int, int, int]:
    """Bytes, documents, nodes and listeners right after a turn, when the next board is barely begun."""
    count = await page.evaluate("window.shown.length")
    await turns(page, count + 1)
    await expect(page.locator("iframe")).to_have_count(1)
    heap, nodes, listeners = await held(session)
    found = await session.send("Memory.getDOMCounters")
    return heap, found["documents"], nodes, listeners


async def change_all(site: Site) -> None:
    """Every screen gets its changes as long as it lasts; a socket in front breaks once in half a minute."""
    async with asyncio.TaskGroup() as group:
        known = 0
        broken_at = time.monotonic()
        while True:
            for screen in site.screens[known:]:
                group.create_task(until_closed(site, screen))
            known = len(site.screens)
            alive = [screen for screen in site.screens if not screen.socket.closed]
            if alive and time.monotonic() - broken_at >= MINUTE / 2:
                broken_at = time.monotonic()
                alive[0].drop()
            await asyncio.sleep(0.2)


async def until_closed(site: Site, screen: Screen) -> None:
    with contextlib.suppress(ConnectionError):
        await keep_changing(site.sample, screen)
