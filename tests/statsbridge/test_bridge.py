"""The whole bridge against the official CometD server."""

import pytest
from asgiref.sync import sync_to_async

from statsbridge.models import OpenSubscription
from tests.peers.genesys import GenesysPeer
from tests.statsbridge.support import make_connection, make_series, running_bridge

pytestmark = pytest.mark.django_db(transaction=True)


def in_database(function, *args, **kwargs):
    return sync_to_async(function)(*args, **kwargs)


@pytest.mark.parametrize("by_name", [False, True], ids=["by-ip", "by-name"])
async def test_an_update_at_the_cometd_server_reaches_a_hub(genesys_peer: GenesysPeer, by_name: bool) -> None:
    url = genesys_peer.url_by_name if by_name else genesys_peer.url
    connection = await in_database(make_connection, genesys_peer, url)
    series = await in_database(make_series, connection, "CurrNumberWaitingCalls")
    async with running_bridge() as (_, heard):
        await heard.until_live()
        (subscription,) = await genesys_peer.subscriptions()
        await genesys_peer.publish(subscription["id"], str(series.pk), 17)
        await heard.until(lambda heard: heard.value(series) == 17, 1.0)
        assert heard.state(series) == "ok"
    assert await genesys_peer.subscriptions() == []
    assert await OpenSubscription.objects.acount() == 0
