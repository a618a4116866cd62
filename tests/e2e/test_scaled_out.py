"""The scaled-out form: two web processes, the bridge as a worker, PostgreSQL and a Redis that wants a password."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dashboard.live import RedisServer
from tests.e2e.installation import ROOT, Installation, free_port, wait_for_http
from tests.e2e.postgres import postgres_server
from tests.e2e.test_peer_to_screen import CONFIGURATION
from tests.peers.genesys import GenesysPeer

#: Tests whose subject is what the database does; they run on SQLite with the others, and here on PostgreSQL.
DATABASE_TESTS = [
    "tests/dashboard/test_wanted.py",
    "tests/dashboard/configfile/test_apply.py",
    "tests/dashboard/configfile/test_round_trip.py",
    "tests/dashboard/admin/test_filters.py",
    "tests/dashboard/admin/test_histories.py",
    "tests/dashboard/admin/test_history.py",
    "tests/dashboard/admin/test_usage.py",
    "tests/dashboard/admin/test_where_used.py",
    "tests/statsbridge/test_history.py",
    "tests/statsbridge/test_frames_and_rows.py",
]


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path, password="sample-redis-password")
    server.start()
    yield server
    server.stop()


class Processes:
    """Processes of one installation, each ended by its own id."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.installation.log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=self.installation.environment, stdout=output, stderr=output
            )
        self.running.append(process)
        return process

    def web(self) -> int:
        port = free_port()
        process = self.start(
            "-m",
            "daphne",
            "-b",
            "127.0.0.1",
            "-p",
            str(port),
            "--websocket_timeout",
            "-1",
            "dashboard.asgi:application",
        )
        wait_for_http(f"http://127.0.0.1:{port}/healthz", process, self.installation.log)
        return port

    def stop(self) -> None:
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.wait(timeout=20)


async def test_a_change_reaches_screens_of_both_web_processes_within_a_second(
    tmp_path: Path, postgres_url: str, redis_server: RedisServer
) -> None:
    async with GenesysPeer(refused=["NoSuchStatistic"]) as peer:
        installation = Installation(tmp_path, DATABASE_URL=postgres_url, REDIS_URL=redis_server.url)
        await asyncio.to_thread(installation.prepare, CONFIGURATION.format(url=peer.url, peer=peer))
        processes = Processes(installation)
        try:
            processes.start("manage.py", "runworker", "statsbridge")
            ports = [await asyncio.to_thread(processes.web) for _ in range(2)]
            installation.port, installation.url = ports[0], f"http://127.0.0.1:{ports[0]}"
            client = await asyncio.to_thread(installation.sign_in)
            session = client.cookies["sessionid"]
            async with (
                installation.screen("sales", session) as first,
                installation.screen("sales", session, port=ports[1]) as second,
            ):
                async with asyncio.timeout(20):
                    for screen in (first, second):
                        while not screen.values or screen.value_of("calls-waiting", "sales-queue")[2] != "ok":
                            await screen.read()
                (target,) = [
                    (entry["id"], statistic["statisticId"])
                    for entry in await peer.subscriptions()
                    for statistic in entry["statistics"]
                    if statistic["name"] == "CurrNumberWaitingCalls"
                ]
                await peer.publish(*target, {"intValue": 4711, "stringValue": "4711"}, 2_000_000_000_000)
                async with asyncio.timeout(1):
                    for screen in (first, second):
                        while screen.value_of("calls-waiting", "sales-queue")[0] != 4711:
                            await screen.read()
            ready = await asyncio.to_thread(client.get, "/readyz")
            assert ready.status_code == 200, ready.text
            exported = await asyncio.to_thread(installation.manage, "exportconfig")
            file = tmp_path / "exported.yaml"
            file.write_text(exported, encoding="utf-8")
            await asyncio.to_thread(installation.manage, "applyconfig", str(file), "--dry-run")
            client.close()
        finally:
            await asyncio.to_thread(processes.stop)
    log = installation.log.read_text(encoding="utf-8")
    assert "sample-redis-password" not in log
    assert peer.password not in log


def test_what_the_database_does_is_the_same_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    environment = {**os.environ, "DATABASE_URL": postgres_url, "VAR_DIR": str(tmp_path)}
    done = subprocess.run(
        # The whole cluster goes away afterwards, so the test database need not be dropped from under its threads.
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--reuse-db", *DATABASE_TESTS],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:]
