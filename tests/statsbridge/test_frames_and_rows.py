"""What a hub gets from the bridge, and what the database keeps, with the official CometD server behind it."""

import asyncio

import pytest

from dashboard.wanted import deferred
from statsbridge.models import Connection, LastValue, LinkStatus, Sample, Worker
from tests.peers.genesys import GenesysPeer
from tests.statsbridge.support import Listener, make_connection, make_series, running_bridge, until
from tests.statsbridge.test_bridge import WAITING, in_database, one_series, publish

pytestmark = pytest.mark.django_db(transaction=True)


async def test_older_values_and_values_of_other_subscriptions_are_dropped(genesys_peer: GenesysPeer) -> None:
    series = await one_series(genesys_peer)
    async with running_bridge() as (_, heard):
        await heard.until_live()
        await publish(genesys_peer, series, 50, 4_000_000_000_000)
        await publish(genesys_peer, series, 49, 3_999_999_999_999)
        stray = {"subscriptionId": "stray", "statisticId": str(series.pk), "value": {"intValue": 1}}
        await genesys_peer.message("/statistics/v3/updates", {"data": {"statistics": [stray]}})
        await publish(genesys_peer, series, 51, 4_000_000_000_001)
        await heard.until(lambda heard: heard.value(series) == 51, 5.0)
        told = [message["values"].get(str(series.pk)) for message in heard.messages if "values" in message]
    assert 49 not in [wire[0] for wire in told if wire]
    assert 1 not in [wire[0] for wire in told if wire]


async def test_a_flat_notification_is_understood_as_well(genesys_peer: GenesysPeer) -> None:
    series = await one_series(genesys_peer)
    async with running_bridge() as (_, heard):
        await heard.until_live()
        (subscription,) = await genesys_peer.subscriptions()
        item = {"subscriptionId": subscription["id"], "statisticId": str(series.pk), "value": 8}
        await genesys_peer.message("/statistics/v3/updates", {"statistics": [item, "nonsense", None]})
        await heard.until(lambda heard: heard.value(series) == 8, 5.0)


async def test_an_unreadable_value_is_never_shown_as_a_number(genesys_peer: GenesysPeer) -> None:
    series = await one_series(genesys_peer)
    async with running_bridge() as (_, heard):
        await heard.until_live()
        await publish(genesys_peer, series, {"stringValue": "<html>"})
        await heard.until(lambda heard: heard.state(series) == "stale", 5.0)
        await publish(genesys_peer, series, 4)
        await heard.until(lambda heard: heard.state(series) == "ok" and heard.value(series) == 4, 5.0)


async def test_a_hub_that_asks_gets_everything(genesys_peer: GenesysPeer) -> None:
    series = await one_series(genesys_peer)
    async with running_bridge() as (bridge, heard):
        await heard.until_live()
        late = Listener(heard.layer)
        channel = await heard.layer.new_channel()
        await bridge.answer({"type": "bridge.resync", "connection": None, "reply": channel})
        snapshot = await heard.layer.receive(channel)
        late._note(snapshot)
    assert snapshot["type"] == "bridge.snapshot"
    assert snapshot["epoch"] == bridge.epoch
    assert (late.state(series), late.links) == ("ok", {"main": "live"})


async def test_messages_are_numbered_without_a_gap_and_beats_name_the_last(genesys_peer: GenesysPeer) -> None:
    series = await one_series(genesys_peer)
    async with running_bridge() as (_, heard):
        await heard.until_live()
        for value in range(5):
            await publish(genesys_peer, series, value)
        await heard.until(lambda heard: heard.value(series) == 4)
        await heard.until(
            lambda heard: heard.messages[-1].get("seqs", {}).get("main") == numbers(heard)[-1], seconds=5.0
        )
        assert numbers(heard) == list(range(1, len(numbers(heard)) + 1))


def numbers(heard: Listener) -> list[int]:
    return [message["seq"] for message in heard.messages if "seq" in message]


async def test_samples_values_link_and_heartbeat_are_in_the_database(genesys_peer: GenesysPeer) -> None:
    series = await one_series(genesys_peer)
    async with running_bridge() as (_, heard):
        await heard.until_live()
        await publish(genesys_peer, series, 6)
        await heard.until(lambda heard: heard.value(series) == 6)

        async def saved() -> bool:
            return await LastValue.objects.filter(series=series, value=6).aexists()

        await until(saved)
        status = await LinkStatus.objects.aget()
        assert (status.state, status.open_statistics, status.rejected_statistics) == ("live", 1, 0)
        assert await Worker.objects.acount() == 1
    assert [sample.value async for sample in Sample.objects.order_by("pk")][-1] == 6


async def test_more_than_a_hundred_series_are_spread_over_subscriptions(genesys_peer: GenesysPeer) -> None:
    connection = await in_database(make_connection, genesys_peer)
    await in_database(make_many, connection, 130)
    async with running_bridge() as (_, heard):
        await heard.until_live(seconds=15.0)
        sizes = [len(one["statistics"]) for one in await genesys_peer.subscriptions()]
    assert sorted(sizes) == [30, 100]


def make_many(connection: Connection, count: int) -> None:
    with deferred():
        for number in range(count):
            make_series(connection, WAITING, f"{number}@SIP_Switch")


async def test_a_cancelled_bridge_leaves_no_task_behind(genesys_peer: GenesysPeer) -> None:
    await one_series(genesys_peer)
    before = asyncio.all_tasks()
    async with running_bridge(polite=False) as (_, heard):
        await heard.until_live()
    assert {task.get_name() for task in asyncio.all_tasks() - before} == set()
