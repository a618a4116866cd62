"""What changes while a screen is about to join: the board, its stream, the hub itself, the time of day."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.layers import InMemoryChannelLayer

from dashboard import embed, stored
from dashboard.access import Grant
from dashboard.boards import Board
from dashboard.hub import ACCESS_SECONDS, Hub, HubEnded
from dashboard.hubs import running_hub
from dashboard.screens import Screen
from dashboard.streams import Stream, StreamKey
from statsbridge import persistence
from statsbridge.clock import Clock
from statsbridge.models import LinkStatus
from tests.dashboard.floor import FakeBridge, Floor, Wall, now_ms
from tests.dashboard.test_embed import token_of


class SetClock(Clock):
    """The real clocks; the time of day can be set."""

    def __init__(self) -> None:
        self.set_by = 0
        self.ahead = 0.0

    def now(self) -> int:
        return super().now() + self.set_by

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


class Joining:
    """A hub whose tasks do not run by themselves, and a screen that joins while no bridge answers.

    The bridge seems alive, so the stream that opens waits for it after its board was read.
    """

    def __init__(self, floor: Floor) -> None:
        self.clock = SetClock()
        self.hub = Hub(InMemoryChannelLayer(), self.clock)
        self.key = StreamKey(floor.board.pk)
        self.frames: list[dict[str, Any]] = []
        self.screen = Screen(self._send, Grant(floor.board.pk), self.clock.monotonic(), "a screen")

    async def _send(self, message: dict[str, Any]) -> None:
        self.frames.append(json.loads(message["text"]))

    async def begin(self) -> "asyncio.Task[Any]":
        joining = asyncio.ensure_future(self.hub.join(self.screen, self.key))
        await until(lambda: "main" in self.hub.readings.links)
        assert not joining.done()
        return joining


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  # nothing tells when a thread is done
            await asyncio.sleep(0.01)


@pytest.fixture
async def joining(floor: Floor) -> AsyncIterator[Joining]:
    await database_sync_to_async(_bridge_was_here)(floor)
    one = Joining(floor)
    yield one
    await one.hub.stop()


def _bridge_was_here(floor: Floor) -> None:
    persistence.beat("worker", 0)
    connection = floor.waiting.monitored_object.connection
    LinkStatus.objects.create(connection=connection, state="live", since=now_ms(), seen_at=now_ms())


def rename(floor: Floor) -> None:
    floor.board.title = "Renamed"
    floor.board.save()


async def test_a_board_that_changes_while_its_stream_opens_is_shown_as_it_is(floor: Floor, joining: Joining) -> None:
    task = await joining.begin()
    await database_sync_to_async(rename)(floor)
    await joining.hub.watch()
    await task
    assert joining.frames[-1]["wallboard"]["title"] == "Sales floor"
    await joining.hub.watch()
    assert joining.frames[-1]["wallboard"]["title"] == "Renamed"


async def test_a_change_is_looked_at_once(floor: Floor, joining: Joining) -> None:
    await (await joining.begin())
    await database_sync_to_async(rename)(floor)
    await joining.hub.watch()
    await joining.hub.watch()
    assert [frame["type"] for frame in joining.frames] == ["snapshot", "snapshot"]


async def test_access_is_looked_after_while_many_boards_are_read_anew(floor: Floor, joining: Joining) -> None:
    await (await joining.begin())
    for number in range(2 * stored.BOARDS_AT_ONCE):
        key = StreamKey(floor.board.pk, tiles=frozenset({f"t{number}"}))
        joining.hub.streams[key] = Stream(
            key, Board(floor.board.pk, "sales", {}, {}), joining.hub.readings, joining.clock, "1", 4
        )
    last = joining.hub.streams[key]
    told: list[int] = []

    async def send(_: dict[str, Any]) -> None:
        told.append(last.revision)

    stranger = Screen(send, Grant(floor.board.pk, user=0), joining.clock.monotonic(), "a stranger's screen")
    await joining.hub.join(stranger, joining.key)
    joining.clock.ahead = ACCESS_SECONDS
    await joining.hub.watch()
    await until(lambda: len(told) >= 2)
    assert stranger.closed
    assert set(told) == {0}
    assert last.revision != 0


async def test_a_hub_that_has_ended_takes_nobody(joining: Joining) -> None:
    await joining.hub.stop()
    with pytest.raises(HubEnded):
        await joining.hub.join(joining.screen, joining.key)


async def test_a_hub_that_ends_while_a_stream_opens_says_so(joining: Joining) -> None:
    task = await joining.begin()
    await joining.hub.stop()
    with pytest.raises(HubEnded):
        await task


async def test_a_stream_that_is_dropped_before_the_screen_joined_is_opened_anew(joining: Joining) -> None:
    task = await joining.begin()
    opening = next(one for one in asyncio.all_tasks() if "Hub._open" in repr(one.get_coro()) and not one.done())
    opening.add_done_callback(lambda _: joining.hub.streams.clear())
    stream = await task
    assert joining.hub.streams == {joining.key: stream}
    assert stream.screens == {joining.screen}


async def test_a_socket_whose_admission_outlives_the_hub_gets_another_one(floor: Floor, bridge: FakeBridge) -> None:
    key = await database_sync_to_async(embed.create_key)(floor.sales)
    wall = await Wall("/ws/embed/sales/").open()
    await running_hub().stop()
    await wall.send_json_to({"type": "auth", "token": token_of(key, now=now_ms() // 1000)})
    await wall.next("snapshot")
    await bridge.publish({floor.waiting.pk: 4})
    await wall.value_of(floor.waiting.pk, 4)
    await wall.leave()


@pytest.mark.parametrize("hours", [-2, 2])
async def test_a_time_of_day_that_is_set_changes_nothing_that_is_known(
    floor: Floor, joining: Joining, hours: int
) -> None:
    series = floor.waiting.pk
    where = {"connection": "main", "epoch": "b", "fence": 1, "seq": 0}
    link = {"state": "live", "since": now_ms(), "reason": ""}
    values = {str(series): [5, now_ms(), "ok"]}
    await joining.hub.listener.handle({"type": "bridge.snapshot", **where, "values": values, "link": link})
    stream = await joining.hub.join(joining.screen, joining.key)
    joining.clock.set_by = hours * 3_600_000
    joining.hub.tick()
    assert stream.bridge() == "live"
    assert stream.snapshot(history=False)["text"].count('"stale"') == 0
