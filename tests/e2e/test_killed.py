"""The processes of an installation over Redis, each killed in turn without a warning while screens are open."""

import asyncio
import contextlib
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets
from playwright.async_api import Page, async_playwright, expect

from statsbridge.simulator.tokens import Credentials
from tests.browser.conftest import completed
from tests.browser.launch import launch_chromium
from tests.dashboard.live import COMMANDS, RedisServer
from tests.e2e.installation import ROOT, Installation, deadline, free_port, wait_for_http
from tests.e2e.test_peer_to_screen import CONFIGURATION
from tests.peers.genesys import GenesysPeer

WALLBOARD = """
version: 1
connections:
  - {{name: main, api_url: "{url}", api_key: "{sample.api_key}", client_id: "{sample.client_id}", grant: password,
     client_secret: "{sample.client_secret}", username: '{sample.username}', password: "{sample.password}"}}
objects:
  - {{name: sales-queue, title: Sales, connection: main, type: Queue, id: 8001@SIP_Switch}}
statistics:
  - {{name: calls-answered, title: Calls answered, statistic: Total_Answered, unit: count}}
teams:
  - {{name: sales, title: Sales}}
wallboards:
  - slug: sales
    title: Sales floor
    team: sales
    tiles:
      - {{id: answered, kind: number, title: Answered, series: [{{statistic: calls-answered, object: sales-queue}}],
         position: {{x: 0, y: 0, w: 12, h: 4}}}}
"""


class Processes:
    """Web processes and workers of one installation, by name."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *arguments: str) -> None:
        with (self.installation.folder / f"{name}.log").open("ab") as output:
            self.running[name] = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.installation.environment,
                stdout=output,
                stderr=output,
            )

    def start_web(self, port: int) -> None:
        self.start(f"web-{port}", "-m", *(part.format(port=port) for part in COMMANDS["daphne"]))
        log = self.installation.folder / f"web-{port}.log"
        wait_for_http(f"http://127.0.0.1:{port}/healthz", self.running[f"web-{port}"], log)

    def start_worker(self) -> None:
        self.start("worker", "manage.py", "runworker", "statsbridge")

    def start_simulator(self, port: int) -> None:
        self.start("simulator", "manage.py", "simulator", "--port", str(port))
        log = self.installation.folder / "simulator.log"
        wait_for_http(f"http://127.0.0.1:{port}/_sim/state", self.running["simulator"], log)

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        process.kill()
        process.wait(10)


class Wall:
    """A screen that opens its socket again whenever it is lost, and what it shows."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port = port
        self.cookie = cookie
        self.wire: list[Any] = []
        self.series = ""
        self.opened = 0
        self.news = asyncio.Event()

    async def run(self) -> None:
        while True:
            with contextlib.suppress(OSError, websockets.WebSocketException):
                async with websockets.connect(
                    f"ws://127.0.0.1:{self.port}/ws/wallboards/sales/",
                    additional_headers={"Cookie": self.cookie},
                    origin=websockets.Origin(f"http://127.0.0.1:{self.port}"),
                ) as connection:
                    self.opened += 1
                    async for text in connection:
                        await self.take(connection, json.loads(text))
            await asyncio.sleep(0.05)

    async def take(self, connection: Any, frame: dict[str, Any]) -> None:
        if frame["type"] == "snapshot":
            self.series = next(key for key, one in frame["series"].items() if one["statistic"] == "calls-waiting")
        if self.series in frame.get("values", {}):
            self.wire = frame["values"][self.series]
            self.news.set()
        await connection.send(json.dumps({"type": "ack", "seq": frame["seq"]}))

    async def until(self, value: Any) -> None:
        """Until the value is shown as one of now."""
        async with asyncio.timeout(30):
            while [*self.wire[:1], *self.wire[2:]] != [value, "ok"]:
                self.news.clear()
                await self.news.wait()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def peer() -> AsyncIterator[GenesysPeer]:
    async with GenesysPeer(refused=["NoSuchStatistic"]) as peer:
        yield peer


@pytest.fixture
def processes(tmp_path: Path, redis_server: RedisServer, peer: GenesysPeer) -> Iterator[Processes]:
    installation = Installation(tmp_path, REDIS_URL=redis_server.url)
    installation.manage("migrate", "-v0")
    (tmp_path / "configuration.yaml").write_text(CONFIGURATION.format(url=peer.url, peer=peer), encoding="utf-8")
    installation.manage("applyconfig", str(tmp_path / "configuration.yaml"))
    processes = Processes(installation)
    yield processes
    for name in list(processes.running):
        processes.kill(name)


async def publish(peer: GenesysPeer, value: int, before: set[str]) -> set[str]:
    """Publish to the subscription that is not one of ``before``; returns all there are."""
    async with asyncio.timeout(30):
        while True:
            open_now = await peer.subscriptions()
            fresh = [entry for entry in open_now if entry["id"] not in before]
            if fresh:
                break
            await asyncio.sleep(0.1)  # another process opens it
    entry = fresh[-1]
    content = {"intValue": value, "stringValue": str(value)}
    await peer.publish(entry["id"], entry["statistics"][0]["statisticId"], content, 2_000_000_000_000 + value)
    return {entry["id"] for entry in open_now}


