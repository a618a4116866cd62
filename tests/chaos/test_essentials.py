"""The essentials against the official CometD server, which is not ours: nobody does anything, and all is well again."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from statsbridge.models import Connection, Series
from tests.peers.genesys import GenesysPeer
from tests.statsbridge.support import Listener, make_connection, make_series, running_bridge, until

pytestmark = pytest.mark.django_db(transaction=True)

RECOVERY_SECONDS = 10.0
MINUTE = 60.0
QUIET_SECONDS = 180.0


async def in_database(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return await sync_to_async(function)(*args, **kwargs)


async def two_series(peer: GenesysPeer) -> list[Series]:
    connection: Connection = await in_database(make_connection, peer)
    return [await in_database(make_series, connection, name) for name in ("CurrNumberWaitingCalls", "TotalAnswered")]


class Floor:
    """Two series at the peer, published and looked at."""

    def __init__(self, peer: GenesysPeer, heard: Listener, series: list[Series]) -> None:
        self.peer, self.heard, self.series = peer, heard, series
        self._value = 100

    async def publish(self) -> int:
        """The next value of each series."""
        self._value += 1
        where = [
            (held["id"], one["statisticId"]) for held in await self.peer.subscriptions() for one in held["statistics"]
        ]
        at = time.time_ns() // 1_000_000
        await self.peer.publish_messages([[(*each, self._value, at) for each in where]])
        return self._value

    async def recovered(self) -> bool:
        """Each series once at the service, and each new value shown."""
        open_now = [one["statisticId"] for held in await self.peer.subscriptions() for one in held["statistics"]]
        if sorted(open_now) != sorted(str(one.pk) for one in self.series):
            return False
        value = await self.publish()
        await asyncio.sleep(0.2)
        shown = [self.heard.value(one) for one in self.series]
        return shown == [value] * len(self.series) and self.heard.links["main"] == "live"

    async def recovers(self, what: str, seconds: float = RECOVERY_SECONDS) -> None:
        began = time.monotonic()
        await until(self.recovered, seconds)
        print(f"{what}: live after {time.monotonic() - began:.1f} s")  # noqa: T201


async def kick(peer: GenesysPeer) -> None:
    assert await peer.kick()


async def restart(peer: GenesysPeer) -> None:
    await peer.restart()


async def unavailable(peer: GenesysPeer) -> None:
    await peer.service_state("UNAVAILABLE")
    await asyncio.sleep(2)
    await peer.service_state("AVAILABLE")


async def expiry(peer: GenesysPeer) -> None:
    await peer.expire_tokens()


async def expiry_for_good(peer: GenesysPeer) -> None:
    await peer.expire_tokens(refresh=True)


@pytest.mark.parametrize("fault", [kick, restart, unavailable, expiry, expiry_for_good])
async def test_it_is_live_again_within_ten_seconds(
    genesys_peer: GenesysPeer, fault: Callable[[GenesysPeer], Any]
) -> None:
    series = await two_series(genesys_peer)
    async with running_bridge() as (_, heard):
        await heard.until_live()
        floor = Floor(genesys_peer, heard, series)
        await fault(genesys_peer)
        await floor.recovers(fault.__name__)


@pytest.mark.soak
async def test_a_minute_of_503_is_over_within_ten_seconds_of_its_end(genesys_peer: GenesysPeer) -> None:
    series = await two_series(genesys_peer)
    async with running_bridge() as (_, heard):
        await heard.until_live()
        floor = Floor(genesys_peer, heard, series)
        for kind in ("token", "rest", "notifications"):
            await genesys_peer.fault(kind, 10_000, status=503)
        await genesys_peer.kick()
        await heard.until(lambda heard: heard.links["main"] == "down", 15.0)
        await asyncio.sleep(MINUTE)
        assert heard.links["main"] == "down"
        await genesys_peer.clear_faults()
        await floor.recovers("503 for a minute")


async def test_muted_notifications_are_found_out(genesys_peer: GenesysPeer) -> None:
    series = await two_series(genesys_peer)
    async with running_bridge() as (_, heard):
        await heard.until_live()
        floor = Floor(genesys_peer, heard, series)
        await genesys_peer.mute()
        (before,) = await genesys_peer.subscriptions()
        value = await floor.publish()
        # Shown as it was read, a while before the alarm.
        await heard.until(lambda heard: heard.value(series[0]) == value, 16.0)
        await until(lambda: replaced(genesys_peer, before["id"]), 15.0)
        await genesys_peer.mute(False)
        await floor.recovers("muted notifications")


async def replaced(peer: GenesysPeer, subscription: str) -> bool:
    return subscription not in [held["id"] for held in await peer.subscriptions()]


@pytest.mark.soak
async def test_three_quiet_minutes_show_no_false_late_or_stale() -> None:
    # The service's own hold time.
    async with GenesysPeer(hold=20_000) as peer:
        series = await two_series(peer)
        async with running_bridge() as (_, heard):
            await heard.until_live()
            await heard.until(lambda heard: all(heard.state(one) == "ok" for one in series))
            told = len(heard.states)
            await asyncio.sleep(QUIET_SECONDS)
            assert heard.states[told:] == []
            assert [heard.state(one) for one in series] == ["ok", "ok"]
