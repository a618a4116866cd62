"""What is in use is found, and is replaced rather than lost."""

import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dashboard.configfile import export_text
from dashboard.models import Tile
from dashboard.whereused import SILENT_MS
from statsbridge.models import LastValue, MonitoredObject, Series, StatisticDefinition
from tests.dashboard.admin.pages import client_of, errors
from tests.dashboard.configfile.files import apply

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]


def address(row: Any, view: str) -> str:
    return reverse(f"admin:statsbridge_{row._meta.model_name}_{view}", args=[row.pk])


def shown(tile: str) -> list[str]:
    links = Tile.objects.get(key=tile).tile_series.select_related("series__monitored_object", "series__definition")
    return [f"{one.series.definition.name} {one.series.monitored_object.name}" for one in links]


def test_the_page_of_an_object_lists_the_tiles_that_show_it(owner: Client) -> None:
    page = owner.get(address(MonitoredObject.objects.get(name="sales-queue"), "change")).content.decode()
    assert '<a href="/wallboards/sales/">Sales floor</a> · Waiting' in page
    assert "Waiting, last hour" in page


def test_a_tile_without_a_title_is_named_as_the_wall_names_it(owner: Client) -> None:
    Tile.objects.filter(key="tile-1").update(title="")
    page = owner.get(address(MonitoredObject.objects.get(name="sales-queue"), "delete")).content.decode()
    assert '<a href="/wallboards/sales/">Sales floor</a> · Calls waiting' in page


def test_the_page_of_a_statistic_says_where_its_thresholds_hold(owner: Client) -> None:
    page = owner.get(address(StatisticDefinition.objects.get(name="calls-waiting"), "change")).content.decode()
    assert "Its thresholds judge 1 tiles; 1 have their own." in page


def test_deleting_what_is_in_use_asks_lists_and_refuses(owner: Client) -> None:
    queue = MonitoredObject.objects.get(name="sales-queue")
    page = owner.get(address(queue, "delete")).content.decode()
    assert "“Sales” is shown in 2 tiles:" in page
    assert "It cannot simply be deleted" in page
    response = owner.post(address(queue, "delete"), {"post": "yes"})
    assert "Wallboard “Sales floor”, tile “Waiting”" in errors(response)
    assert MonitoredObject.objects.filter(pk=queue.pk).exists()


def test_another_object_takes_its_place(owner: Client) -> None:
    queue = MonitoredObject.objects.get(name="sales-queue")
    response = owner.post(address(queue, "delete"), {"replacement": "orders-queue"})
    assert response.status_code == 302
    assert shown("tile-1") == ["calls-waiting orders-queue"]
    assert shown("tile-2") == ["calls-waiting orders-queue"]
    assert not MonitoredObject.objects.filter(pk=queue.pk).exists()
    assert not apply(export_text(), {}, dry_run=True).changes


def test_a_statistic_that_does_not_fit_does_not_take_its_place(owner: Client) -> None:
    waiting = StatisticDefinition.objects.get(name="calls-waiting")
    before = export_text()
    response = owner.post(address(waiting, "delete"), {"replacement": "agent-state"})
    assert "draws numbers" in errors(response) or "number" in errors(response)
    assert "did you mean “ready-time”" in errors(owner.post(address(waiting, "delete"), {"replacement": "ready-tim"}))
    assert export_text() == before
    assert owner.post(address(waiting, "delete"), {"replacement": "ready-time"}).status_code == 302
    assert shown("tile-1") == ["ready-time sales-queue"]


def test_what_tiles_can_do_without_is_deleted_after_asking(owner: Client) -> None:
    orders = MonitoredObject.objects.get(name="orders-queue")
    assert "the tiles show one series less" in owner.get(address(orders, "delete")).content.decode()
    assert owner.post(address(orders, "delete"), {"post": "yes"}).status_code == 302
    assert shown("tile-2") == ["calls-waiting sales-queue"]


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("rejected", {"sales-queue"}),
        ("silent", {"orders-queue"}),
        ("used", {"sales-queue", "orders-queue", "maria"}),
        ("unused", {"idle"}),
    ],
)
def test_filters_answer_an_operators_question(owner: Client, state: str, names: set[str]) -> None:
    now = time.time_ns() // 1_000_000
    apply("version: 1\nobjects:\n  - {name: idle, title: Idle, connection: main, type: Queue, id: '9'}\n")
    fates = {"sales-queue": ("rejected", now), "orders-queue": ("ok", now - SILENT_MS - 1), "maria": ("ok", now)}
    for series in Series.objects.select_related("monitored_object"):
        word, at = fates[series.monitored_object.name]
        LastValue.objects.create(series=series, value=7, at=at, state=word, reason="No such statistic")
    page = owner.get(reverse("admin:statsbridge_monitoredobject_changelist"), {"is": state})
    assert {row.name for row in page.context["cl"].result_list} == names
    text = page.content.decode()
    told = {
        "rejected": "No such statistic",
        "silent": "since ",
        "unused": 'data-state="unused"',
        "used": 'data-state="live"',
    }
    assert told[state] in text


def test_other_teams_boards_are_counted_and_not_named(owner: Client) -> None:
    apply("""
version: 1
wallboards:
  - slug: hidden
    title: Hidden floor
    team: service
    tiles: [{kind: number, title: Secret, series: [{statistic: calls-waiting, object: sales-queue}],
             position: {x: 0, y: 0, w: 3, h: 2}}]
""")
    maria = client_of("maria")
    for row in (MonitoredObject.objects.get(name="sales-queue"), StatisticDefinition.objects.get(name="calls-waiting")):
        page = maria.get(address(row, "change")).content.decode()
        assert "Sales floor" in page
        assert "On 1 wallboard of other teams." in page
        history = maria.get(address(row, "history")).content.decode()
        for word in ("Hidden floor", "Secret"):
            assert word not in page + history
        assert "Hidden floor" in owner.get(address(row, "change")).content.decode()


def test_the_history_of_an_object_is_for_those_who_may_use_it_and_only_from_when_they_might(owner: Client) -> None:
    queue = MonitoredObject.objects.get(name="sales-queue")
    theirs = "{name: third, title: Third, connection: main, type: Queue, id: '3', teams: [service]}"
    apply(f"version: 1\nobjects:\n  - {theirs}\n")
    apply("version: 1\nobjects:\n  - {name: third, title: Theirs, tags: [hidden-tag]}\n")
    apply("version: 1\nobjects:\n  - {name: third, title: Ours, teams: [sales], tags: []}\n")
    apply("version: 1\nobjects:\n  - {name: sales-queue, title: Sold, tags: [floor]}\n")
    apply("version: 1\nobjects:\n  - {name: third, tags: [mine]}\n")
    maria = client_of("maria")
    for who in (owner, maria):
        told = who.get(address(queue, "history")).content.decode().partition("content-main")[2]
        assert "Sold" in told
        assert "wallboard.yaml" in told
    third = MonitoredObject.objects.get(name="third")
    told = maria.get(address(third, "history")).content.decode().partition("content-main")[2]
    everything = told + maria.get(reverse("admin:auditlog_logentry_changelist")).content.decode()
    assert "[mine]" in told
    for word in ("hidden-tag", "Theirs", "service"):
        assert word not in everything
        assert word in owner.get(address(third, "history")).content.decode()
    assert "Take" not in told
