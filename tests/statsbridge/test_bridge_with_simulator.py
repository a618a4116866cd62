"""The bridge against the simulated contact centre: real definitions, states of agents, and what can go wrong."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async

from dashboard.wanted import deferred
from statsbridge.models import Connection, Series
from statsbridge.simulator.server import SimulatorServer
from tests.statsbridge.support import Listener, make_series, running_bridge, until

pytestmark = pytest.mark.django_db(transaction=True)

Chaos = Callable[..., Awaitable[None]]
READY_TIME = {
    "definition": {
        "category": "TotalAdjustedTime",
        "subject": "DNStatus",
        "mainMask": "WaitForNextCall",
        "intervalType": "GrowingWindow",
        "dynamicTimeProfile": "00:00",
        "notificationMode": "Periodical",
        "notificationFrequency": 5,
        "insensitivity": 1,
    }
}


def zone_at_noon() -> str:
    """A time zone in which it is about noon: at night nobody calls."""
    ahead = 12 - datetime.now(UTC).hour
    # The names of these zones count the other way round.
    return f"Etc/GMT{-ahead:+d}"


@pytest_asyncio.fixture
async def simulator() -> AsyncIterator[SimulatorServer]:
    async with SimulatorServer(seed=7, agents=8, queues=2, timezone=zone_at_noon()) as server:
        yield server


class Floor:
    """Series on the simulated floor, and what its own books say."""

    def __init__(self, simulator: SimulatorServer) -> None:
        self.simulator = simulator
        self.http = httpx.AsyncClient(base_url=simulator.url, trust_env=False)

    async def chaos(self, action: str, **order: Any) -> None:
        answer = await self.http.post("/_sim/chaos", json={"action": action, **order})
        assert answer.status_code == 200, answer.text

    async def state(self) -> dict[str, Any]:
        state: dict[str, Any] = (await self.http.get("/_sim/state")).json()
        return state

    async def notified(self) -> dict[str, Any]:
        """What each open statistic was last notified with, by its id."""
        return {
            one["id"]: one["notified"] for held in (await self.state())["subscriptions"] for one in held["statistics"]
        }

    async def open_ids(self) -> list[str]:
        return sorted(one["id"] for held in (await self.state())["subscriptions"] for one in held["statistics"])


@pytest_asyncio.fixture
async def floor(simulator: SimulatorServer) -> AsyncIterator[Floor]:
    one = Floor(simulator)
    async with one.http:
        yield one


def connect(simulator: SimulatorServer, **fields: Any) -> Connection:
    known = simulator.options.credentials
    return Connection.objects.create(
        name="main",
        api_url=simulator.url,
        **{
            "api_key": known.api_key,
            "client_id": known.client_id,
            "client_secret": known.client_secret,
            "username": known.username,
            "password": known.password,
            **fields,
        },
    )


def staff(simulator: SimulatorServer) -> dict[str, Series]:
    """A few series of every shape."""
    listed = simulator.roster.objects
    agent = next(one.object_id for one in listed if one.type == "Agent")
    queue = next(one.object_id for one in listed if one.type == "Queue")
    group = next(one.object_id for one in listed if one.type == "GroupAgents")
    connection = connect(simulator)
    with deferred():
        return {
            "waiting": make_series(connection, "CurrNumberWaitingCalls", queue),
            "answered": make_series(connection, "TotalAnswered", queue),
            "agent": make_series(connection, "CurrentAgentState", agent, unit="state", type="Agent"),
            "group": make_series(connection, "CurrentGroupState", group, unit="state", type="GroupAgents"),
            "ready": make_series(connection, "ReadyTime", group, unit="seconds", type="GroupAgents", **READY_TIME),
        }


async def all_equal(floor: Floor, heard: Listener, series: dict[str, Series]) -> bool:
    """Whether every number shown is the one that the service has notified."""
    notified = await floor.notified()
    numbers = [series[name] for name in ("waiting", "answered", "ready")]
    return all(heard.state(one) == "ok" and _number(notified.get(str(one.pk))) == heard.value(one) for one in numbers)


def _number(value: Any) -> Any:
    if isinstance(value, dict):
        return value.get("intValue")
    return value


@pytest_asyncio.fixture
async def series(simulator: SimulatorServer) -> dict[str, Series]:
    made: dict[str, Series] = await sync_to_async(staff)(simulator)
    return made


async def test_every_shape_of_value_is_shown(floor: Floor, series: dict[str, Series]) -> None:
    async with running_bridge() as (_, heard):
        await heard.until_live()
        assert {name: heard.state(one) for name, one in series.items()} == dict.fromkeys(series, "ok")
        assert set(heard.value(series["agent"])) == {"state", "since", "reason", "channels"}
        members = heard.value(series["group"])["agents"]
        assert members
        assert all(set(member) == {"id", "state", "since"} for member in members)
        await until(lambda: all_equal(floor, heard, series))


@pytest.mark.parametrize(
    "faults",
    [
        [("drop_sessions", {})],
        [("expire_tokens", {}), ("drop_sessions", {})],
        [("close_connections", {}), ("drop_sessions", {})],
        [("error", {"status": 503, "count": 3, "on": "all"}), ("drop_sessions", {})],
        [("error", {"status": 500, "count": 5, "on": "rest"}), ("drop_sessions", {})],
        [("error", {"status": 401, "count": 3, "on": "notifications"}), ("drop_sessions", {})],
        [("error", {"status": 403, "count": 2, "on": "all"}), ("drop_sessions", {})],
        [("garbage", {"count": 3, "on": "all"}), ("drop_sessions", {})],
        [("expire_tokens", {}), ("revoke_refresh", {}), ("drop_sessions", {})],
    ],
    ids=lambda faults: "-".join(action for action, _ in faults),
)
async def test_it_recovers_by_itself(
    floor: Floor, series: dict[str, Series], faults: list[tuple[str, dict[str, Any]]]
) -> None:
    async with running_bridge() as (_, heard):
        await heard.until_live()
        for action, order in faults:
            await floor.chaos(action, **order)

        async def recovered() -> bool:
            ids = await floor.open_ids()
            return ids == sorted(str(one.pk) for one in series.values()) and await all_equal(floor, heard, series)

        await until(recovered, 15.0)
        await heard.until_live()


async def test_unavailable_and_available(floor: Floor, series: dict[str, Series]) -> None:
    async with running_bridge() as (_, heard):
        await heard.until_live()
        await floor.chaos("unavailable")
        await heard.until(lambda heard: heard.links["main"] == "unavailable", 5.0)
        await floor.chaos("available")
        await heard.until_live()
        await until(lambda: all_equal(floor, heard, series))


async def test_a_statistic_that_the_service_rejects_says_why(floor: Floor, series: dict[str, Series]) -> None:
    await floor.chaos("reject", statistic="TotalAnswered")
    async with running_bridge() as (_, heard):
        await heard.until_live()
        assert heard.state(series["answered"]) == "rejected"
        assert heard.values[str(series["answered"].pk)][3]
        assert heard.state(series["waiting"]) == "ok"


async def test_nothing_is_left_open_after_a_stop(floor: Floor, series: dict[str, Series]) -> None:
    async with running_bridge() as (_, heard):
        await heard.until_live()
        assert len(await floor.open_ids()) == len(series)
    assert await floor.open_ids() == []


async def test_held_notifications_are_noticed_and_everything_is_opened_again(
    floor: Floor, series: dict[str, Series]
) -> None:
    async with running_bridge() as (_, heard):
        await heard.until_live()
        before = {held["id"] for held in (await floor.state())["subscriptions"]}
        await floor.chaos("freeze")

        async def opened_anew() -> bool:
            held = {one["id"] for one in (await floor.state())["subscriptions"]}
            return bool(held) and not held & before

        await until(opened_anew, 45.0)
        await floor.chaos("thaw")
        await until(lambda: all_equal(floor, heard, series))
        await heard.until_live()
