"""New pages for tests: in the browser that keeps files, where that is no difference, or in a context of their own."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Page

#: What a page can be given that shares its browser context with others.
OF_A_PAGE = {"viewport", "color_scheme"}
VIEWPORT = {"width": 1280, "height": 720}


class Pages:
    """``session`` is the session cookie of the person who looks, ``clock`` whether a test turns the time."""

    def __init__(self, browser: Browser, profile: BrowserContext, stack: contextlib.AsyncExitStack) -> None:
        self.browser = browser
        self.profile = profile
        self._stack = stack

    async def new(self, url: str, *, session: str = "", clock: bool = False, **options: Any) -> Page:
        """A blank page, for use with the site at ``url``."""
        if clock or options.keys() - OF_A_PAGE:
            # A service worker asks for pages by itself; the tests about it switch it on.
            context = await self.browser.new_context(**{"service_workers": "block"} | options)
            self._stack.push_async_callback(context.close)
            page = await context.new_page()
        else:
            page = await self.profile.new_page()
            self._stack.push_async_callback(_leave, page, url)
            await page.set_viewport_size(options.get("viewport", VIEWPORT))
            await page.emulate_media(color_scheme=options.get("color_scheme", "light"))
        if session:
            await page.context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
        return page


@contextlib.asynccontextmanager
async def opened_pages(browser: Browser, profile: BrowserContext) -> AsyncIterator[Pages]:
    async with contextlib.AsyncExitStack() as stack:
        yield Pages(browser, profile, stack)


async def _leave(page: Page, url: str) -> None:
    """Closes it, and forgets what it stored: the next site may have the same origin."""
    session = await page.context.new_cdp_session(page)
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
    await session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    await page.context.clear_cookies()
    await page.close()
