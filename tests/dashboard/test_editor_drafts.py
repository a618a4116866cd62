"""The editor's requests about what is not saved: previews, values, choices, layouts, copies; and the ways to it."""

import json
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from dashboard import library
from dashboard.drafts import DRAFTS_MOST
from dashboard.models import Tile, Wallboard
from statsbridge.models import (
    LastValue,
    LinkStatus,
    MonitoredObject,
    Revision,
    Sample,
    Series,
    StatisticDefinition,
    Worker,
)
from statsbridge.persistence import end_drafts
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


@pytest.fixture
def answered() -> StatisticDefinition:
    return StatisticDefinition.objects.create(name="answered", title="Answered", statistic="TotalAnswered")


def preview_answered(eva: Client, key: str = "answered") -> tuple[Series, Any]:
    """A draft with one statistic that no wallboard shows: its series, and what came of it."""
    board = board_of(eva)["wallboard"]
    board["tiles"][0]["series"] = [{"statistic": key, "object": "sales-queue"}]
    shown = send(eva, "preview", {"wallboard": board}).json()
    return Series.objects.get(definition__name=key), shown


def test_a_preview_asks_for_series_that_nobody_shows_yet(
    floor: Floor, eva: Client, answered: StatisticDefinition
) -> None:
    revision = Revision.current()
    series, shown = preview_answered(eva)
    assert shown["wallboard"]["tiles"][0]["series"] == [series.pk]
    assert Revision.current() == revision + 1
    for _ in range(2):
        preview_answered(eva)
        # What others change meanwhile takes nothing from a draft.
        wanted = series in Series.measured()
        assert wanted
        floor.board.save()
        revision += 1
    assert Revision.current() == revision + 1


def test_what_nobody_edits_any_more_is_not_asked_for(floor: Floor, eva: Client, answered: StatisticDefinition) -> None:
    series, _ = preview_answered(eva)
    LastValue.objects.create(series=series, value=7, at=1_000, state="ok")
    end_drafts()
    assert series in Series.measured()
    Series.objects.update(wanted_until=1)
    revision = Revision.current()
    end_drafts()
    assert series not in Series.measured()
    assert set(Series.measured()) == {floor.waiting, floor.level}
    assert not LastValue.objects.filter(series=series).exists()
    assert Revision.current() == revision + 1


def test_asking_for_values_goes_on_asking_for_a_draft(eva: Client, answered: StatisticDefinition) -> None:
    series, _ = preview_answered(eva)
    begun = Series.objects.get(pk=series.pk).wanted_until
    Series.objects.filter(pk=series.pk).update(wanted_until=1)
    eva.get(f"{EDIT}values/?series={series.pk}")
    renewed = Series.objects.get(pk=series.pk).wanted_until
    assert begun is not None
    assert renewed is not None
    assert renewed >= begun


def test_series_that_only_drafts_made_do_not_pile_up(floor: Floor, eva: Client, answered: StatisticDefinition) -> None:
    lasting, _ = preview_answered(eva)
    StatisticDefinition.objects.bulk_create(
        StatisticDefinition(name=name, title=name, statistic=name) for name in ("brief", "other")
    )
    brief, _ = preview_answered(eva, "brief")
    Sample.objects.create(series=lasting, at=1_000, value=1)
    Sample.objects.create(series=brief, at=now_ms(), value=1)
    Series.objects.update(wanted_until=1)
    end_drafts()
    other, _ = preview_answered(eva, "other")
    assert set(Series.objects.all()) == {floor.waiting, floor.level, lasting, other}


def test_all_drafts_together_ask_for_so_many_series_only(eva: Client, answered: StatisticDefinition) -> None:
    queue = MonitoredObject.objects.get()
    kinds = StatisticDefinition.objects.bulk_create(
        StatisticDefinition(name=f"s{number}", title="S", statistic=f"S{number}") for number in range(DRAFTS_MOST)
    )
    Series.objects.bulk_create(
        Series(definition=one, monitored_object=queue, wanted_until=now_ms() + 60_000) for one in kinds
    )
    series, shown = preview_answered(eva)
    assert series not in Series.measured()
    value = shown["values"][str(series.pk)]
    assert value[:3] == [None, None, "pending"]
    assert "nobody asks for this value yet" in value[3]


# -- values ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def link(floor: Floor) -> LinkStatus:
    """Of a bridge that lives, and of a series that it measures."""
    Worker.objects.create(name="w", started_at=0, beat_at=now_ms())
    LastValue.objects.create(series=floor.waiting, value=7, at=1_000, state="ok")
    connection = floor.waiting.monitored_object.connection
    return LinkStatus.objects.create(connection=connection, state="live", since=now_ms(), seen_at=now_ms())


def value_of(eva: Client, series: Series) -> list[Any]:
    answer = eva.get(f"{EDIT}values/?series={series.pk},x,999").json()
    found: list[Any] = answer["values"][str(series.pk)]
    return found[:3]


def test_values_of_a_draft_are_live_while_link_and_bridge_are(floor: Floor, eva: Client, link: LinkStatus) -> None:
    assert value_of(eva, floor.waiting) == [7, 1_000, "ok"]
    link.state = "late"
    link.save()
    assert value_of(eva, floor.waiting) == [7, 1_000, "late"]
    link.state = "down"
    link.save()
    assert value_of(eva, floor.waiting) == [7, 1_000, "stale"]


def test_values_are_stale_without_a_bridge(floor: Floor, eva: Client, link: LinkStatus) -> None:
    Worker.objects.update(beat_at=now_ms() - 60_000)
    assert value_of(eva, floor.waiting) == [7, 1_000, "stale"]
    Worker.objects.all().delete()
    assert value_of(eva, floor.waiting) == [7, 1_000, "stale"]


