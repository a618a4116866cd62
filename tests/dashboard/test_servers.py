"""Real web servers, a real Redis, and a WebSocket client that shares nothing with them."""

import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets
from channels.db import database_sync_to_async
from channels_redis.pubsub import RedisPubSubChannelLayer

from tests.certificates import make_certificate
from tests.dashboard.floor import FakeBridge, Floor
from tests.dashboard.live import RedisServer, WebProcess


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["daphne", "uvicorn"])
def web(request: pytest.FixtureRequest, floor: Floor, redis_server: RedisServer, tmp_path: Path) -> Iterator[Any]:
    process = WebProcess(request.param, tmp_path, redis_server.url)
    try:
        process.wait()
        yield process
    finally:
        process.stop()


@contextlib.asynccontextmanager
async def remote_bridge(url: str) -> AsyncIterator[FakeBridge]:
    layer = RedisPubSubChannelLayer(hosts=[url], prefix="wallboard")
    async with FakeBridge(layer) as bridge:
        yield bridge
    await layer.flush()


def socket_of(web: WebProcess, path: str, cookie: str = "", origin: str | None = None, **options: Any) -> Any:
    return websockets.connect(
        f"ws://127.0.0.1:{web.port}{path}",
        additional_headers={"Cookie": cookie} if cookie else {},
        origin=websockets.Origin(origin or web.origin),
        max_size=None,
        **options,
    )


async def next_frame(socket: Any, kind: str) -> dict[str, Any]:
    while True:
        frame: dict[str, Any] = json.loads(await socket.recv())
        if frame["type"] == kind:
            return frame


async def test_values_reach_a_screen_through_redis_and_the_server(
    floor: Floor, web: WebProcess, redis_server: RedisServer
) -> None:
    cookie = await database_sync_to_async(floor.cookie)("ben")
    series = str(floor.waiting.pk)
    async with remote_bridge(redis_server.url) as bridge:
        bridge.values_message({floor.waiting.pk: 3})
        async with socket_of(web, "/ws/wallboards/sales/", cookie) as screen:
            snapshot = json.loads(await screen.recv())
            assert snapshot["type"] == "snapshot"
            await bridge.publish({floor.waiting.pk: 4})
            while (await next_frame(screen, "update"))["values"].get(series, [None])[0] != 4:
                pass
            await bridge.beat()
            assert (await next_frame(screen, "heartbeat"))["epoch"] == snapshot["epoch"]


async def test_redis_may_want_a_password_and_tls(floor: Floor, tmp_path: Path) -> None:
    redis_server = RedisServer(tmp_path, password="sample-password", certificate=make_certificate(tmp_path))
    redis_server.start()
    web = WebProcess("daphne", tmp_path, redis_server.url)
    try:
        web.wait()
        cookie = await database_sync_to_async(floor.cookie)("ben")
        async with (
            remote_bridge(redis_server.url) as bridge,
            socket_of(web, "/ws/wallboards/sales/", cookie) as screen,
        ):
            await next_frame(screen, "snapshot")
            await bridge.publish({floor.waiting.pk: 4})
            while (await next_frame(screen, "update"))["values"].get(str(floor.waiting.pk), [None])[0] != 4:
                pass
    finally:
        web.stop()
        redis_server.stop()
    assert "sample-password" not in web.log.read_text(encoding="utf-8")


#: Path, person, origin, and the code of the close.
REFUSALS = [
    ("/ws/wallboards/sales/", "", None, 4401),
    ("/ws/wallboards/sales/", "omar", None, 4403),
    ("/ws/wallboards/sales/", "ben", "https://evil.example.com", 4403),
    ("/ws/wallboards/nowhere/", "ben", None, 4404),
    ("/ws/nowhere/", "", None, 4404),
]


async def test_refusals_are_accepted_told_and_closed(floor: Floor, web: WebProcess) -> None:
    for path, person, origin, code in REFUSALS:
        cookie = await database_sync_to_async(floor.cookie)(person) if person else ""
        async with socket_of(web, path, cookie, origin) as screen:
            assert json.loads(await screen.recv())["type"] == "error", (path, person, origin)
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await screen.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == code, (path, person, origin)


def _chunks(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield b"x" * 100_000


def test_bodies_in_chunks_are_limited_before_sign_in(web: WebProcess) -> None:
    with httpx.Client(base_url=web.origin) as client:
        for path in ("/accounts/login/", "/wallboards/sales/edit/preview/", "/healthz"):
            refused = client.post(path, content=_chunks(51))
            assert (refused.status_code, refused.text) == (413, "The request is too large for this site.\n"), path
            assert client.post(path, content=_chunks(1)).status_code not in (413, 500), path
            assert client.get("/healthz").status_code == 200
