"""axe-core, run in a page."""

from pathlib import Path

from playwright.async_api import Frame, Page

AXE = (Path(__file__).parents[1] / "peers/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


async def violations(page: Page | Frame) -> list[str]:
    """What axe-core finds in the page, or in the frame alone."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    found = await page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [f"{one['id']}: {one['help']}: {node['html']}" for one in found["violations"] for node in one["nodes"]]
