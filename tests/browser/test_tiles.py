"""The tiles as a browser shows them: each kind in each state, on a wall and on a phone."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, ViewportSize, expect

from tests.dashboard.tiles.harness.boards import KINDS
from tests.dashboard.tiles.harness.server import served

OpenBoard = Callable[..., Awaitable[Page]]

WALL: ViewportSize = {"width": 1920, "height": 1080}
# A refused number or bullet shows the reason in place of its chart, a trend without a point its names.
CHARTS = {"number": 7, "trend": 7, "gauge": 9, "bars": 10, "donut": 10}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served() as address:
        yield address


@pytest_asyncio.fixture(loop_scope="session")
async def open_board(profile: BrowserContext, address: str) -> AsyncIterator[OpenBoard]:
    """Opens a board of the harness; at the end nothing may have been written into the console."""
    problems: list[str] = []
    pages: list[Page] = []

    async def open_one(screen: ViewportSize | None = None, charts: int = 0, **query: str) -> Page:
        page = await profile.new_page()
        await page.set_viewport_size(screen or WALL)
        pages.append(page)
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto(f"{address}/?" + "&".join(f"{name}={value}" for name, value in query.items()))
        await page.wait_for_selector("body[data-ready]")
        if charts:
            await page.locator(".js-plotly-plot .main-svg:first-child").nth(charts - 1).wait_for(state="attached")
        return page

    yield open_one
    for page in pages:
        await page.close()
    assert problems == []


@pytest.mark.parametrize(
    ("query", "least"), [({"board": "floor"}, 0.177), ({"board": "states", "kind": "number"}, 0.118)]
)
async def test_a_number_is_as_large_as_the_wall_needs(
    open_board: OpenBoard, query: dict[str, str], least: float
) -> None:
    page = await open_board(**query)
    sizes = await page.evaluate(
        "[...document.querySelectorAll('.tb-number:not(.noted) .tb-value')]"
        ".filter((one) => one.textContent.length < 5).map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert sizes
    assert min(sizes) >= least * 1080


async def test_a_critical_number_is_not_the_colour_of_its_ground(open_board: OpenBoard) -> None:
    page = await open_board(board="single", kind="number", state="critical")
    ink = await page.evaluate("getComputedStyle(document.querySelector('.tb-value')).color")
    ground = await page.evaluate("getComputedStyle(document.querySelector('.tile')).backgroundColor")
    assert ink != ground


async def test_numbers_follow_the_language(open_board: OpenBoard) -> None:
    page = await open_board(board="floor", locale="de", charts=1)
    texts = await page.evaluate("[...document.querySelectorAll('.tb-value')].map((one) => one.textContent)")
    assert "1.284" in texts
    assert "2:34" in texts
    assert "Bereit" in await page.inner_text(".tb-slices")


async def test_a_new_value_replaces_the_old_one_and_its_level_the_colour(open_board: OpenBoard) -> None:
    page = await open_board(board="single", kind="number", charts=1)
    await page.evaluate("harness.update({1: [10, harness.now, 'ok']}, {'number-live': {1: ['critical', harness.now]}})")
    value = page.locator(".tb-value")
    assert await value.inner_text() == "10"
    assert await value.get_attribute("data-level") == "critical"
    assert await value.get_attribute("data-value") == "10"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind in CHARTS])
async def test_a_tile_keeps_one_graph_for_life_and_purges_it(open_board: OpenBoard, kind: str) -> None:
    page = await open_board(board="single", kind=kind, charts=1)
    before = await page.locator(".main-svg").first.get_attribute("width")
    for value in range(5):
        await page.evaluate(f"harness.update({{1: [{value}, harness.now, 'ok']}})")
        await page.evaluate("harness.tick(1000)")
    await page.evaluate("harness.switchTheme('light')")
    await page.set_viewport_size({"width": 1280, "height": 720})
    await expect(page.locator(".main-svg").first).not_to_have_attribute("width", str(before))
    assert await page.evaluate("[harness.plots, harness.purges]") == [1, 0]
    await page.evaluate(
        "harness.show({type: 'snapshot', series: {}, values: {}, levels: {}, history: {}, links: {}, bridge: 'live',"
        " wallboard: {slug: 'sample', title: '', timezone: 'UTC', columns: 12, tiles: []}})"
    )
    assert await page.evaluate("[harness.plots, harness.purges]") == [1, 1]


async def test_a_chart_follows_the_theme_without_a_new_graph(open_board: OpenBoard) -> None:
    page = await open_board(board="single", kind="trend", charts=1)
    line = page.locator(".scatterlayer .js-line").first
    await expect(line).to_have_css("stroke", "rgb(86, 180, 233)")
    await page.evaluate("harness.switchTheme('light')")
    await expect(line).to_have_css("stroke", "rgb(0, 114, 178)")
    assert await page.evaluate("harness.plots") == 1


async def test_a_gap_of_the_data_is_a_gap_of_the_line(open_board: OpenBoard) -> None:
    page = await open_board(board="single", kind="trend", charts=1)
    # Two series, each with one gap.
    assert await page.locator(".scatterlayer .js-line").count() == 4


async def test_agents_over_their_limit_come_first_with_mark_and_running_time(open_board: OpenBoard) -> None:
    page = await open_board(board="single", kind="agents")
    first = page.locator(".tb-agent").first
    assert await first.inner_text() == "Chloé Martin\n3:21\n▲\nNot ready\nLunch"
    assert await first.get_attribute("data-level") == "warning"
    await page.evaluate("harness.tick(1000)")
    assert await first.locator(".tb-agent-timer").inner_text() == "3:22"
    counts = await page.locator(".tb-count").all_inner_texts()
    assert counts[:2] == ["✕1Not ready", "1After call"]


async def test_hidden_states_are_counted_without_a_cell(open_board: OpenBoard) -> None:
    page = await open_board(board="crew", charts=1)
    assert await page.locator(".tb-count[data-stat='LoggedOut'] b").inner_text() == "2"
    seen: set[str | None] = set()
    for _ in range(int(await page.locator(".tb-agents .tb-dots").get_attribute("data-pages") or 0)):
        seen |= {await cell.get_attribute("data-stat") for cell in await page.locator(".tb-agent").all()}
        await page.evaluate("harness.tick(10_000)")
    assert seen
    assert "LoggedOut" not in seen


async def test_a_reason_stands_whole_where_word_and_reason_do_not_fit(open_board: OpenBoard) -> None:
    page = await open_board(board="crew", charts=1)
    cell = page.locator(".tb-agent[data-stat='NotReadyForNextCall']").first
    if not await cell.count():  # they come first, and the clock may stand at the second page
        await page.evaluate("harness.tick(10_000)")
    reason = cell.locator(".tb-agent-reason")
    assert await reason.evaluate("one => one.scrollWidth <= one.clientWidth && one.textContent") == "Lunch"
    assert await cell.locator(".tb-agent-word").evaluate("one => one.getBoundingClientRect().width") <= 1
    assert await cell.locator(".tb-agent-words").get_attribute("title") == "Not ready · Lunch"
    # The strip says what the mark means.
    strip = page.locator(".tb-count[data-stat='NotReadyForNextCall']")
    assert await strip.inner_text() == "✕2Not ready"


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_the_states_of_a_group_keep_their_order_and_colours(open_board: OpenBoard, theme: str) -> None:
    page = await open_board(board="crew", charts=1)
    await page.evaluate(f"harness.switchTheme('{theme}')")
    names = await page.locator(".tb-slice-name").all_inner_texts()
    assert names == ["Not ready", "After call", "Ringing", "In call (in)", "In call (out)", "Ready", "other"]
    ready = page.locator(".tb-slice", has_text="Ready").last.locator(".tb-swatch")
    await expect(ready).to_have_css("background-color", "rgb(18, 156, 116)")


async def test_what_does_not_fit_comes_on_pages_that_turn_with_the_clock(open_board: OpenBoard) -> None:
    page = await open_board(board="people")
    dots = page.locator(".tb-agents .tb-dots")
    pages = int(await dots.get_attribute("data-pages") or 0)
    assert pages > 1
    seen: set[str] = set()
    for _ in range(pages):
        names = await page.locator(".tb-agent-name").all_inner_texts()
        assert 1 <= len(names) <= 24
        seen.update(names)
        await page.evaluate("harness.tick(10_000)")
    assert len(seen) == 26
