"""A wallboard that hangs for weeks must hold no more after an hour than after a minute."""

import asyncio

import pytest
from playwright.async_api import CDPSession, expect

from tests.browser.busy import keep_changing, twelve_tiles
from tests.browser.conftest import OpenPage
from tests.browser.sample import Sample
from tests.browser.site import Site

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