def test_the_link_of_a_dead_leader_is_not_live_because_another_worker_is(
    floor: Floor, eva: Client, link: LinkStatus
) -> None:
    link.seen_at -= 60_000
    link.save()
    assert value_of(eva, floor.waiting) == [7, 1_000, "stale"]


@pytest.mark.parametrize("change", [{"seen_at": 0}, {"state": "down", "since": 0}])
def test_after_ten_minutes_nothing_is_known(
    floor: Floor, eva: Client, link: LinkStatus, change: dict[str, Any]
) -> None:
    ago = now_ms() - 601_000
    LinkStatus.objects.update(**{key: value or ago for key, value in change.items()})
    assert value_of(eva, floor.waiting) == [None, 1_000, "unknown"]


def test_an_old_value_is_not_shown_as_new_when_it_is_asked_for_again(
    floor: Floor, eva: Client, link: LinkStatus, answered: StatisticDefinition
) -> None:
    series = Series.objects.create(definition=answered, monitored_object=floor.waiting.monitored_object)
    LastValue.objects.create(series=series, value=99, at=1_000, state="ok")
    _, shown = preview_answered(eva)
    assert shown["values"][str(series.pk)] == [None, None, "pending"]
    LastValue.objects.create(series=series, value=3, at=2_000, state="ok")
    assert value_of(eva, series) == [3, 2_000, "ok"]


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
    assert Series.measured().count() <= 302


def _table(index: int, count: int) -> dict[str, Any]:
    series = [{"statistic": f"none-{index}-{number}", "object": f"nobody-{number}"} for number in range(count)]
    place = {"x": index, "y": 0, "w": 1, "h": 1}
    return {"id": f"table-{index}", "kind": "table", "position": place, "series": series}


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ((501, 1), [("table-0", "A tile has at most 500 series.")]),
        ((500, 500, 500, 500, 1), [(None, "A wallboard has at most 2000 series.")]),
    ],
)
@pytest.mark.parametrize("what", ["preview", "copy"])
def test_a_draft_of_very_many_series_is_refused_unread(
    floor: Floor, eva: Client, what: str, counts: tuple[int, ...], found: list[Any]
) -> None:
    tiles = [_table(index, count) for index, count in enumerate(counts)]
    errors = send(eva, what, {"wallboard": board_of(eva)["wallboard"] | {"tiles": tiles}}).json()["errors"]
    assert [(error["tile"], error["message"]) for error in errors] == found


def test_only_of_the_first_unknown_names_the_nearest_is_looked_for(floor: Floor, eva: Client) -> None:
    tile = _table(0, 20)
    tile["series"] = [one | {"object": f"sales-queu{number}"} for number, one in enumerate(tile["series"])]
    errors = send(eva, "preview", {"wallboard": board_of(eva)["wallboard"] | {"tiles": [tile]}}).json()["errors"]
    assert len(errors) == 40
    assert 0 < sum("did you mean “sales-queue”" in error["message"] for error in errors) <= 5


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


def test_where_no_statistic_fits_by_itself_one_is_chosen_or_left_out(eva: Client) -> None:
    StatisticDefinition.objects.create(name="odd", title="Odd one", statistic="Odd", unit="seconds")
    asked: dict[str, Any] = {"layout": "queue", "objects": ["sales-queue"]}
    offered = send(eva, "layout", asked).json()["offers"]
    assert {"name": "odd", "title": "Odd one"} in offered["longest"]
    assert all(one["name"] != "odd" for one in offered["answered"])
    chosen = {"longest": "odd", "answered": "", "abandoned": "service-level"}
    answer = send(eva, "layout", asked | {"chosen": chosen}).json()
    # What has another unit is not taken.
    assert answer["missing"] == ["abandoned"]
    assert {"statistic": "odd", "object": "sales-queue"} in [one for tile in answer["tiles"] for one in tile["series"]]


def test_a_layout_knows_a_statistic_by_what_it_measures_whatever_it_is_called(eva: Client) -> None:
    definition = {"category": "TotalNumber", "subject": "DNAction", "mainMask": "CallAbandoned"}
    StatisticDefinition.objects.create(name="x1", title="Verlorene Anrufe", definition=definition, unit="count")
    StatisticDefinition.objects.create(name="x2", title="Abandoned?", statistic="Other", unit="count")
    StatisticDefinition.objects.create(
        name="x3", title="Am längsten", statistic="CurrMaxCallWaitingTime", unit="seconds"
    )
    answer = send(eva, "layout", {"layout": "queue", "objects": ["sales-queue"]}).json()
    shown = {one["statistic"] for tile in answer["tiles"] for one in tile["series"]}
    assert {"x1", "x3"} <= shown
    assert "x2" not in shown
    assert answer["missing"] == ["answered"]


def test_a_layout_of_a_queue_takes_no_statistic_of_groups(eva: Client) -> None:
    library.add([entry.name for entry in library.ENTRIES])
    answer = send(eva, "layout", {"layout": "queue", "objects": ["sales-queue"]}).json()
    shown = {one["statistic"] for tile in answer["tiles"] for one in tile["series"]}
    assert {"calls-answered", "calls-abandoned"} <= shown
    assert not {name for name in shown if name.startswith("group-")}
    assert min(tile["position"]["w"] for tile in answer["tiles"]) == 4
    StatisticDefinition.objects.exclude(name__startswith="group-").delete()
    assert "answered" in send(eva, "layout", {"layout": "queue", "objects": ["sales-queue"]}).json()["missing"]


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
