"""One browser for all browser tests; a page and a site of its own for each."""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.browser.launch import launch_chromium
from tests.browser.sample import Sample, one_number
from tests.browser.site import Site

OpenPage = Callable[..., Awaitable[Page]]

# A machine that does other things at the same time must not look like a broken page.
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser lives in one event loop, so its tests run in that one."""
    for item in items:
        function = getattr(item, "function", None)
        if "/tests/browser/" in str(item.path) and inspect.iscoroutinefunction(function):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright, launch_chromium(playwright) as browser:
        yield browser


@pytest.fixture
def sample() -> Sample:
    return one_number()


@pytest_asyncio.fixture(loop_scope="session")
async def site(sample: Sample) -> AsyncIterator[Site]:
    async with Site(sample) as site:
        yield site


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser, site: Site) -> AsyncIterator[OpenPage]:
    """``await open_page(path="…", clock=True, complete=False, **options of a browser context)``.

    A wallboard is waited for until all of its parts are there, unless ``complete`` is false.
    At the end the page must have written no error into the console and asked nothing outside its site; a test that
    provokes errors puts parts of their text into ``page.expected``.
    """
    problems: list[str] = []
    expected: list[str] = []
    async with AsyncExitStack() as stack:

        async def open_one(
            path: str = "/wallboards/sales/", clock: bool = False, complete: bool = True, **options: Any
        ) -> Page:
            # A service worker asks for pages by itself; the tests about it switch it on.
            context: BrowserContext = await browser.new_context(**{"service_workers": "block"} | options)
            stack.push_async_callback(context.close)
            page = await context.new_page()
            page.expected = expected  # type: ignore[attr-defined]
            page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("request", lambda one: None if _own(one.url, site.url) else problems.append(f"asked {one.url}"))
            if clock:
                await page.clock.install()
            await page.goto(path if path.startswith("about:") else f"{site.url}{path}")
            if complete and path.startswith(("/wallboards/", "/embed/")):
                await completed(page)
            return page

        yield open_one
    assert [one for one in problems if not any(part in one for part in expected)] == []


async def completed(page: Page) -> None:
    """What a wallboard can do without at first is there, too: panels, keys, and what a screen on a wall does."""
    await page.wait_for_selector("html[data-complete]", state="attached")


def _own(url: str, site: str) -> bool:
    return url.startswith((site, site.replace("http", "ws"), "data:", "blob:"))
