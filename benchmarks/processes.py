"""Servers under measurement: each on a core of its own, with its processor time and memory read from the kernel."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

from tests.e2e.installation import ROOT, Installation, deadline

CORES = sorted(os.sched_getaffinity(0))
#: The first core serves; the load comes from the last one.
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]

HEAD = """
version: 1
connections:
  - {{name: main, api_url: "{url}", api_key: "{key}", client_id: "{client}", client_secret: "{secret}",
     grant: password, username: '{username}', password: "{password}"}}
statistics:
  - {{name: waiting, title: Waiting, statistic: CurrNumberWaitingCalls, unit: count}}
teams:
  - {{name: bench, title: Bench}}
objects:
"""
NOWHERE = {
    "url": "http://127.0.0.1:9",
    "key": "sample",
    "client": "sample",
    "secret": "sample",
    "username": "sample",
    "password": "sample",
}


def board(series: int, account: Mapping[str, str] | None = None) -> str:
    """A configuration: wallboard ``bench`` with a number tile for each of so many queues."""
    lines = [HEAD.format(**(account or NOWHERE))]
    lines += [
        f"  - {{name: q{n}, title: Queue {n}, connection: main, type: Queue, id: {8000 + n}@SIP_Switch}}\n"
        for n in range(series)
    ]
    lines.append("wallboards:\n  - slug: bench\n    title: Bench\n    team: bench\n    tiles:\n")
    lines += [
        f"      - {{kind: number, title: Waiting, series: [{{statistic: waiting, object: q{n}}}],"
        f" position: {{x: {n % 6 * 2}, y: {n // 6}, w: 2, h: 1}}}}\n"
        for n in range(series)
    ]
    return "".join(lines)


class Server:
    """A process bound to one core. Its log is in ``folder``; it is killed at the end."""

    def __init__(
        self, arguments: list[str], folder: Path, port: int, environment: Mapping[str, str], core: int | None
    ) -> None:
        self.port = port
        self.log = folder / f"server-{port}.log"
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=dict(environment), stdout=output, stderr=output
            )
        if core is not None:
            # At once, so that every thread it starts is bound too.
            os.sched_setaffinity(self.process.pid, {core})
        self._kernel = Path(f"/proc/{self.process.pid}")

    def wait(self, seconds: float = 30) -> "Server":
        for _ in deadline(seconds):
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8", errors="replace")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return self
        raise AssertionError(f"port {self.port} is not served: {self.log.read_text(encoding='utf-8')}")

    def cpu(self) -> float:
        """Seconds of processor time so far, of all its threads."""
        return cpu_seconds(self.process.pid)

    def memory(self) -> int:
        """Resident bytes."""
        pages = (self._kernel / "statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(15)


def cpu_seconds(pid: int) -> float:
    """Processor time of a process with all its threads, from Linux's ``/proc``."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def web_arguments(server: str, port: int, application: str) -> list[str]:
    """The command of a web process, as ``docs/deploy.md`` has it."""
    if server == "daphne":
        return ["-m", "daphne", "-v0", "--websocket_timeout", "-1", "-b", "127.0.0.1", "-p", str(port), application]
    options = ["--log-level", "warning", "--ws-per-message-deflate", "false", "--port", str(port)]
    return ["-m", "uvicorn", *options, application]


@contextlib.contextmanager
def serving(
    arguments: list[str], folder: Path, port: int, environment: Mapping[str, str], core: int | None = SERVER_CORE
) -> Iterator[Server]:
    server = Server(arguments, folder, port, environment, core)
    try:
        yield server.wait()
    finally:
        server.stop()


def install(folder: Path, configuration: str, **environment: str) -> tuple[Installation, str]:
    """An installation with ``configuration``, and the session cookie of somebody who may see everything."""
    installation = Installation(folder, **environment)
    installation.manage("migrate", "-v0")
    file = folder / "configuration.yaml"
    file.write_text(configuration, encoding="utf-8")
    installation.manage("applyconfig", str(file))
    return installation, installation.session()


@contextlib.asynccontextmanager
async def folder_of_its_own() -> AsyncIterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def go_first() -> None:
    """Ask for precedence over other programs of the machine, for this process and its children; root is given it."""
    with contextlib.suppress(PermissionError):
        os.nice(-15)


def raise_open_files(wanted: int = 8192) -> None:
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
