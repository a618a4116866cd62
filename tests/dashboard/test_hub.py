"""The hub across processes and channel layers, with its clock moved instead of waited for."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from channels.layers import InMemoryChannelLayer
from channels_redis.core import RedisChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer

from dashboard.access import Grant
from dashboard.hub import Hub
from dashboard.listener import RENEW_SECONDS
from dashboard.protocol import Refusal
from dashboard.screens import Screen
from dashboard.streams import LINGER_SECONDS, NARROWED_LINGER_SECONDS, NARROWED_MOST, Stream, StreamKey
from statsbridge.clock import Clock
from tests.dashboard.floor import FakeBridge, Floor
from tests.dashboard.live import RedisServer

LAYERS: dict[str, Callable[..., Any]] = {"pubsub": RedisPubSubChannelLayer, "core": RedisChannelLayer}


class MovedClock(Clock):
    """The real clocks, moved forward by hand."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> int:
        return super().now() + round(self.ahead * 1000)

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


class Process:
    """One web process: a hub with a layer of its own, and one screen."""

    def __init__(self, layer: Any, floor: Floor) -> None:
        self.layer = layer
        self.clock = MovedClock()
        self.hub = Hub(layer, self.clock)
        self.floor = floor
        self.frames: list[dict[str, Any]] = []
        self.closed: int | None = None
        self.stream: Stream | None = None
        self._news = asyncio.Event()
        self.screen = Screen(self._send, Grant(floor.board.pk, user=floor.users["root"].pk), 0, "a screen")

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.close":
            self.closed = message["code"]
        else:
            self.frames.append(json.loads(message["text"]))
        self._news.set()

    async def open(self) -> "Process":
        self.hub.start()
        self.screen.heard = self.clock.monotonic()
        self.stream = await self.hub.join(self.screen, StreamKey(self.floor.board.pk))
        return self

    def value(self, series: int) -> Any:
        """What the screen shows."""
        return self.wire(series)[0]

    def wire(self, series: int) -> list[Any]:
        known: list[Any] = [None, None, "nothing yet"]
        for frame in self.frames:
            known = frame.get("values", {}).get(str(series), known)
        return known

    async def until(self, condition: Callable[[], bool], seconds: float = 15) -> None:
        async with asyncio.timeout(seconds):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def until_value(self, series: int, value: Any) -> None:
        await self.until(lambda: self.value(series) == value)


@contextlib.asynccontextmanager
async def processes(floor: Floor, *layers: Any) -> AsyncIterator[list[Process]]:
    opened = [await Process(layer, floor).open() for layer in layers]
    try:
        yield opened
    finally:
        for one in opened:
            await one.hub.stop()
            await one.layer.flush()


@contextlib.asynccontextmanager
async def bridge_on(layer: Any, *, flush: bool = True) -> AsyncIterator[FakeBridge]:
    async with FakeBridge(layer) as bridge:
        yield bridge
    if flush:
        await layer.flush()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("kind", LAYERS)
async def test_one_message_reaches_the_screens_of_all_processes(
    floor: Floor, redis_server: RedisServer, kind: str
) -> None:
    def layer() -> Any:
        return LAYERS[kind](hosts=[redis_server.url])

    async with bridge_on(layer()) as bridge:
        await bridge.beat()
        async with processes(floor, layer(), layer()) as (one, two):
            await asyncio.wait_for(bridge.asked.wait(), 10)
            await bridge.publish({floor.waiting.pk: 41})
            await one.until_value(floor.waiting.pk, 41)
            await two.until_value(floor.waiting.pk, 41)


async def test_a_membership_that_redis_forgot_is_renewed_and_what_was_missed_is_asked_for(
    floor: Floor, redis_server: RedisServer
) -> None:
    async with (
        bridge_on(RedisChannelLayer(hosts=[redis_server.url])) as bridge,
        processes(floor, RedisChannelLayer(hosts=[redis_server.url])) as (one,),
    ):
        await bridge.publish({floor.waiting.pk: 1})
        await one.until_value(floor.waiting.pk, 1)
        with redis.Redis.from_url(redis_server.url) as client:
            for group in client.keys("*group*"):
                client.delete(group)
        await bridge.publish({floor.waiting.pk: 2})
        one.clock.ahead += RENEW_SECONDS
        await one.hub.listener.keep_up()
        await bridge.beat()
        await one.until_value(floor.waiting.pk, 2)


async def test_a_layer_over_its_capacity_loses_nothing_for_good(floor: Floor, redis_server: RedisServer) -> None:
    # The Redis client's own limit of 5 s is as long as this layer waits for a message.
    host = {"address": redis_server.url, "socket_timeout": 10}
    async with (
        bridge_on(RedisChannelLayer(hosts=[host], capacity=3)) as bridge,
        processes(floor, RedisChannelLayer(hosts=[host], capacity=3)) as (one,),
    ):
        await bridge.publish({floor.waiting.pk: 0})
        await one.until_value(floor.waiting.pk, 0)
        for value in range(1, 200):
            await bridge.publish({(floor.waiting.pk, floor.level.pk)[value % 2]: value})
        # A beat can be lost like any other message; a bridge goes on beating.
        async with asyncio.timeout(15):
            while (one.value(floor.waiting.pk), one.value(floor.level.pk)) != (198, 199):
                await bridge.beat()
                await asyncio.sleep(0.1)


