"""What is behind a tile, and its data: who may ask, and what they get."""

import csv
import io
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dashboard import wanted
from dashboard.models import Tile, TileSeries, Wallboard
from statsbridge.models import LastValue, LinkStatus, MonitoredObject, Sample, Series, StatisticDefinition
from tests.browser.site import PLAIN_STATIC
from tests.dashboard.floor import Floor, now_ms

ROUTES = ("tile_about", "tile_data")
HOUR = 3_600_000


@pytest.fixture(autouse=True)
def _plain_static(settings: Settings) -> None:
    # The pages that refuse name static files, whose hashed names would need collected ones.
    settings.STORAGES = PLAIN_STATIC
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


def client_of(floor: Floor, person: str) -> Client:
    client = Client()
    client.force_login(floor.users[person], backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(route: str, key: str = "waiting", slug: str = "sales") -> str:
    return reverse(route, args=[slug, key])


def about(floor: Floor, key: str = "waiting", **more: Any) -> dict[str, Any]:
    response = client_of(floor, "ben").get(address("tile_about", key), more.pop("query", {}), **more)
    assert response.status_code == 200
    body: dict[str, Any] = response.json()
    return body


def rows(floor: Floor, key: str = "waiting") -> list[dict[str, str]]:
    response = client_of(floor, "ben").get(address("tile_data", key))
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


@pytest.fixture
def floor(floor: Floor) -> Floor:
    """A day of one series: 2, since two hours 9, for an hour nothing, since ten minutes 4."""
    now = now_ms()
    day = [(now - 30 * HOUR, 2), (now - 2 * HOUR, 9), (now - HOUR - 600_000, None), (now - 600_000, 4)]
    Sample.objects.bulk_create([Sample(series=floor.waiting, at=at, value=value) for at, value in day])
    LastValue.objects.create(series=floor.waiting, value=4, at=now - 600_000, state="ok")
    connection = floor.waiting.monitored_object.connection
    LinkStatus.objects.create(connection=connection, state="live", since=now - HOUR, seen_at=now)
    return floor


@pytest.fixture
def agents(floor: Floor) -> Floor:
    """Maria is at lunch, Ben is logged out, which the tile does not show."""
    definition = StatisticDefinition.objects.create(
        name="agent-state", title="State", statistic="CurrentAgentState", unit="state"
    )
    tile = Tile.objects.create(
        wallboard=floor.board, key="people", kind="agents", order=5, options={"hide": ["LoggedOut"]}
    )
    connection = floor.waiting.monitored_object.connection
    for name, state in (("Maria L.", "NotReadyForNextCall"), ("Ben K.", "LoggedOut")):
        monitored = MonitoredObject.objects.create(
            name=name[:3].lower(), title=name, connection=connection, type="Agent", object_id=name
        )
        series = wanted.series_for(definition, monitored)
        TileSeries.objects.create(tile=tile, series=series)
        value = {"state": state, "since": now_ms() - 60_000, "reason": "Lunch", "channels": []}
        LastValue.objects.create(series=series, value=value, at=now_ms(), state="ok")
    return floor


@pytest.mark.parametrize("route", ROUTES)
class TestWhoMayAsk:
    @pytest.mark.parametrize(("person", "status"), [("ben", 200), ("root", 200), ("omar", 403)])
    def test_only_who_may_see_the_board(self, floor: Floor, route: str, person: str, status: int) -> None:
        assert client_of(floor, person).get(address(route)).status_code == status

    def test_a_team_that_it_is_shared_with(self, floor: Floor, route: str) -> None:
        floor.board.shared_with.add(floor.service)
        assert client_of(floor, "omar").get(address(route)).status_code == 200

    def test_without_a_session_it_leads_to_the_sign_in(self, floor: Floor, route: str) -> None:
        response = Client().get(address(route))
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")

    def test_what_is_not_there_is_not_found(self, floor: Floor, route: str) -> None:
        ben = client_of(floor, "ben")
        assert ben.get(address(route, "nothing")).status_code == 404
        assert ben.get(address(route, slug="nowhere")).status_code == 404
        Wallboard.objects.update(enabled=False)
        assert ben.get(address(route)).status_code == 404

    def test_a_tile_of_another_board_is_not_reached_through_this_one(self, floor: Floor, route: str) -> None:
        other = Wallboard.objects.create(slug="service", title="Service", team=floor.service)
        Tile.objects.create(wallboard=other, key="theirs", kind="number")
        assert client_of(floor, "ben").get(address(route, "theirs")).status_code == 404

    def test_a_text_has_neither(self, floor: Floor, route: str) -> None:
        Tile.objects.create(wallboard=floor.board, key="news", kind="text", options={"text": "x"})
        assert client_of(floor, "ben").get(address(route, "news")).status_code == 404

    def test_it_may_not_be_kept_and_not_be_posted_to(self, floor: Floor, route: str) -> None:
        assert "no-store" in client_of(floor, "ben").get(address(route))["Cache-Control"]
        assert client_of(floor, "ben").post(address(route)).status_code == 405


class TestAbout:
    def test_it_says_what_is_measured_of_what_and_within_which_limits(self, floor: Floor) -> None:
        told = about(floor)
        assert "How many waiting calls there are" in told["description"]
        assert told["statistic"] == {
            "name": "calls-waiting",
            "genesys": "CurrNumberWaitingCalls",
            "definition": None,
        }
        assert told["object"] == {
            "name": "sales-queue",
            "title": "Sales",
            "type": "Queue",
            "id": "8001@SIP_Switch",
        }
        assert told["thresholds"] == {"direction": "above", "warning": 5, "critical": 10}
        assert told["thresholds_of"] == "statistic"

    def test_limits_of_the_tile_go_first(self, floor: Floor) -> None:
        Tile.objects.filter(key="waiting").update(thresholds={"direction": "above", "warning": 3})
        told = about(floor)
        assert told["thresholds"] == {"direction": "above", "warning": 3}
        assert told["thresholds_of"] == "tile"

    def test_a_german_is_told_in_german(self, floor: Floor) -> None:
        told = about(floor, headers={"accept-language": "de"})
        assert "Wie viele wartende Anrufe es in diesem Augenblick gibt." in told["description"]

    def test_the_last_day_is_there_with_its_extremes_and_its_gap(self, floor: Floor) -> None:
        told = about(floor)
        assert [value for _, value in told["history"]] == [2, 9, None, 4]
        assert told["history"][0][0] == told["since"]
        assert told["summary"]["max"][0] == 9
        assert told["summary"]["min"][0] == 2
        assert 2 < told["summary"]["average"] < 3
        assert told["changed"] == told["history"][3][0]

    def test_a_bridge_that_died_ends_the_line(self, floor: Floor) -> None:
        died = now_ms() - 300_000
        LinkStatus.objects.update(seen_at=died)
        assert about(floor)["history"][-1] == [died, None]
        assert rows(floor)[-1]["value"] == ""

    def test_of_several_series_the_one_asked_for(self, floor: Floor) -> None:
        TileSeries.objects.create(tile=Tile.objects.get(key="waiting"), series=floor.level, order=9)
        assert about(floor)["series"] == floor.waiting.pk
        assert about(floor, query={"series": floor.level.pk})["title"] == "Service level"
        other = client_of(floor, "ben").get(address("tile_about"), {"series": "987654"})
        assert other.status_code == 404

    def test_a_hidden_agent_is_not_told_of(self, agents: Floor) -> None:
        assert about(agents, "people")["object"]["title"] == "Maria L."
        hidden = Series.objects.get(monitored_object__title="Ben K.")
        response = client_of(agents, "ben").get(address("tile_about", "people"), {"series": hidden.pk})
        assert response.status_code == 404


class TestData:
    def test_each_point_is_a_row_with_time_object_and_unit(self, floor: Floor) -> None:
        Wallboard.objects.update(timezone="Asia/Kolkata")
        found = rows(floor)
        assert [row["value"] for row in found] == ["2", "9", "", "4"]
        assert {(row["object"], row["statistic"], row["unit"]) for row in found} == {
            ("Sales", "Calls waiting", "count")
        }
        assert all(row["time"].endswith("+05:30") for row in found)

    def test_it_is_a_download_in_utf8_named_after_board_tile_and_time(self, floor: Floor) -> None:
        response = client_of(floor, "ben").get(address("tile_data"))
        assert response["Content-Type"].startswith("text/csv; charset=utf-8")
        assert response["Content-Disposition"].startswith('attachment; filename="sales-waiting-20')
        assert response.content.startswith(b"\xef\xbb\xbftime,object,")

    def test_a_title_like_a_formula_is_disarmed(self, floor: Floor) -> None:
        MonitoredObject.objects.update(title='=HYPERLINK("http://evil.example.com")')
        assert rows(floor)[0]["object"] == '\'=HYPERLINK("http://evil.example.com")'

    def test_states_are_given_as_they_are_now_without_the_hidden(self, agents: Floor) -> None:
        (row,) = rows(agents, "people")
        assert (row["object"], row["value"], row["reason"]) == ("Maria L.", "NotReadyForNextCall", "Lunch")

    def test_all_series_of_a_tile_are_in_one_file(self, floor: Floor) -> None:
        TileSeries.objects.create(tile=Tile.objects.get(key="waiting"), series=floor.level, order=9)
        Sample.objects.create(series=floor.level, at=now_ms() - 1_000, value=82.5)
        assert rows(floor)[-1]["statistic"] == "Service level"
        assert rows(floor)[-1]["value"] == "82.5"
