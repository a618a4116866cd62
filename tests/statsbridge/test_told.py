"""What the log tells an operator of the link and of its statistics."""

import logging

import pytest
from django.conf import settings

from statsbridge import configuration
from statsbridge.configuration import WantedSeries
from tests.peers.genesys import GenesysPeer
from tests.statsbridge.support import make_connection, make_series, running_bridge, until
from tests.statsbridge.test_bridge import one_series
from tests.statsbridge.test_subscriptions import Scene, failed

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_series_is_told_by_its_statistic_and_its_object() -> None:
    by_name = WantedSeries(1, "count", "Queue", "8001@x", {"name": "CurrNumberWaitingCalls"}, "calls-waiting")
    assert str(by_name) == "calls-waiting of Queue 8001@x"
    assert str(WantedSeries(1, "count", "Queue", "8001@x", {"name": "N"})) == "N of Queue 8001@x"
    ad_hoc = {"definition": {"category": "TotalNumber", "subject": "DNAction"}}
    assert str(WantedSeries(1, "count", "Queue", "8001@x", ad_hoc)) == "TotalNumber of Queue 8001@x"


def test_the_configurations_own_name_is_known(genesys_peer: GenesysPeer) -> None:
    series = make_series(make_connection(genesys_peer), "CurrNumberWaitingCalls")
    (configured,) = configuration.load().values()
    assert configured.wanted[series.pk].statistic == series.definition.name


async def test_a_rejection_names_the_statistic_and_the_object(caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene(1)
    scene.answer = lambda ids: failed(400)
    with caplog.at_level(logging.WARNING, "statsbridge"):
        await scene.subscriptions.reconcile()
    assert [record.getMessage() for record in caplog.records if record.name == "statsbridge.subscriptions"] == [
        "connection main: N of Queue 1@x is rejected: Resource not found"
    ]


async def test_a_new_session_is_told_once_with_its_reason(
    genesys_peer: GenesysPeer, caplog: pytest.LogCaptureFixture
) -> None:
    await one_series(genesys_peer)
    with caplog.at_level(logging.INFO):
        async with running_bridge() as (_, heard):
            await heard.until_live()
            (before,) = await genesys_peer.subscriptions()
            assert await genesys_peer.kick() == 1

            async def opened_again() -> bool:
                return any(one["id"] != before["id"] for one in await genesys_peer.subscriptions())

            await until(opened_again)
    told = [record.getMessage() for record in caplog.records if "new session" in record.getMessage()]
    assert len(told) == 1
    assert "(The service refused the poll: 402::" in told[0]
    assert told[0].endswith("; opening all statistics again")


def test_the_librarys_own_line_for_each_client_is_left_out() -> None:
    assert logging.getLogger("aiocometd.client").getEffectiveLevel() == logging.WARNING
    assert settings.LOGGING["loggers"]["aiocometd.client"] == {"level": "WARNING"}
