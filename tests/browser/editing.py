"""A real installation with a wallboard to edit, a contact centre behind it, and the editor's page in a browser."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

import httpx
from playwright.async_api import Locator, Page, expect

from tests.browser.pages import Pages
from tests.e2e.installation import SESSION, Installation
from tests.peers.genesys import GenesysPeer

CONFIGURATION = """
version: 1
connections:
  - name: main
    api_url: {peer.url}
    api_key: {peer.api_key}
    client_id: {peer.client_id}
    client_secret: {peer.client_secret}
    grant: password
    username: '{peer.username}'
    password: {peer.password}
objects:
  - {{name: sales-queue, title: Sales, connection: main, type: Queue, id: 8001@SIP_Switch}}
  - {{name: service-queue, title: Service, connection: main, type: Queue, id: 8002@SIP_Switch}}
statistics:
  - {{name: calls-waiting, title: Calls waiting, statistic: CurrNumberWaitingCalls, unit: count}}
  - {{name: longest-wait, title: Longest wait, statistic: CurrMaxCallWaitingTime, unit: seconds}}
  - {{name: service-level, title: Service level, statistic: ServiceLevel, unit: percent}}
  - {{name: answered, title: Answered, statistic: TotalAnswered, unit: count}}
teams:
  - {{name: sales, title: Sales}}
wallboards:
  - slug: sales
    title: Sales floor
    team: sales
    tiles:
      - {{id: waiting, kind: number, title: Waiting, series: [{{statistic: calls-waiting, object: sales-queue}}],
         position: {{x: 0, y: 0, w: 3, h: 2}}}}
      - {{id: longest, kind: number, title: Longest, series: [{{statistic: longest-wait, object: sales-queue}}],
         position: {{x: 3, y: 0, w: 3, h: 2}}}}
      - {{id: level, kind: gauge, title: Level, series: [{{statistic: service-level, object: sales-queue}}],
         position: {{x: 6, y: 0, w: 6, h: 2}}}}
      - {{id: hour, kind: trend, title: The last hour, series: [{{statistic: calls-waiting, object: sales-queue}}],
         position: {{x: 0, y: 2, w: 12, h: 3}}}}
  - {{slug: empty, title: Empty board, team: sales}}
