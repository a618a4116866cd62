"""A real installation in a temporary folder: its own database, real processes, reached over HTTP and WebSockets."""

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import websockets

ROOT = Path(__file__).resolve().parents[2]
SESSION = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
user, _ = get_user_model().objects.get_or_create(username="everybody", is_superuser=True)
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
print(session.session_key)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def new_installation() -> Path:
    """The folder of data of an installation that was only migrated, with static files; made once for all processes."""
    folder = Path(os.environ["TEST_INSTALLATION"])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            made = Installation(folder)
            made.manage("migrate", "-v0")
            made.manage("collectstatic", "--noinput", "-v0")
            (folder / "made").touch()
    return folder / "var"


class Installation:
    """``manage.py`` commands and one ``serve`` process over a database of their own under ``folder``."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "NODE_PATH")}
        self.environment = {
            **kept,
            "SECRET_KEY": "only-for-a-test-installation-0123456789abcdefghij",
            "VAR_DIR": str(folder / "var"),
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / "serve.log"

    def manage(self, *arguments: str, status: int = 0, stdin: str = "") -> str:
        """Run a management command; its exit status must be ``status``. Returns what it printed, errors included."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            input=stdin,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
        assert done.returncode == status, f"{arguments}: status {done.returncode}\n{done.stdout}"
        return done.stdout

    def begin(self) -> None:
        """Migrate and collect static files."""
        shutil.copytree(new_installation(), self.environment["VAR_DIR"], dirs_exist_ok=True)
        if "DATABASE_URL" in self.environment:
            self.manage("migrate", "-v0")

    def prepare(self, configuration: str) -> None:
        """Migrate, collect static files, apply ``configuration`` and make the superuser ``admin``."""
        self.begin()
        file = self.folder / "configuration.yaml"
        file.write_text(configuration, encoding="utf-8")
        self.manage("applyconfig", str(file))
        self.environment["DJANGO_SUPERUSER_PASSWORD"] = "sample-password-1"
        self.manage("createsuperuser", "--noinput", "--username", "admin", "--email", "admin@example.com")

    def session(self) -> str:
        """The cookie of a person who may see everything, without a page of the sign-in."""
        return f"sessionid={self.manage('shell', '-v0', '-c', SESSION).split()[-1]}"

    def start(self) -> None:
        """Start ``serve`` and wait until it answers."""
        output = self.log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(self.port)],
            cwd=ROOT,
            env=self.environment,
            stdout=output,
            stderr=output,
        )
        output.close()
        wait_for_http(f"{self.url}/healthz", self.process, self.log)

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(timeout=15)
            self.process = None

    def sign_in(self) -> httpx.Client:
        """A client with the session of the superuser."""
        client = httpx.Client(base_url=self.url, follow_redirects=True, timeout=20)
        page = client.get("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, page.text
        answer = client.post(
            "/accounts/login/",
            data={"csrfmiddlewaretoken": token[1], "username": "admin", "password": "sample-password-1"},
        )
        assert client.cookies.get("sessionid"), answer.text
        return client

    @contextlib.asynccontextmanager
    async def screen(self, slug: str, session: str, port: int = 0) -> AsyncIterator["Screen"]:
        """A WebSocket of a signed-in screen, as a browser on the wallboard's page opens it."""
        address = f"127.0.0.1:{port or self.port}"
        async with websockets.connect(
            f"ws://{address}/ws/wallboards/{slug}/",
            additional_headers={"Cookie": f"sessionid={session}"},
            origin=websockets.Origin(f"http://{address}"),
            max_size=None,
        ) as connection:
            yield Screen(connection)


class Screen:
    """What one screen has been told, acknowledged as it comes."""

    def __init__(self, connection: websockets.ClientConnection) -> None:
        self.connection = connection
        self.frames: list[dict[str, Any]] = []
        self.values: dict[str, list[Any]] = {}
        self.series: dict[str, dict[str, Any]] = {}
        self.links: dict[str, dict[str, Any]] = {}

    async def read(self) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(await self.connection.recv())
        self.frames.append(frame)
        if frame["type"] == "snapshot":
            self.values, self.series, self.links = frame["values"], frame["series"], frame["links"]
        elif frame["type"] == "update":
            self.values.update(frame.get("values", {}))
        elif frame["type"] == "link":
            self.links[frame["connection"]] = frame
        if "seq" in frame:
            await self.connection.send(json.dumps({"type": "ack", "seq": frame["seq"]}))
        return frame

    def id_of(self, statistic: str, name: str) -> str:
        return next(
            key
            for key, series in self.series.items()
            if series["statistic"] == statistic and series["object"]["name"] == name
        )

    def value_of(self, statistic: str, name: str) -> list[Any]:
        return self.values[self.id_of(statistic, name)]


def wait_for_http(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    """Wait until ``url`` answers 200; a process that ends first fails with what it printed."""
    for _ in deadline(seconds):
        assert process.poll() is None, log.read_text(encoding="utf-8", errors="replace")
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(url, timeout=5).status_code == 200:
                return
    raise AssertionError(f"{url} did not answer in {seconds} s:\n{log.read_text(encoding='utf-8', errors='replace')}")


def deadline(seconds: float, pause: float = 0.05) -> Iterator[float]:
    """Yields the seconds left until they are used up: polling of another process, with an end."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        yield left
        time.sleep(min(pause, left))
