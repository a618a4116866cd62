"""Every chaos action, and what clients see of it."""

import asyncio

import aiohttp
import pytest

from statsbridge.simulator.server import SimulatorServer
from tests.statsbridge.simulator.support import SERVICE, UPDATES, Client, HandClock, defined, named, until

TICKING = {"category": "CurrentMaxTime", "subject": "AgentStatus", "mainMask": "*", "notificationMode": "Immediate"}
TICK = defined("tick", TICKING, "GroupAgents", "All_Agents")
AT_ONCE = {"advice": {"timeout": 0}}


@pytest.fixture(autouse=True)
async def _joined(client: Client) -> None:
    await client.join()
    await client.open(TICK)


async def channels(client: Client) -> list[str]:
    return [message["channel"] for message in await client.connect(**AT_ONCE)]


@pytest.mark.parametrize(
    "order",
    [
        *({"action": "nonsense"}, {}, [], {"action": "error", "on": "moon"}, {"action": "error", "status": 200}),
        *({"action": "reject"}, {"action": "delay", "ms": -1}, {"action": "garbage", "count": "x"}),
    ],
)
async def test_an_order_that_makes_no_sense_is_a_400(client: Client, order: object) -> None:
    status, body = await client.ask("POST", "/_sim/chaos", json=order)
    assert status == 400
    assert body["error"]
    assert (await client.ask("POST", "/_sim/chaos", data=b"{"))[0] == 400


async def test_unavailable_drops_subscriptions_and_says_so(client: Client) -> None:
    assert (await client.chaos("unavailable"))[0] == 200
    event = (await client.connect(**AT_ONCE))[0]
    assert event == {
        "channel": SERVICE,
        "data": {"name": "ServiceStateChange", "topic": SERVICE, "data": {"serviceState": "UNAVAILABLE"}},
    }
    state = await client.state()
    assert (state["subscriptions"], state["available"]) == ([], False)
    status, body = await client.open(TICK)
    assert (status, body["status"]["code"]) == (503, 503)
    await client.chaos("available")
    event = (await client.connect(**AT_ONCE))[0]
    assert event["data"]["data"] == {"serviceState": "AVAILABLE"}
    assert event["data"]["topic"] == "statistics/v3/service"
    assert (await client.open(TICK))[0] == 200


async def test_dropped_sessions_answer_held_polls_with_unknown_client(
    client: Client, simulator: SimulatorServer
) -> None:
    poll = asyncio.create_task(client.connect())
    await until(lambda: any(session.waiter for session in simulator.bayeux.sessions.values()))
    await client.chaos("drop_sessions")
    reply = (await poll)[0]
    assert (reply["error"], reply["advice"]["reconnect"]) == ("402::Unknown client", "handshake")
    assert (await client.state())["subscriptions"] == []
    await client.handshake()
    assert (await client.connect())[0]["successful"]


async def test_expired_tokens_are_unauthorized_until_refreshed(client: Client) -> None:
    refresh = (await client.sign_in())["refresh_token"]
    await client.chaos("expire_tokens")
    assert (await client.open(TICK))[0] == 401
    assert (await client.ask("POST", "/statistics/v3/notifications", json=[]))[0] == 401
    status, body = await client.token(grant_type="refresh_token", refresh_token=refresh)
    assert status == 200
    client.headers["Authorization"] = f"Bearer {body['access_token']}"
    assert (await client.open(TICK))[0] == 200


async def test_revoked_refresh_tokens_are_invalid_grants(client: Client) -> None:
    refresh = (await client.sign_in())["refresh_token"]
    await client.chaos("revoke_refresh")
    assert (await client.token(grant_type="refresh_token", refresh_token=refresh))[0] == 400
    assert (await client.open(TICK))[0] == 200


async def test_a_removed_user_is_out(client: Client) -> None:
    await client.chaos("remove_user")
    assert (await client.token())[0] == 400
    assert (await client.ask("GET", "/auth/v3/userinfo"))[0] == 401
    await client.chaos("reset")
    assert (await client.token())[0] == 200