"""
EDIT = "/wallboards/sales/edit/"
#: In one process; the key of a superuser's session is printed last.
PREPARE = f"""
import sys
from dashboard.configfile import apply_text
apply_text(sys.stdin.read(), "configuration.yaml", {{}})
{SESSION}"""
#: Notes the moment at which a text is in the page.
NOTE_WHEN_SHOWN = """(text) => {
  const look = () => { if (document.body.textContent.includes(text)) window.shown ??= Date.now(); };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""
#: What the loaded machine of a test may take for what a person would call at once.
PATIENCE_MS = 30_000


class Studio:
    """The installation; ``reset`` brings the board ``sales`` back to what it was."""

    def __init__(self, folder: Path, peer: GenesysPeer) -> None:
        self.installation = Installation(folder)
        self.peer = peer

    async def __aenter__(self) -> Self:
        self.installation.begin()
        configuration = CONFIGURATION.format(peer=self.peer)
        told = await asyncio.to_thread(self.installation.manage, "shell", "-v0", "-c", PREPARE, stdin=configuration)
        await asyncio.to_thread(self.installation.start)
        self.client = httpx.Client(base_url=self.url, cookies={"sessionid": told.split()[-1]}, timeout=60)
        self.client.get(EDIT)
        self.original = self.stored()["wallboard"]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.client.close()
        await asyncio.to_thread(self.installation.stop)

    @property
    def url(self) -> str:
        return self.installation.url

    def stored(self, slug: str = "sales") -> dict[str, Any]:
        board: dict[str, Any] = self.client.get(f"/wallboards/{slug}/edit/document/").json()
        return board

    def places(self) -> dict[str, tuple[int, ...]]:
        """What is stored: x, y, width and height by tile."""
        return {
            tile["id"]: tuple(tile["position"][key] for key in "xywh") for tile in self.stored()["wallboard"]["tiles"]
        }

    def save(self, wallboard: dict[str, Any], slug: str = "sales") -> None:
        """Store a board, as somebody else at another screen would."""
        answer = self.client.put(
            f"/wallboards/{slug}/edit/document/",
            json={"revision": self.stored(slug)["revision"], "wallboard": wallboard},
            headers={"X-CSRFToken": self.client.cookies["csrftoken"]},
        )
        assert answer.status_code == 200, answer.text

    def reset(self) -> None:
        self.save(self.original)

    async def publish(self, name: str, value: int) -> None:
        """Let the contact centre notify a value of a statistic that is open, once it is."""
        async with asyncio.timeout(PATIENCE_MS / 1000):
            while True:
                for entry in await self.peer.subscriptions():
                    for statistic in entry["statistics"]:
                        if statistic["name"] == name:
                            told = {"intValue": value, "stringValue": str(value)}
                            await self.peer.publish(entry["id"], statistic["statisticId"], told, 2_000_000_000_000)
                            return
                await asyncio.sleep(0.05)


class EditorPage:
    """The editor in a page of its own, and words for what a person does there."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def cell(self, tile: str) -> Locator:
        return self.page.locator(f'[data-cell="{tile}"]')

    def panel(self) -> Locator:
        return self.page.locator("#panel")

    async def place(self, tile: str) -> tuple[int, ...]:
        """Where the grid shows a tile: x, y, width, height."""
        area: str = await self.cell(tile).evaluate("(cell) => cell.style.gridArea")
        row, column, height, width = (int(part.strip().removeprefix("span ")) for part in area.split("/"))
        return column - 1, row - 1, width, height

    async def expect_place(self, tile: str, x: int, y: int, w: int, h: int) -> None:
        area = f"{y + 1} / {x + 1} / span {h} / span {w}"
        await expect(self.cell(tile)).to_have_attribute("style", f"grid-area: {area};", timeout=PATIENCE_MS)

    async def drag(self, tile: str, columns: float, rows: float, *, corner: bool = False) -> None:
        """With the mouse, by so many cells; ``corner``: by the tile's corner."""
        start, end = await self.way(tile, columns, rows, corner=corner)
        await self.page.mouse.move(*start)
        await self.page.mouse.down()
        await self.page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=3)
        await self.page.mouse.move(*end, steps=3)
        await self.page.mouse.up()

    async def swipe(self, tile: str, columns: float, rows: float, *, corner: bool = False) -> None:
        """With a finger, by so many cells."""
        touch = await self.page.context.new_cdp_session(self.page)
        (x, y), end = await self.way(tile, columns, rows, corner=corner)
        half = ((x + end[0]) / 2, (y + end[1]) / 2)
        for kind, point in (("touchStart", (x, y)), ("touchMove", half), ("touchMove", end), ("touchEnd", None)):
            points = [{"x": point[0], "y": point[1]}] if point else []
            await touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    async def way(
        self, tile: str, columns: float, rows: float, *, corner: bool = False
    ) -> tuple[tuple[float, float], tuple[float, float]]:
        box = await self.cell(tile).bounding_box()
        board = await self.page.locator("#board").bounding_box()
        grid = await self.page.locator("#board").evaluate(
            "(board) => ['--columns', '--rows'].map((name) => Number(board.style.getPropertyValue(name)))"
        )
        assert box
        assert board
        x = box["x"] + (box["width"] - 6 if corner else box["width"] / 2)
        y = box["y"] + (box["height"] - 6 if corner else box["height"] / 2)
        return (x, y), (x + columns * board["width"] / grid[0], y + rows * board["height"] / grid[1])

    async def said(self, text: str) -> None:
        """The screen reader was told."""
        await expect(self.page.locator("#announcer")).to_contain_text(text, timeout=PATIENCE_MS)

    async def state(self, text: str) -> None:
        await expect(self.page.locator("#state")).to_contain_text(text, timeout=PATIENCE_MS)

    async def save(self) -> None:
        await self.page.get_by_role("button", name="Save", exact=True).first.click()

    async def saved(self) -> None:
        await self.save()
        await self.state("Saved at")


class Editors:
    """Opens editors; at the end none may have written an error or asked anything outside of its site."""

    def __init__(self, pages: Pages, studio: Studio) -> None:
        self.pages = pages
        self.studio = studio
        self.problems: list[str] = []
        self.expected: list[str] = []

    async def page(self, path: str, **options: Any) -> Page:
        options = {"viewport": {"width": 1920, "height": 1080}} | options
        page = await self.pages.new(self.studio.url, session=self.studio.client.cookies["sessionid"], **options)
        page.on("console", lambda message: self.problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        own = (self.studio.url, self.studio.url.replace("http", "ws"), "data:", "blob:")
        page.on("request", lambda one: None if one.url.startswith(own) else self.problems.append(f"asked {one.url}"))
        await page.goto(f"{self.studio.url}{path}", wait_until="commit")
        return page

    async def open(self, path: str = EDIT, **options: Any) -> EditorPage:
        editor = EditorPage(await self.page(path, **options))
        await expect(editor.page.locator("#board")).not_to_have_attribute("aria-busy", "true", timeout=PATIENCE_MS)
        if path == EDIT:
            # The server's description is there when a tile draws its value.
            await expect(editor.cell("waiting").locator(".tb-value")).to_have_count(1, timeout=PATIENCE_MS)
        return editor

    def unexpected(self) -> list[str]:
        return [one for one in self.problems if not any(part in one for part in self.expected)]


@contextlib.asynccontextmanager
async def opened_editors(pages: Pages, studio: Studio) -> AsyncIterator[Editors]:
    editors = Editors(pages, studio)
    yield editors
    assert editors.unexpected() == []
