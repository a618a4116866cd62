"""The editor's requests about what is not saved: previews, values, choices, layouts, copies; and the ways to it."""

import json
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from dashboard.models import Tile, Wallboard
from statsbridge.models import LastValue, LinkStatus, MonitoredObject, Revision, Series, StatisticDefinition, Worker
from tests.dashboard.drafts import EDIT, board_of, client_of, save, send
from tests.dashboard.floor import Floor, now_ms


@pytest.fixture(autouse=True)
def _plain_static(settings: Settings) -> None:
    settings.STORAGES = django_settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def eva(floor: Floor) -> Client:
    return client_of(floor, "eva")


def test_a_preview_describes_unsaved_tiles_as_a_snapshot_does(floor: Floor, eva: Client) -> None:
    board = board_of(eva)["wallboard"]
    board["tiles"][0] |= {"title": "Draft", "options": {"goal": 3}, "thresholds": {"warning": 2}}
    board["tiles"][1] |= {"options": {"min": 9, "max": 1}}
    shown = send(eva, "preview", {"wallboard": board}).json()
    (tile,) = shown["wallboard"]["tiles"]
    assert (tile["id"], tile["title"], tile["options"]["goal"]) == ("waiting", "Draft", 3)
    assert tile["series"] == [floor.waiting.pk]
    assert shown["series"][str(floor.waiting.pk)]["object"]["name"] == "sales-queue"
    assert [(error["tile"], error["field"]) for error in shown["errors"]] == [("level", "min")]
    assert Tile.objects.get(key="waiting").title == ""


def test_a_preview_asks_for_series_that_nobody_shows_yet(floor: Floor, eva: Client) -> None:
    definition = StatisticDefinition.objects.create(name="answered", title="Answered", statistic="TotalAnswered")
    board = board_of(eva)["wallboard"]
    board["tiles"][0]["series"] = [{"statistic": "answered", "object": "sales-queue"}]
    revision = Revision.current()
    (tile, _) = send(eva, "preview", {"wallboard": board}).json()["wallboard"]["tiles"]
    series = Series.objects.get(definition=definition)
    assert tile["series"] == [series.pk]
    assert series.wanted
    assert Revision.current() > revision
    # Any next change drops what nobody saved.
    floor.board.save()
    series.refresh_from_db()
    assert not series.wanted


def test_values_of_a_draft_are_live_while_link_and_bridge_are(floor: Floor, eva: Client) -> None:
    LastValue.objects.create(series=floor.waiting, value=7, at=1_000, state="ok")
    link = LinkStatus.objects.create(connection=floor.waiting.monitored_object.connection, state="live")

    def value() -> list[Any]:
        found: list[Any] = eva.get(f"{EDIT}values/?series={floor.waiting.pk},x,999").json()["values"][
            str(floor.waiting.pk)
        ]
        return found

    assert value() == [7, 1_000, "stale", ""]
    Worker.objects.create(name="w", started_at=0, beat_at=now_ms())
    assert value() == [7, 1_000, "ok", ""]
    link.state = "down"
    link.save()
    assert value() == [7, 1_000, "stale", ""]


def test_values_of_another_teams_series_are_not_told(floor: Floor, eva: Client) -> None:
    floor.service.monitored_objects.add(floor.waiting.monitored_object)
    assert eva.get(f"{EDIT}values/?series={floor.waiting.pk}").json() == {"values": {}}


# -- choices, layouts, copies ------------------------------------------------------------------------------------------


def test_a_preview_does_not_ask_for_any_number_of_series(floor: Floor, eva: Client) -> None:
    StatisticDefinition.objects.bulk_create(
        StatisticDefinition(name=f"s{number}", title="S", statistic=f"S{number}") for number in range(600)
    )
    tile = board_of(eva)["wallboard"]["tiles"][0]
    tables = [
        tile
        | {"id": f"table-{index}", "kind": "table", "position": {"x": index, "y": 0, "w": 1, "h": 1}}
        | {"series": [{"statistic": f"s{number}", "object": "sales-queue"} for number in numbers]}
        for index, numbers in enumerate((range(300), range(300, 600)))
    ]
    shown = send(eva, "preview", {"wallboard": board_of(eva)["wallboard"] | {"tiles": tables}}).json()
    assert [one["id"] for one in shown["wallboard"]["tiles"]] == ["table-0"]
    assert Series.objects.filter(wanted=True).count() <= 302


