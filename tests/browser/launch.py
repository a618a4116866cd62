"""Debian's Chromium, driven by Playwright, without the background traffic that a closed network refuses."""

import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Playwright

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
    browser = await playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=FLAGS)
    try:
        yield browser
    finally:
        await browser.close()


@contextlib.asynccontextmanager
async def launch_profile(playwright: Playwright, folder: Path, **options: Any) -> AsyncIterator[BrowserContext]:
    """The same as a person has it, with all it remembers in ``folder``."""
    context = await playwright.chromium.launch_persistent_context(
        folder, executable_path=find_chromium(), headless=True, args=FLAGS, **options
    )
    try:
        yield context
    finally:
        await context.close()


def find_chromium() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "Chromium is missing. On Debian: apt-get install chromium"
    return path
