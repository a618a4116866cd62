"""The library of ready statistics, the first steps of an empty installation, and lists that stay fast."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from dashboard.library import ENTRIES
from dashboard.models import Team, Tile, TileSeries, Wallboard
from statsbridge.models import Connection, LastValue, LinkStatus, MonitoredObject, Series, StatisticDefinition
from tests.dashboard.admin.pages import change, client_of, errors

pytestmark = pytest.mark.django_db
LIBRARY = "admin:statsbridge_statisticdefinition_library"


@pytest.fixture(autouse=True)
def plain_static(settings: Settings) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture
def owner() -> Client:
    return client_of("owner", superuser=True)


def test_about_forty_are_ready_each_under_its_own_name() -> None:
    assert len(ENTRIES) >= 40
    assert len({one.name for one in ENTRIES}) == len(ENTRIES)


def test_one_click_adds_one_in_words_and_it_opens_as_it_is(owner: Client) -> None:
    assert owner.post(reverse(LIBRARY), {"entry": "calls-waiting"}).status_code == 302
    made = StatisticDefinition.objects.get()
    assert (made.name, made.title, made.unit) == ("calls-waiting", "Calls waiting", "count")
    assert made.description.startswith("How many waiting calls")
    page = owner.get(reverse("admin:statsbridge_statisticdefinition_change", args=[made.pk]))
    assert page.status_code == 200


def test_adding_twice_adds_nothing_and_leaves_what_was_changed(owner: Client) -> None:
    owner.post(reverse(LIBRARY), {"all": ""})
    assert StatisticDefinition.objects.count() == len(ENTRIES)
    full = owner.get(reverse(LIBRARY)).content.decode()
    assert "All of them are there already." in full
    assert 'name="all"' not in full
    StatisticDefinition.objects.filter(name="calls-waiting").update(title="Ours")
    page = owner.post(reverse(LIBRARY), {"entry": "calls-waiting"}, follow=True).content.decode()
    assert "there already" in page
    assert StatisticDefinition.objects.count() == len(ENTRIES)
    assert StatisticDefinition.objects.get(name="calls-waiting").title == "Ours"


def test_entries_are_saved_unchanged_by_their_form(owner: Client) -> None:
    owner.post(reverse(LIBRARY), {"all": ""})
    for one in list(StatisticDefinition.objects.all())[::8]:
        response = change(owner, one, decimals="0")
        assert response.status_code == 302, (one.name, errors(response))
        assert StatisticDefinition.objects.get(pk=one.pk).definition == one.definition


def test_who_may_not_add_definitions_has_no_library() -> None:
    assert client_of("somebody").get(reverse(LIBRARY)).status_code == 302
    staff = client_of("staff")
    from django.contrib.auth import get_user_model

    get_user_model().objects.filter(username="staff").update(is_staff=True)
    assert staff.get(reverse(LIBRARY)).status_code == 403


def test_before_there_is_any_account_the_sign_in_says_how_to_make_one() -> None:
    for url in (reverse("login"), reverse("admin:login")):
        assert "manage.py createsuperuser" in Client().get(url).content.decode()
    client_of("owner")
    for url in (reverse("login"), reverse("admin:login")):
        assert "createsuperuser" not in Client().get(url).content.decode()


def test_an_empty_installation_says_the_next_step(owner: Client) -> None:
    connections = owner.get(reverse("admin:statsbridge_connection_changelist")).content.decode()
    assert "There is no connection yet." in connections
    statistics = owner.get(reverse("admin:statsbridge_statisticdefinition_changelist")).content.decode()
    assert "Choose from the library" in statistics
    assert "Add a connection" in owner.get("/").content.decode()


def fill(rows: int) -> None:
    """``rows`` series on a tenth as many objects, on boards of ten."""
    tenant = Connection.objects.create(name=f"tenant-{rows}", api_url="https://gws.example.com", client_id="x")
    LinkStatus.objects.create(connection=tenant, state="live", since=1)
    team = Team.objects.create(name=f"team-{rows}", title="Team")
    kinds = StatisticDefinition.objects.bulk_create(
        StatisticDefinition(name=f"kind-{rows}-{n}", title=f"Kind {n}", statistic="X") for n in range(10)
    )
    objects = MonitoredObject.objects.bulk_create(
        MonitoredObject(name=f"o-{rows}-{n}", title=f"O {n}", connection=tenant, type="Agent", object_id=f"o{n}")
        for n in range(max(1, rows // 10))
    )
    series = Series.objects.bulk_create(
        Series(definition=kind, monitored_object=one, wanted=True) for one in objects for kind in kinds
    )
    LastValue.objects.bulk_create(LastValue(series=one, value=7, at=1, state="ok") for one in series)
    boards = Wallboard.objects.bulk_create(
        Wallboard(slug=f"b-{rows}-{n}", title="B", team=team) for n in range(max(1, rows // 100))
    )
    tiles = Tile.objects.bulk_create(
        Tile(wallboard=boards[n % len(boards)], key=f"t-{n}", kind="number") for n in range(len(series) // 10)
    )
    TileSeries.objects.bulk_create(TileSeries(tile=tile, series=series[n]) for n, tile in enumerate(tiles))


def queries(owner: Client) -> dict[str, int]:
    """How many each list takes; those of the session and of the log come with every page."""
    counted: dict[str, int] = {}
    for model in admin.site._registry:
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        with CaptureQueriesContext(
            database,
        ) as captured:
            assert owner.get(url).status_code == 200
        counted[model._meta.label] = len(captured)
    return counted


def test_each_list_takes_the_same_few_queries_with_ten_and_with_twenty_thousand_rows(owner: Client) -> None:
    fill(10)
    few = queries(owner)
    fill(20_000)
    many = queries(owner)
    assert Series.objects.count() == 20_010
    assert {name: count for name, count in many.items() if count > few[name]} == {}
    assert max(many.values()) <= 16


def test_the_pages_of_a_definition_and_a_connection_take_no_more_queries_with_more_rows(owner: Client) -> None:
    def pages(rows: int) -> list[int]:
        # One that is on wallboards, with few rows as with many: of those more is said.
        definition = StatisticDefinition.objects.get(name=f"kind-{rows}-0")
        looked_at: list[Any] = [definition, Connection.objects.last()]
        counts = []
        for row in looked_at:
            url = reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk])
            with CaptureQueriesContext(database) as captured:
                owner.get(url)
            counts.append(len(captured))
        return counts

    fill(10)
    pages(10)  # what is asked once in the life of a process
    few = pages(10)
    fill(2_000)
    assert pages(2_000) == few