async def test_screens_come_back_whatever_of_web_and_worker_is_killed(processes: Processes, peer: GenesysPeer) -> None:
    cookie = await asyncio.to_thread(processes.installation.session)
    ports = [free_port(), free_port()]
    for port in ports:
        await asyncio.to_thread(processes.start_web, port)
    processes.start_worker()
    walls = [Wall(port, cookie) for port in ports]
    async with asyncio.TaskGroup() as group:
        showing = [group.create_task(wall.run()) for wall in walls]

        async def all_show(value: int) -> None:
            await asyncio.gather(*(wall.until(value) for wall in walls))

        subscriptions = await publish(peer, 1, set())
        await all_show(1)

        processes.kill(f"web-{ports[0]}")
        await publish(peer, 2, set())
        await walls[1].until(2)
        await asyncio.to_thread(processes.start_web, ports[0])
        await all_show(2)
        assert [wall.opened for wall in walls] == [2, 1]

        processes.kill(f"web-{ports[1]}")
        await asyncio.to_thread(processes.start_web, ports[1])
        await publish(peer, 3, set())
        await all_show(3)
        assert [wall.opened for wall in walls] == [2, 2]

        processes.kill("worker")
        processes.start_worker()
        await publish(peer, 4, subscriptions)
        await all_show(4)
        assert [wall.opened for wall in walls] == [2, 2]
        for one in showing:
            one.cancel()


class BrowserWall:
    """A screen in a real browser, with its one tile."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.lamp = page.locator("#lamp")
        self.tile = page.locator(".tile")
        self.value = page.locator(".tb-value")

    async def is_live(self, seconds: float) -> None:
        await expect(self.lamp).to_have_attribute("data-state", "live", timeout=seconds * 1000)
        await expect(self.tile).to_have_attribute("data-state", "live", timeout=seconds * 1000)

    async def names(self, link: str) -> None:
        """Within 15 s the lamp names the link; the number stays, and gets its mark when its age or its link says so."""
        await expect(self.lamp).to_contain_text(link, timeout=15_000)
        last = await self.value.inner_text()
        assert last.replace(",", "").isdecimal()
        await expect(self.tile).to_have_attribute("data-state", re.compile("late|stale"), timeout=30_000)
        await expect(self.tile.locator(".tile-foot")).to_contain_text("◷")
        await expect(self.value).to_have_text(last)


def wait_for_bridge(port: int) -> None:
    """Until the bridge, started anew, is there: what comes after that is what a screen waits for."""
    for _ in deadline(60):
        if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).json()["checks"]["bridge"]["ok"]:
            return
    raise AssertionError("the bridge did not come back")


@pytest.fixture
def with_simulator(tmp_path: Path, redis_server: RedisServer) -> Iterator[tuple[Processes, int]]:
    """An installation that takes its values from the simulator, which is to listen on the port."""
    port = free_port()
    installation = Installation(tmp_path, REDIS_URL=redis_server.url)
    installation.prepare(WALLBOARD.format(url=f"http://127.0.0.1:{port}", sample=Credentials()))
    processes = Processes(installation)
    yield processes, port
    for name in list(processes.running):
        processes.kill(name)


async def test_a_browser_names_the_link_that_was_killed_and_is_live_again_without_a_reload(
    with_simulator: tuple[Processes, int],
) -> None:
    processes, simulator = with_simulator
    port = free_port()
    name, session = (await asyncio.to_thread(processes.installation.session)).split("=")
    await asyncio.to_thread(processes.start_simulator, simulator)
    await asyncio.to_thread(processes.start_web, port)
    processes.start_worker()
    async with async_playwright() as playwright, launch_chromium(playwright) as browser:
        context = await browser.new_context(service_workers="block")
        await context.add_cookies([{"name": name, "value": session, "url": f"http://127.0.0.1:{port}"}])
        page = await context.new_page()
        await page.goto(f"http://127.0.0.1:{port}/wallboards/sales/")
        await page.evaluate("window.neverReloaded = true")
        wall = BrowserWall(page)
        await wall.is_live(60)
        # A page that still lacks a file of its own is loaded anew, and rightly so.
        await completed(page)

        processes.kill(f"web-{port}")
        await wall.names("This screen")
        await asyncio.to_thread(processes.start_web, port)
        await wall.is_live(10)

        processes.kill("worker")
        await wall.names("Bridge")
        processes.start_worker()
        await asyncio.to_thread(wait_for_bridge, port)
        await wall.is_live(10)

        processes.kill("simulator")
        await wall.names("Genesys")
        await asyncio.to_thread(processes.start_simulator, simulator)
        await wall.is_live(10)
        assert await page.evaluate("window.neverReloaded")
