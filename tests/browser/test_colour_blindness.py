"""States of a value under the colour visions that Chromium emulates: their colours keep apart, and without any colour
their shapes and words do."""

import math
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator, Mapping
from itertools import combinations

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.dashboard.tiles.harness.boards import STATES
from tests.dashboard.tiles.harness.server import served

THEMES = ("dark", "light")
VISIONS = ("protanopia", "deuteranopia", "achromatopsia")
#: CIE76; 2.3 is just noticeable, and plain red, amber and green come down to 7.
COLOURS_APART = 20
#: Pixels are different from this on, and so many of a tile's must be, in per cent.
PIXELS_APART, SHARE_APART = 10, 0.5
# Of a gauge, which never turns around: its value, or mark and word in its foot.
COLOURED = {"live": ".tb-value", "warning": ".tile-foot", "critical": ".tile-foot", "stale": ".tb-value"}

LAB = """
  const linear = (part) => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  const bend = (part) => part > 0.008856 ? Math.cbrt(part) : 7.787 * part + 16 / 116;
  const lab = (data, at) => {
    const [r, g, b] = [linear(data[at]), linear(data[at + 1]), linear(data[at + 2])];
    const x = bend((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
    const y = bend(0.2126 * r + 0.7152 * g + 0.0722 * b);
    const z = bend((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  };
  const apart = (one, other) => Math.hypot(...one.map((part, index) => part - other[index]));
  const pixels = async (png) => {
    const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const drawing = canvas.getContext("2d");
    drawing.drawImage(picture, 0, 0);
    return drawing.getImageData(0, 0, picture.width, picture.height).data;
  };
"""
# The ink of a picture of text: of the colours on it, the one farthest from its ground (its first pixel).
INK = f"""async (png) => {{{LAB}
  const data = await pixels(png);
  const ground = lab(data, 0);
  let ink = ground;
  for (let at = 0; at < data.length; at += 4) {{
    const one = lab(data, at);
    if (apart(one, ground) > apart(ink, ground)) ink = one;
  }}
  return ink;
}}"""
DIFFERENT = f"""async ([one, other, least]) => {{{LAB}
  const [before, after] = [await pixels(one), await pixels(other)];
  let different = 0;
  for (let at = 0; at < before.length; at += 4) different += apart(lab(before, at), lab(after, at)) >= least;
  return 400 * different / before.length;
}}"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served() as address:
        yield address


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    page = await browser.new_page(viewport={"width": 640, "height": 360})
    yield page
    await page.close()


@pytest_asyncio.fixture(loop_scope="session")
async def reader(browser: Browser) -> AsyncIterator[Page]:
    """A page that computes with pictures, and sees as most people do."""
    page = await browser.new_page()
    yield page
    await page.close()


async def pictures(
    page: Page, address: str, kind: str, theme: str, places: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """PNGs of a tile, by vision and state.

    Args:
        places: State to the selector of what is pictured of it. One tile fills the screen, so that all states have the
            same places.
    """
    seen: dict[str, dict[str, str]] = {vision: {} for vision in VISIONS}
    session = await page.context.new_cdp_session(page)
    for state, selector in places.items():
        await page.goto(f"{address}/?board=single&kind={kind}&state={state}")
        await page.wait_for_selector("body[data-ready]")
        await page.evaluate(f"harness.switchTheme('{theme}')")
        for vision, taken in seen.items():
            await session.send("Emulation.setEmulatedVisionDeficiency", {"type": vision})
            taken[state] = b64encode(await page.locator(selector).first.screenshot(animations="disabled")).decode()
    return seen


@pytest.mark.parametrize("theme", THEMES)
async def test_the_colours_of_states_keep_their_distance(page: Page, reader: Page, address: str, theme: str) -> None:
    seen = await pictures(page, address, "gauge", theme, COLOURED)
    for vision in ("protanopia", "deuteranopia"):
        inks = {state: await reader.evaluate(INK, png) for state, png in seen[vision].items()}
        distances = {pair: math.dist(inks[pair[0]], inks[pair[1]]) for pair in combinations(inks, 2)}
        assert {pair: far for pair, far in distances.items() if far < COLOURS_APART} == {}, vision


@pytest.mark.parametrize("theme", THEMES)
async def test_no_two_states_look_alike(page: Page, reader: Page, address: str, theme: str) -> None:
    # A value that never came is pending, whether the service said so or not.
    states = [state for state in STATES if state != "empty"]
    seen = await pictures(page, address, "number", theme, dict.fromkeys(states, ".tile"))
    for vision, taken in seen.items():
        for one, other in combinations(states, 2):
            share = await reader.evaluate(DIFFERENT, [taken[one], taken[other], PIXELS_APART])
            assert share >= SHARE_APART, (vision, one, other)


async def test_the_comparison_sees_colours_that_collapse(page: Page, reader: Page) -> None:
    session = await page.context.new_cdp_session(page)
    await session.send("Emulation.setEmulatedVisionDeficiency", {"type": "deuteranopia"})
    inks = []
    for colour in ("#d9534f", "#7a9a2e"):
        await page.set_content(f"<p style='width: 4em; background: #1b2129; color: {colour}'>■ 12</p>")
        inks.append(await reader.evaluate(INK, b64encode(await page.locator("p").screenshot()).decode()))
    assert math.dist(*inks) < COLOURS_APART
