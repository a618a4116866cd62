"""Waiting for what a page says of itself."""

import asyncio
import contextlib
import time

from playwright.async_api import Error, Frame, Page

PATIENCE = 90.0


async def holds(page: Page | Frame, expression: str, seconds: float = PATIENCE) -> None:
    """Until the expression is true there, over reloads too.

    Playwright's own ``wait_for_function`` polls from within the page, where the Content-Security-Policy forbids it.
    """
    end = time.monotonic() + seconds
    while True:
        # While a page is being loaded there is nothing to ask.
        with contextlib.suppress(Error):
            if await page.evaluate(expression):
                return
        assert time.monotonic() < end, f"never true: {expression}"
        await asyncio.sleep(0.1)
