"""The bridge as processes: ``runworker`` with Redis, ``serve`` alone; how they start, answer and end."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import websockets
from channels.layers import InMemoryChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer

from statsbridge.messages import COMMANDS, FRAMES_GROUP
from statsbridge.worker import BridgeWorker
from tests.dashboard.live import RedisServer

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def manage(*arguments: str, environment: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "manage.py",
        *arguments,
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def outcome(*arguments: str, environment: dict[str, str]) -> tuple[int | None, str]:
    process = await manage(*arguments, environment=environment)
    _, errors = await asyncio.wait_for(process.communicate(), START_SECONDS)
    return process.returncode, errors.decode()


@asynccontextmanager
async def running(process: asyncio.subprocess.Process) -> AsyncIterator[asyncio.subprocess.Process]:
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def first_line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), START_SECONDS)).decode()


def base_environment(folder: Path) -> dict[str, str]:
    given = {name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "DATABASE_URL")}
    return given | {"VAR_DIR": str(folder), "SECRET_KEY": "for-tests", "PYTHONUNBUFFERED": "1", "DEBUG": "1"}


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an up-to-date database."""
    folder = tmp_path_factory.mktemp("migrated")
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=base_environment(folder), check=True)
    return folder


@pytest.fixture
def environment(migrated: Path, tmp_path: Path) -> dict[str, str]:
    """A place of its own with an up-to-date database and no Redis."""
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    return base_environment(tmp_path)


@pytest_asyncio.fixture
async def redis_url() -> AsyncIterator[str]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        "redis-server", "--port", str(port), "--save", "", "--bind", "127.0.0.1", stdout=asyncio.subprocess.PIPE
    )
    async with running(process):
        assert process.stdout is not None
        while b"Ready to accept connections" not in await asyncio.wait_for(process.stdout.readline(), START_SECONDS):
            pass
        yield f"redis://127.0.0.1:{port}/0"


async def receive(layer: Any, channel: str, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(START_SECONDS):
        while True:
            message: dict[str, Any] = await layer.receive(channel)
            if message["type"] == kind:
                return message


@pytest.mark.django_db(transaction=True)
async def test_a_worker_that_starts_before_redis_takes_commands_once_it_is_there(tmp_path: Path) -> None:
    redis_server = RedisServer(tmp_path)
    answered = asyncio.Event()

    class Answering:
        async def answer(self, message: dict[str, Any]) -> None:
            answered.set()

    layer: Any = RedisPubSubChannelLayer(hosts=[redis_server.url])
    hub: Any = RedisPubSubChannelLayer(hosts=[redis_server.url])
    worker = BridgeWorker(layer)
    worker.bridge = Answering()  # type: ignore[assignment]
    listening = asyncio.create_task(worker._listen())
    try:
        # Long enough for a first try, which must not be the last.
        await asyncio.wait([listening], timeout=0.2)
        await asyncio.to_thread(redis_server.start)
        async with asyncio.timeout(20):
            while not answered.is_set():
                await hub.send(COMMANDS, {"type": "bridge.resync", "connection": None, "reply": "a hub"})
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(answered.wait(), 0.5)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await layer.flush()
        await hub.flush()
        redis_server.stop()


async def test_a_worker_beats_over_redis_and_ends_within_five_seconds(
    environment: dict[str, str], redis_url: str
) -> None:
    layer = RedisPubSubChannelLayer(hosts=[redis_url], prefix="wallboard")
    channel = await layer.new_channel()
    await layer.group_add(FRAMES_GROUP, channel)
    process = await manage("runworker", "statsbridge", environment={**environment, "REDIS_URL": redis_url})
    async with running(process):
        assert "The bridge is running" in await first_line(process)
        await receive(layer, channel, "bridge.beat")
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), START_SECONDS) == 0
        assert time.monotonic() - began < 5
    await layer.flush()


