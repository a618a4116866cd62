"""The content security policy in a real browser: no page of the site does anything that it forbids."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest_asyncio
from django.urls import Resolver404, resolve
from playwright.async_api import ConsoleMessage, Page

from tests.browser.pages import Pages
from tests.chaos.site import CONFIGURATION
from tests.e2e.installation import Installation

PATIENCE = 60_000
#: Where following links begins; what is not linked from there, and each kind of page once.
BEGINNINGS = ("/accounts/login/", "/accounts/password_reset/", "/embed/floor/", "/screen/", "/", "/admin/")
PAGES_MOST = 90
#: Pages that would end the session, or that are files.
LEFT_OUT = ("logout", "csv", "export", "jsi18n", "view_on_site", "serviceworker", "healthz", "readyz", "metrics")
WATCH = """
window.refused = [];
addEventListener("securitypolicyviolation", (event) =>
  window.refused.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""


@pytest_asyncio.fixture(loop_scope="session")
async def place(tmp_path: Path) -> AsyncIterator[Installation]:
    installation = Installation(tmp_path)
    await asyncio.to_thread(installation.prepare, CONFIGURATION.format(url="http://127.0.0.1:9"))
    try:
        await asyncio.to_thread(installation.start)
        yield installation
    finally:
        await asyncio.to_thread(installation.stop)


def kind_of(path: str) -> str | None:
    """What pages of the same view have in common."""
    try:
        return resolve(path).view_name or None
    except Resolver404:
        return None


class Visitor:
    """One who goes from page to page, and notes what the policy refuses there."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self._said: list[str] = []
        page.on("console", self._listen)

    def _listen(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self._said.append(message.text)

    async def visit(self, path: str) -> tuple[list[str], list[str]]:
        """What was refused on the page, and where it leads to."""
        self._said.clear()
        await self.page.goto(self.url + path, wait_until="load", timeout=PATIENCE)
        refused = self._said + await self.page.evaluate("window.refused")
        links = await self.page.evaluate("[...document.querySelectorAll('a[href]')].map((link) => link.href)")
        return refused, [urlsplit(link).path for link in links if link.startswith(f"{self.url}/")]


async def test_no_page_does_what_its_policy_forbids(pages: Pages, place: Installation) -> None:
    with contextlib.closing(await asyncio.to_thread(place.sign_in)) as client:
        session = str(client.cookies["sessionid"])
    page = await pages.new(place.url, session=session)
    await page.add_init_script(WATCH)
    visitor = Visitor(page, place.url)
    waiting, seen, refused = list(BEGINNINGS), set[str](), dict[str, list[str]]()
    while waiting and len(seen) < PAGES_MOST:
        path = waiting.pop(0)
        kind = kind_of(path)
        if kind is None or kind in seen or any(word in kind for word in LEFT_OUT):
            continue
        seen.add(kind)
        found, links = await visitor.visit(path)
        waiting += links
        if found:
            refused[path] = found
    assert refused == {}
    assert {"home", "wallboard", "edit_wallboard", "login", "embed", "admin:index"} <= seen
    assert "admin:dashboard_wallboard_change" in seen
    assert len(seen) > 30, sorted(seen)
