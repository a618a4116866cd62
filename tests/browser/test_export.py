"""A tile as a picture, and the way to its data."""

import re
from base64 import b64encode
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.asked import answer
from tests.browser.conftest import OpenPage
from tests.browser.sample import Sample, all_kinds, sales_floor
from tests.browser.site import Site

KINDS = {
    "number-1": sales_floor,
    "gauge-3": sales_floor,
    "trend-5": sales_floor,
    "bars-6": sales_floor,
    "agents-7": sales_floor,
    "table-8": sales_floor,
    "donut-1": all_kinds,
}

# How many colours the picture has in its tile and in the caption below it, and its size.
COLOURS = """async ([png, tile]) => {
  const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const pen = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  pen.drawImage(picture, 0, 0);
  const edge = Math.ceil(tile * picture.width);
  const shades = (top, height) => new Uint32Array(pen.getImageData(0, top, picture.width, height).data.buffer);
  const count = (top, height) => new Set(shades(top, height)).size;
  return [picture.width, picture.height, count(0, edge), count(edge + 2, picture.height - edge - 2)];
}"""

PURE = """async ([name, tile]) => {
  const picture = await import("/static/dashboard/js/picture.js");
  const context = {
    word: (key) => key, locale: "de", timezone: "Europe/Berlin", now: () => 1763730000000,
    series: () => ({ unit: "count", title: "Waiting", object: { title: "Sales" } }),
    value: () => ({ value: 1234, state: "stale", at: 1763730000000, asOf: 1763729990000 }), level: () => null,
  };
  const model = {
    wallboard: { title: "Sales floor" }, tileState: () => ({ state: "stale" }), tileLevel: () => "critical",
  };
  if (name === "caption") return picture.captionOf(tile, model, context);
  const lines = picture.linesOf(tile, context);
  const canvas = picture.paintLines(lines, picture.captionOf(tile, model, context));
  return [lines, canvas.width, canvas.height, canvas.toDataURL("image/png").slice(0, 22)];
}"""


@pytest.fixture
def sample(request: pytest.FixtureRequest) -> Sample:
    tile = getattr(request, "param", "number-1")
    return KINDS[tile]()


async def panel_of(open_page: OpenPage, site: Site, tile: str) -> Page:
    answer(site)
    page = await open_page(viewport={"width": 1920, "height": 1080})
    await expect(page.locator(f"[data-tile='{tile}'] .tile-body")).not_to_be_empty()
    await page.locator(f"[data-tile='{tile}'] .tile-about").focus()
    await page.keyboard.press("Enter")
    return page


@pytest.mark.parametrize(("sample", "tile"), [(tile, tile) for tile in KINDS], indirect=["sample"], ids=list(KINDS))
async def test_every_kind_of_tile_gives_a_picture_with_a_caption(
    open_page: OpenPage, site: Site, tmp_path: Path, tile: str
) -> None:
    page = await panel_of(open_page, site, tile)
    async with page.expect_download() as started:
        await page.get_by_text("Picture (PNG)").click()
    download = await started.value
    assert re.fullmatch(rf"sales-{tile}-\d{{4}}-\d\d-\d\dT\d{{4}}\.png", download.suggested_filename)
    await download.save_as(tmp_path / "tile.png")
    png = (tmp_path / "tile.png").read_bytes()
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    box = await page.locator(f"[data-tile='{tile}']").bounding_box()
    assert box is not None
    share = box["height"] / box["width"]
    width, height, in_tile, in_caption = await page.evaluate(COLOURS, [b64encode(png).decode(), share])
    assert abs(width - 2 * box["width"]) <= 2
    assert height > 2 * box["height"] + 40
    # Type has dozens of shades along its edges; an empty ground has one.
    assert in_tile > 20
    assert in_caption > 20


async def test_the_caption_says_when_it_was_and_in_which_state(open_page: OpenPage) -> None:
    page = await open_page()
    caption = await page.evaluate(PURE, ["caption", {"id": "a", "series": [1]}])
    assert caption == "Sales floor · 21.11.2025, 14:00:00 MEZ · stale_plain · critical"


async def test_a_browser_that_reads_no_page_back_gets_the_words(open_page: OpenPage) -> None:
    page = await open_page()
    lines, width, height, kind = await page.evaluate(PURE, ["words", {"id": "a", "title": "Waiting", "series": [1]}])
    assert lines[0] == "Waiting"
    assert "1.234" in lines[1]
    assert width > 0
    assert height > 0
    assert kind == "data:image/png;base64,"


async def test_the_data_are_a_link_that_downloads(open_page: OpenPage, site: Site) -> None:
    page = await panel_of(open_page, site, "number-1")
    link = page.get_by_text("Data (CSV)")
    await expect(link).to_have_attribute("href", "/wallboards/sales/tiles/number-1/data.csv")
    await expect(link).to_have_attribute("download", "")
