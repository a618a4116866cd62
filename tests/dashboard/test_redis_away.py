"""A Redis that is away: its host vanished without a reset, it is only quiet, or it restarts amid traffic."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from statsbridge.publisher import Publisher
from statsbridge.pubsub import PING_SECONDS, SILENT_SECONDS, PubSubLayer, redis_host
from tests.chaos.proxy import FaultyProxy
from tests.dashboard.floor import FakeBridge, Floor
from tests.dashboard.live import RedisServer
from tests.dashboard.test_hub import Process, bridge_on, processes

#: Within this all is well again once there is a way; it takes about half of it.
BOUND_SECONDS = 30


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def way(redis_server: RedisServer) -> AsyncIterator[FaultyProxy]:
    proxy = FaultyProxy(redis_server.port, random.Random(1))
    await proxy.start()
    yield proxy
    await proxy.stop()


def layer_over(way: FaultyProxy) -> Any:
    return PubSubLayer(hosts=[redis_host(f"redis://127.0.0.1:{way.port}/0")])


async def beat_until(process: Process, bridge: FakeBridge, series: int, value: Any) -> None:
    """The bridge goes on as the real one does: what the layer does not take is lost, and shows as a gap."""
    publisher = Publisher(bridge.layer)
    async with asyncio.timeout(BOUND_SECONDS):
        while process.value(series) != value:
            await publisher.publish(
                {"type": "bridge.beat", "epoch": bridge.epoch, "at": 0, "seqs": {"main": bridge.seq}}
            )
            await asyncio.wait([asyncio.ensure_future(process.until_value(series, value))], timeout=0.5)


async def test_hub_and_bridge_recover_when_there_is_another_way_to_redis(
    floor: Floor, redis_server: RedisServer, way: FaultyProxy
) -> None:
    async with bridge_on(layer_over(way)) as bridge, processes(floor, layer_over(way)) as (process,):
        await bridge.publish({floor.waiting.pk: 1})
        await process.until_value(floor.waiting.pk, 1)
        await way.begin("half_open")
        await Publisher(bridge.layer).publish(bridge.values_message({floor.waiting.pk: 2}))
        await way.end()
        await beat_until(process, bridge, floor.waiting.pk, 2)
        assert process.closed is None


async def test_a_subscription_without_any_traffic_is_renewed_by_itself(way: FaultyProxy) -> None:
    layer, other = layer_over(way), layer_over(way)
    channel = await layer.new_channel()
    receiving = asyncio.create_task(layer.receive(channel))
    try:
        await way.begin("half_open")
        await way.end()
        async with asyncio.timeout(BOUND_SECONDS):
            while not receiving.done():
                await other.send(channel, {"type": "bridge.beat"})
                await asyncio.wait([receiving], timeout=0.5)
        assert receiving.result() == {"type": "bridge.beat"}
    finally:
        receiving.cancel()
        await layer.flush()
        await other.flush()


async def test_a_redis_that_is_only_quiet_keeps_its_connection(redis_server: RedisServer) -> None:
    layer = PubSubLayer(hosts=[redis_host(redis_server.url)])
    channel = await layer.new_channel()
    with redis.Redis.from_url(redis_server.url) as client:
        before = subscribers(client)
        receiving = asyncio.create_task(layer.receive(channel))
        await asyncio.wait([receiving], timeout=SILENT_SECONDS + 2 * PING_SECONDS)
        assert subscribers(client) == before != set()
    receiving.cancel()
    await layer.flush()


def subscribers(client: "redis.Redis[bytes]") -> set[str]:
    return {one["id"] for one in client.client_list(_type="pubsub")}


async def test_redis_restarts_amid_traffic_and_the_last_value_is_on_the_screens_of_both_processes(
    floor: Floor, redis_server: RedisServer
) -> None:
    def layer() -> Any:
        return PubSubLayer(hosts=[redis_host(redis_server.url)])

    async with bridge_on(layer()) as bridge, processes(floor, layer(), layer()) as (one, two):
        publisher = Publisher(bridge.layer)
        value = 0

        async def publish(times: int) -> None:
            nonlocal value
            for _ in range(times):
                value += 1
                await publisher.publish(bridge.values_message({floor.waiting.pk: value}))

        await publish(50)
        await two.until_value(floor.waiting.pk, value)
        traffic = asyncio.create_task(publish(400))
        await one.until(lambda: (one.value(floor.waiting.pk) or 0) > 60)
        redis_server.stop()
        await publish(5)
        redis_server.start()
        await traffic
        await publish(100)
        for process in (one, two):
            await beat_until(process, bridge, floor.waiting.pk, value)
            assert process.closed is None
