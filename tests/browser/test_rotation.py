"""A rotation on a screen: one wallboard after the other, without a gap, without a person, leaving nothing behind."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.site import Site
from tests.browser.waiting import holds

PATH = "/rotate/hall/"
WALL = {"width": 1920, "height": 1080}


async def until(condition: Callable[[], Any], seconds: float = 60) -> None:
    """Waits for the site's side of something, with an end."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        await asyncio.sleep(0.05)


async def shown(page: Page, board: str, seconds: float = 60) -> None:
    await expect(page.locator("body")).to_have_attribute("data-board", board, timeout=seconds * 1000)


@pytest_asyncio.fixture(loop_scope="session")
async def two(open_page: OpenPage, site: Site) -> Page:
    """Two wallboards, five seconds each; the first is on screen."""
    site.rotation = [("sales", 5), ("service", 5)]
    page = await open_page(path=PATH, viewport=WALL)
    await shown(page, "sales")
    return page


@pytest_asyncio.fixture(loop_scope="session")
async def turned(open_page: OpenPage, site: Site) -> Page:
    """The same, under a clock that the test can turn."""
    site.rotation = [("sales", 5), ("service", 5)]
    page = await open_page(path=PATH, viewport=WALL, clock=True)
    await shown(page, "sales")
    return page


async def asks_again(page: Page, site: Site) -> None:
    """It has asked which wallboards it shows."""
    asked = site.steps_asked
    await page.clock.fast_forward(15_000)
    await until(lambda: site.steps_asked > asked)


async def test_the_next_board_is_there_with_its_values_before_the_switch(two: Page) -> None:
    behind = two.frame_locator("iframe:not([data-front])")
    await expect(behind.locator(".tile [data-series='1']")).to_have_text("7", timeout=60_000)
    await shown(two, "service")
    front = two.frame_locator("iframe[data-front]")
    await expect(front.locator("#board-title")).to_have_text("Service")
    await shown(two, "sales")


async def test_what_was_shown_is_released_and_its_socket_is_closed(two: Page, site: Site) -> None:
    first = await site.screen(0)
    await shown(two, "service")
    await until(lambda: first.socket.closed)
    assert await two.locator("iframe").count() <= 2
    await until(lambda: len([screen for screen in site.screens if not screen.socket.closed]) <= 2)


async def test_theme_and_other_parameters_go_on_to_the_boards(open_page: OpenPage, site: Site) -> None:
    site.rotation = [("sales", 30)]
    page = await open_page(path=f"{PATH}?theme=light", viewport=WALL, color_scheme="dark")
    front = page.frame_locator("iframe[data-front]")
    await expect(front.locator("html")).to_have_attribute("data-theme", "light")
    await expect(front.locator("body")).to_have_attribute("data-kiosk", "")
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")


async def test_a_board_that_cannot_be_loaded_never_covers_the_one_that_is_shown(two: Page, site: Site) -> None:
    two.expected.append("502")  # type: ignore[attr-defined]
    site.broken = {"service"}
    site.rotation = [("sales", 5), ("service", 5), ("orders", 5)]
    # The one that was asked for before may still come round.
    await shown(two, "orders", seconds=120)
    await expect(two.frame_locator("iframe[data-front]").locator("#board-title")).to_have_text("Orders")


async def test_an_edit_reaches_an_open_screen_by_itself(turned: Page, site: Site) -> None:
    site.rotation = [("sales", 5), ("billing", 5)]
    await asks_again(turned, site)
    await shown(turned, "billing", seconds=90)


async def test_boards_that_are_left_out_are_said(open_page: OpenPage, site: Site) -> None:
    site.rotation, site.left_out = [("sales", 30)], 2
    page = await open_page(path=PATH, viewport=WALL, clock=True)
    await expect(page.locator("#notice")).to_contain_text("Left out: 2 of 3 wallboards.")
    await page.clock.fast_forward(20_000)
    await expect(page.locator("#notice")).to_be_hidden()


async def test_a_rotation_of_nothing_says_so_and_leads_back(open_page: OpenPage, site: Site) -> None:
    site.left_out = 2
    page = await open_page(path=PATH)
    await expect(page.locator("#notice")).to_contain_text("There is nothing to show")
    await expect(page.locator("#notice a")).to_have_attribute("href", "/")


@pytest.mark.parametrize(("status", "words"), [(401, "Nobody is signed in"), (403, "may not see"), (404, "not exist")])
async def test_a_refusal_is_said_in_words(open_page: OpenPage, site: Site, status: int, words: str) -> None:
    site.rotation = [("sales", 30)]
    page = await open_page(path=PATH, clock=True)
    page.expected.append(str(status))  # type: ignore[attr-defined]
    site.steps_status = status
    await page.clock.fast_forward(15_000)
    await expect(page.locator("#notice")).to_contain_text(words)


async def test_a_new_version_reloads_the_rotation_and_not_its_frames(turned: Page, site: Site) -> None:
    await turned.evaluate("window.before = true")
    site.version = "2"
    await asks_again(turned, site)
    # Screens of a site do not all reload in the same ten seconds.
    await turned.clock.fast_forward(10_000)
    await holds(turned, "window.before === undefined")
    await shown(turned, "sales")


async def test_no_picture_between_two_boards_is_bright(open_page: OpenPage, site: Site) -> None:
    """What the browser painted around a switch, frame by frame, as an average of its grey."""
    site.rotation = [("sales", 5), ("service", 5)]
    page = await open_page(path=f"{PATH}?theme=dark", viewport={"width": 960, "height": 540})
    session = await page.context.new_cdp_session(page)
    pictures: list[str] = []

    def keep(event: dict[str, Any]) -> None:
        pictures.append(event["data"])
        task = asyncio.ensure_future(session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]}))
        task.add_done_callback(lambda done: done.exception())

    session.on("Page.screencastFrame", keep)
    await session.send("Page.startScreencast", {"format": "png", "maxWidth": 240, "maxHeight": 135})
    await shown(page, "sales")
    await shown(page, "service")
    await shown(page, "sales")
    await session.send("Page.stopScreencast")
    assert len(pictures) > 2
    assert max(await page.evaluate(GREY, pictures)) < 0.35


GREY = """async (pictures) => {
  const found = [];
  for (const data of pictures) {
    const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
    context.drawImage(image, 0, 0);
    const { data: pixels } = context.getImageData(0, 0, image.width, image.height);
    let sum = 0;
    for (let at = 0; at < pixels.length; at += 4) sum += pixels[at] + pixels[at + 1] + pixels[at + 2];
    found.push(sum / (pixels.length / 4) / 765);
  }
  return found;
}"""