def test_choices_are_those_of_the_team(floor: Floor, eva: Client) -> None:
    connection = floor.waiting.monitored_object.connection
    for number in range(70):
        MonitoredObject.objects.create(
            name=f"agent-{number}", title=f"Agent {number}", connection=connection, type="Agent", object_id=str(number)
        )
    floor.service.monitored_objects.add(MonitoredObject.objects.get(name="agent-7"))
    found = eva.get(f"{EDIT}choices/?of=objects&q=agent").json()
    assert (len(found["found"]), found["total"]) == (60, 69)
    assert eva.get(f"{EDIT}choices/?of=objects&q=agent-7").json()["total"] == 0
    assert eva.get(f"{EDIT}choices/?of=objects&q=queue sales").json()["found"] == [
        {"name": "sales-queue", "title": "Sales", "type": "Queue"}
    ]
    level = eva.get(f"{EDIT}choices/?of=statistics&q=LEVEL").json()["found"]
    assert [(one["name"], one["unit"]) for one in level] == [("service-level", "percent")]


def test_a_layout_is_filled_with_what_there_is(eva: Client) -> None:
    answer = send(eva, "layout", {"layout": "queue", "objects": ["sales-queue", "nothing"]}).json()
    assert answer["missing"] == ["longest", "answered", "abandoned"]
    assert [(tile["kind"], tile["position"]["w"]) for tile in answer["tiles"]] == [
        ("number", 6), ("gauge", 6), ("trend", 12)
    ]  # fmt: skip
    board = board_of(eva)
    board["wallboard"]["tiles"] = answer["tiles"]
    assert save(eva, board).status_code == 200


@pytest.mark.parametrize("body", [{}, {"layout": "queue", "objects": []}, {"layout": "x", "objects": ["sales-queue"]}])
def test_a_layout_needs_a_name_and_an_object(eva: Client, body: dict[str, Any]) -> None:
    assert send(eva, "layout", body).status_code in (400, 422)


def test_a_copy_is_a_board_of_the_same_team_with_a_name_of_its_own(floor: Floor, eva: Client) -> None:
    draft = board_of(eva)["wallboard"] | {"title": "Sales"}
    answer = send(eva, "copy", {"wallboard": draft})
    assert answer.status_code == 201
    assert answer.json() == {"slug": "sales-2", "url": "/wallboards/sales-2/edit/"}
    copy = Wallboard.objects.get(slug="sales-2")
    assert (copy.team, copy.tiles.count(), floor.board.tiles.count()) == (floor.sales, 2, 2)
    assert send(eva, "copy", {"wallboard": draft | {"columns": 99}}).status_code == 422
    assert Wallboard.objects.count() == 2


# -- where it is found ----------------------------------------------------------------------------------------------


def page_data(response: HttpResponse) -> dict[str, Any]:
    html = response.content.decode()
    data: dict[str, Any] = json.loads(html.split('<script id="page" type="application/json">')[1].split("</script>")[0])
    return data


def test_the_page_carries_the_board_and_what_its_modules_need(eva: Client) -> None:
    data = page_data(eva.get(EDIT))
    assert data["board"] == board_of(eva)
    assert data["kinds"]["trend"]["most"] == 6
    assert data["kinds"]["gauge"]["options"]["properties"].keys() == {"goal", "min", "max"}
    assert data["socket"] == "/ws/wallboards/sales/"
    Wallboard.objects.update(enabled=False)
    assert page_data(eva.get(EDIT))["socket"] == ""


def test_the_way_to_the_editor_is_shown_to_those_who_may_go_it(floor: Floor) -> None:
    for person, may in (("ben", False), ("eva", True), ("maya", True)):
        client = client_of(floor, person)
        assert (EDIT in client.get("/").content.decode()) is may
        # As the page's own data has it, for a board without tiles.
        wall = client.get("/wallboards/sales/").content.decode()
        assert ('"edit": ""' not in wall) is may
    floor.board.shared_with.add(floor.service)
    assert EDIT not in client_of(floor, "omar").get("/").content.decode()
    page = client_of(floor, "root").get(f"/admin/dashboard/wallboard/{floor.board.pk}/change/")
    assert f'href="{EDIT}"' in page.content.decode()
