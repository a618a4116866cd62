"""Debian's Chromium, driven by Playwright, without the background traffic that a closed network refuses."""

import contextlib
import shutil
from collections.abc import AsyncIterator

from playwright.async_api import Browser, Playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextlib.asynccontextmanager
async def launch_chromium(playwright: Playwright) -> AsyncIterator[Browser]:
    """A headless browser, closed at the end; ``python -m tests.services`` installs it where it is missing."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "Chromium is missing. On Debian: apt-get install chromium"
    browser = await playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
    try:
        yield browser
    finally:
        await browser.close()
