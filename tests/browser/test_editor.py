"""The wallboard editor in a real browser, on a real installation."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.axe import violations
from tests.browser.editing import EDIT, NOTE_WHEN_SHOWN, PATIENCE_MS, Editors, Studio, opened_editors
from tests.browser.pages import Pages
from tests.peers.genesys import GenesysPeer

TABLET: dict[str, Any] = {"viewport": {"width": 1024, "height": 768}, "has_touch": True}
WALL_SECONDS = 2.0


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def studio(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Studio]:
    async with GenesysPeer() as peer, Studio(tmp_path_factory.mktemp("studio"), peer) as studio:
        yield studio


@pytest_asyncio.fixture(loop_scope="session")
async def editors(pages: Pages, studio: Studio) -> AsyncIterator[Editors]:
    await asyncio.to_thread(studio.reset)
    async with opened_editors(pages, studio) as editors:
        yield editors


# -- moving ----------------------------------------------------------------------------------------------------------


async def test_a_tile_is_dragged_resized_taken_back_and_saved(editors: Editors, studio: Studio) -> None:
    editor = await editors.open()
    await editor.drag("waiting", 3, 0)
    await editor.expect_place("waiting", 3, 0, 3, 2)
    await editor.expect_place("longest", 0, 0, 3, 2)
    await editor.said("Waiting, Number, column 4, row 1, 3 wide, 2 high. Other tiles moved: 1.")
    await editor.drag("level", -1, 1, corner=True)
    await editor.expect_place("level", 6, 0, 5, 3)
    await editor.expect_place("hour", 0, 3, 12, 3)
    await editor.state("Unsaved changes")
    await editor.page.keyboard.press("Control+z")
    await editor.expect_place("level", 6, 0, 6, 2)
    await editor.expect_place("hour", 0, 2, 12, 3)
    await editor.page.get_by_role("button", name="Redo").click()
    await editor.expect_place("level", 6, 0, 5, 3)
    await editor.saved()
    assert studio.places() == {
        "waiting": (3, 0, 3, 2), "longest": (0, 0, 3, 2), "level": (6, 0, 5, 3), "hour": (0, 3, 12, 3)
    }  # fmt: skip


async def test_a_drag_below_the_last_row_makes_a_new_one_and_is_given_up_by_escape_or_a_newer_board(
    editors: Editors, studio: Studio
) -> None:
    editor = await editors.open()
    start, end = await editor.way("waiting", 0, 5)
    await editor.page.mouse.move(*start)
    await editor.page.mouse.down()
    await editor.page.mouse.move(*end, steps=5)
    await editor.expect_place("waiting", 0, 5, 3, 2)
    await editor.page.keyboard.press("Escape")
    await editor.page.mouse.up()
    await editor.expect_place("waiting", 0, 0, 3, 2)
    await editor.state("No changes")
    await editor.page.mouse.move(*start)
    await editor.page.mouse.down()
    await editor.page.mouse.move(*end, steps=5)
    wallboard = studio.stored()["wallboard"]
    studio.save(wallboard | {"tiles": [one for one in wallboard["tiles"] if one["id"] != "longest"]})
    await expect(editor.cell("longest")).to_have_count(0, timeout=PATIENCE_MS)
    await editor.page.mouse.up()
    await editor.expect_place("waiting", 0, 0, 3, 2)
    await editor.state("No changes")
    await editor.drag("waiting", 0, 5)
    await editor.expect_place("waiting", 0, 5, 3, 2)


async def test_the_keyboard_does_all_that_the_mouse_does_and_says_so(editors: Editors) -> None:
    editor = await editors.open()
    await editor.cell("waiting").focus()
    await editor.page.keyboard.press("ArrowDown")
    await editor.said("Waiting, Number, column 1, row 2, 3 wide, 2 high. Other tiles moved: 1.")
    await editor.expect_place("hour", 0, 3, 12, 3)
    await editor.page.keyboard.press("Shift+ArrowRight")
    await editor.expect_place("waiting", 0, 1, 4, 2)
    await editor.page.keyboard.press("ArrowLeft")
    await editor.said("There is no room for that.")
    await editor.page.keyboard.press("Delete")
    await editor.said("Removed: Waiting. Ctrl+Z takes it back.")
    await expect(editor.cell("longest")).to_be_focused()
    await editor.page.keyboard.press("Control+d")
    await editor.said("Added: Longest, Number")
    await editor.page.keyboard.press("Enter")
    await expect(editor.panel().get_by_label("Title")).to_have_value("Longest")
    await expect(editor.panel().get_by_label("Title")).to_be_focused()
    for _ in range(4):
        await editor.page.get_by_role("button", name="Undo").press("Enter")
    await editor.expect_place("waiting", 0, 0, 3, 2)
    await editor.state("No changes")


async def test_a_finger_moves_and_resizes_on_a_tablet(editors: Editors) -> None:
    editor = await editors.open(**TABLET)
    await editor.swipe("level", 0, 5)
    await editor.expect_place("level", 6, 5, 6, 2)
    await editor.swipe("longest", 1, 1, corner=True)
    await editor.expect_place("longest", 3, 0, 4, 3)
    await editor.expect_place("hour", 0, 3, 12, 3)
    await editor.state("Unsaved changes")


# -- changing --------------------------------------------------------------------------------------------------------


async def test_an_added_tile_shows_real_values_before_it_is_saved(editors: Editors, studio: Studio) -> None:
    editor = await editors.open()
    await editor.page.get_by_role("button", name="Add tile").click()
    dialog = editor.page.get_by_role("dialog")
    await dialog.get_by_label("Statistic: Search").fill("answ")
    await expect(dialog.get_by_label("Statistic", exact=True).locator("option")).to_have_count(1, timeout=PATIENCE_MS)
    await dialog.get_by_label("Object", exact=True).select_option("service-queue")
    await dialog.get_by_role("button", name="Add tile").click()
    await editor.said("Added: ")
    await studio.publish("TotalAnswered", 4_711)
    tile = editor.page.locator(".editor-cell.selected")
    await expect(tile.locator(".tb-value")).to_have_text("4,711", timeout=PATIENCE_MS)
    await expect(tile.locator("h2")).to_have_text("Answered")
    await expect(editor.panel().locator(".editor-series li")).to_have_text(["Answered · Service✕"])
    assert len(studio.stored()["wallboard"]["tiles"]) == 4
    await editor.saved()
    assert studio.stored()["wallboard"]["tiles"][-1]["series"] == [{"statistic": "answered", "object": "service-queue"}]


async def test_errors_stand_at_their_field_and_nothing_is_saved_until_they_are_corrected(
    editors: Editors, studio: Studio
) -> None:
    editor = await editors.open()
    await editor.cell("level").click()
    panel = editor.panel()
    await panel.get_by_label("Lower end").fill("50")
    await panel.get_by_label("Upper end").fill("30")
    wrong = panel.locator('[data-field="min"] .problem')
    await expect(wrong).to_have_text("Min (50) must be smaller than max (30).", timeout=PATIENCE_MS)
    await expect(panel.get_by_label("Lower end")).to_have_attribute("aria-invalid", "true")
    await expect(editor.cell("level")).to_have_class("editor-cell selected wrong")
    await panel.get_by_label("Goal").fill("many")
    await expect(panel.locator('[data-field="goal"] .problem')).to_contain_text("number", timeout=PATIENCE_MS)
    editors.expected.append("422")
    await editor.save()
    await expect(editor.page.get_by_role("alert").first).to_contain_text("Nothing was saved", timeout=PATIENCE_MS)
    assert studio.stored()["wallboard"] == studio.original
    await panel.get_by_label("Upper end").fill("90")
    await panel.get_by_label("Goal").fill("80")
    await expect(wrong).to_be_hidden(timeout=PATIENCE_MS)
    await editor.saved()
    assert studio.stored()["wallboard"]["tiles"][2]["options"] == {"goal": 80, "min": 50, "max": 90}


async def test_thresholds_are_seen_at_once_and_typing_is_one_step_back(editors: Editors, studio: Studio) -> None:
    editor = await editors.open()
    await studio.publish("CurrNumberWaitingCalls", 17)
    await expect(editor.cell("waiting").locator(".tb-value")).to_have_text("17", timeout=PATIENCE_MS)
    await editor.cell("waiting").click()
    await editor.panel().get_by_label("Critical").press_sequentially("12")
    await expect(editor.cell("waiting").locator(".tile")).to_have_attribute(
        "data-level", "critical", timeout=PATIENCE_MS
    )
    await editor.page.get_by_role("button", name="Undo").click()
    await expect(editor.cell("waiting").locator(".tile")).to_have_attribute("data-level", "normal", timeout=PATIENCE_MS)
    await editor.state("No changes")


async def test_a_tile_is_hidden_in_portals_by_a_tick(editors: Editors, studio: Studio) -> None:
    editor = await editors.open()
    await editor.cell("waiting").click()
    for view in ("in the lobby", "on the floor"):
        await editor.panel().get_by_label(view).check()
    await editor.panel().get_by_label("on the floor").uncheck()
    await editor.saved()
    assert studio.stored()["wallboard"]["tiles"][0]["hidden_from"] == ["lobby"]


async def test_a_layout_and_a_copy_begin_a_board(editors: Editors, studio: Studio) -> None:
    editor = await editors.open("/wallboards/empty/edit/")
    panel = editor.panel()
    # A board without tiles unfolds the layouts by itself.
    await panel.get_by_label("For these objects", exact=True).select_option(["sales-queue", "service-queue"])
    await panel.get_by_role("button", name="Replace the tiles").click()
    # Nothing is replaced before one has said what to do about what is missing.
    await expect(panel.get_by_label("abandoned calls")).to_have_value("", timeout=PATIENCE_MS)
    await expect(editor.page.locator(".editor-cell")).to_have_count(0)
    await panel.get_by_role("button", name="Replace the tiles").click()
    await expect(editor.page.locator(".editor-cell")).to_have_count(5, timeout=PATIENCE_MS)
    await editor.page.keyboard.press("Control+z")
    await expect(editor.page.locator(".editor-cell")).to_have_count(0)
    await editor.page.keyboard.press("Control+y")
    await panel.get_by_text("Duplicate this board").click()
    await panel.get_by_label("Title of the new board").fill("Second floor")
    await panel.get_by_role("button", name="Duplicate", exact=True).click()
    await editor.page.wait_for_url("**/wallboards/second-floor/edit/", timeout=PATIENCE_MS)
    assert len(studio.stored("second-floor")["wallboard"]["tiles"]) == 5
    assert studio.stored("empty")["wallboard"]["tiles"] == []


# -- nobody's work is lost ---------------------------------------------------------------------------------------------


async def test_of_two_editors_the_second_one_chooses_tile_by_tile(editors: Editors, studio: Studio) -> None:
    one, two = await editors.open(), await editors.open()
    for editor, word in ((one, "One"), (two, "Two")):
        for tile in ("waiting", "longest"):
            await editor.cell(tile).click()
            await editor.panel().get_by_label("Title", exact=True).fill(f"{word} {tile}")
        await editor.state("Unsaved changes")
    await one.drag("level", 0, 5)
    await two.cell("hour").click()
    await two.panel().get_by_label("Title", exact=True).fill("Two hour")
    await one.saved()
    # The other one is told without asking, and its draft is as it was.
    await expect(two.page.get_by_role("alert").first).to_contain_text("Somebody else changed", timeout=PATIENCE_MS)
    await expect(two.cell("waiting").locator("h2")).to_have_text("Two waiting")
    editors.expected.append("409")
    await two.save()
    dialog = two.page.get_by_role("dialog")
    await expect(dialog.locator("legend")).to_have_text(["Two waiting", "Two longest"], timeout=PATIENCE_MS)
    await expect(dialog.locator("li")).to_have_text(["Level"])
    await dialog.get_by_role("group", name="Two longest").get_by_label("Take theirs").check()
    await dialog.get_by_role("button", name="Join both").click()
    await two.saved()
    titles = {tile["id"]: tile["title"] for tile in studio.stored()["wallboard"]["tiles"]}
    assert titles == {"waiting": "Two waiting", "longest": "One longest", "level": "Level", "hour": "Two hour"}
    assert studio.places()["level"] == (6, 5, 6, 2)
    # Whose draft is clean simply sees what is new.
    await expect(one.cell("hour").locator("h2")).to_have_text("Two hour", timeout=PATIENCE_MS)


async def test_a_draft_outlives_a_reload_and_a_server_that_is_away(editors: Editors, studio: Studio) -> None:
    editor = await editors.open()
    await editor.page.route("**/edit/document/", lambda route: route.abort())
    editors.expected.append("ERR_FAILED")
    await editor.cell("waiting").click()
    await editor.panel().get_by_label("Title", exact=True).fill("Draft")
    await editor.save()
    await expect(editor.page.get_by_role("alert").first).to_contain_text(
        "server cannot be reached", timeout=PATIENCE_MS
    )
    await editor.state("Not saved")
    await editor.page.reload(wait_until="commit")
    await expect(editor.page.get_by_role("alert").first).to_contain_text("are here again", timeout=PATIENCE_MS)
    await expect(editor.cell("waiting").locator("h2")).to_have_text("Draft", timeout=PATIENCE_MS)
    await editor.page.unroute("**/edit/document/")
    await editor.saved()
    assert studio.stored()["wallboard"]["tiles"][0]["title"] == "Draft"


async def test_an_open_wall_follows_within_two_seconds_without_a_reload(editors: Editors) -> None:
    wall = await editors.page("/wallboards/sales/")
    await expect(wall.locator(".tile")).to_have_count(4, timeout=PATIENCE_MS)
    await wall.evaluate("window.same = true")
    editor = await editors.open()
    await editor.cell("waiting").click()
    await editor.panel().get_by_label("Title", exact=True).fill("On the wall")
    await wall.evaluate(NOTE_WHEN_SHOWN, "On the wall")
    async with editor.page.expect_response(lambda one: one.request.method == "PUT") as answer:
        await editor.save()
    await answer.value
    saved = time.time() * 1000
    await expect(wall.locator("body")).to_contain_text("On the wall", timeout=PATIENCE_MS)
    shown: float = await wall.evaluate("window.shown")
    assert shown - saved <= WALL_SECONDS * 1000
    assert await wall.evaluate("window.same")


# -- to be read, by everybody ------------------------------------------------------------------------------------------


async def test_text_too_small_for_screen_and_distance_is_named(editors: Editors) -> None:
    editor = await editors.open()
    verdict = editor.panel().locator(".editor-verdict")
    await expect(verdict).to_contain_text("large enough", timeout=PATIENCE_MS)
    await editor.panel().get_by_label("Distance, m").fill("9")
    await expect(verdict).to_contain_text("of 16 minutes of arc on 55″", timeout=PATIENCE_MS)
    await expect(editor.cell("hour")).to_have_class("editor-cell small")
    await editor.cell("hour").click()
    await expect(editor.panel().get_by_text("The last hour: its smallest text")).to_be_visible(timeout=PATIENCE_MS)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [(1920, 1080), (1024, 768)], ids=str)
async def test_it_has_no_violation(editors: Editors, theme: str, size: tuple[int, int]) -> None:
    editor = await editors.open(viewport={"width": size[0], "height": size[1]}, color_scheme=theme)
    assert await violations(editor.page) == []
    await editor.cell("level").click()
    await editor.panel().get_by_label("Lower end").fill("500")
    await expect(editor.panel().locator('[data-field="min"] .problem')).to_be_visible(timeout=PATIENCE_MS)
    await editor.panel().get_by_text("Add or change").click()
    assert await violations(editor.page) == []
    await editor.page.get_by_role("button", name="Add tile").click()
    await expect(editor.page.get_by_role("dialog")).to_be_visible()
    assert await violations(editor.page) == []
    overflow = "document.documentElement.scrollWidth > innerWidth"
    assert not await editor.page.evaluate(overflow)


async def test_it_speaks_german(editors: Editors) -> None:
    editor = await editors.open(locale="de-DE")
    await expect(editor.page.get_by_role("button", name="Speichern")).to_be_visible()
    await editor.cell("waiting").click()
    await expect(editor.panel().get_by_label("Nachkommastellen")).to_be_visible()
    assert "→" not in await editor.page.inner_text("body")


async def test_an_empty_board_leads_those_who_may_to_the_editor(editors: Editors) -> None:
    wall = await editors.page("/wallboards/empty/")
    await wall.get_by_role("link", name="Add the first ones").click(timeout=PATIENCE_MS)
    await wall.wait_for_url("**/wallboards/empty/edit/", timeout=PATIENCE_MS)
    home = await editors.page("/")
    await home.get_by_role("link", name="Edit Sales floor").click(timeout=PATIENCE_MS)
    await home.wait_for_url(f"**{EDIT}", timeout=PATIENCE_MS)
