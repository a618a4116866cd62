"""Trying statistics and testing connections: what people are told, and that nothing is left behind or disturbed."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async

from statsbridge import configuration
from statsbridge.bridge import Bridge
from statsbridge.clock import Clock
from statsbridge.models import Connection, OpenSubscription, Worker
from statsbridge.trials import PER_MINUTE, Pace, seal, unseal
from statsbridge.trying import RAW_MOST, TRY_SECONDS
from tests.peers.genesys import GenesysPeer
from tests.statsbridge.support import Listener, make_connection, make_series, running_bridge, until

pytestmark = pytest.mark.django_db(transaction=True)

QUEUE = {"objectType": "Queue", "objectId": "8001@SIP_Switch"}
WAITING = {**QUEUE, "descriptor": {"name": "CurrNumberWaitingCalls"}, "unit": "count"}


@pytest_asyncio.fixture
async def peer() -> AsyncIterator[GenesysPeer]:
    async with GenesysPeer(refused=["NoSuch"]) as one:
        yield one


async def ask(bridge: Bridge, heard: Listener, **message: Any) -> dict[str, Any]:
    """The outcome, as the web process would get it."""
    channel = await heard.layer.new_channel()
    bridge.try_out({"reply": channel, "worker": bridge._name, "by": 1, "type": "bridge.try", **message})
    async with asyncio.timeout(30):
        first = await heard.layer.receive(channel)
        assert first["type"] == "bridge.trying"
        outcome: dict[str, Any] = first
        while outcome["type"] != "bridge.outcome":
            outcome = await heard.layer.receive(channel)
    return outcome


def names(outcome: dict[str, Any]) -> list[tuple[str, bool]]:
    return [(step["name"], step["ok"]) for step in outcome["steps"]]


async def nothing_is_left(peer: GenesysPeer, kept: int) -> None:
    async def clean() -> bool:
        noted = await OpenSubscription.objects.acount()
        return len(await peer.subscriptions()) == kept and noted == kept

    await until(clean)


async def test_a_statistic_is_tried_beside_what_is_open_and_leaves_nothing(peer: GenesysPeer) -> None:
    connection = await sync_to_async(make_connection)(peer)
    series = await sync_to_async(make_series)(connection, "TotalAnswered")
    async with running_bridge() as (bridge, heard):
        await heard.until(lambda one: one.state(series) == "ok")
        await heard.until_live()
        before = await peer.subscriptions()
        messages = len(heard.messages)
        outcome = await ask(bridge, heard, connection=connection.pk, asked=WAITING)
        assert names(outcome) == [("subscribe", True), ("value", True)]
        assert (json.loads(outcome["value"]), outcome["ok"]) == (7, True)
        assert json.loads(outcome["raw"])["value"]["stringValue"] == "7"
        assert outcome["steps"][0]["ms"] >= 0
        await nothing_is_left(peer, kept=1)
        assert [one["id"] for one in await peer.subscriptions()] == [one["id"] for one in before]
        assert len(await peer.sessions()) == 1
        assert len(await peer.requests("token")) == 1
        told = [one for one in heard.messages[messages:] if one["type"] in ("bridge.values", "bridge.link")]
        assert told == []


async def test_a_refusal_is_told_in_the_services_own_words(peer: GenesysPeer) -> None:
    connection = await sync_to_async(make_connection)(peer)
    async with running_bridge() as (bridge, heard):
        await heard.until_live()
        asked = {**WAITING, "descriptor": {"name": "NoSuch"}}
        outcome = await ask(bridge, heard, connection=connection.pk, asked=asked)
        assert names(outcome) == [("subscribe", False)]
        assert outcome["steps"][0]["refusal"] == "Resource not found"
        await nothing_is_left(peer, kept=0)


async def test_a_value_of_another_unit_is_shown_raw_with_the_reason(peer: GenesysPeer) -> None:
    connection = await sync_to_async(make_connection)(peer)
    async with running_bridge() as (bridge, heard):
        await heard.until_live()
        outcome = await ask(bridge, heard, connection=connection.pk, asked={**WAITING, "unit": "state"})
        assert names(outcome) == [("subscribe", True), ("value", False)]
        assert "does not fit the unit “state”" in outcome["steps"][1]["text"]
        assert '"intValue": 7' in outcome["raw"]
        assert len(outcome["raw"]) <= RAW_MOST


async def test_a_service_that_hangs_is_told_in_time_and_the_subscription_is_deleted_once_it_answers(
    peer: GenesysPeer,
) -> None:
    connection = await sync_to_async(make_connection)(peer)
    async with running_bridge() as (bridge, heard):
        await heard.until_live()
        await peer.fault("subscriptions", hang=True)
        clock = Clock()
        began = clock.monotonic()
        outcome = await ask(bridge, heard, connection=connection.pk, asked=WAITING)
        assert clock.monotonic() - began < 5
        assert f"did not answer within {TRY_SECONDS:.0f} s" in outcome["steps"][0]["text"]
        await nothing_is_left(peer, kept=0)


async def test_a_subscription_that_the_bridge_could_not_delete_is_deleted_by_its_next_life(peer: GenesysPeer) -> None:
    connection = await sync_to_async(make_connection)(peer)
    async with running_bridge(polite=False) as (bridge, heard):
        await heard.until_live()
        # The request goes through, everything after it does not: as if the process ended right then.
        await peer.fault("subscriptions", skip=1, count=-1, drop=True)
        await ask(bridge, heard, connection=connection.pk, asked=WAITING)
        assert await OpenSubscription.objects.acount() == 1
        assert len(await peer.subscriptions()) == 1
    await peer.clear_faults()
    async with running_bridge() as (bridge, heard):
        await nothing_is_left(peer, kept=0)


async def test_nobody_has_to_wait_for_the_answer_for_the_subscription_to_be_deleted(peer: GenesysPeer) -> None:
    connection = await sync_to_async(make_connection)(peer)
    async with running_bridge() as (bridge, heard):
        await heard.until_live()
        message = {"type": "bridge.try", "reply": "nobody", "by": 1, "connection": connection.pk, "asked": WAITING}
        bridge.try_out(message)

        async def deleted() -> bool:
            return any(one["method"] == "DELETE" for one in await peer.requests("rest"))

        await until(deleted)
        await nothing_is_left(peer, kept=0)


async def test_what_is_being_tried_when_the_bridge_ends_is_deleted_at_the_latest_by_its_next_life(
    peer: GenesysPeer,
) -> None:
    connection = await sync_to_async(make_connection)(peer)
    async with running_bridge() as (bridge, heard):
        await heard.until_live()
        await peer.fault("subscriptions", delay=1500)
        bridge.try_out({"type": "bridge.try", "reply": "x", "by": 1, "connection": connection.pk, "asked": WAITING})
        await until(OpenSubscription.objects.aexists)
    async with running_bridge():
        await nothing_is_left(peer, kept=0)


async def test_a_connection_that_is_down_says_why(peer: GenesysPeer) -> None:
    connection = await sync_to_async(make_connection)(peer, password="another")
    async with running_bridge() as (bridge, heard):
        await heard.until(lambda one: one.links.get("main") == "down")
        outcome = await ask(bridge, heard, connection=connection.pk, asked=WAITING)
        assert names(outcome) == [("token", False)]
        assert "The user name or password was refused" in outcome["steps"][0]["text"]


async def test_who_tries_too_often_is_told_to_wait_and_the_service_is_left_alone(peer: GenesysPeer) -> None:
    connection = await sync_to_async(make_connection)(peer)
    async with running_bridge() as (bridge, heard):
        await heard.until_live()
        outcomes = [await ask(bridge, heard, connection=connection.pk, asked=WAITING) for _ in range(PER_MINUTE + 1)]
        assert [one["ok"] for one in outcomes] == [True] * PER_MINUTE + [False]
        assert f"was tried {PER_MINUTE} times within a minute" in outcomes[-1]["steps"][0]["text"]
        await nothing_is_left(peer, kept=0)


async def test_a_connection_that_is_switched_off_is_tried_in_a_session_of_its_own(peer: GenesysPeer) -> None:
    connection = await sync_to_async(make_connection)(peer, enabled=False)
    async with running_bridge() as (bridge, heard):
        outcome = await ask(bridge, heard, connection=connection.pk, asked=WAITING)
        assert names(outcome) == [("subscribe", True), ("value", True)]
        await nothing_is_left(peer, kept=0)
        await until(lambda: _gone(peer))


async def _gone(peer: GenesysPeer) -> bool:
    return not await peer.sessions()


async def sealed(connection: Connection, **credentials: str) -> str:
    """What a form would send: the stored settings, with these typed over them."""
    settings = await sync_to_async(configuration.load_settings)(connection.pk)
    assert settings is not None
    return seal(replace(settings, credentials=replace(settings.credentials, **credentials)))


async def test_a_test_walks_all_steps_of_a_form_beside_the_connection_that_is_kept(peer: GenesysPeer) -> None:
    connection = await sync_to_async(make_connection)(peer)
    async with running_bridge() as (bridge, heard):
        await heard.until_live()
        given = {"connection": connection.pk, "asked": WAITING, "settings": await sealed(connection)}
        outcome = await ask(bridge, heard, type="bridge.test", **given)
        assert names(outcome) == [("token", True), ("handshake", True), ("subscribe", True), ("value", True)]
        await nothing_is_left(peer, kept=0)

        async def only_the_bridges_own() -> bool:
            return len(await peer.sessions()) == 1

        await until(only_the_bridges_own)
        assert heard.links["main"] == "live"


@pytest.mark.parametrize(
    ("credentials", "words"),
    [
        ({"client_secret": "a-wrong-word"}, "The client id or secret was refused: Bad credentials"),
        ({"password": "a-wrong-word"}, "The user name or password was refused: Bad credentials"),
        ({"api_key": "a-wrong-word"}, "The API key was refused: Forbidden"),
    ],
)
async def test_a_wrong_secret_fails_the_first_step_in_the_services_words(
    peer: GenesysPeer, credentials: dict[str, str], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    connection = await sync_to_async(make_connection)(peer)
    given = {"connection": connection.pk, "asked": WAITING, "settings": await sealed(connection, **credentials)}
    with caplog.at_level(logging.DEBUG):
        async with running_bridge() as (bridge, heard):
            outcome = await ask(bridge, heard, type="bridge.test", **given)
    assert names(outcome) == [("token", False)]
    assert words in outcome["steps"][0]["text"]
    assert "a-wrong-word" not in json.dumps(outcome) + caplog.text


async def test_each_later_step_is_named_when_it_fails(peer: GenesysPeer) -> None:
    connection = await sync_to_async(make_connection)(peer, enabled=False)
    given = {"type": "bridge.test", "connection": None, "settings": await sealed(connection)}
    async with running_bridge() as (bridge, heard):
        await peer.fault("handshake", status=503)
        assert names(await ask(bridge, heard, asked=WAITING, **given)) == [("token", True), ("handshake", False)]
        refused = await ask(bridge, heard, asked={**WAITING, "descriptor": {"name": "NoSuch"}}, **given)
        assert names(refused)[2:] == [("subscribe", False)]
        nothing = await ask(bridge, heard, asked=None, **given)
        assert names(nothing)[2:] == [("subscribe", None)]
        assert nothing["ok"], "what could be tried went well"
        assert "There is nothing to subscribe to yet" in nothing["steps"][2]["text"]


async def test_a_service_that_repeats_a_secret_does_not_bring_it_onto_the_page(peer: GenesysPeer) -> None:
    connection = await sync_to_async(make_connection)(peer, enabled=False)
    body = {"error": "invalid_grant", "error_description": f"no such user with {peer.password}"}
    await peer.fault("token", status=400, body=body)
    async with running_bridge() as (bridge, heard):
        given = {"connection": None, "settings": await sealed(connection), "asked": None}
        outcome = await ask(bridge, heard, type="bridge.test", **given)
    assert "no such user with …" in outcome["steps"][0]["text"]


async def test_what_is_repeated_beside_what_is_open_or_in_a_value_does_not_reach_the_page_either(
    peer: GenesysPeer,
) -> None:
    connection = await sync_to_async(make_connection)(peer)
    async with running_bridge() as (bridge, heard):
        await heard.until_live()
        candidate = bridge.candidates[connection.pk]
        assert candidate.keeper is not None
        secrets = sorted(one for one in candidate.keeper.secrets() if one)
        said = {"faultCode": 1, "message": " ".join(secrets)}
        await peer.fault("subscriptions", status=400, body={"status": said, **said})
        outcome = await ask(bridge, heard, connection=connection.pk, asked=WAITING)
        assert names(outcome) == [("subscribe", False)]
        # A session of its own has other tokens.
        said["message"] = " ".join((peer.api_key, peer.client_secret, peer.password))
        await peer.fault("subscriptions", status=400, body={"status": said, **said})
        given = {"connection": None, "settings": await sealed(connection), "asked": WAITING}
        apart = await ask(bridge, heard, type="bridge.test", **given)
    told = json.dumps([outcome, apart], ensure_ascii=False)
    assert "…" in json.dumps(apart, ensure_ascii=False)
    # API key, client secret, password, the header made of them, the token and the one that renews it.
    assert len(secrets) == 6
    assert [one for one in secrets if one in told] == []


async def test_a_stored_refresh_token_is_not_spent_on_a_test(peer: GenesysPeer) -> None:
    connection = await sync_to_async(make_connection)(peer)
    series = await sync_to_async(make_series)(connection, "TotalAnswered")
    async with running_bridge() as (bridge, heard):
        await heard.until(lambda one: one.state(series) == "ok")
        given = {"connection": connection.pk, "settings": None, "asked": WAITING}
        outcome = await ask(bridge, heard, type="bridge.test", **given)
        assert names(outcome) == [("token", True), ("handshake", True), ("subscribe", True), ("value", True)]
        assert len(await peer.requests("token")) == 1


async def test_another_workers_requests_are_left_to_it(peer: GenesysPeer) -> None:
    connection = await sync_to_async(make_connection)(peer, enabled=False)
    async with running_bridge() as (bridge, heard):
        channel = await heard.layer.new_channel()
        bridge.try_out({"reply": channel, "worker": "another", "by": 1, "connection": connection.pk, "asked": WAITING})
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(heard.layer.receive(channel), 0.05)


async def test_sealed_settings_show_nothing_and_open_with_the_same_keys(peer: GenesysPeer) -> None:
    connection = await sync_to_async(make_connection)(peer, proxy="http://user:proxy-word@proxy:3128")
    text = await sealed(connection)
    for word in (peer.password, peer.client_secret, peer.api_key, "proxy-word"):
        assert word not in text
    opened = unseal(text, connection.pk)
    assert (opened.credentials.password, opened.proxy) == (peer.password, "http://user:proxy-word@proxy:3128")


def test_nobody_tries_more_often_than_the_service_should_bear() -> None:
    class Watch(Clock):
        at = 0.0

        def monotonic(self) -> float:
            return self.at

    clock = Watch()
    pace = Pace(clock)
    assert [pace.wait("a") for _ in range(PER_MINUTE)] == [0.0] * PER_MINUTE
    clock.at = 10.0
    assert pace.wait("a") == 50.0
    assert pace.wait("b") == 0.0
    clock.at = 60.0
    assert pace.wait("a") == 0.0


async def test_a_service_that_hangs_in_a_trial_and_at_the_farewell_does_not_hold_up_the_end(peer: GenesysPeer) -> None:
    connection = await sync_to_async(make_connection)(peer)
    await sync_to_async(make_series)(connection, "TotalAnswered")
    async with running_bridge() as (bridge, heard):
        await heard.until_live()
        await peer.fault("subscriptions", count=-1, hang=True)
        await peer.fault("disconnect", count=-1, hang=True)
        bridge.try_out({"type": "bridge.try", "reply": "x", "by": 1, "connection": connection.pk, "asked": WAITING})

        async def tried() -> bool:
            return await OpenSubscription.objects.acount() == 2

        await until(tried)
        clock = Clock()
        began = clock.monotonic()
        await bridge.stop()
        assert clock.monotonic() - began < 5
        assert await Worker.objects.acount() == 0
