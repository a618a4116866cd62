"""What the database wants of the bridge."""

import pytest
from django.test import override_settings

from dashboard.models import Wallboard
from statsbridge import configuration
from statsbridge.configuration import WantedSeries
from statsbridge.models import Connection, Series
from tests.statsbridge.support import make_series

pytestmark = pytest.mark.django_db


@pytest.fixture
def series() -> Series:
    connection = Connection.objects.create(
        name="main",
        api_url="http://gws:8090/",
        client_id="c",
        client_secret="hidden",
        password="covered",
        proxy="http://p:1",
    )
    return make_series(connection, "CurrNumberWaitingCalls")


def test_a_wanted_series_is_asked_for_as_the_service_wants_it(series: Series) -> None:
    (one,) = configuration.load().values()
    assert one.settings.statistics_url == "http://gws:8090/statistics/v3"
    assert one.settings.authentication_url == "http://gws:8090/auth/v3"
    assert one.wanted[series.pk].request() == {
        "statisticId": str(series.pk),
        "objectId": "8001@SIP_Switch",
        "objectType": "Queue",
        "name": "CurrNumberWaitingCalls",
    }


def test_what_no_enabled_wallboard_shows_is_not_wanted(series: Series) -> None:
    board = Wallboard.objects.get()
    board.enabled = False
    board.save()
    (one,) = configuration.load().values()
    assert one.wanted == {}


def test_a_disabled_connection_is_left_alone(series: Series) -> None:
    Connection.objects.update(enabled=False)
    assert configuration.load() == {}


def test_secrets_that_cannot_be_decrypted_are_a_problem_of_that_connection_only(series: Series) -> None:
    with override_settings(FIELD_KEYS=["another key"]):
        Connection.objects.create(name="other", api_url="http://gws", client_id="c", client_secret="readable")
        settings = {one.settings.name: one.settings for one in configuration.load().values()}
    assert "FIELD_KEYS" in settings["main"].problem
    assert settings["other"].problem == ""


def test_no_secret_is_in_a_representation(series: Series) -> None:
    text = repr(configuration.load())
    assert "hidden" not in text
    assert "covered" not in text


def test_a_change_of_unit_object_or_statistic_is_another_question() -> None:
    def asked(unit: str = "count", object_id: str = "1", name: str = "N") -> str:
        return WantedSeries(1, unit, "Queue", object_id, {"name": name}).asked

    assert len({asked(), asked(unit="seconds"), asked(object_id="2"), asked(name="M")}) == 4
    assert asked() == asked()


@pytest.mark.parametrize(
    ("definition", "notified", "frequency", "insensitivity"),
    [
        ({"notificationMode": "PERIODICAL", "notificationFrequency": "5", "insensitivity": 2}, True, 5.0, 2.0),
        ({"notificationMode": "Immediate"}, True, 0.0, 0.0),
        ({"notificationMode": "Periodical", "notificationFrequency": "often"}, True, 10.0, 0.0),
        ({"notificationMode": "NoNotification"}, False, 0.0, 0.0),
        ({}, True, 0.0, 0.0),
    ],
)
def test_it_knows_when_to_expect_a_notification(
    definition: dict[str, object], notified: bool, frequency: float, insensitivity: float
) -> None:
    one = WantedSeries(1, "count", "Queue", "1", {"definition": definition})
    assert (one.notified, one.frequency, one.insensitivity) == (notified, frequency, insensitivity)
