"""States of a value under the colour visions that Chromium emulates: their colours keep apart, and without any colour
their shapes and words do."""

import math
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from itertools import combinations
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page

from tests.dashboard.tiles.harness.boards import KINDS, STATES
from tests.dashboard.tiles.harness.server import served

THEMES = ("dark", "light")
VISIONS = ("protanopia", "deuteranopia", "achromatopsia")
#: CIE76; 2.3 is just noticeable, and plain red, amber and green come down to 7.
COLOURS_APART = 20
#: Pixels are different from this on, and so many of a tile's must be, in per cent.
PIXELS_APART, SHARE_APART = 10, 0.5
COLOURED = ("live", "warning", "critical", "stale")
COLOURED_VISIONS = ("protanopia", "deuteranopia")
# What of the first series takes the colour of its state. A number turns around instead.
VALUES = {
    "gauge": ".tb-value",
    "trend": ".tb-label-value[data-series='1']",
    "bars": ".tb-row-value[data-series='1']",
    "donut": ".tb-slice-value[data-series='1']",
    "agents": ".tb-agent[data-series='1'] .tb-agent-word",
    "table": ".tb-cell[data-series='1']",
}
CHANGE = """([tile, state]) => {
  const held = state === "stale" ? state : "ok";
  const values = Object.entries(harness.model.values).map(([id, [value, at]]) => [id, [value, at, held]]);
  const level = ["warning", "critical"].includes(state) ? state : "normal";
  harness.update(Object.fromEntries(values));
  harness.update({}, { [tile]: { 1: [level, harness.now] } });
  // Values are repainted once a second, levels at once.
  harness.board.change(null, "levels");
}"""

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
# How much, in per cent, each pair of places in a picture differs.
ALIKE = f"""async ([png, boxes, least]) => {{{LAB}
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${{png}}`)).blob());
  const places = boxes.map((box) => {{
    const [width, height] = [boxes[0].width, boxes[0].height].map(Math.floor);
    const canvas = new OffscreenCanvas(width, height);
    const drawing = canvas.getContext("2d");
    drawing.drawImage(picture, Math.round(box.x), Math.round(box.y), width, height, 0, 0, width, height);
    const {{ data }} = drawing.getImageData(0, 0, width, height);
    return Array.from({{ length: width * height }}, (_, at) => lab(data, 4 * at));
  }});
  const shares = [];
  places.forEach((one, index) => places.slice(index + 1).forEach((other) => {{
    let different = 0;
    one.forEach((colour, at) => (different += apart(colour, other[at]) >= least));
    shares.push(100 * different / one.length);
  }}));
  return shares;
}}"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served() as address:
        yield address


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(profile: BrowserContext) -> AsyncIterator[Page]:
    page = await profile.new_page()
    await page.set_viewport_size({"width": 1280, "height": 720})
    yield page
    await page.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def reader(browser: Browser) -> AsyncIterator[Page]:
    """A page that computes with pictures, and sees as most people do."""
    page = await browser.new_page()
    yield page
    await page.close()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("kind", VALUES)
async def test_the_colours_of_states_keep_their_distance(
    page: Page, reader: Page, address: str, kind: str, theme: str
) -> None:
    await page.goto(f"{address}/?board=single&kind={kind}&state=live&theme={theme}")
    await page.wait_for_selector("body[data-ready]")
    session = await page.context.new_cdp_session(page)
    inks: dict[str, dict[str, Any]] = {vision: {} for vision in COLOURED_VISIONS}
    # An agent's word is grey in any case: what is old has lost its timer and is hatched.
    for state in COLOURED[:-1] if kind == "agents" else COLOURED:
        await page.evaluate(CHANGE, [f"{kind}-live", state])
        for vision, seen in inks.items():
            await session.send("Emulation.setEmulatedVisionDeficiency", {"type": vision})
            png = await page.locator(VALUES[kind]).first.screenshot(animations="disabled")
            seen[state] = await reader.evaluate(INK, b64encode(png).decode())
    for vision, seen in inks.items():
        distances = {pair: math.dist(seen[pair[0]], seen[pair[1]]) for pair in combinations(seen, 2)}
        assert {pair: far for pair, far in distances.items() if far < COLOURS_APART} == {}, vision


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "text"])
async def test_no_two_states_look_alike(page: Page, reader: Page, address: str, kind: str, theme: str) -> None:
    # A value that never came is pending, whether the service said so or not.
    states = [state for state in STATES if state != "empty"]
    await page.goto(f"{address}/?board=states&kind={kind}&theme={theme}")
    await page.wait_for_selector("body[data-ready]")
    # Their titles name the states, and must not be what tells them apart.
    await page.add_style_tag(content=".tile-head { visibility: hidden }")
    boxes = [await page.locator(f"[data-tile='{kind}-{state}']").bounding_box() for state in states]
    session = await page.context.new_cdp_session(page)
    for vision in VISIONS:
        await session.send("Emulation.setEmulatedVisionDeficiency", {"type": vision})
        png = b64encode(await page.screenshot(animations="disabled")).decode()
        shares = await reader.evaluate(ALIKE, [png, boxes, PIXELS_APART])
        alike = {
            pair: share for pair, share in zip(combinations(states, 2), shares, strict=True) if share < SHARE_APART
        }
        assert alike == {}, vision


async def test_the_comparison_sees_colours_that_collapse(page: Page, reader: Page) -> None:
    session = await page.context.new_cdp_session(page)
    await session.send("Emulation.setEmulatedVisionDeficiency", {"type": "deuteranopia"})
    inks = []
    for colour in ("#d9534f", "#7a9a2e"):
        await page.set_content(f"<p style='width: 4em; background: #1b2129; color: {colour}'>■ 12</p>")
        inks.append(await reader.evaluate(INK, b64encode(await page.locator("p").screenshot()).decode()))
    assert math.dist(*inks) < COLOURS_APART
