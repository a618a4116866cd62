"""``make demo`` as a newcomer runs it: in an empty folder, then looked at in a real browser."""

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from playwright.async_api import Page, async_playwright

from tests.browser.launch import launch_chromium
from tests.e2e.installation import ROOT, deadline, free_port

DEMO = yaml.safe_load((ROOT / "dashboard/demo/demo.yaml").read_text(encoding="utf-8"))
BOARDS = [board["slug"] for board in DEMO["wallboards"]]
STATISTICS = {entry["name"]: entry.get("statistic") or entry["definition"] for entry in DEMO["statistics"]}
OBJECTS = {entry["name"]: (entry["type"], entry["id"]) for entry in DEMO["objects"]}
#: States whose agents the demo's boards count but do not list.
HIDDEN = {state for board in DEMO["wallboards"] for tile in board["tiles"] for state in tile.get("hide", ())}
#: Stat Server's numbers for the states of an agent, from the native enumerations.
STATES = {
    4: "WaitForNextCall",
    5: "OffHook",
    6: "CallDialing",
    7: "CallRinging",
    8: "NotReadyForNextCall",
    9: "AfterCallWork",
    13: "CallOnHold",
    18: "CallUnknown",
    19: "CallConsult",
    20: "CallInternal",
    21: "CallOutbound",
    22: "CallInbound",
    23: "LoggedOut",
}


@dataclass
class Demo:
    url: str
    simulator: str
    portal: str
    user: str
    password: str


def checkout(folder: Path) -> None:
    """What a clone of this commit would hold: the tracked files, and nothing that was installed or made since."""
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    for name in filter(None, files):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("clone")
    checkout(folder)
    installed = ROOT / ".venv/.installed"
    # make test has just installed the same; that it can be installed is a test of its own.
    if installed.exists() and installed.stat().st_mtime > (folder / "pyproject.toml").stat().st_mtime:
        (folder / ".venv").symlink_to(ROOT / ".venv")
    with made(folder) as demo:
        yield demo


@contextmanager
def made(folder: Path) -> Iterator[Demo]:
    """``make demo`` in that folder, until it is ready, and its end by Ctrl-C."""
    port, simulator_port = free_port(), free_port()
    kept = (
        "PATH",
        "HOME",
        "LANG",
        "PIP_INDEX_URL",
        "PIP_CONFIG_FILE",
        "PIP_CACHE_DIR",
        "PIP_FIND_LINKS",
        "SSL_CERT_FILE",
    )
    log = folder / "demo.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["make", "demo", f"PORT={port}", f"SIMULATOR_PORT={simulator_port}"],
            cwd=folder,
            env={name: os.environ[name] for name in kept if name in os.environ},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        printed = ""
        for _ in deadline(240):
            printed = log.read_text(encoding="utf-8", errors="replace")
            assert process.poll() is None, printed
            if "Ctrl-C ends the demo" in printed:
                break
        user = re.search(r"Sign in as\s+(\S+)", printed)
        password = re.search(r"Password\s+(\S+)", printed)
        assert user, printed
        assert password, printed
        portal = re.search(r"Test portal\s+(\S+)/", printed)
        assert portal, printed
        simulator = f"http://127.0.0.1:{simulator_port}"
        yield Demo(f"http://127.0.0.1:{port}", simulator, portal[1], user[1], password[1])
    finally:
        # Ctrl-C reaches the whole foreground group of a terminal.
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=20)
    for address in (port, simulator_port):
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{address}/", timeout=2)


@pytest.mark.soak
def test_a_newcomers_empty_folder_becomes_a_demo(tmp_path: Path) -> None:
    """With an environment of its own, and everything installed into it."""
    checkout(tmp_path)
    with made(tmp_path) as demo, httpx.Client(base_url=demo.url) as client:
        assert client.get("/readyz").json()["ok"]
    assert (tmp_path / ".venv/.installed").exists()
    assert not (tmp_path / ".venv").is_symlink()


async def sign_in(page: Page, demo: Demo) -> None:
    await page.goto(f"{demo.url}/accounts/login/")
    await page.fill("input[name=username]", demo.user)
    await page.fill("input[name=password]", demo.password)
    await page.click("[type=submit]")


#: Every tile, and for each series in it the newest value the page shows and its state.
READ_TILES = """() => Object.fromEntries([...document.querySelectorAll('[data-tile]')].map((tile) => [
    tile.dataset.tile,
    { kind: tile.dataset.kind, state: tile.dataset.state, text: tile.innerText,
      values: [...tile.querySelectorAll('[data-series]')].map(({ dataset }) => [
          dataset.series, dataset.value, dataset.state]) },
]))"""


@pytest.mark.parametrize("slug", BOARDS)
async def test_every_tile_of_a_demo_board_shows_a_live_value_within_five_seconds(demo: Demo, slug: str) -> None:
    async with async_playwright() as playwright, launch_chromium(playwright) as browser:
        page = await browser.new_page(viewport={"width": 1920, "height": 1080})
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        await sign_in(page, demo)
        await page.goto(f"{demo.url}/wallboards/{slug}/")
        await page.wait_for_function(
            """() => { const tiles = [...document.querySelectorAll('[data-tile]')];
                const shown = (tile) => tile.dataset.kind === 'text' || tile.querySelector('[data-series]') !== null;
                return tiles.length > 0 && tiles.every((tile) => tile.dataset.state === 'live' && shown(tile)); }""",
            timeout=5000,
        )
        tiles: dict[str, Any] = await page.evaluate(READ_TILES)
        board = next(board for board in DEMO["wallboards"] if board["slug"] == slug)
        assert len(tiles) == len(board["tiles"])
        for name, tile in tiles.items():
            assert tile["text"].strip(), name
            if tile["kind"] != "text":
                assert tile["values"], f"{name} shows no series"
        assert not errors


