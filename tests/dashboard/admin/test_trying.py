"""Trying a statistic and testing a connection from their pages, through the channel layer, against a real service."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from auditlog.models import LogEntry as Change
from channels.layers import channel_layers, get_channel_layer
from django.contrib.admin.models import LogEntry
from django.test import AsyncClient
from django.urls import reverse
from pytest_django import Settings

from dashboard.models import Membership, Team
from statsbridge.clock import Clock
from statsbridge.models import Connection, MonitoredObject, OpenSubscription, Revision, StatisticDefinition, Worker
from statsbridge.worker import BridgeWorker
from tests.dashboard.admin.pages import client_of, form_data
from tests.peers.genesys import GenesysPeer
from tests.statsbridge.support import make_connection, until

pytestmark = pytest.mark.django_db(transaction=True)

TRY = "admin:statsbridge_statisticdefinition_try"
TEST = "admin:statsbridge_connection_test"
NAMED = {"how": "named", "statistic": "CurrNumberWaitingCalls", "unit": "count"}
ADHOC = {"how": "adhoc", "types": ["Queue"], "category": "CurrentNumber", "subject": "DNAction", "mainMask": "CallWait",
         "notificationMode": "Immediate", "unit": "count"}  # fmt: skip


@pytest.fixture(autouse=True)
def plain_static(settings: Settings) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@asynccontextmanager
async def worker() -> AsyncIterator[None]:
    """The bridge as ``serve`` runs it: on the channel layer of this process."""
    channel_layers.backends.clear()
    one = BridgeWorker(get_channel_layer())
    serving = asyncio.create_task(one.serve())
    await until(Worker.objects.aexists)
    try:
        yield
    finally:
        await one.stop()
        await serving
        channel_layers.backends.clear()


async def sign_in(name: str = "root", *, superuser: bool = True) -> AsyncClient:
    signed = await sync_to_async(client_of)(name, superuser=superuser)
    client = AsyncClient()
    client.cookies = signed.cookies
    return client


async def post(client: AsyncClient, name: str, data: dict[str, Any]) -> dict[str, Any]:
    response = await client.post(reverse(name), data)
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    return answer


def make_queue(connection: Connection, **fields: Any) -> MonitoredObject:
    given = {"name": "sales", "title": "Sales", "type": "Queue", "object_id": "8001@SIP_Switch", **fields}
    made = MonitoredObject.objects.create(connection=connection, **given)
    Revision.bump()
    return made


@asynccontextmanager
async def live_bridge(peer: GenesysPeer) -> AsyncIterator[MonitoredObject]:
    """A queue of a connection that is live."""
    connection = await sync_to_async(make_connection)(peer)
    queue = await sync_to_async(make_queue)(connection)
    async with worker():
        await until(Connection.objects.filter(link_status__state="live").aexists)
        yield queue


async def test_an_unsaved_form_is_tried_and_nothing_is_stored() -> None:
    async with GenesysPeer() as peer, live_bridge(peer) as queue:
        client, clock, took = await sign_in(), Clock(), []
        for form in (NAMED, ADHOC, NAMED):
            began = clock.monotonic()
            answer = await post(client, TRY, {**form, "object": queue.pk})
            took.append(clock.monotonic() - began)
            assert (answer["problem"], answer["value"]) == ("", "7")
            assert [(step["name"], step["ok"]) for step in answer["outcome"]["steps"]] == [
                ("subscribe", True),
                ("value", True),
            ]
        assert min(took) < 5
        assert not await StatisticDefinition.objects.aexists()
        await until(lambda: _nothing_open(peer))
        asked = [one["body"]["data"]["statistics"][0] for one in await peer.requests("subscriptions") if one["body"]]
        assert asked[1]["definition"] == {
            key: ADHOC[key] for key in ("category", "subject", "mainMask", "notificationMode")
        }


async def _nothing_open(peer: GenesysPeer) -> bool:
    return not await peer.subscriptions() and not await OpenSubscription.objects.aexists()


async def test_the_services_own_refusal_comes_back() -> None:
    async with GenesysPeer(refused=["NoSuch"]) as peer, live_bridge(peer) as queue:
        answer = await post(await sign_in(), TRY, {**NAMED, "statistic": "NoSuch", "object": queue.pk})
        assert answer["outcome"]["steps"][0]["refusal"] == "Resource not found"


async def test_a_form_that_cannot_work_is_not_asked_of_the_service() -> None:
    client = await sign_in()
    answer = await post(client, TRY, {**ADHOC, "mainMask": "CallInbound", "object": 1})
    assert "does not happen to a Queue" in answer["errors"]["mainMask"][0]
    assert "Choose an object" in (await post(client, TRY, ADHOC))["problem"]


@pytest.mark.parametrize("key", ["object", "definition"])
@pytest.mark.parametrize("given", ["abc", "²", "9" * 40])
async def test_what_is_no_id_is_not_found(key: str, given: str) -> None:
    response = await (await sign_in()).post(reverse(TRY), {**NAMED, key: given})
    assert response.status_code == 404


async def test_without_a_bridge_that_is_said_at_once() -> None:
    async with GenesysPeer() as peer:
        connection = await sync_to_async(make_connection)(peer)
        queue = await sync_to_async(make_queue)(connection)
        client, clock = await sign_in(), Clock()
        began = clock.monotonic()
        assert "No bridge is running" in (await post(client, TRY, {**NAMED, "object": queue.pk}))["problem"]
        assert clock.monotonic() - began < 5


async def test_a_bridge_that_has_just_died_is_said_within_five_seconds() -> None:
    async with GenesysPeer() as peer:
        connection = await sync_to_async(make_connection)(peer)
        queue = await sync_to_async(make_queue)(connection)
        clock = Clock()
        await Worker.objects.acreate(name="gone", started_at=clock.now(), beat_at=clock.now())
        channel_layers.backends.clear()
        client, began = await sign_in(), clock.monotonic()
        assert "The bridge does not answer" in (await post(client, TRY, {**NAMED, "object": queue.pk}))["problem"]
        assert clock.monotonic() - began < 5
        channel_layers.backends.clear()


def make_editor() -> Team:
    team = Team.objects.create(name="sales", title="Sales")
    other = Team.objects.create(name="service", title="Service")
    client_of("eva")
    from django.contrib.auth import get_user_model

    Membership.objects.create(team=team, user=get_user_model().objects.get(username="eva"), role="editor")
    return other


async def test_an_editor_tries_what_is_stored_on_objects_of_the_own_team_only() -> None:
    other = await sync_to_async(make_editor)()
    stored = await StatisticDefinition.objects.acreate(
        name="waiting", title="Waiting", statistic="CurrNumberWaitingCalls"
    )
    async with GenesysPeer() as peer, live_bridge(peer) as queue:
        client = await sign_in("eva", superuser=False)
        sent = {**NAMED, "statistic": "SomethingElse", "definition": stored.pk, "object": queue.pk}
        assert (await post(client, TRY, sent))["value"] == "7"
        names = [
            one["body"]["data"]["statistics"][0].get("name")
            for one in await peer.requests("subscriptions")
            if one["body"]
        ]
        assert "SomethingElse" not in names
        await other.monitored_objects.aadd(queue)
        assert "Choose an object" in (await post(client, TRY, sent))["problem"]
        assert (await client.post(reverse(TRY), {**NAMED, "object": queue.pk})).status_code == 403
        assert (await client.post(reverse(TEST), {})).status_code == 403


async def connection_form(client: AsyncClient, connection: Connection, **changes: Any) -> dict[str, Any]:
    page = await client.get(reverse("admin:statsbridge_connection_change", args=[connection.pk]))
    return {**form_data(page.content.decode()), "connection": connection.pk, **changes}


async def test_a_connection_is_tested_as_the_form_has_it_and_no_secret_is_seen_anywhere(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with GenesysPeer() as peer, live_bridge(peer):
        client, connection = await sign_in(), await Connection.objects.aget()
        form = await connection_form(client, connection)
        right = await post(client, TEST, form)
        assert [step["ok"] for step in right["outcome"]["steps"]] == [True] * 4
        wrong = await post(client, TEST, {**form, "client_secret": "typed-in-vain"})
        assert "The client id or secret was refused: Bad credentials" in wrong["outcome"]["steps"][0]["text"]
        page = await client.get(reverse("admin:statsbridge_connection_change", args=[connection.pk]))
        history = await client.get(reverse("admin:statsbridge_connection_history", args=[connection.pk]))
        log = " ".join([entry.change_message async for entry in LogEntry.objects.all()])
        seen = [json.dumps([right, wrong]), page.content.decode(), history.content.decode(), log, caplog.text]
        for secret in (peer.password, peer.client_secret, peer.api_key, "typed-in-vain"):
            assert not [text for text in seen if secret in text]
        assert (await Connection.objects.aget()).client_secret == peer.client_secret


async def test_each_step_of_a_test_is_told_as_it_happens_in_the_readers_language() -> None:
    async with GenesysPeer() as peer, live_bridge(peer):
        client, connection = await sign_in(), await Connection.objects.aget()
        form = await connection_form(client, connection)
        headers = {"accept": "application/x-ndjson", "accept-language": "de"}
        response = await client.post(reverse(TEST), form, headers=headers)
        *steps, last = [json.loads(line) async for line in response.streaming_content]
        assert [one["step"]["name"] for one in steps] == ["token", "handshake", "subscribe"]
        assert [step["name"] for step in last["outcome"]["steps"]] == ["token", "handshake", "subscribe", "value"]
        assert "Angemeldet" in steps[0]["step"]["text"]
        assert "Der erste Wert kam" in last["outcome"]["steps"][-1]["text"]

        entry = await Change.objects.select_related("actor").alatest("pk")
        assert (entry.actor.get_username(), entry.changes) == ("root", {"test": ["", "Tested: ok."]})
        wrong = await client.post(reverse(TEST), {**form, "client_secret": "typed-in-vain"}, headers=headers)
        (refused,) = [json.loads(line) async for line in wrong.streaming_content]
        assert "Client-Geheimnis wurde abgelehnt: Bad credentials" in refused["outcome"]["steps"][0]["text"]


async def test_a_refresh_token_is_not_spent_on_a_test() -> None:
    connection = await Connection.objects.acreate(
        name="main", api_url="http://127.0.0.1:9", client_id="x", grant="refresh_token", refresh_token="sample-token"
    )
    client = await sign_in()
    form = await connection_form(client, connection, refresh_token="typed-token")
    assert "may serve only once" in (await post(client, TEST, form))["problem"]
    form = await connection_form(client, connection)
    for changes in ({"api_url": "http://127.0.0.1:10"}, {"proxy": "http://127.0.0.1:3128"}, {"api_key": "typed"}):
        assert "Save first" in (await post(client, TEST, {**form, **changes}))["problem"]
    # As it is saved it goes to the bridge, and there is none.
    assert "No bridge is running" in (await post(client, TEST, form))["problem"]


async def test_a_connection_that_is_not_stored_yet_is_tested_with_an_object_that_one_names() -> None:
    async with GenesysPeer() as peer, worker():
        client = await sign_in()
        form = {
            "name": "new", "api_url": peer.url, "timezone": "UTC", "grant": "password", "api_key": peer.api_key,
            "client_id": peer.client_id, "client_secret": peer.client_secret, "username": peer.username,
            "password": peer.password, "connection": "",
        }  # fmt: skip
        nothing = await post(client, TEST, form)
        assert "There is nothing to subscribe to yet" in nothing["outcome"]["steps"][-1]["text"]
        assert [step["ok"] for step in nothing["outcome"]["steps"]] == [True, True, None]
        named = await post(client, TEST, {**form, "probe_type": "Queue", "probe_id": "8001@SIP_Switch"})
        assert [step["ok"] for step in named["outcome"]["steps"]] == [True] * 4
        refused = await post(client, TEST, {**form, "password": ""})
        assert "needs it" in refused["errors"]["password"][0]
        assert not await Connection.objects.aexists()


async def test_a_connections_page_tells_how_its_link_is() -> None:
    async with GenesysPeer() as peer, live_bridge(peer):
        client, connection = await sign_in(), await Connection.objects.aget()
        url = reverse("admin:statsbridge_connection_live", args=[connection.pk])

        async def with_token() -> bool:
            return bool((await client.get(url)).json()["token_age"])

        await until(with_token)
        told = (await client.get(url)).json()
        assert (told["state"], told["open"], told["rejected"], told["reason"]) == ("live", 0, 0, "")
        page = (await client.get(reverse("admin:statsbridge_connection_change", args=[connection.pk]))).content.decode()
        assert re.search(r'data-live="state"\s+data-state="live"', page)
        await Connection.objects.aupdate(enabled=False)
        german = (await client.get(url, headers={"accept-language": "de"})).json()
        assert (german["state"], german["word"]) == ("disabled", "abgeschaltet")
