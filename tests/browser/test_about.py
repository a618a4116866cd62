"""“What is this number?”: opened by click, tap and key, told in the language of the page, readable for everybody."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.asked import answer
from tests.browser.conftest import OpenPage
from tests.browser.sample import Sample, sales_floor
from tests.browser.site import Site
from tests.browser.test_accessibility import violations
from tests.browser.test_embed import admitted, token_of

PANEL = "dialog.about"


@pytest.fixture
def sample() -> Sample:
    return sales_floor()


async def opened(open_page: OpenPage, site: Site, tile: str = "number-1", **options: Any) -> Page:
    answer(site)
    page = await open_page(**options)
    await page.locator(f"[data-tile='{tile}'] .tile-head").click()
    await expect(page.locator(f"{PANEL} .about-text")).to_contain_text("CurrNumber" if tile != "agents-7" else "Agent")
    return page


async def fact(page: Page, term: str) -> str:
    row = page.locator(f"{PANEL} .about-facts .about-fact").filter(has=page.locator("dt", has_text=term))
    return await row.locator("dd").inner_text()


async def test_it_says_what_is_measured_of_what_and_within_which_limits(open_page: OpenPage, site: Site) -> None:
    page = await opened(open_page, site)
    panel = page.locator(PANEL)
    await expect(panel.locator("h2")).to_have_text("Waiting")
    await expect(panel.locator(".about-value")).to_have_text("4")
    await expect(panel.locator(".about-text")).to_contain_text("How many waiting calls there are at this moment.")
    await expect(panel.locator(".about-note")).to_have_text("Calls that wait for anyone.")
    assert await fact(page, "Genesys statistic") == "CurrNumberWaitingCalls"
    assert await fact(page, "Genesys object") == "Sales: Queue Sales@sample"
    assert await fact(page, "Thresholds") == (
        "warning from 1,500 up; critical from 3,000 up; back to normal 1 short of the limit; "
        "once beyond it for 10 s; set for this tile"
    )
    assert await fact(page, "Goal") == "3"
    assert "ago" in await fact(page, "Last change")


async def test_the_last_day_is_drawn_with_its_extremes(open_page: OpenPage, site: Site) -> None:
    page = await opened(open_page, site)
    await expect(page.locator(f"{PANEL} .about-chart .main-svg").first).to_be_visible()
    told = await page.locator(f"{PANEL} .about-summary .about-fact").all_inner_texts()
    assert [" ".join(one.split()) for one in told] == [
        "Lowest 2 14:00",
        "Average over time 7.3",
        "Highest 1,234.5 13:00",
    ]
    label = await page.locator(f"{PANEL} .about-chart").get_attribute("aria-label")
    assert label == "Last 24 hours: Lowest 2 14:00, Average over time 7.3, Highest 1,234.5 13:00"
    # The hour of which nothing is known is a gap between two lines.
    paths = await page.locator(f"{PANEL} .about-chart .js-line").evaluate_all(
        "all => all.map((one) => one.getAttribute('d')).join('')"
    )
    assert paths.count("M") == 2


async def test_a_german_page_tells_it_in_german(open_page: OpenPage, site: Site) -> None:
    site.sample.locale = "de"
    page = await opened(open_page, site)
    panel = page.locator(PANEL)
    await expect(panel.locator(".dialog-eyebrow")).to_have_text("Was ist das für eine Zahl?")
    await expect(panel.locator(".about-text")).to_contain_text(
        "Wie viele wartende Anrufe es in diesem Augenblick gibt."
    )
    assert (await fact(page, "Schwellen")).startswith("Warnung ab 1.500 aufwärts; kritisch ab 3.000 aufwärts")
    assert await fact(page, "Genesys-Objekt") == "Sales: Warteschlange Sales@sample"
    assert "vor " in await fact(page, "Letzte Änderung")
    await expect(panel.locator(".about-summary")).to_contain_text("1.234,5")
    await expect(panel.locator(".about-action")).to_have_text(["Bild (PNG)", "Daten (CSV)"])


async def test_what_is_shown_follows_the_live_value(open_page: OpenPage, site: Site) -> None:
    page = await opened(open_page, site)
    # A slow machine may have opened its socket anew.
    screen = site.screens[-1]
    for seq, wire, shown in (
        (1, [7, site.sample.now, "ok"], "7"),
        (2, [None, site.sample.now, "ok"], "n/a"),
        (3, [None, None, "rejected", "No such statistic"], "— · No such statistic"),
    ):
        await screen.update(seq, {"1": wire})
        await expect(page.locator(f"{PANEL} .about-value")).to_have_text(shown)


async def test_of_a_state_it_names_channels_and_reason(open_page: OpenPage, site: Site) -> None:
    page = await opened(open_page, site, tile="agents-7")
    panel = page.locator(PANEL)
    await panel.locator("select").select_option("Aylin D.")
    await expect(panel.locator(".about-value")).to_have_text("Not ready")
    await expect(panel.locator(".about-lines li")).to_have_text(["Lunch", "voice: Not ready since 13:58:27"])
    await expect(panel.locator(".about-quiet")).to_have_text("States have no history here.")
    assert await fact(page, "Limits of states") == "After call over 2:00"


async def test_an_agent_that_the_tile_does_not_show_is_not_offered(open_page: OpenPage, site: Site) -> None:
    tile, _ = next(one for one in site.sample.tiles if one[0].key == "agents-7")
    tile.options["hide"] = ["LoggedOut"]
    page = await opened(open_page, site, tile="agents-7")
    names = await page.locator(f"{PANEL} option").all_inner_texts()
    assert "Maria L." in names
    assert "Jonas P." not in names


async def test_a_click_on_one_number_of_many_asks_for_that_one(open_page: OpenPage, site: Site) -> None:
    answer(site)
    page = await open_page()
    cell = page.locator("[data-tile='table-8'] td [data-series]").nth(1)
    # Pages of a table turn: what is clicked must be what is read.
    number = await cell.evaluate("one => (one.click(), one.dataset.series)")
    await expect(page.locator(PANEL)).to_be_visible()
    assert site.about_asked == [f"{site.url}/wallboards/sales/tiles/table-8/about/?series={number}"]


async def test_enter_on_a_focused_tile_opens_it_and_escape_goes_back_there(open_page: OpenPage, site: Site) -> None:
    answer(site)
    page = await open_page()
    await expect(page.locator(".tile")).not_to_have_count(0)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    button = page.locator("[data-tile='number-1'] .tile-about")
    await expect(button).to_be_focused()
    assert await page.locator("[data-tile='number-1']").evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    await page.keyboard.press("Enter")
    await expect(page.locator(f"{PANEL} h2")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator(PANEL)).to_be_hidden()
    await expect(button).to_be_focused()


async def test_without_an_answer_it_says_so_and_shows_what_it_has(open_page: OpenPage, site: Site) -> None:
    page = await open_page()
    page.expected.append("404")  # type: ignore[attr-defined]
    await page.locator("[data-tile='number-1']").click()
    await expect(page.locator(f"{PANEL} .about-text")).to_contain_text("could not be read")
    await expect(page.locator(f"{PANEL} .about-value")).to_have_text("4")


async def test_a_panel_left_alone_frees_the_wall_after_two_minutes(open_page: OpenPage, site: Site) -> None:
    page = await opened(open_page, site, clock=True)
    await page.clock.fast_forward(60_000)
    await expect(page.locator(PANEL)).to_be_visible()
    await page.clock.fast_forward(61_000)
    await expect(page.locator(PANEL)).to_be_hidden()


async def test_an_embed_asks_nothing_and_shows_what_it_was_sent(open_page: OpenPage, site: Site) -> None:
    page = await open_page(path=f"/embed/sales/#token={token_of(3600)}")
    answer(site)
    await admitted(site)
    await page.locator("[data-tile='number-1']").click()
    panel = page.locator(PANEL)
    await expect(panel.locator(".about-text")).to_contain_text("people who sign in to the wallboard itself")
    await expect(panel.locator(".about-value")).to_have_text("4")
    assert await fact(page, "Genesys object") == "Sales: Queue Sales@sample"
    await expect(panel.get_by_text("Data (CSV)")).to_be_hidden()
    await expect(panel.get_by_text("Picture (PNG)")).to_be_visible()
    assert site.about_asked == []


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_it_has_no_violation_and_fits_a_phone(open_page: OpenPage, site: Site, theme: str) -> None:
    page = await opened(
        open_page, site, color_scheme=theme, viewport={"width": 390, "height": 844}, reduced_motion="reduce"
    )
    await expect(page.locator(f"{PANEL} .about-chart .main-svg").first).to_be_visible()
    assert await violations(page) == []
    wide = "one => one.scrollWidth - one.clientWidth"
    assert await page.locator(PANEL).evaluate(wide) == 0
    box = await page.locator(PANEL).bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