async def test_the_demo_boards_show_what_the_service_notified_and_follow_its_changes(demo: Demo) -> None:
    async with async_playwright() as playwright, launch_chromium(playwright) as browser:
        watches = []
        for slug in BOARDS:
            # A window each, because a tab in the background turns no pages; at a phone's width pages are fewest.
            page = await (await browser.new_context(viewport={"width": 390, "height": 844})).new_page()
            await sign_in(page, demo)
            watches.append(Watch(page, slug))
        for watch in watches:
            await watch.open(demo)
        async with httpx.AsyncClient(timeout=10) as client:
            for _ in deadline(90):
                notified = read_notified((await client.get(f"{demo.simulator}/_sim/state")).json())
                for watch in watches:
                    await watch.compare(notified)
                if all(watch.done for watch in watches):
                    break
        assert not {watch.slug: watch.differences for watch in watches if watch.differences}
        assert all(watch.changed for watch in watches)


async def test_the_demos_portal_shows_two_boards_live_and_what_they_say(demo: Demo) -> None:
    async with async_playwright() as playwright, launch_chromium(playwright) as browser:
        page = await browser.new_page(viewport={"width": 1920, "height": 1080})
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        await page.goto(demo.portal)
        for slug in ("sales", "overview"):
            frame = page.frame_locator(f"iframe[data-board={slug}]")
            said = page.locator(f"#log [data-board={slug}][data-kind=link]", has_text="live")
            await said.first.wait_for(timeout=60_000)
            await frame.locator("[data-tile] [data-series][data-state=live]").first.wait_for(timeout=60_000)
            height = await page.locator(f"iframe[data-board={slug}]").evaluate("frame => frame.clientHeight")
            assert height > 400, "it has the height that it asked for"
        # The floor sees initials, the lobby nobody.
        agents = page.frame_locator("iframe[data-board=sales]").locator("[data-kind=agents]")
        assert not re.search(r"Maria|Lopez|Aisha|Khan", await agents.inner_text())
        assert not await page.context.cookies()
        assert not errors


#: (name or definition, object type, object id): how the service tells statistics apart.
Source = tuple[str, str, str]


def read_notified(state: dict[str, Any]) -> dict[Source, Any]:
    return {
        (
            json.dumps(entry.get("name") or entry["definition"], sort_keys=True),
            entry["objectType"],
            entry["objectId"],
        ): entry["notified"]
        for subscription in state["subscriptions"]
        for entry in subscription["statistics"]
    }


class Watch:
    """One board in one page, compared series by series until each has agreed with the service and one has changed."""

    def __init__(self, page: Page, slug: str) -> None:
        self.page, self.slug = page, slug
        self.sources: dict[str, Source] = {}
        self.differences: dict[str, tuple[Source, str | None, Any]] = {}
        self.seen: dict[str, set[str]] = {}

    @property
    def changed(self) -> bool:
        return any(len(values) > 1 for values in self.seen.values())

    @property
    def done(self) -> bool:
        return self.changed and not self.differences

    async def open(self, demo: Demo) -> None:
        self.page.on("websocket", lambda socket: socket.on("framereceived", self.learn))
        await self.page.goto(f"{demo.url}/wallboards/{self.slug}/")
        await self.page.wait_for_selector("[data-tile] [data-series][data-state=live]")

    def learn(self, payload: str | bytes) -> None:
        frame = json.loads(payload)
        if frame["type"] == "snapshot":
            for key, series in frame["series"].items():
                measured = json.dumps(STATISTICS[series["statistic"]], sort_keys=True)
                self.sources[key] = (measured, *OBJECTS[series["object"]["name"]])
                self.differences.setdefault(key, (self.sources[key], None, None))

    async def compare(self, notified: dict[Source, Any]) -> None:
        tiles = await self.page.evaluate(READ_TILES)
        shown = {key: value for tile in tiles.values() for key, value, state in tile["values"] if state == "live"}
        for key in set(self.differences) - set(shown):
            if STATES.get(status_of(notified.get(self.sources[key]))) in HIDDEN:
                # The board leaves such agents out on purpose; that it does is the agreement.
                del self.differences[key]
        for key, value in shown.items():
            self.seen.setdefault(key, set()).add(value)
            if key in self.differences:
                source = self.sources[key]
                if same(json.loads(value), notified.get(source)):
                    del self.differences[key]
                else:
                    self.differences[key] = (source, value, notified.get(source))


def status_of(notified: Any) -> int:
    """The number of an agent's state; 0 for anything that is no such state."""
    return notified.get("status", 0) if isinstance(notified, dict) else 0


def same(shown: Any, notified: Any) -> bool:
    """Whether a value in the page is the one the service notified."""
    if shown is None or notified is None:
        return shown is None and notified is None
    if not isinstance(notified, dict):
        return abs(float(shown) - float(notified)) < 0.01
    if "agents" in notified:
        return {agent["id"]: agent["state"] for agent in shown["agents"]} == {
            agent["agentId"]: STATES[agent["status"]] for agent in notified["agents"]
        }
    return shown["state"] == STATES[notified["status"]] and shown["since"] == notified["time"] * 1000
