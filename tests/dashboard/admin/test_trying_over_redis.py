"""The web process and the bridge in different processes: what travels between them over Redis."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import redis.asyncio
from asgiref.sync import sync_to_async
from channels.layers import channel_layers
from channels_redis.pubsub import RedisPubSubChannelLayer
from pytest_django import Settings

from statsbridge.asking import Answer, ask_bridge
from statsbridge.models import Connection, DatabaseNow, Worker
from statsbridge.pubsub import redis_host
from statsbridge.worker import BridgeWorker
from tests.dashboard.admin.test_trying import (
    NAMED,
    TEST,
    TRY,
    connection_form,
    make_queue,
    plain_static,
    post,
    sign_in,
)
from tests.dashboard.live import RedisServer
from tests.peers.genesys import GenesysPeer
from tests.statsbridge.support import make_connection, until

__all__ = ["plain_static"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest_asyncio.fixture
async def redis_server(tmp_path: Path, settings: Settings) -> AsyncIterator[RedisServer]:
    """Redis, as the web process's channel layer."""
    server = RedisServer(tmp_path)
    await asyncio.to_thread(server.start)
    config = {"hosts": [redis_host(server.url)]}
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "statsbridge.pubsub.PubSubLayer", "CONFIG": config}}
    channel_layers.backends.clear()
    yield server
    await channel_layers["default"].flush()
    channel_layers.backends.clear()
    server.stop()


class Eavesdropper:
    """Everything that is published in Redis."""

    def __init__(self, url: str) -> None:
        self.heard = b""
        self._redis = redis.asyncio.Redis.from_url(url)
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Eavesdropper":
        subscribed = self._redis.pubsub()
        await subscribed.psubscribe("*")
        self._listening = asyncio.create_task(self._listen(subscribed))
        return self

    async def __aexit__(self, *exception: object) -> None:
        assert self._listening is not None
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        await self._redis.aclose()

    async def _listen(self, subscribed: Any) -> None:
        async with subscribed:
            async for message in subscribed.listen():
                if isinstance(message["data"], bytes):
                    self.heard += message["data"]


async def test_try_and_test_work_between_processes_and_no_secret_is_readable_on_the_way(
    redis_server: RedisServer,
) -> None:
    bridge_layer: Any = RedisPubSubChannelLayer(hosts=[redis_server.url])
    async with GenesysPeer() as peer, Eavesdropper(redis_server.url) as spy:
        connection = await sync_to_async(make_connection)(peer)
        queue = await sync_to_async(make_queue)(connection)
        worker = BridgeWorker(bridge_layer)
        serving = asyncio.create_task(worker.serve())
        try:
            await until(Worker.objects.aexists)
            await until(Connection.objects.filter(link_status__state="live").aexists)
            client = await sign_in()

            async def tried() -> bool:
                # The worker may be subscribing still.
                return (await post(client, TRY, {**NAMED, "object": queue.pk}))["value"] == "7"

            await until(tried, 30)
            form = await connection_form(client, connection, client_secret="typed-word")
            answer = await post(client, TEST, form)
            assert "The client id or secret was refused" in answer["outcome"]["steps"][0]["text"]
            right = await post(client, TEST, await connection_form(client, connection))
            assert right["outcome"]["ok"]
            assert b"bridge.test" in spy.heard
            for secret in ("typed-word", peer.password, peer.client_secret, peer.api_key):
                assert secret.encode() not in spy.heard
        finally:
            await worker.stop()
            await serving
            await bridge_layer.flush()


@sync_to_async
def ask(**message: Any) -> Answer:
    """Of a worker that was heard of a moment ago."""
    Worker.objects.update_or_create(name="gone", defaults={"started_at": 0, "beat_at": DatabaseNow()})
    return ask_bridge("bridge.try", seconds=0.3, **message)


async def test_no_reply_channel_is_left_when_nobody_answers(redis_server: RedisServer) -> None:
    assert "The bridge does not answer" in (await ask()).problem
    assert channel_layers["default"].channels == {}


async def test_no_reply_channel_is_left_when_the_outcome_does_not_come(redis_server: RedisServer) -> None:
    layer: Any = RedisPubSubChannelLayer(hosts=[redis_server.url])
    commands = asyncio.create_task(layer.receive("statsbridge"))
    await until(lambda: _subscribed(redis_server))
    asking = asyncio.create_task(ask())
    reply = (await commands)["reply"]
    for _ in range(3):
        await layer.send(reply, {"type": "bridge.trying"})
    assert "has not told how it went" in (await asking).problem
    assert channel_layers["default"].channels == {}
    await layer.flush()


async def _subscribed(server: RedisServer) -> bool:
    async with redis.asyncio.Redis.from_url(server.url) as client:
        return bool(await client.pubsub_channels())


async def test_no_reply_channel_is_left_when_the_question_cannot_be_sent(redis_server: RedisServer) -> None:
    assert "cannot be reached (TypeError)" in (await ask(asked=object())).problem
    assert channel_layers["default"].channels == {}
    redis_server.stop()
    assert (await ask()).problem
    assert channel_layers["default"].channels == {}
