"""The desk of a process: what it writes, how often, and what it does while the database is away."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from channels.db import database_sync_to_async
from django.db import connection as database
from django.db import connections
from django.test.utils import CaptureQueriesContext

from dashboard.access import Grant
from dashboard.pairing import orders
from dashboard.pairing.desk import CHANGED_SECONDS, SEEN_SECONDS, Desk, Visit
from dashboard.pairing.frames import Status
from dashboard.pairing.models import PairedScreen
from dashboard.protocol import HEARTBEAT_SECONDS, SILENCE_SECONDS
from dashboard.screens import Screen
from statsbridge.clock import Clock
from tests.dashboard.floor import Floor

LIVE = Status("1", 1920, 1080, 1, "on", "live", "sales")
LATE = Status("1", 1920, 1080, 1, "on", "late", "sales")


class MovedClock(Clock):
    """The real clocks, moved forward by hand."""

    ahead = 0.0
    #: By how many ms the next question is answered too early: a read of the database takes that long.
    slow = 0

    def now(self) -> int:
        slow, self.slow = self.slow, 0
        return super().now() - slow

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


class Seat:
    """A desk without its task, and one screen at it."""

    def __init__(self, floor: Floor) -> None:
        self.clock = MovedClock()
        self.desk = Desk(self.clock)
        self.frames: list[dict[str, Any]] = []
        self.code: int | None = None
        self.row = PairedScreen.objects.create(name="Hall", team=floor.sales, wallboard=floor.board, credential="c")
        self.visit = self.sit("c", self.row.pk)

    def sit(self, device: str, number: int | None) -> Visit:
        socket = Screen(self._send, Grant(0, screen=number), self.clock.monotonic(), "a screen")
        visit = Visit(socket, device, "https://wall.example.com", number)
        self.desk.visits.add(visit)
        return visit

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.close":
            self.code = message["code"]
        else:
            self.frames.append(json.loads(message["text"]))

    async def say(self, status: Status, after: float) -> int:
        """The screen speaks after so many seconds; how many rows are written."""
        self.clock.ahead += after
        self.visit.socket.heard = self.clock.monotonic()
        self.visit.status = status
        queries = await queries_of(self.desk.write())
        return sum(query.startswith("UPDATE") for query in queries)

    async def stored(self) -> PairedScreen:
        await database_sync_to_async(self.row.refresh_from_db)()
        return self.row


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        await asyncio.sleep(0.01)


async def queries_of(awaited: Awaitable[None]) -> list[str]:
    """The queries of the thread that has the database, while this is awaited."""
    captured = CaptureQueriesContext(database)
    await database_sync_to_async(captured.__enter__)()
    try:
        await awaited
    finally:
        await database_sync_to_async(captured.__exit__)(None, None, None)
    return await database_sync_to_async(lambda: [query["sql"] for query in captured.captured_queries])()


@pytest_asyncio.fixture
async def seat(floor: Floor) -> AsyncIterator[Seat]:
    seat = await database_sync_to_async(Seat)(floor)
    yield seat
    await seat.desk.stop()


async def test_a_change_is_written_at_once_and_a_sign_of_life_every_15_s(seat: Seat) -> None:
    assert await seat.say(LIVE, 0) == 1
    assert (await seat.stored()).freshness == "live"
    assert [await seat.say(LIVE, 1) for _ in range(int(SEEN_SECONDS) - 1)].count(1) == 0
    before = (await seat.stored()).seen_at
    assert await seat.say(LIVE, 1) == 1
    assert (await seat.stored()).seen_at != before


async def test_a_screen_that_changes_all_the_time_is_written_every_five_seconds(seat: Seat) -> None:
    written = [await seat.say(LATE if second % 2 else LIVE, 1) for second in range(60)]
    assert 0 < sum(written) <= 60 / CHANGED_SECONDS


async def test_one_that_says_nothing_is_not_called_heard_of_and_is_closed(seat: Seat) -> None:
    await seat.say(LIVE, 0)
    before = (await seat.stored()).seen_at
    seat.clock.ahead += SEEN_SECONDS + 1
    await seat.desk.write()
    assert (await seat.stored()).seen_at == before
    seat.clock.ahead += SILENCE_SECONDS
    seat.desk.beat()
    assert seat.visit not in seat.desk.visits
    await until(lambda: seat.code is not None)
    assert seat.code == 4408


async def test_heartbeats_come_every_five_seconds_and_nothing_is_told_twice(seat: Seat) -> None:
    for _ in range(3):
        await seat.desk.look([seat.visit])
    assert [frame["type"] for frame in seat.frames] == ["screen"]
    for _ in range(10):
        seat.clock.ahead += HEARTBEAT_SECONDS / 5
        seat.desk.beat()
    assert [frame["type"] for frame in seat.frames].count("heartbeat") == 2


async def test_what_is_over_is_not_told_again(seat: Seat) -> None:
    this = PairedScreen.objects.filter(pk=seat.row.pk)
    await database_sync_to_async(orders.identify)(this)
    await seat.desk.look([seat.visit])
    await database_sync_to_async(this.update)(identify_until=seat.row.paired_at)
    await seat.desk.look([seat.visit])
    assert [frame["identify"] > 0 for frame in seat.frames] == [True, False]


async def test_an_order_given_while_the_database_is_slow_is_not_longer_for_it(seat: Seat) -> None:
    await database_sync_to_async(orders.identify)(PairedScreen.objects.filter(pk=seat.row.pk))
    seat.clock.slow = 5000
    await seat.desk.look([seat.visit])
    assert 0 < seat.frames[0]["identify"] <= 11


async def test_many_screens_take_as_many_queries_as_one(seat: Seat, floor: Floor) -> None:
    async def queries() -> int:
        return len(await queries_of(seat.desk.look(list(seat.desk.visits))))

    def more() -> None:
        for number in range(50):
            row = PairedScreen.objects.create(
                name="x", team=floor.sales, wallboard=floor.board, credential=f"x{number}"
            )
            seat.sit(f"x{number}", row.pk)

    one = await queries()
    await database_sync_to_async(more)()
    assert await queries() == one
    assert 0 < one <= 4


async def test_a_database_that_is_away_costs_no_screen_its_socket(seat: Seat, caplog: pytest.LogCaptureFixture) -> None:
    def break_it() -> None:
        connections["default"].settings_dict["TEST_NAME"] = connections["default"].settings_dict["NAME"]
        connections["default"].close()
        connections["default"].settings_dict["NAME"] = "/no/such/folder/db.sqlite3"

    def mend() -> None:
        connections["default"].close()
        connections["default"].settings_dict["NAME"] = connections["default"].settings_dict.pop("TEST_NAME")

    await seat.desk.look([seat.visit])
    await database_sync_to_async(break_it)()
    try:
        seat.desk._task = asyncio.ensure_future(seat.desk._run())
        await until(lambda: "cannot be read" in caplog.text)
    finally:
        await database_sync_to_async(mend)()
    assert seat.visit in seat.desk.visits
    assert seat.code is None
    await database_sync_to_async(PairedScreen.objects.filter(pk=seat.row.pk).update)(name="Lobby")
    await until(lambda: seat.frames[-1].get("name") == "Lobby")
    assert caplog.text.count("cannot be read") == 1
