"""A site under attack: ``serve`` (or stock Daphne) with the simulator behind it, and screens that must not notice."""

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jwt
import websockets

from tests.chaos.site import CONFIGURATION, zone_at_noon
from tests.e2e.installation import ROOT, Installation, free_port, wait_for_http

#: Of a screen, between two heartbeats: they come every 5 s, and after 15 s without one it says that it is cut off.
SILENCE_MOST = 15.0
MIB = 1024 * 1024


class Site:
    """One installation, attacked through ``port``; ``descriptors`` is what its process may open at most."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.installation = Installation(folder, **environment)
        self.simulator: subprocess.Popen[bytes] | None = None
        self.server: subprocess.Popen[bytes] | None = None
        self.port = self.installation.port
        self.session = ""
        self.key: dict[str, str] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self.server is not None
        return self.server.pid

    def start(self, server: str = "serve", descriptors: int = 0) -> None:
        simulator = free_port()
        busy = ("--agents", "12", "--queues", "3", "--seed", "3", "--timezone", zone_at_noon())
        self.simulator = self._run("simulator", "manage.py", "simulator", "--port", str(simulator), *busy)
        wait_for_http(f"http://127.0.0.1:{simulator}/_sim/state", self.simulator, self.folder / "simulator.log")
        self.installation.prepare(CONFIGURATION.format(url=f"http://127.0.0.1:{simulator}"))
        self.session = self.installation.session().removeprefix("sessionid=")
        self.key = json.loads(self.installation.manage("embedkey", "create", "--team", "floor"))
        command = {
            "serve": ("manage.py", "serve", "--port", str(self.port)),
            "daphne": ("-m", "daphne", "-p", str(self.port), "dashboard.asgi:application"),
        }[server]
        self.server = self._run(server, *command, descriptors=descriptors)
        wait_for_http(f"{self.url}/healthz", self.server, self.folder / f"{server}.log")

    def _run(self, name: str, *arguments: str, descriptors: int = 0) -> subprocess.Popen[bytes]:
        command = [sys.executable, *arguments]
        if descriptors:
            command = ["prlimit", f"--nofile={descriptors}:{descriptors}", *command]
        with (self.folder / f"{name}.log").open("ab") as output:
            return subprocess.Popen(command, cwd=ROOT, env=self.installation.environment, stdout=output, stderr=output)

    def stop(self) -> None:
        for process in (self.server, self.simulator):
            if process is not None:
                process.terminate()
                process.wait(20)

    def log(self, name: str = "serve") -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def token(self, **claims: Any) -> str:
        now = int(time.time())
        return jwt.encode(
            {"wallboard": "floor", "iat": now, "exp": now + 3600, **claims},
            self.key["secret"],
            algorithm="HS256",
            headers={"kid": self.key["id"]},
        )

    # -- what the process holds -----------------------------------------------------------------------------------

    def resident(self) -> float:
        """MiB of memory at this moment."""
        return self._status("VmRSS")

    def peak(self) -> float:
        """MiB of memory at most since ``forget_peak``."""
        return self._status("VmHWM")

    def forget_peak(self) -> None:
        Path(f"/proc/{self.pid}/clear_refs").write_text("5", encoding="ascii")

    def _status(self, name: str) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(next(line for line in status.splitlines() if line.startswith(name)).split()[1]) / 1024


class Watched:
    """A legitimate screen: what it saw, and the longest it heard nothing."""

    def __init__(self) -> None:
        self.heartbeats = 0
        self.updates = 0
        self.longest = 0.0
        self.seen = asyncio.Event()

    async def watch(self, socket: websockets.ClientConnection) -> None:
        last = time.monotonic()
        async for text in socket:
            frame = json.loads(text)
            now = time.monotonic()
            self.longest, last = max(self.longest, now - last), now
            self.heartbeats += frame["type"] == "heartbeat"
            self.updates += frame["type"] == "update"
            if "seq" in frame:
                await socket.send(json.dumps({"type": "ack", "seq": frame["seq"]}))
            self.seen.set()
        raise AssertionError("the screen was closed")


@contextlib.asynccontextmanager
async def screens(site: Site) -> AsyncIterator[list[Watched]]:
    """A person's screen and a portal's, watched until the attack is over; they must have been served all the time."""
    async with contextlib.AsyncExitStack() as stack:
        person = await stack.enter_async_context(
            websockets.connect(
                f"ws://127.0.0.1:{site.port}/ws/wallboards/floor/",
                additional_headers={"Cookie": f"sessionid={site.session}"},
                origin=websockets.Origin(site.url),
                max_size=None,
                open_timeout=30,
            )
        )
        portal = await stack.enter_async_context(portal_screen(site))
        watched = [Watched(), Watched()]
        tasks = [asyncio.create_task(one.watch(socket)) for one, socket in zip(watched, (person, portal), strict=True)]
        try:
            for one in watched:
                await asyncio.wait_for(one.seen.wait(), 30)
            yield watched
            # One more frame each: they live, and a pause at the very end counts.
            for one in watched:
                one.seen.clear()
                await asyncio.wait_for(one.seen.wait(), SILENCE_MOST)
            for one, task in zip(watched, tasks, strict=True):
                assert not task.done(), task
                assert one.longest < SILENCE_MOST, f"nothing for {one.longest:.1f} s"
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def portal_screen(site: Site) -> AsyncIterator[websockets.ClientConnection]:
    """A frame in a portal that shows its token at once."""
    async with websockets.connect(
        f"ws://127.0.0.1:{site.port}/ws/embed/floor/", max_size=None, open_timeout=30
    ) as socket:
        await socket.send(json.dumps({"type": "auth", "token": site.token()}))
        yield socket
