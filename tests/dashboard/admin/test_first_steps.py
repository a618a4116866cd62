"""What the administration says while it is empty: each page names the next step, in the order that leads to a wall."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dashboard.models import Team, Wallboard
from statsbridge.models import Connection, MonitoredObject, StatisticDefinition
from tests.dashboard.admin.pages import client_of, form_data

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plain_static(settings: Settings) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture
def owner() -> Client:
    return client_of("owner", superuser=True)


def text(client: Client, name: str) -> str:
    return unescape(client.get(reverse(f"admin:{name}")).content.decode())


def current(client: Client) -> str:
    """The step that the first page of the administration puts first."""
    found = re.search(r'aria-current="step">\s*<a[^>]*href="([^"]+)"', text(client, "index"))
    return found[1] if found else ""


def make_connection() -> Connection:
    return Connection.objects.create(name="main", api_url="https://gws.example.com", client_id="x")


def test_an_empty_list_of_objects_leads_to_the_connection_first_and_then_to_adding_many(owner: Client) -> None:
    for page in ("statsbridge_monitoredobject_changelist", "statsbridge_monitoredobject_bulk"):
        assert "An object belongs to a connection, and there is none yet." in text(owner, page)
    make_connection()
    assert "There is no object yet" in text(owner, "statsbridge_monitoredobject_changelist")
    assert "belongs to a connection" not in text(owner, "statsbridge_monitoredobject_bulk")


def test_an_empty_list_of_wallboards_leads_to_the_team_first(owner: Client) -> None:
    assert "There is no team yet." in text(owner, "dashboard_team_changelist")
    page = text(owner, "dashboard_wallboard_changelist")
    assert "A wallboard belongs to a team, and there is none yet." in page
    assert f'class="button" href="{reverse("admin:dashboard_team_add")}"' in page
    Team.objects.create(name="sales", title="Sales")
    assert "There is no team yet." not in text(owner, "dashboard_team_changelist")
    page = text(owner, "dashboard_wallboard_changelist")
    assert f'class="button" href="{reverse("admin:dashboard_wallboard_add")}"' in page


def test_the_first_page_walks_the_way_to_the_first_wallboard_and_then_is_gone(owner: Client) -> None:
    assert current(owner) == reverse("admin:statsbridge_connection_add")
    connection = make_connection()
    assert current(owner) == reverse("admin:statsbridge_monitoredobject_bulk")
    MonitoredObject.objects.create(name="sales", title="Sales", connection=connection, type="Queue", object_id="8001")
    assert current(owner) == reverse("admin:statsbridge_statisticdefinition_library")
    StatisticDefinition.objects.create(name="waiting", title="Waiting", statistic="CurrNumberWaitingCalls")
    assert current(owner) == reverse("admin:dashboard_team_add")
    team = Team.objects.create(name="sales", title="Sales")
    assert current(owner) == reverse("admin:dashboard_wallboard_add")
    Wallboard.objects.create(slug="sales", title="Sales floor", team=team)
    assert "The way to the first wallboard" not in text(owner, "index")


def test_trying_a_statistic_without_any_object_leads_to_adding_objects(owner: Client) -> None:
    told = "There is no object yet on which it could be tried."
    assert told in text(owner, "statsbridge_statisticdefinition_add")
    connection = make_connection()
    MonitoredObject.objects.create(name="sales", title="Sales", connection=connection, type="Queue", object_id="8001")
    assert told not in text(owner, "statsbridge_statisticdefinition_add")


def test_a_new_wallboard_leads_to_the_editor(owner: Client) -> None:
    team = Team.objects.create(name="sales", title="Sales")
    url = reverse("admin:dashboard_wallboard_add")
    data = form_data(owner.get(url).content.decode())
    answer = owner.post(url, {**data, "title": "Sales floor", "slug": "sales", "team": str(team.pk)}, follow=True)
    page = unescape(answer.content.decode())
    assert "“Sales floor” has no tiles yet." in page
    editor = reverse("edit_wallboard", args=["sales"])
    assert f'<a href="{editor}">Open the editor</a>' in page
    assert f'<a href="{editor}">Edit tiles</a>' in page


def test_every_empty_list_says_the_next_step_or_what_will_be_there(owner: Client) -> None:
    told = {
        "statsbridge_connection": "There is no connection yet.",
        "statsbridge_monitoredobject": "An object belongs to a connection, and there is none yet.",
        "statsbridge_statisticdefinition": "There is no statistic yet.",
        "statsbridge_series": "Nothing is measured yet.",
        "dashboard_team": "There is no team yet.",
        "dashboard_wallboard": "A wallboard belongs to a team, and there is none yet.",
        "dashboard_rotation": "A rotation shows wallboards in turn, and there is none yet.",
        "dashboard_embedkey": "An embed key belongs to a team, and there is none yet.",
        "auditlog_logentry": "Nothing was changed yet.",
        "dashboard_appliedfile": "No file was applied yet.",
    }
    for name, sentence in told.items():
        assert sentence in text(owner, f"{name}_changelist"), name
    team = Team.objects.create(name="sales", title="Sales")
    Wallboard.objects.create(slug="sales", title="Sales floor", team=team)
    assert "There is no rotation yet." in text(owner, "dashboard_rotation_changelist")
    assert "There is no embed key yet." in text(owner, "dashboard_embedkey_changelist")


def test_a_list_that_a_search_leaves_empty_is_not_called_empty(owner: Client) -> None:
    make_connection()
    page = owner.get(reverse("admin:statsbridge_connection_changelist"), {"q": "nothing"}).content.decode()
    assert "There is no connection yet." not in page