async def test_a_worker_of_its_own_answers_prometheus(environment: dict[str, str], redis_url: str) -> None:
    port = free_port()
    given = {**environment, "REDIS_URL": redis_url, "METRICS_PORT": str(port)}
    process = await manage("runworker", "statsbridge", environment=given)
    async with running(process), httpx.AsyncClient(trust_env=False) as client:
        assert "The bridge is running" in await first_line(process)
        answer = await client.get(f"http://127.0.0.1:{port}/metrics")
        assert "statsbridge_tasks" in answer.text
        status, errors = await outcome("runworker", "statsbridge", environment=given)
        assert (status, f"METRICS_PORT {port}" in errors) == (1, True)


async def test_a_worker_without_redis_says_what_to_do(environment: dict[str, str]) -> None:
    status, errors = await outcome("runworker", "statsbridge", environment=environment)
    assert status == 1
    assert "REDIS_URL is not set" in errors
    assert "manage.py serve" in errors


async def test_another_channel_than_the_bridges_is_refused(environment: dict[str, str]) -> None:
    status, errors = await outcome("runworker", "other", environment=environment)
    assert (status, "manage.py runworker statsbridge" in errors) == (1, True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_serve_serves_pages_beside_the_bridge_and_ends_cleanly(
    environment: dict[str, str], number: signal.Signals
) -> None:
    port = free_port()
    process = await manage("serve", "--port", str(port), environment=environment)
    async with running(process), httpx.AsyncClient(trust_env=False) as client:
        assert f"http://127.0.0.1:{port}/" in await first_line(process)
        assert (await client.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200
        process.send_signal(number)
        began = time.monotonic()
        assert await asyncio.wait_for(process.wait(), START_SECONDS) == 0
        assert time.monotonic() - began < 5


async def test_serve_does_not_collect_endless_messages(environment: dict[str, str]) -> None:
    port = free_port()
    process = await manage("serve", "--port", str(port), environment=environment)
    async with running(process):
        await first_line(process)
        async with websockets.connect(f"ws://127.0.0.1:{port}/ws/embed/sales/", proxy=None) as screen:
            await screen.send("x" * 70_000)
            # The server drops the connection; read by the application, the message would close it with 4400.
            with pytest.raises(websockets.ConnectionClosedError) as closed:
                await screen.recv()
        assert closed.value.rcvd is None


async def test_serve_says_that_the_port_is_taken(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, errors = await outcome("serve", "--port", str(port), environment=environment)
    assert status == 1
    assert f"Cannot listen on 127.0.0.1 port {port}" in errors


async def test_serve_says_that_migrations_are_missing(environment: dict[str, str], tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    status, errors = await outcome("serve", environment={**environment, "VAR_DIR": str(empty)})
    assert (status, "python manage.py migrate" in errors) == (1, True)


async def test_serve_says_that_static_files_were_not_collected(environment: dict[str, str]) -> None:
    status, errors = await outcome("serve", environment={**environment, "DEBUG": "0"})
    assert (status, "python manage.py collectstatic" in errors) == (1, True)


@pytest.mark.django_db(transaction=True)
async def test_a_bridge_that_fails_is_started_again() -> None:
    layer = InMemoryChannelLayer()
    channel = await layer.new_channel()
    await layer.group_add(FRAMES_GROUP, channel)
    worker = BridgeWorker(layer)
    serving = asyncio.create_task(worker.serve())
    first = await receive(layer, channel, "bridge.beat")
    assert worker.bridge is not None
    # A bug in the bridge, as far as the worker can tell.
    worker.bridge.candidates = None  # type: ignore[assignment]
    async with asyncio.timeout(START_SECONDS):
        while (await receive(layer, channel, "bridge.beat"))["epoch"] == first["epoch"]:
            pass
    await layer.send(COMMANDS, {"type": "nonsense"})
    await layer.send(COMMANDS, {"type": "bridge.resync", "connection": None, "reply": channel})
    await worker.stop()
    await serving
