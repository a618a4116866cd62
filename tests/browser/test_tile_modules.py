"""The browser's pure functions, called in a browser."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page

from tests.dashboard.tiles.harness.server import served

NOON = 1_795_258_800_000  # 21 November 2026, 12:00 in Berlin
MINUTE = 60_000


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(profile: BrowserContext) -> AsyncIterator[Page]:
    with served() as address:
        page = await profile.new_page()
        await page.goto(f"{address}/?board=single&kind=text")
        yield page
        await page.close()


async def call(page: Page, module: str, name: str, *given: Any) -> Any:
    script = "async ([module, name, given]) => (await import(`/static/dashboard/js/${module}.js`))[name](...given)"
    return await page.evaluate(script, [module, name, list(given)])


@pytest.mark.parametrize(
    ("value", "unit", "options", "text", "sign"),
    [
        (0, "count", {}, "0", ""),
        (-0.2, "count", {}, "0", ""),
        (1284.4, "count", {"locale": "en"}, "1,284", ""),
        (1284.4, "count", {"locale": "de"}, "1.284", ""),
        (3.14159, "number", {"locale": "de"}, "3,14", ""),
        (3.14159, "number", {"decimals": 1}, "3.1", ""),
        (-5, "count", {}, "−5", ""),
        (76.4, "percent", {}, "76", "%"),
        (76.4, "percent", {"decimals": 1, "locale": "de"}, "76,4", "%"),
        (0, "seconds", {}, "0:00", ""),
        (154, "seconds", {}, "2:34", ""),
        (59.6, "seconds", {}, "1:00", ""),
        (3725, "seconds", {}, "1:02:05", ""),
        ("Callback", "text", {}, "Callback", ""),
        ({"state": "SomeNewState"}, "state", {}, "Some new state", ""),
        (None, "count", {}, "", ""),
    ],
)
async def test_a_value_is_written_by_its_unit(
    page: Page, value: Any, unit: str, options: dict[str, Any], text: str, sign: str
) -> None:
    script = """async ([value, unit, options]) =>
        (await import("/static/dashboard/js/format.js")).formatValue(value, unit, options)"""
    assert await page.evaluate(script, [value, unit, options]) == {"text": text, "unit": sign}


@pytest.mark.parametrize(("ms", "text"), [(0, "0 s"), (59_999, "59 s"), (60_000, "1 min"), (7_200_000, "2 h")])
async def test_an_age_is_written_in_one_unit(page: Page, ms: int, text: str) -> None:
    assert await call(page, "format", "formatAge", ms) == text


async def test_a_clock_is_that_of_the_board(page: Page) -> None:
    assert await call(page, "format", "formatClock", NOON, "Europe/Berlin", "de") == "12:00:00"
    assert await call(page, "format", "formatClock", NOON, "America/New_York", "en", False) == "06:00"


async def points(page: Page, history: list[Any], reading: Any) -> list[tuple[int, Any]]:
    script = """async ([history, reading, noon]) => {
      const { points } = await import("/static/dashboard/js/tiles/lines.js");
      const series = { timezone: "Europe/Berlin" };
      const context = { history: () => history, value: () => reading, series: () => series, timezone: "UTC" };
      return points(1, noon - 3_600_000, noon, context);
    }"""
    x, y = await page.evaluate(script, [history, reading, NOON])
    return [((at - NOON) // MINUTE, value) for at, value in zip(x, y, strict=True)]


async def test_the_last_value_holds_until_now_while_its_link_lives(page: Page) -> None:
    history = [[NOON - 90 * MINUTE, 2], [NOON - 30 * MINUTE, 4]]
    live = {"value": 4, "state": "ok"}
    assert await points(page, history, live) == [(-60, 2), (-30, 4), (0, 4)]
    assert await points(page, history, {"value": 4, "state": "stale"}) == [(-60, 2), (-30, 4)]


async def test_a_steady_value_holds_up_to_a_gap(page: Page) -> None:
    history = [[NOON - 90 * MINUTE, 2], [NOON - 30 * MINUTE, None], [NOON - 20 * MINUTE, 3]]
    live = {"value": 3, "state": "ok"}
    # A millisecond before the gap counts as its minute's start, hence -31.
    assert await points(page, history, live) == [(-60, 2), (-31, 2), (-30, None), (-20, 3), (0, 3)]


@pytest.mark.parametrize(
    ("hour", "line"),
    [(0, [900, 900, None, 2]), (6, [900, 2])],
    ids=["the contact centre's midnight", "the board's midnight"],
)
async def test_a_restart_at_the_contact_centres_midnight_is_not_joined(page: Page, hour: int, line: list[Any]) -> None:
    """A board in New York about a contact centre in Berlin."""
    moment = NOON - (12 - hour) * 60 * MINUTE
    script = """async ([history, now]) => {
      const { points } = await import("/static/dashboard/js/tiles/lines.js");
      const series = { timezone: "Europe/Berlin" };
      const context = {
        history: () => history, value: () => undefined, series: () => series, timezone: "America/New_York",
      };
      return points(1, now - 3_600_000, now, context)[1];
    }"""
    history = [[moment - 10 * MINUTE, 900], [moment + MINUTE, 2]]
    assert await page.evaluate(script, [history, moment + 10 * MINUTE]) == line


async def test_axes_have_round_values_in_their_unit(page: Page) -> None:
    ticks = await call(page, "tiles/lines", "valueTicks", [0, 500], 4, "seconds", "en")
    assert ticks["ticktext"] == ["0:00", "5:00"]
    ticks = await call(page, "tiles/lines", "valueTicks", [0, 3], 4, "count", "en")
    assert ticks["tickvals"] == [0, 1, 2, 3]
    ticks = await call(page, "tiles/lines", "valueTicks", [0, 100], 4, "percent", "de")
    assert ticks["ticktext"] == ["0", "50", "100"]


async def test_a_time_axis_has_round_times_of_the_boards_zone(page: Page) -> None:
    zone = {"timezone": "Asia/Kolkata", "locale": "en"}
    ticks = await call(page, "tiles/lines", "timeTicks", NOON - 3_600_000, NOON, 4, zone)
    assert ticks["ticktext"] == ["15:45", "16:00", "16:15", "16:30"]


async def test_the_smallest_slices_are_put_together(page: Page) -> None:
    all_slices = [{"name": str(count), "key": str(count), "count": count, "id": count} for count in (1, 5, 0, 3, 2)]
    made = await call(page, "tiles/donut", "slices", all_slices, 2, "other")
    assert [(one["name"], one["count"]) for one in made] == [("5", 5), ("3", 3), ("other", 3)]


async def test_a_page_of_a_table_has_at_most_five_columns(page: Page) -> None:
    assert await call(page, "tiles/table", "columnPages", [1] * 7, 100) == [[0, 5], [5, 7]]
    assert await call(page, "tiles/table", "columnPages", [4, 4, 4], 9) == [[0, 2], [2, 3]]
    assert await call(page, "tiles/table", "columnPages", [40], 9) == [[0, 1]]


@pytest.mark.parametrize(("count", "fits", "each"), [(6, 5, 3), (7, 3, 3), (5, 5, 5), (0, 4, 1), (9, 1, 1)])
async def test_pages_are_of_even_length(page: Page, count: int, fits: int, each: int) -> None:
    assert await call(page, "tiles/pages", "share", count, fits) == each


async def test_labels_at_line_ends_do_not_overlap(page: Page) -> None:
    assert await call(page, "tiles/trend", "spread", [10, 12, 90], 20, 100) == [10, 30, 80]


@pytest.mark.parametrize("language", ["en", "de"])
async def test_both_languages_have_the_same_words(page: Page, language: str) -> None:
    words = await page.evaluate("async () => (await import('/static/dashboard/js/tiles/words.js')).tileWords")
    assert set(words[language]) == set(words["en"])
