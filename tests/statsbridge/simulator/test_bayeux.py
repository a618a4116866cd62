"""The Bayeux side, as a plain HTTP client meets it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from statsbridge.simulator.bayeux import Timing
from statsbridge.simulator.server import SimulatorServer
from tests.statsbridge.simulator.support import (
    SERVICE,
    UPDATES,
    Client,
    HandClock,
    another,
    defined,
    small_simulator,
    until,
)

TICKING = {"category": "CurrentMaxTime", "subject": "AgentStatus", "mainMask": "*", "notificationMode": "Immediate"}


@pytest.fixture
async def simulator(clock: HandClock) -> AsyncIterator[SimulatorServer]:
    async with small_simulator(clock, timing=Timing(hold=0.4, expiry=0.3)) as server:
        yield server


async def open_ticking(client: Client, id: str = "S1") -> None:
    status, _ = await client.open(defined("tick", TICKING, "GroupAgents", "All_Agents"), id=id)
    assert status == 200


def tick(simulator: SimulatorServer, clock: HandClock) -> None:
    clock.turn(1)
    simulator.catch_up()


async def hold(client: Client, simulator: SimulatorServer) -> asyncio.Task[list[dict]]:
    """A poll that the server holds."""
    task = asyncio.create_task(client.connect())
    await until(lambda: any(s.waiter for s in simulator.bayeux.sessions.values() if s.client_id == client.client_id))
    return task


async def test_a_handshake_sets_cookies_and_gives_advice(client: Client) -> None:
    await client.sign_in()
    reply = await client.handshake(id="7")
    assert reply["successful"] is True
    assert (reply["id"], reply["version"], reply["channel"]) == ("7", "1.0", "/meta/handshake")
    assert reply["supportedConnectionTypes"] == ["long-polling", "callback-polling"]
    assert reply["advice"] == {"interval": 0, "timeout": 400, "reconnect": "retry"}
    cookies = {cookie.key: cookie for cookie in client.http.cookie_jar}
    assert {"STATISTICS_SESSIONID", "BAYEUX_BROWSER"} <= set(cookies)
    assert not any(cookie["secure"] for cookie in cookies.values())


async def test_a_message_without_an_id_is_answered_without_one(client: Client) -> None:
    await client.sign_in()
    assert "id" not in await client.handshake()


async def test_a_handshake_without_a_common_transport_is_refused(client: Client) -> None:
    await client.sign_in()
    reply = await client.handshake(supportedConnectionTypes=["websocket"])
    assert (reply["successful"], reply["advice"]) == (False, {"reconnect": "none"})


async def test_the_first_connect_is_answered_at_once_and_later_ones_are_held(client: Client) -> None:
    await client.sign_in()
    await client.handshake()
    loop = asyncio.get_running_loop()
    started = loop.time()
    first = (await client.connect())[0]
    assert loop.time() - started < 0.3
    assert first["advice"]["reconnect"] == "retry"
    assert await client.connect(advice={"timeout": 0}) == [{"channel": "/meta/connect", "successful": True}]
    assert loop.time() - started < 0.35
    await client.connect()
    assert loop.time() - started >= 0.4


async def test_updates_are_nested_and_name_their_subscription(
    client: Client, simulator: SimulatorServer, clock: HandClock
) -> None:
    await client.join()
    await open_ticking(client)
    poll = await hold(client, simulator)
    tick(simulator, clock)
    event, reply = await poll
    assert (event["channel"], reply["channel"]) == (UPDATES, "/meta/connect")
    assert set(event) == {"channel", "data"}
    assert (event["data"]["name"], event["data"]["topic"]) == ("StatisticUpdate", UPDATES)
    (item,) = event["data"]["data"]["statistics"]
    assert (item["subscriptionId"], item["statisticId"]) == ("S1", "tick")
    assert set(item) == {"subscriptionId", "statisticId", "value", "timestamp"}
    assert item["timestamp"] == clock() * 1000


async def test_updates_reach_only_the_session_that_subscribed(
    client: Client, simulator: SimulatorServer, clock: HandClock
) -> None:
    async with another(simulator.url) as stranger:
        await client.join()
        await stranger.join()
        await open_ticking(client)
        tick(simulator, clock)
        assert [m["channel"] for m in await stranger.connect(advice={"timeout": 0})] == ["/meta/connect"]
        assert [m["channel"] for m in await client.connect(advice={"timeout": 0})] == [UPDATES, "/meta/connect"]


async def test_without_its_cookie_a_rest_call_belongs_to_another_session(
    client: Client, simulator: SimulatorServer, clock: HandClock
) -> None:
    await client.join()
    async with another(simulator.url) as cookieless:
        cookieless.headers = client.headers
        await open_ticking(cookieless)
    tick(simulator, clock)
    assert [m["channel"] for m in await client.connect(advice={"timeout": 0})] == ["/meta/connect"]


async def test_without_the_browser_cookie_a_client_is_unknown(client: Client, simulator: SimulatorServer) -> None:
    await client.join()
    async with another(simulator.url) as cookieless:
        cookieless.headers, cookieless.client_id = client.headers, client.client_id
        assert (await cookieless.connect())[0]["error"] == "402::Unknown client"


@pytest.mark.parametrize("suffix", ["", "/", "/connect", "/handshake", "/subscribe"])
async def test_the_path_suffix_does_not_matter(client: Client, suffix: str) -> None:
    await client.join()
    reply = await client.bayeux(client.meta("connect", advice={"timeout": 0}), suffix=suffix)
    assert reply[-1]["successful"] is True


async def test_a_single_object_is_taken_for_a_list_of_one(client: Client) -> None:
    await client.join()
    message = client.meta("connect", advice={"timeout": 0}, id="3")
    status, body = await client.ask("POST", "/statistics/v3/notifications", json=message)
    assert (status, body) == (200, [{"channel": "/meta/connect", "successful": True, "id": "3"}])


async def test_a_batch_is_answered_in_order_and_not_held(client: Client) -> None:
    await client.sign_in()
    await client.handshake()
    replies = await client.bayeux(
        client.meta("connect", id="1"),
        client.meta("subscribe", subscription=[UPDATES, SERVICE], id="2"),
        client.meta("unsubscribe", subscription=SERVICE, id="3"),
    )
    assert {reply["id"]: reply["successful"] for reply in replies} == {"1": True, "2": True, "3": True}


async def test_events_ride_on_other_replies(client: Client, simulator: SimulatorServer, clock: HandClock) -> None:
    await client.join()
    await open_ticking(client)
    tick(simulator, clock)
    replies = await client.bayeux(client.meta("subscribe", subscription="/statistics/v3/*"))
    assert [message["channel"] for message in replies] == ["/meta/subscribe", UPDATES]


async def test_wildcards_listen_and_meta_channels_do_not(
    client: Client, simulator: SimulatorServer, clock: HandClock
) -> None:
    await client.sign_in()
    await client.handshake()
    await client.connect()
    reply = (await client.bayeux(client.meta("subscribe", subscription="/meta/connect")))[0]
    assert (reply["successful"], reply["error"][:4]) == (False, "403:")
    await client.bayeux(client.meta("subscribe", subscription="/statistics/**"))
    await open_ticking(client)
    tick(simulator, clock)
    assert (await client.connect())[0]["channel"] == UPDATES


async def test_publishing_is_denied(client: Client) -> None:
    await client.join()
    reply = (await client.bayeux({"channel": "/statistics/v3/x", "clientId": client.client_id, "data": {}}))[0]
    assert (reply["successful"], reply["error"][:4]) == (False, "403:")


async def test_too_long_without_a_poll_is_an_unknown_client(client: Client, simulator: SimulatorServer) -> None:
    await client.join()
    await open_ticking(client)
    await until(lambda: not simulator.bayeux.sessions)
    assert simulator.subscriptions.open == {}
    reply = (await client.connect(id="9"))[0]
    assert reply == {
        "channel": "/meta/connect",
        "id": "9",
        "successful": False,
        "error": "402::Unknown client",
        "advice": {"interval": 0, "reconnect": "handshake"},
    }
    assert "advice" not in (await client.bayeux(client.meta("subscribe", subscription=UPDATES)))[0]


async def test_newer_servers_say_403(clock: HandClock) -> None:
    async with small_simulator(clock, unknown="403::Unknown client") as simulator, another(simulator.url) as client:
        await client.sign_in()
        assert (await client.connect())[0]["error"] == "403::Unknown client"


async def test_a_held_poll_keeps_the_session_alive(client: Client, simulator: SimulatorServer) -> None:
    await client.join()
    for _ in range(2):
        assert (await client.connect())[0]["successful"]
    assert list(simulator.bayeux.sessions) == [client.client_id]


async def test_a_poll_that_the_client_gave_up_swallows_nothing(
    client: Client, simulator: SimulatorServer, clock: HandClock
) -> None:
    await client.join()
    await open_ticking(client)
    poll = await hold(client, simulator)
    poll.cancel()
    await until(lambda: not simulator.bayeux.sessions[client.client_id].waiter)
    tick(simulator, clock)
    assert (await client.connect())[0]["channel"] == UPDATES


async def test_a_second_poll_releases_the_first(client: Client, simulator: SimulatorServer, clock: HandClock) -> None:
    await client.join()
    await open_ticking(client)
    first = await hold(client, simulator)
    second = asyncio.create_task(client.connect())
    assert await first == [{"channel": "/meta/connect", "successful": True}]
    tick(simulator, clock)
    assert (await second)[0]["channel"] == UPDATES


async def test_two_clients_of_one_browser_are_told_so(client: Client, simulator: SimulatorServer) -> None:
    await client.join()
    poll = await hold(client, simulator)
    first_id = client.client_id
    await client.handshake()
    reply = (await client.connect())[0]
    assert reply["advice"] == {"multiple-clients": True, "reconnect": "retry", "interval": 2000}
    assert first_id != client.client_id
    await poll


async def test_disconnecting_releases_the_poll_and_ends_subscriptions(
    client: Client, simulator: SimulatorServer
) -> None:
    await client.join()
    await open_ticking(client)
    poll = await hold(client, simulator)
    assert (await client.bayeux(client.meta("disconnect")))[0]["successful"]
    assert await poll == [{"channel": "/meta/connect", "successful": True}]
    assert simulator.subscriptions.open == {}
    assert (await client.connect())[0]["successful"] is False


async def test_acknowledged_batches_are_sent_again_until_they_are(
    client: Client, simulator: SimulatorServer, clock: HandClock
) -> None:
    await client.sign_in()
    assert (await client.handshake(ext={"ack": True}))["ext"] == {"ack": True}
    first = (await client.connect(ext={"ack": 0}))[-1]
    assert first["ext"] == {"ack": 1}
    await client.bayeux(client.meta("subscribe", subscription=UPDATES))
    await open_ticking(client)
    tick(simulator, clock)
    event, reply = await client.connect(ext={"ack": 1})
    assert reply["ext"] == {"ack": 2}
    again = await client.connect(ext={"ack": 1}, advice={"timeout": 0})
    assert again[0] == event
    assert [m["channel"] for m in await client.connect(ext={"ack": 3}, advice={"timeout": 0})] == ["/meta/connect"]


async def test_an_invalid_channel_breaks_the_service_as_it_does_the_real_one(client: Client) -> None:
    await client.join()
    status, body = await client.ask("POST", "/statistics/v3/notifications", json=[{"channel": "pepe"}])
    assert (status, body["status"], body["error"]) == (500, 500, "Internal Server Error")
    assert body["message"] == "java.lang.IllegalArgumentException: Invalid channel id: pepe"
    assert body["path"] == "/statistics/v3/notifications"


@pytest.mark.parametrize("body", [b"{", b"[]", b"[1]", b'"text"'])
async def test_what_is_no_bayeux_is_a_400(client: Client, body: bytes) -> None:
    await client.sign_in()
    assert (await client.ask("POST", "/statistics/v3/notifications", data=body))[0] == 400