async def test_screens_survive_a_restart_of_redis(floor: Floor, redis_server: RedisServer) -> None:
    async with (
        bridge_on(RedisPubSubChannelLayer(hosts=[redis_server.url])) as bridge,
        processes(floor, RedisPubSubChannelLayer(hosts=[redis_server.url])) as (one,),
    ):
        await bridge.publish({floor.waiting.pk: 1})
        await one.until_value(floor.waiting.pk, 1)
        redis_server.stop()
        bridge.values_message({floor.waiting.pk: 2})
        redis_server.start()
        async with asyncio.timeout(20):
            while one.value(floor.waiting.pk) != 2:
                with contextlib.suppress(redis.ConnectionError):
                    await bridge.beat()
                with contextlib.suppress(TimeoutError):
                    await one.until(lambda: one.value(floor.waiting.pk) == 2, 0.5)
        assert one.closed is None


async def test_a_process_that_starts_without_redis_shows_stored_values_and_joins_later(
    floor: Floor, redis_server: RedisServer
) -> None:
    redis_server.stop()
    async with processes(floor, RedisPubSubChannelLayer(hosts=[redis_server.url])) as (one,):
        assert one.frames[0]["type"] == "snapshot"
        assert one.frames[0]["bridge"] == "down"
        redis_server.start()
        async with bridge_on(RedisPubSubChannelLayer(hosts=[redis_server.url])) as bridge:
            bridge.values_message({floor.waiting.pk: 7})
            await one.until_value(floor.waiting.pk, 7)


# -- time ------------------------------------------------------------------------------------------------------------


@pytest.fixture
async def process(floor: Floor) -> AsyncIterator[tuple[Process, FakeBridge]]:
    layer = InMemoryChannelLayer()
    async with bridge_on(layer, flush=False) as bridge, processes(floor, layer) as (one,):
        await bridge.publish({floor.waiting.pk: 1})
        await one.until_value(floor.waiting.pk, 1)
        yield one, bridge


async def test_a_dead_bridge_is_told_and_makes_the_values_stale(
    floor: Floor, process: tuple[Process, FakeBridge]
) -> None:
    one, _ = process
    one.clock.ahead += 13
    one.hub.tick()
    await one.until(lambda: one.wire(floor.waiting.pk)[2] == "stale")
    assert [frame for frame in one.frames if frame["type"] == "heartbeat"][-1]["bridge"] == "down"
    one.screen.heard = one.clock.monotonic() + 700
    one.clock.ahead += 601
    one.hub.tick()
    await one.until(lambda: one.wire(floor.waiting.pk)[2] == "unknown")
    assert one.value(floor.waiting.pk) is None


async def test_a_screen_that_says_nothing_for_30_seconds_is_closed(process: tuple[Process, FakeBridge]) -> None:
    one, _ = process
    one.clock.ahead += 29
    one.hub.tick()
    assert not one.screen.closed
    one.clock.ahead += 1
    one.hub.tick()
    await one.until(lambda: one.closed == 4408)
    assert one.frames[-1]["type"] == "error"


async def test_heartbeats_come_every_five_seconds(process: tuple[Process, FakeBridge]) -> None:
    one, _ = process
    before = sum(frame["type"] == "heartbeat" for frame in one.frames)
    for _ in range(20):
        one.clock.ahead += 1
        one.hub.tick()
    beats = sum(frame["type"] == "heartbeat" for frame in one.frames) - before
    # Two more than four: the bridge grew late, then was down, and both are told at once.
    assert 4 <= beats <= 6


async def test_a_board_without_screens_is_dropped_after_a_while(process: tuple[Process, FakeBridge]) -> None:
    one, _ = process
    assert one.stream is not None
    one.hub.leave(one.screen, one.stream)
    one.hub.tick()
    assert one.hub.streams
    one.clock.ahead += LINGER_SECONDS
    one.hub.tick()
    assert not one.hub.streams


async def test_choices_of_tiles_are_limited_and_soon_forgotten(
    floor: Floor, process: tuple[Process, FakeBridge]
) -> None:
    one, _ = process
    keys = [StreamKey(floor.board.pk, tiles=frozenset({f"t{number}"})) for number in range(NARROWED_MOST)]
    streams = [await one.hub.join(one.screen, key) for key in keys]
    further = StreamKey(floor.board.pk, tiles=frozenset({"further"}))
    with pytest.raises(Refusal, match="choices") as refused:
        await one.hub.join(one.screen, further)
    assert (refused.value.code, refused.value.word) == (4408, "crowded")
    await one.hub.join(one.screen, keys[0])
    await one.hub.join(one.screen, StreamKey(floor.board.pk, "lobby"))
    one.hub.leave(one.screen, streams[0])
    one.clock.ahead += NARROWED_LINGER_SECONDS
    one.hub.tick()
    await one.hub.join(one.screen, further)


async def test_a_withheld_frame_is_made_good_with_the_next_acknowledgement(
    floor: Floor, process: tuple[Process, FakeBridge]
) -> None:
    one, bridge = process
    assert one.stream is not None
    for value in range(100):
        one.clock.ahead += 0.25
        await bridge.publish({floor.waiting.pk: 100 + value})
        await one.until(lambda value=value: one.stream.seq >= value + 2)
    assert one.screen.window.behind
    one.hub.acknowledge(one.screen, one.stream, one.screen.window.sent)
    assert one.frames[-1]["type"] == "snapshot"
    assert one.frames[-1]["seq"] == one.stream.seq