async def test_another_user_can_be_removed(client: Client) -> None:
    await client.chaos("remove_user", username="tenant\\guest")
    assert (await client.token())[0] == 200
    assert (await client.token(grant_type="password", username="tenant\\guest", password="sim-password"))[0] == 400


async def test_a_rejected_statistic_is_refused_until_accepted(client: Client) -> None:
    both = (named("CallsEntered"), named("TotalAnswered"))
    await client.chaos("reject", statistic="CallsEntered")
    _, body = await client.open(*both)
    assert body["status"]["code"] == 2
    assert body["errors"][0]["status"]["message"] == "Statistic 'CallsEntered' not found"
    await client.chaos("accept", statistic="CallsEntered")
    _, body = await client.open(*both)
    assert body["status"]["code"] == 0


async def test_frozen_notifications_are_held_while_values_change(
    client: Client, simulator: SimulatorServer, clock: HandClock
) -> None:
    before = (await client.state())["subscriptions"][0]["statistics"][0]
    await client.chaos("freeze")
    clock.turn(5)
    simulator.catch_up()
    assert await channels(client) == ["/meta/connect"]
    after = (await client.state())["subscriptions"][0]["statistics"][0]
    assert after["value"] != before["value"]
    await client.chaos("thaw")
    messages = await client.connect(**AT_ONCE)
    assert [message["channel"] for message in messages] == [UPDATES, "/meta/connect"]
    (item,) = messages[0]["data"]["data"]["statistics"]
    assert item["value"]["intValue"] == after["notified"]


@pytest.mark.parametrize(
    ("on", "hit"),
    [
        ("rest", {"rest"}),
        ("notifications", {"notifications"}),
        ("token", {"token"}),
        ("all", {"rest", "notifications", "token", "userinfo"}),
    ],
)
async def test_errors_hit_their_area_only(client: Client, on: str, hit: set[str]) -> None:
    await client.chaos("error", status=502, count=100, on=on)
    path = "/statistics/v3/notifications"
    seen = {
        "rest": (await client.open(TICK))[0],
        "notifications": (await client.ask("POST", path, json=[client.meta("connect", **AT_ONCE)]))[0],
        "token": (await client.token())[0],
        "userinfo": (await client.ask("GET", "/auth/v3/userinfo"))[0],
    }
    assert {area for area, status in seen.items() if status == 502} == hit
    assert (await client.ask("GET", "/_sim/state"))[0] == 200


async def test_errors_are_counted(client: Client) -> None:
    await client.chaos("error", status=500, count=2, on="rest")
    assert [(await client.open(TICK))[0] for _ in range(3)] == [500, 500, 200]


async def test_garbage_is_no_json(client: Client) -> None:
    await client.chaos("garbage", count=1, on="rest")
    async with client.http.get(client.url + "/statistics/v3/statistic-values/x") as answer:
        assert answer.status == 200
        with pytest.raises(ValueError, match="Expecting value"):
            await answer.json()
    assert (await client.open(TICK))[0] == 200


async def test_a_delay_lasts_until_reset(client: Client) -> None:
    loop = asyncio.get_running_loop()
    await client.chaos("delay", ms=120)
    for _ in range(2):
        started = loop.time()
        await client.token()
        assert loop.time() - started >= 0.12
    await client.chaos("reset")
    started = loop.time()
    await client.token()
    assert loop.time() - started < 0.12


async def test_closed_connections_break_polls_but_keep_sessions(client: Client, simulator: SimulatorServer) -> None:
    poll = asyncio.create_task(client.connect())
    await until(lambda: any(session.waiter for session in simulator.bayeux.sessions.values()))
    assert (await client.chaos("close_connections"))[0] == 200
    with pytest.raises(aiohttp.ClientError):
        await poll
    assert (await client.connect(**AT_ONCE))[0]["successful"]


async def test_reset_makes_everything_well(client: Client, simulator: SimulatorServer) -> None:
    await client.chaos("unavailable")
    await client.chaos("freeze")
    await client.chaos("reject", statistic="CallsEntered")
    await client.chaos("error", status=500, count=1000, on="all")
    await client.chaos("reset")
    assert (await client.open(named("CallsEntered")))[1]["status"] == {"code": 0}
    assert not simulator.chaos.frozen
