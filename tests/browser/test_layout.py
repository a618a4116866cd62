"""Boards at the sizes they hang and lie in: nothing overflows, nothing is too small, nothing scrolls on a wall."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser import faults
from tests.browser.conftest import OpenPage
from tests.browser.sample import Sample, sales_floor
from tests.browser.site import Site

WALLS = ["1920x1080", "3840x2160", "1080x1920", "1280x720"]
NARROW = ["390x844", "320x600"]

# Tiles as they lie on the screen, from the top and from the left.
IN_PLACE = """() => [...document.querySelectorAll(".tile")]
  .map((tile) => ({ key: tile.dataset.tile, box: tile.getBoundingClientRect() }))
  .sort((one, other) => one.box.top - other.box.top || one.box.left - other.box.left)
  .map(({ key }) => key)"""


def size_of(name: str) -> Any:
    width, height = name.split("x")
    return {"width": int(width), "height": int(height)}


@pytest.fixture
def sample() -> Sample:
    return sales_floor()


async def drawn(page: Page, count: int) -> None:
    """Until all tiles are there and each chart has been drawn."""
    await expect(page.locator("article.tile")).to_have_count(count)
    await expect(page.locator("[data-kind=trend]:not(:has(.main-svg))")).to_have_count(0)


@pytest.mark.parametrize("size", WALLS)
async def test_a_wall_is_filled_exactly_and_legible(open_page: OpenPage, site: Site, size: str) -> None:
    view = size_of(size)
    page = await open_page(viewport=view)
    await drawn(page, len(site.sample.tiles))
    scroll = await page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert scroll == [view["width"], view["height"]]
    board = await page.locator("#board").bounding_box()
    assert board
    assert round(board["y"] + board["height"]) == view["height"]
    lowest = await page.evaluate(
        "Math.max(...[...document.querySelectorAll('.tile')].map((tile) => tile.getBoundingClientRect().bottom))"
    )
    assert view["height"] - lowest < 0.03 * view["height"]
    assert await page.evaluate(faults.OVERFLOWING) == []
    least, text = await page.evaluate(faults.SMALLEST)
    assert least >= 0.047 * min(view.values()), text


@pytest.mark.parametrize("size", NARROW)
async def test_a_narrow_screen_scrolls_down_only_in_reading_order(open_page: OpenPage, site: Site, size: str) -> None:
    view = size_of(size)
    page = await open_page(viewport=view)
    await drawn(page, len(site.sample.tiles))
    assert await page.evaluate("document.documentElement.scrollWidth") == view["width"]
    assert await page.evaluate(faults.OVERFLOWING) == []
    least, text = await page.evaluate(faults.SMALLEST)
    assert least >= 14, text
    order = [tile.key for tile, _ in sorted(site.sample.tiles, key=lambda pair: (pair[0].y, pair[0].x))]
    shown = await page.evaluate(IN_PLACE)
    assert shown == order
    assert await page.locator(".tile").evaluate_all("all => all.map((tile) => tile.dataset.tile)") == order


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_the_theme_in_the_address_goes_before_the_systems(open_page: OpenPage, site: Site, theme: str) -> None:
    other = {"dark": "light", "light": "dark"}[theme]
    page = await open_page(path=f"/wallboards/sales/?theme={theme}", color_scheme=other)
    await drawn(page, len(site.sample.tiles))
    background = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert background == {"dark": "rgb(18, 22, 28)", "light": "rgb(233, 237, 242)"}[theme]


async def test_the_system_changes_the_theme_without_a_reload(open_page: OpenPage, site: Site) -> None:
    page = await open_page(color_scheme="dark")
    await drawn(page, len(site.sample.tiles))
    await page.emulate_media(color_scheme="light")
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")


async def test_a_board_turned_upright_is_laid_out_anew(open_page: OpenPage, site: Site) -> None:
    page = await open_page(viewport=size_of("1920x1080"))
    await drawn(page, len(site.sample.tiles))
    await expect(page.locator("#board")).to_have_attribute("data-mode", "wall")
    await page.set_viewport_size(size_of("1080x1920"))
    await expect(page.locator("#board")).to_have_attribute("data-mode", "portrait")
    await page.set_viewport_size(size_of("390x844"))
    await expect(page.locator("#board")).to_have_attribute("data-mode", "narrow")


async def test_a_kiosk_shows_neither_pointer_nor_link(open_page: OpenPage, site: Site) -> None:
    page = await open_page(path="/wallboards/sales/?kiosk")
    await drawn(page, len(site.sample.tiles))
    await expect(page.locator(".home")).to_be_hidden()
    assert await page.evaluate("getComputedStyle(document.body).cursor") == "none"


async def test_a_german_page_speaks_german(open_page: OpenPage, site: Site) -> None:
    site.sample.locale = "de"
    site.sample.values["1"] = [1234, site.sample.now, "stale"]
    page = await open_page()
    await drawn(page, len(site.sample.tiles))
    await expect(page.locator("#clock")).to_contain_text("MEZ")
    await expect(page.locator("html")).to_have_attribute("lang", "de")


class TestTwelveNumbers:
    """The densest board that the design allows, with the longest values that a floor has."""

    @pytest.fixture
    def sample(self) -> Sample:
        sample = Sample()
        values = [("seconds", 3725), ("count", 12_345), ("percent", 100), ("seconds", 754)] * 3
        for at, (unit, value) in enumerate(values):
            one = sample.add_series(f"statistic-{at}", unit, value, "Statistic")
            sample.add_tile("number", f"Tile {at}", [one], 3 * (at % 4), 2 * (at // 4), 3, 2, goal=3)
        return sample

    @pytest.mark.parametrize("size", ["1920x1080", "1280x720"])
    async def test_their_values_are_seen_from_the_other_end_of_the_room(
        self, open_page: OpenPage, site: Site, size: str
    ) -> None:
        view = size_of(size)
        page = await open_page(viewport=view)
        await drawn(page, 12)
        sizes = await page.evaluate(
            "[...document.querySelectorAll('.tb-value')].map((one) => parseFloat(getComputedStyle(one).fontSize))"
        )
        # 40 minutes of arc at five metres from a 55-inch screen.
        assert min(sizes) >= 0.118 * view["height"]
        assert await page.evaluate(faults.CLIPPED) == []


class TestALowGauge:
    """A tile one row high on a board of many rows."""

    @pytest.fixture
    def sample(self) -> Sample:
        sample = Sample()
        level = sample.add_series("service-level", "percent", 87, "Service level")
        waiting = sample.add_series("calls-waiting", "count", 3, "Calls waiting")
        sample.add_tile("number", "Calls waiting", [waiting], 0, 0, 12, 7)
        limits = {"direction": "below", "warning": 90, "critical": 80}
        sample.add_tile("gauge", "Service level", [level], 0, 7, 12, 1, min=0, max=100, goal=90, thresholds=limits)
        return sample

    @pytest.mark.parametrize("size", ["820x1180", "820x1000", "1280x720"])
    async def test_its_goal_is_whole_or_not_there(self, open_page: OpenPage, site: Site, size: str) -> None:
        page = await open_page(viewport=size_of(size))
        await drawn(page, 2)
        inside = """(gauge) => {
          const { top, bottom } = gauge.getBoundingClientRect();
          const parts = [".tb-goal", ".tb-bullet"].map((one) => gauge.querySelector(one).getBoundingClientRect());
          return parts.every((part) => part.height === 0 || (part.top >= top - 1 && part.bottom <= bottom + 1));
        }"""
        assert await page.locator(".tb-gauge").evaluate(inside)
        if size == "820x1180":
            await expect(page.locator(".tb-gauge .tb-goal")).to_be_visible()
