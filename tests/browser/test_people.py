"""Keys, themes, motion, what a screen reader hears, and paper."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.sample import Sample, sales_floor
from tests.browser.site import Site
from tests.browser.test_accessibility import violations

HEARD = """() => {
  window.heard = [];
  const live = document.querySelectorAll("[aria-live], [role=status], [role=alert]");
  const note = () => heard.push([...live].map((one) => one.innerText).filter(Boolean).join("|"));
  const changes = { childList: true, characterData: true, subtree: true };
  for (const one of live) new MutationObserver(note).observe(one, changes);
}"""

MUTED = "localStorage.getItem('wallboard:muted')"


@pytest.fixture
def sample() -> Sample:
    return sales_floor()


async def board(open_page: OpenPage, site: Site, path: str = "/wallboards/sales/", **options: object) -> Page:
    page = await open_page(path, **options)
    await expect(page.locator(".tile")).to_have_count(len(site.sample.tiles))
    await expect(page.locator("#lamp-text")).to_have_text("Live")
    return page


class TestKeys:
    async def test_a_question_mark_opens_the_help_and_closes_it(self, open_page: OpenPage, site: Site) -> None:
        page = await board(open_page, site)
        await page.keyboard.press("?")
        await expect(page.locator("dialog.help")).to_be_visible()
        keys = await page.locator("dialog.help dt").all_inner_texts()
        assert {"f", "m", "?", "Tab", "Enter", "Esc"} <= set(keys)
        await page.keyboard.press("?")
        await expect(page.locator("dialog.help")).to_be_hidden()

    async def test_the_help_is_german_on_a_german_page(self, open_page: OpenPage, site: Site) -> None:
        site.sample.locale = "de"
        page = await board(open_page, site)
        await page.keyboard.press("?")
        await expect(page.locator("dialog.help h2")).to_have_text("Tasten")
        await expect(page.locator("dialog.help dd").first).to_have_text("Vollbild")

    async def test_f_is_full_screen_and_back(self, open_page: OpenPage, site: Site) -> None:
        page = await board(open_page, site)
        await page.keyboard.press("f")
        await expect(page.locator(":fullscreen")).to_have_count(1)
        await page.keyboard.press("f")
        await expect(page.locator(":fullscreen")).to_have_count(0)

    async def test_m_mutes_this_screen_and_lets_it_sound_again(self, open_page: OpenPage, site: Site) -> None:
        page = await board(open_page, site)
        await page.keyboard.press("m")
        assert await page.evaluate(MUTED) == "yes"
        await page.keyboard.press("m")
        assert await page.evaluate(MUTED) is None

    async def test_keys_with_a_modifier_are_left_to_the_browser(self, open_page: OpenPage, site: Site) -> None:
        page = await board(open_page, site)
        await page.keyboard.press("Control+m")
        await page.keyboard.press("Alt+?")
        assert await page.evaluate(MUTED) is None
        await expect(page.locator("dialog[open]")).to_have_count(0)

    @pytest.mark.parametrize("theme", ["dark", "light"])
    async def test_the_help_has_no_violation(self, open_page: OpenPage, site: Site, theme: str) -> None:
        page = await board(open_page, site, f"/wallboards/sales/?theme={theme}", reduced_motion="reduce")
        await page.keyboard.press("?")
        await expect(page.locator("dialog.help")).to_be_visible()
        assert await violations(page) == []


class TestScreenReader:
    async def test_numbers_are_not_heard(self, open_page: OpenPage, site: Site) -> None:
        page = await board(open_page, site)
        await page.evaluate(HEARD)
        screen = await site.screen()
        for seq in range(1, 21):
            await screen.update(seq, {"1": [100 + seq, site.sample.now, "ok"], "2": [60 + seq, site.sample.now, "ok"]})
        await expect(page.locator("[data-tile='number-1'] [data-series='1']")).to_have_text("120")
        assert await page.evaluate("heard") == []

    async def test_changes_of_level_are_heard_all_of_them_once(self, open_page: OpenPage, site: Site) -> None:
        page = await board(open_page, site)
        await page.evaluate(HEARD)
        since = site.sample.now
        levels = {"number-1": {"1": ["critical", since]}, "gauge-3": {"3": ["warning", since]}}
        await (await site.screen()).update(1, {}, levels=levels)
        await expect(page.locator("#announcer p")).to_have_count(2)
        spoken = await page.locator("#announcer p").all_inner_texts()
        assert spoken == ["Waiting: critical", "Service level: warning"]
        assert len(await page.evaluate("heard")) == 1

    async def test_a_statistic_that_is_refused_is_heard(self, open_page: OpenPage, site: Site) -> None:
        page = await board(open_page, site)
        await (await site.screen()).update(1, {"4": [None, None, "rejected", "Statistic not found"]})
        await expect(page.locator("#announcer")).to_have_text("Agents ready: refused by Genesys")

    async def test_a_broken_link_is_heard_once_and_not_for_each_tile(self, open_page: OpenPage, site: Site) -> None:
        page = await board(open_page, site)
        await page.evaluate(HEARD)
        now = site.sample.now
        screen = await site.screen()
        link = {"connection": "main", "state": "unavailable", "since": now, "reason": "Statistics service unavailable"}
        await screen.send({"type": "link", "epoch": "e1", "seq": 1, **link})
        stale = {key: [value[0], value[1], "stale"] for key, value in site.sample.values.items()}
        await screen.update(2, stale)
        await expect(page.locator("[data-tile='number-1']")).to_have_attribute("data-state", "stale")
        await expect(page.locator("#lamp-text")).to_contain_text("Genesys main unavailable")
        assert len(set(await page.evaluate("heard"))) == 1


async def test_who_wants_no_motion_gets_none(open_page: OpenPage, site: Site) -> None:
    page = await board(open_page, site, reduced_motion="reduce")
    levels = {"number-1": {"1": ["critical", site.sample.now]}}
    await (await site.screen()).update(1, {}, levels=levels)
    await expect(page.locator("[data-tile='number-1']")).to_have_attribute("data-level", "critical")
    await page.keyboard.press("?")
    await expect(page.locator("dialog.help")).to_be_visible()
    assert await page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize(
    ("path", "system", "theme"),
    [
        ("/wallboards/sales/", "light", "light"),
        ("/wallboards/sales/", "dark", "dark"),
        ("/wallboards/sales/?theme=dark", "light", "dark"),
        ("/wallboards/sales/?theme=pink", "light", "light"),
    ],
)
async def test_the_theme_is_the_addresss_or_else_the_systems(
    open_page: OpenPage, site: Site, path: str, system: str, theme: str
) -> None:
    page = await board(open_page, site, path, color_scheme=system)
    await expect(page.locator("html")).to_have_attribute("data-theme", theme)


class TestPaper:
    async def test_a_board_prints_light_with_its_time_and_goes_on_as_it_was(
        self, open_page: OpenPage, site: Site
    ) -> None:
        page = await board(open_page, site, "/wallboards/sales/?theme=dark", viewport={"width": 1920, "height": 1080})
        await expect(page.locator("[data-tile='trend-5'] .main-svg").first).to_be_visible()
        await page.emulate_media(media="print")
        sheet = page.locator(".sheet")
        await expect(sheet).to_be_visible()
        await expect(sheet.locator(".sheet-foot")).to_have_text(
            re.compile(r"^Sales floor · Printed .*\d{4}, \d{2}:\d{2}:\d{2} CES?T$")
        )
        await expect(sheet).to_contain_text("Service level")
        await expect(page.locator("#board")).to_be_hidden()
        ground = await sheet.locator(".sheet-page > :last-child > *").first.evaluate(
            "one => getComputedStyle(one).backgroundColor"
        )
        assert ground == "rgb(255, 255, 255)"
        # The texts of a chart are drawn anew in the light theme's colour, before the still is made.
        tick = await sheet.locator(".ytick text").first.evaluate("one => getComputedStyle(one).fill")
        assert tick == "rgb(74, 85, 98)"
        await page.emulate_media(media="screen")
        await expect(sheet).to_have_count(0)
        await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        await expect(page.locator("#board")).to_be_visible()

    @pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920)])
    async def test_it_is_one_page_of_a4_across(
        self, open_page: OpenPage, site: Site, tmp_path: Path, size: tuple[int, int]
    ) -> None:
        page = await board(open_page, site, viewport={"width": size[0], "height": size[1]})
        file = await page.pdf(prefer_css_page_size=True)
        pages = re.findall(rb"/MediaBox *\[([^]]*)\]", file)
        assert len(pages) == 1
        assert [round(float(one)) for one in pages[0].split()] == [0, 0, 842, 595]

    async def test_a_panel_is_not_printed_over_the_board(self, open_page: OpenPage, site: Site) -> None:
        page = await board(open_page, site)
        await page.keyboard.press("?")
        await page.emulate_media(media="print")
        await expect(page.locator(".sheet")).to_be_visible()
        await expect(page.locator("dialog.help")).to_be_hidden()
