"""What is lost between bridge and hub is found and repaired; what is lost of a layer, too."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from channels.layers import InMemoryChannelLayer
from channels_redis.core import RedisChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer

from statsbridge.messages import FRAMES_GROUP
from statsbridge.publisher import Publisher
from tests.dashboard.floor import FakeBridge, Floor
from tests.dashboard.live import RedisServer
from tests.dashboard.test_hub import Process, bridge_on, processes


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def one(floor: Floor) -> AsyncIterator[tuple[Process, FakeBridge]]:
    """A process that shows value 1 of a bridge."""
    layer = InMemoryChannelLayer()
    async with bridge_on(layer, flush=False) as bridge, processes(floor, layer) as (process,):
        await bridge.publish({floor.waiting.pk: 1})
        await process.until_value(floor.waiting.pk, 1)
        await settle(process, bridge)
        yield process, bridge


async def settle(process: Process, bridge: FakeBridge) -> None:
    """Until nothing is asked for any more."""
    await process.until(lambda: bridge.requests > 0 and not process.hub.readings.behind())


async def test_a_lost_message_is_found_by_the_number_of_the_next_and_made_good(
    floor: Floor, one: tuple[Process, FakeBridge]
) -> None:
    process, bridge = one
    asked = bridge.requests
    process.clock.ahead += 3
    bridge.values_message({floor.waiting.pk: 2})
    await bridge.publish({floor.level.pk: 80})
    await process.until_value(floor.waiting.pk, 2)
    await process.until_value(floor.level.pk, 80)
    assert bridge.requests == asked + 1


async def test_a_bridge_that_was_restarted_is_a_new_epoch_which_begins_with_a_snapshot_on_the_same_socket(
    floor: Floor, one: tuple[Process, FakeBridge]
) -> None:
    process, bridge = one
    process.clock.ahead += 3
    before = process.frames[-1]["epoch"]
    bridge.epoch, bridge.seq, bridge.values = "bridge-2", -1, {}
    bridge.values_message({floor.waiting.pk: 7})
    await bridge.beat()
    await process.until(lambda: process.frames[-1]["epoch"] != before)
    first = next(number for number, frame in enumerate(process.frames) if frame["epoch"] != before)
    assert process.frames[first]["type"] == "snapshot"
    assert process.value(floor.waiting.pk) == 7
    # What the new life does not know is not shown as if it were known.
    assert process.wire(floor.level.pk)[2] == "pending"
    await bridge.publish({floor.waiting.pk: 8})
    await process.until_value(floor.waiting.pk, 8)
    assert len({frame["epoch"] for frame in process.frames[first:]}) == 1
    assert process.closed is None
    numbers = [frame["seq"] for frame in process.frames if frame["type"] == "update"]
    assert numbers == sorted(set(numbers))


async def test_the_first_bridge_that_a_process_hears_is_no_new_epoch(floor: Floor) -> None:
    layer = InMemoryChannelLayer()
    async with processes(floor, layer) as (process,):
        async with bridge_on(layer, flush=False) as bridge:
            await bridge.publish({floor.waiting.pk: 1})
            await process.until_value(floor.waiting.pk, 1)
            await settle(process, bridge)
            await bridge.publish({floor.waiting.pk: 2})
            await process.until_value(floor.waiting.pk, 2)
        assert len({frame["epoch"] for frame in process.frames}) == 1


async def test_an_old_message_of_a_dead_bridge_does_not_undo_what_the_new_one_said(
    floor: Floor, one: tuple[Process, FakeBridge]
) -> None:
    process, bridge = one
    await bridge.publish({floor.waiting.pk: 3})
    late = bridge.values_message({floor.waiting.pk: 2})
    late["seq"] -= 2
    await bridge.layer.group_send(FRAMES_GROUP, late)
    bridge.seq -= 1
    await bridge.publish({floor.level.pk: 81})
    await process.until_value(floor.level.pk, 81)
    assert process.value(floor.waiting.pk) == 3


LAYERS: dict[str, Callable[[str], Any]] = {
    "memory": lambda url: InMemoryChannelLayer(capacity=3),
    # The layer itself waits for 5 s at Redis, which is the client's own limit, too.
    "core": lambda url: RedisChannelLayer(hosts=[{"address": url, "socket_timeout": 10}], capacity=3),
}


@pytest.mark.parametrize("kind", LAYERS)
async def test_a_burst_over_the_capacity_of_a_layer_ends_with_the_last_values(
    floor: Floor, redis_server: RedisServer, kind: str
) -> None:
    layer = LAYERS[kind](redis_server.url)
    async with bridge_on(layer, flush=False) as bridge, processes(floor, layer) as (process,):
        await bridge.publish({floor.waiting.pk: 0})
        await process.until_value(floor.waiting.pk, 0)
        for value in range(1, 300):
            await bridge.publish({(floor.waiting.pk, floor.level.pk)[value % 2]: value})
        await bridge.beat()
        await process.until_value(floor.waiting.pk, 298)
        await process.until_value(floor.level.pk, 299)


async def test_a_redis_that_hangs_for_a_while_and_comes_back_loses_no_screen(
    floor: Floor, redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    def layer() -> Any:
        return RedisPubSubChannelLayer(hosts=[redis_server.url])

    async with bridge_on(layer()) as bridge, processes(floor, layer()) as (process,):
        await bridge.publish({floor.waiting.pk: 1})
        await process.until_value(floor.waiting.pk, 1)
        assert redis_server.process is not None
        redis_server.process.send_signal(signal.SIGSTOP)
        try:
            # Published as the bridge does it: an error of the layer is its own affair and costs only the message.
            await Publisher(bridge.layer).publish(bridge.values_message({floor.waiting.pk: 2}))
            # Without a word for 6 s the hub gives its membership up and tries to join anew, in vain.
            async with asyncio.timeout(30):
                while "The channel layer failed, trying again" not in caplog.text:  # noqa: ASYNC110  # only logged
                    await asyncio.sleep(0.05)
        finally:
            redis_server.process.send_signal(signal.SIGCONT)
        await bridge.beat()
        await process.until_value(floor.waiting.pk, 2)
        assert process.closed is None


async def test_a_redis_without_memory_left_loses_no_screen(floor: Floor, redis_server: RedisServer) -> None:
    def layer() -> Any:
        return RedisChannelLayer(hosts=[redis_server.url])

    async with bridge_on(layer()) as bridge, processes(floor, layer()) as (process,):
        await bridge.publish({floor.waiting.pk: 1})
        await process.until_value(floor.waiting.pk, 1)
        with redis.Redis.from_url(redis_server.url) as client:
            client.config_set("maxmemory", 1)
            with pytest.raises(redis.RedisError):
                await bridge.publish({floor.waiting.pk: 2})
            client.config_set("maxmemory", 0)
        await bridge.beat()
        await process.until_value(floor.waiting.pk, 2)
        assert process.closed is None
