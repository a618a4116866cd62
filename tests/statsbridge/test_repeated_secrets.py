"""A service that repeats what it was sent puts no secret into the database, onto a screen or into the log."""

import json
import logging

import pytest
from asgiref.sync import sync_to_async

from statsbridge.models import LastValue, LinkStatus
from statsbridge.trying import RAW_MOST, WORDS_MOST
from tests.peers.genesys import GenesysPeer
from tests.statsbridge.support import make_connection, make_series, running_bridge
from tests.statsbridge.test_trials import ask, sealed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def peer(genesys_peer: GenesysPeer) -> GenesysPeer:
    return genesys_peer


def stored() -> str:
    rows = [*LinkStatus.objects.values(), *LastValue.objects.values()]
    return json.dumps(rows, default=str, ensure_ascii=False)


async def test_why_a_link_is_down_is_told_without_secrets(peer: GenesysPeer, caplog: pytest.LogCaptureFixture) -> None:
    secrets = (peer.password, peer.client_secret, peer.api_key)
    await sync_to_async(make_connection)(peer)
    body = {"error": "invalid_grant", "error_description": f"no such user with {' and '.join(secrets)}"}
    await peer.fault("token", status=400, body=body)
    with caplog.at_level(logging.DEBUG):
        async with running_bridge() as (_, heard):
            await heard.until(lambda one: one.links.get("main") == "down")
            told = json.dumps(heard.messages, ensure_ascii=False)
    told += await sync_to_async(stored)() + caplog.text
    assert "no such user with … and … and …" in told
    assert [one for one in secrets if one in told] == []


async def test_why_a_statistic_is_rejected_is_told_without_secrets(
    peer: GenesysPeer, caplog: pytest.LogCaptureFixture
) -> None:
    connection = await sync_to_async(make_connection)(peer)
    series = await sync_to_async(make_series)(connection, "TotalAnswered")
    said = {"faultCode": 1, "message": f"not for {peer.password}"}
    await peer.fault("subscriptions", status=400, body={"status": said, **said})
    with caplog.at_level(logging.DEBUG):
        async with running_bridge() as (_, heard):
            await heard.until(lambda one: one.state(series) == "rejected")
            told = json.dumps(heard.messages, ensure_ascii=False)
    told += await sync_to_async(stored)() + caplog.text
    assert "not for …" in told
    assert peer.password not in told


async def test_a_secret_at_the_place_where_a_text_is_cut_is_recognised(peer: GenesysPeer) -> None:
    """Half of one would not be: what the service says is cleared first, and cut to what a page shows then."""
    connection = await sync_to_async(make_connection)(peer, enabled=False)
    async with running_bridge() as (bridge, heard):
        for before in range(0, len(peer.password), 3):
            words = "x" * (WORDS_MOST - 40 - before) + peer.password
            await peer.fault("token", status=400, body={"error": "invalid_grant", "error_description": words})
            given = {"connection": None, "settings": await sealed(connection), "asked": None}
            outcome = await ask(bridge, heard, type="bridge.test", **given)
            assert peer.password[:4] not in outcome["steps"][0]["text"]
            assert len(outcome["raw"]) <= RAW_MOST
