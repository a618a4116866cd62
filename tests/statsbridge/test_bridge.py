"""The whole bridge against the official CometD server: what a hub hears of what happens at the service."""

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from statsbridge.models import Connection, LastValue, OpenSubscription, Revision, Series, Worker
from tests.peers.genesys import GenesysPeer
from tests.statsbridge.support import make_connection, make_series, running_bridge, until, unwant

pytestmark = pytest.mark.django_db(transaction=True)

WAITING = "CurrNumberWaitingCalls"


async def in_database(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return await sync_to_async(function)(*args, **kwargs)


async def one_series(peer: GenesysPeer, url: str = "", **fields: Any) -> Series:
    connection = await in_database(make_connection, peer, url, **fields)
    return await in_database(make_series, connection, WAITING)


async def publish(peer: GenesysPeer, series: Series, value: Any, timestamp: int | None = None) -> None:
    for subscription in await peer.subscriptions():
        for statistic in subscription["statistics"]:
            if statistic["statisticId"] == str(series.pk):
                await peer.publish(subscription["id"], str(series.pk), value, timestamp)


@pytest.mark.parametrize("by_name", [False, True], ids=["by-ip", "by-name"])
async def test_an_update_reaches_a_hub_within_a_second(genesys_peer: GenesysPeer, by_name: bool) -> None:
    series = await one_series(genesys_peer, genesys_peer.url_by_name if by_name else "")
    async with running_bridge() as (_, heard):
        await heard.until_live()
        await publish(genesys_peer, series, 17)
        await heard.until(lambda heard: heard.value(series) == 17, 1.0)
        assert heard.state(series) == "ok"


async def test_a_secure_cookie_holds_the_session_over_plain_http() -> None:
    async with GenesysPeer(secure_cookies=True) as peer:
        series = await one_series(peer)
        async with running_bridge() as (_, heard):
            await heard.until_live()
            await publish(peer, series, 5)
            await heard.until(lambda heard: heard.value(series) == 5, 5.0)


async def test_it_works_without_an_api_key() -> None:
    async with GenesysPeer(api_key="") as peer:
        await one_series(peer, api_key="")
        async with running_bridge() as (_, heard):
            await heard.until_live()


async def test_it_keeps_the_order_of_the_vendors_clients(genesys_peer: GenesysPeer) -> None:
    await one_series(genesys_peer)
    async with running_bridge() as (_, heard):
        await heard.until_live()
        steps = ("token", "handshake", "subscribe", "subscriptions")
        seen = [kind for request in await genesys_peer.requests() for kind in request["kinds"] if kind in steps]
    assert [kind for at, kind in enumerate(seen) if kind not in seen[:at]] == list(steps)


async def test_a_stop_leaves_nothing_behind(genesys_peer: GenesysPeer) -> None:
    series = await one_series(genesys_peer)
    async with running_bridge() as (_, heard):
        await heard.until_live()
        assert await genesys_peer.subscriptions()
    assert await genesys_peer.subscriptions() == []
    assert await genesys_peer.sessions() == []
    assert await OpenSubscription.objects.acount() == 0
    assert await Worker.objects.acount() == 0
    assert (await LastValue.objects.aget(series=series)).state == "ok"


async def test_what_a_dead_bridge_left_open_is_deleted(genesys_peer: GenesysPeer) -> None:
    series = await one_series(genesys_peer)
    connection = await Connection.objects.aget()
    await OpenSubscription.objects.acreate(connection=connection, subscription_id="left-by-the-dead", opened_at=0)
    async with running_bridge() as (_, heard):
        await heard.until_live()
        deleted = [one["path"] for one in await genesys_peer.requests("rest") if one["method"] == "DELETE"]
        assert [path.rsplit("/", 1)[-1] for path in deleted] == ["left-by-the-dead"]
        assert not await OpenSubscription.objects.filter(subscription_id="left-by-the-dead").aexists()
        assert heard.state(series) == "ok"


async def test_values_of_an_earlier_life_are_stale_until_they_are_read_again(genesys_peer: GenesysPeer) -> None:
    series = await one_series(genesys_peer)
    await LastValue.objects.acreate(series=series, value=41, at=1_490_830_620_000, state="ok")
    await genesys_peer.fault("token", 1, status=503)
    async with running_bridge() as (_, heard):
        await heard.until(lambda heard: heard.value(series) == 41)
        assert heard.state(series) == "stale"
        await heard.until_live()
        assert heard.state(series) == "ok"


async def test_a_series_without_a_value_is_pending(genesys_peer: GenesysPeer) -> None:
    series = await one_series(genesys_peer)
    await genesys_peer.fault("token", 1, status=503)
    async with running_bridge() as (_, heard):
        await heard.until(lambda heard: heard.state(series) == "pending")
        await heard.until(lambda heard: heard.state(series) == "ok")


async def test_unavailable_and_available_are_followed(genesys_peer: GenesysPeer) -> None:
    series = await one_series(genesys_peer)
    async with running_bridge() as (_, heard):
        await heard.until_live()
        await genesys_peer.service_state("UNAVAILABLE")
        await heard.until(lambda heard: heard.links["main"] == "unavailable", 5.0)
        assert await genesys_peer.subscriptions() == []
        await genesys_peer.service_state("AVAILABLE")
        await heard.until_live()
        await publish(genesys_peer, series, 23)
        await heard.until(lambda heard: heard.value(series) == 23, 5.0)


async def test_a_success_counts_as_available_when_the_message_never_comes(genesys_peer: GenesysPeer) -> None:
    await one_series(genesys_peer)
    async with running_bridge() as (_, heard):
        await heard.until_live()
        await genesys_peer.message("/statistics/v3/service", {"data": {"serviceState": "unavailable"}})
        await heard.until(lambda heard: heard.links["main"] == "unavailable", 5.0)
        await heard.until_live()


async def test_a_dropped_session_is_opened_again(genesys_peer: GenesysPeer) -> None:
    series = await one_series(genesys_peer)
    async with running_bridge() as (_, heard):
        await heard.until_live()
        (before,) = await genesys_peer.subscriptions()
        assert await genesys_peer.kick() == 1

        async def other() -> bool:
            open_now = await genesys_peer.subscriptions()
            return len(open_now) == 1 and open_now[0]["id"] != before["id"] and bool(open_now[0]["sessions"])

        await until(other)
        await publish(genesys_peer, series, 9)
        await heard.until(lambda heard: heard.value(series) == 9, 5.0)
        assert {state for _, state in heard.states} <= {"connecting", "live"}


async def test_a_restarted_service_is_followed(genesys_peer: GenesysPeer) -> None:
    series = await one_series(genesys_peer)
    async with running_bridge() as (_, heard):
        await heard.until_live()
        await genesys_peer.restart()

        async def shown() -> bool:
            await publish(genesys_peer, series, 31)
            return bool(heard.value(series) == 31)

        await until(shown, 15.0)
        await heard.until_live()


async def test_an_expired_token_is_renewed_and_nothing_is_lost(genesys_peer: GenesysPeer) -> None:
    series = await one_series(genesys_peer)
    async with running_bridge() as (_, heard):
        await heard.until_live()
        await genesys_peer.expire_tokens(refresh=True)
        await until(lambda: asked_for_tokens(genesys_peer, 2))
        await publish(genesys_peer, series, 12)
        await heard.until(lambda heard: heard.value(series) == 12, 5.0)


async def asked_for_tokens(peer: GenesysPeer, least: int) -> bool:
    return len(await peer.requests("token")) >= least


async def test_a_wrong_statistic_alone_is_rejected_on_a_link_that_is_live() -> None:
    async with GenesysPeer(hold=2000, refused=["NoSuchStatistic"]) as peer:
        connection = await in_database(make_connection, peer)
        wrong = await in_database(make_series, connection, "NoSuchStatistic")
        async with running_bridge() as (_, heard):
            await heard.until(lambda h: h.state(wrong) == "rejected", seconds=15)
            assert heard.values[str(wrong.pk)][3] == "Resource not found"
            await heard.until_live()
            assert ("main", "down") not in heard.states


async def test_an_outage_rejects_no_statistic_though_it_is_the_only_one() -> None:
    async with GenesysPeer(hold=2000) as peer:
        await peer.fault("rest", -1, status=503)
        connection = await in_database(make_connection, peer)
        series = await in_database(make_series, connection, "Waiting")
        async with running_bridge() as (_, heard):
            await heard.until(lambda h: h.links.get("main") == "down", seconds=20)
            assert heard.state(series) == "pending"
            await peer.clear_faults()
            await heard.until(lambda h: h.state(series) == "ok", seconds=15)


async def test_a_refused_statistic_is_rejected_and_the_others_are_live() -> None:
    async with GenesysPeer(refused=["NoSuchStatistic"]) as peer:
        series = await one_series(peer)
        connection = await Connection.objects.aget()
        wrong = await in_database(make_series, connection, "NoSuchStatistic")
        async with running_bridge() as (_, heard):
            await heard.until_live()
            assert (heard.state(series), heard.state(wrong)) == ("ok", "rejected")
            assert heard.values[str(wrong.pk)][3]
            # An edit is tried at once.
            await peer.refuse([])
            await in_database(rename_statistic, wrong, "TotalAnswered")
            await heard.until(lambda heard: heard.state(wrong) == "ok", 5.0)


def rename_statistic(series: Series, statistic: str) -> None:
    series.definition.statistic = statistic
    series.definition.save()


async def test_a_change_opens_and_closes_the_difference_only(genesys_peer: GenesysPeer) -> None:
    series = await one_series(genesys_peer)
    async with running_bridge() as (_, heard):
        await heard.until_live()
        (first,) = await genesys_peer.subscriptions()
        added = await in_database(make_series, await Connection.objects.aget(), "TotalAnswered")
        await heard.until(lambda heard: heard.state(added) == "ok", 5.0)
        assert first["id"] in [one["id"] for one in await genesys_peer.subscriptions()]
        await in_database(unwant, added)
        await until(lambda: open_only(genesys_peer, first["id"]), 5.0)
        assert heard.state(series) == "ok"


async def open_only(peer: GenesysPeer, subscription: str) -> bool:
    return [one["id"] for one in await peer.subscriptions()] == [subscription]


async def test_a_disabled_connection_is_closed_and_an_enabled_one_comes_back(genesys_peer: GenesysPeer) -> None:
    await one_series(genesys_peer)
    async with running_bridge() as (_, heard):
        await heard.until_live()
        await in_database(enable, False)
        await heard.until(lambda heard: heard.links["main"] == "down", 5.0)
        assert await genesys_peer.subscriptions() == []
        await in_database(enable, True)
        await heard.until_live()


def enable(enabled: bool) -> None:
    Connection.objects.update(enabled=enabled)
    Revision.bump()


async def test_a_wrong_password_is_told_in_the_services_words_and_an_edit_retries_at_once(
    genesys_peer: GenesysPeer,
) -> None:
    await one_series(genesys_peer, password="wrong")
    async with running_bridge() as (_, heard):
        await heard.until(lambda heard: heard.links.get("main") == "down")
        assert "user name or password was refused: Bad credentials" in heard.reasons["main"]
        await in_database(correct_password, genesys_peer.password)
        await heard.until_live(seconds=5.0)


def correct_password(password: str) -> None:
    connection = Connection.objects.get()
    connection.password = password
    connection.save()


async def test_a_connection_that_is_down_delays_no_other(genesys_peer: GenesysPeer) -> None:
    series = await one_series(genesys_peer)
    await in_database(make_connection, genesys_peer, "http://127.0.0.1:9", name="dead")
    async with running_bridge() as (_, heard):
        await heard.until_live("main", 5.0)
        await publish(genesys_peer, series, 3)
        await heard.until(lambda heard: heard.value(series) == 3, 5.0)
        await heard.until(lambda heard: heard.links.get("dead") == "down", 15.0)
