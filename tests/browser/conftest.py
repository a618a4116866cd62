"""Two browsers for all browser tests, of which one remembers files; a page and a site of its own for each test."""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.browser.launch import launch_chromium, launch_profile
from tests.browser.pages import Pages, opened_pages
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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def profile(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BrowserContext]:
    """A browser that has been here before: it keeps files and what it compiled of them, and plotly.js is 2 s of work.

    Whoever uses it leaves no clock, cookies, scripts or permissions behind.
    """
    async with async_playwright() as playwright:
        folder = tmp_path_factory.mktemp("profile")
        async with launch_profile(playwright, folder, service_workers="block") as context:
            yield context


@pytest.fixture
def sample() -> Sample:
    return one_number()


@pytest_asyncio.fixture(loop_scope="session")
async def site(sample: Sample) -> AsyncIterator[Site]:
    async with Site(sample) as site:
        yield site


@pytest_asyncio.fixture(loop_scope="session")
async def pages(browser: Browser, profile: BrowserContext) -> AsyncIterator[Pages]:
    async with opened_pages(browser, profile) as pages:
        yield pages


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(pages: Pages, site: Site) -> AsyncIterator[OpenPage]:
    """``await open_page(path="…", clock=True, complete=False, **options of a browser context)``.

    A wallboard is waited for until all of its parts are there, unless ``complete`` is false.
    At the end the page must have written no error into the console and asked nothing outside its site; a test that
    provokes errors puts parts of their text into ``page.expected``.
    """
    problems: list[str] = []
    expected: list[str] = []

    async def open_one(
        path: str = "/wallboards/sales/", clock: bool = False, complete: bool = True, **options: Any
    ) -> Page:
        page = await pages.new(site.url, clock=clock, **options)
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
