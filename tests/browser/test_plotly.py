"""When the charts' library runs: never before the values are on screen, and again after it could not be had."""

import asyncio

import pytest
from playwright.async_api import Browser, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.sample import Sample, sales_floor
from tests.browser.site import Site

LIBRARY = "**/plotly.min.js"
WATCH = """
new MutationObserver((_, observer) => {
  if (!globalThis.Plotly) return;
  window.shownBefore = document.querySelectorAll("[data-series][data-state]").length;
  observer.disconnect();
}).observe(document, { subtree: true, childList: true, attributes: true });
"""


@pytest.fixture
def sample() -> Sample:
    return sales_floor()


async def test_values_are_shown_while_the_library_is_on_its_way(browser: Browser, site: Site) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    ready = asyncio.Event()

    async def held_back(route: Route) -> None:
        await ready.wait()
        await route.continue_()

    await page.route(LIBRARY, held_back)
    await page.goto(f"{site.url}/wallboards/sales/", wait_until="commit")
    await expect(page.locator(".tile [data-series='1']").first).to_have_text("4")
    await expect(page.locator("#board")).not_to_have_attribute("aria-busy", "true")
    await expect(page.locator(".js-plotly-plot")).to_have_count(0)
    ready.set()
    await expect(page.locator(".js-plotly-plot").first).to_be_attached()
    await context.close()


async def test_the_library_runs_after_the_tiles_are_filled(browser: Browser, site: Site) -> None:
    context = await browser.new_context()
    await context.add_init_script(WATCH)
    page = await context.new_page()
    await page.goto(f"{site.url}/wallboards/sales/")
    charts = page.locator(".js-plotly-plot")
    await expect(charts.first).to_be_attached()
    everything = await page.locator("[data-series][data-state]").count()
    assert await page.evaluate("window.shownBefore") == everything
    await context.close()


async def test_charts_come_when_the_library_failed_at_first(open_page: OpenPage, site: Site) -> None:
    page = await open_page(path="about:blank", clock=True)
    page.expected.append("Failed to load resource")  # type: ignore[attr-defined]
    broken = True

    async def answer(route: Route) -> None:
        await (route.abort() if broken else route.continue_())

    await page.route(LIBRARY, answer)
    async with page.expect_event("requestfailed"):
        await page.goto(f"{site.url}/wallboards/sales/")
    await expect(page.locator(".tile [data-series='1']").first).to_have_text("4")
    broken = False
    await page.clock.run_for(11_000)
    await expect(page.locator(".js-plotly-plot").first).to_be_attached()
