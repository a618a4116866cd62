"""What a connection survives: a service that sends nonsense, a new session, a row that the database does not take."""

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import InMemoryChannelLayer
from django.db import connection as database

from statsbridge import configuration, persistence
from statsbridge.candidate import Candidate
from statsbridge.clock import Clock
from statsbridge.configuration import Configured
from statsbridge.keeper import Keeper
from statsbridge.leadership import Alone, Term
from statsbridge.messages import Link, LinkState, Reading
from statsbridge.models import Connection, LastValue, LinkStatus, Sample
from statsbridge.persistence import LinkRow
from statsbridge.publisher import Publisher
from tests.peers.genesys import GenesysPeer
from tests.statsbridge.support import DEADLINE, make_connection, make_series, running_bridge, until
from tests.statsbridge.test_bridge import WAITING, in_database, one_series, publish

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_new_session_may_have_an_older_clock(genesys_peer: GenesysPeer) -> None:
    series = await one_series(genesys_peer)
    async with running_bridge() as (_, heard):
        await heard.until_live()
        await publish(genesys_peer, series, 50, 4_000_000_000_000)
        await heard.until(lambda heard: heard.value(series) == 50)
        # A token that is refused twice ends the session without a word.
        await genesys_peer.fault("subscriptions", 2, status=401, body={})
        added = await in_database(make_series, await Connection.objects.aget(), "TotalAnswered")
        await heard.until(lambda heard: heard.state(added) == "ok")
        await publish(genesys_peer, series, 49, 3_999_999_999_999)
        await heard.until(lambda heard: heard.value(series) == 49)


@pytest.mark.parametrize(
    ("value", "timestamp"),
    [(3, 10**30), ({"stringValue": "9" * 400}, None), ({"intValue": 1e300}, None), ({"stringValue": "1\0"}, None)],
    ids=["time", "digits", "float", "nul"],
)
async def test_nonsense_of_the_service_ends_nothing(genesys_peer: GenesysPeer, value: Any, timestamp: Any) -> None:
    series = await one_series(genesys_peer)
    async with running_bridge() as (_, heard):
        await heard.until_live()
        await publish(genesys_peer, series, value, timestamp)
        await publish(genesys_peer, series, 5)
        await heard.until(lambda heard: heard.value(series) == 5)

        async def saved() -> bool:
            return await LastValue.objects.filter(series=series, value=5).aexists()

        await until(saved)
        assert {state for _, state in heard.states} <= {"connecting", "live"}


def test_a_row_that_the_database_does_not_take_blocks_no_other(genesys_peer: GenesysPeer) -> None:
    connection = make_connection(genesys_peer)
    series = [make_series(connection, WAITING, str(number)) for number in range(5)]
    values = [(one.pk, Reading(one.pk, 10**30 if one is series[2] else 7)) for one in series]
    samples = [(one.pk, 10**30 if one is series[3] else 7, 1.0) for one in series]
    row = LinkRow(connection.pk, Link(LinkState.LIVE, 1), 2, 5, 0)
    refused = persistence.save(row, values, samples)
    # The error's name, which follows in brackets, is the database's own.
    assert [one.split(" (")[0] for one in refused] == [
        f"the value of series {series[2].pk}",
        f"a sample of series {series[3].pk}",
    ]
    assert set(LastValue.objects.values_list("pk", flat=True)) == {one.pk for one in series} - {series[2].pk}
    assert set(Sample.objects.values_list("series", flat=True)) == {one.pk for one in series} - {series[3].pk}
    assert LinkStatus.objects.get().state == "live"


async def test_what_could_not_be_saved_is_saved_once_the_database_is_back(genesys_peer: GenesysPeer) -> None:
    series = await one_series(genesys_peer)
    async with running_bridge() as (_, heard):
        await heard.until_live()
        await sync_to_async(rename)("statsbridge_lastvalue", "away")
        await publish(genesys_peer, series, 8)
        await heard.until(lambda heard: heard.value(series) == 8)
        await sync_to_async(rename)("away", "statsbridge_lastvalue")

        async def saved() -> bool:
            return await LastValue.objects.filter(series=series, value=8).aexists()

        await until(saved)


def rename(table: str, name: str) -> None:
    with database.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {name}")


class Faulty(Alone):
    """Its first renewal ends in an error that nobody foresaw."""

    def __init__(self) -> None:
        super().__init__(Clock().now)
        self.released: list[int] = []
        self.renewals = 0
        self.well = asyncio.Event()

    async def renew(self, connection: int, term: Term) -> bool:
        self.renewals += 1
        if self.renewals == 1:
            raise ArithmeticError
        self.well.set()
        return True

    async def release(self, connection: int, term: Term) -> None:
        self.released.append(term.fence)


async def test_a_candidate_that_fails_hands_over_and_stands_again(genesys_peer: GenesysPeer) -> None:
    await one_series(genesys_peer)
    (configured,) = (await sync_to_async(configuration.load)()).values()
    publisher, leases, made = Publisher(InMemoryChannelLayer()), Faulty(), []

    def make(configured: Configured, term: Term) -> Keeper:
        keeper = Keeper(configured, publisher, epoch="e", term=term, sample_interval=10, clock=Clock())
        made.append(term.fence)
        return keeper

    candidate = Candidate(configured, leases, make, Clock())
    candidate.start()
    async with asyncio.timeout(DEADLINE):
        await leases.well.wait()
    assert leases.released == made[:1]
    assert len(made) == 2
    await candidate.abandon()
