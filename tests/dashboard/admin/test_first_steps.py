"""What the administration says while it is empty: each page names the next step, in the order that leads to a wall."""

import re
import time
from html import unescape

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dashboard.models import Membership, Team, Wallboard
from statsbridge.models import Connection, LinkStatus, MonitoredObject, StatisticDefinition, Worker
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
    assert 'name="preview"' not in text(owner, "statsbridge_monitoredobject_bulk")
    make_connection()
    assert "There is no object yet" in text(owner, "statsbridge_monitoredobject_changelist")
    page = text(owner, "statsbridge_monitoredobject_bulk")
    assert "belongs to a connection" not in page
    assert 'name="preview"' in page
    assert '<label for="id_connection">Connection:</label>' in page


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
    answer = owner.post(url, {**data, "title": "Sales floor", "slug": "sales", "team": str(team.pk)})
    editor = reverse("edit_wallboard", args=["sales"])
    assert answer["Location"] == editor
    page = text(owner, "dashboard_wallboard_changelist")
    assert f'<a href="{editor}">Edit tiles</a>' in page


def test_a_new_wallboard_begins_in_the_time_zone_of_the_connections(owner: Client) -> None:
    def zone() -> str:
        return str(form_data(owner.get(reverse("admin:dashboard_wallboard_add")).content.decode())["timezone"])

    assert zone() == "UTC"
    Connection.objects.create(name="main", api_url="https://gws.example.com", timezone="Europe/Berlin")
    assert zone() == "Europe/Berlin"
    Connection.objects.create(name="tokyo", api_url="https://gws.example.com", timezone="Asia/Tokyo")
    assert zone() == "UTC"


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


def test_the_way_names_people_and_the_team_does_not_wait_for_them(owner: Client) -> None:
    page = text(owner, "index")
    assert f'<a href="{reverse("admin:auth_user_add")}">Add people</a>' in page
    connection = make_connection()
    MonitoredObject.objects.create(name="sales", title="Sales", connection=connection, type="Queue", object_id="8001")
    StatisticDefinition.objects.create(name="waiting", title="Waiting", statistic="CurrNumberWaitingCalls")
    assert current(owner) == reverse("admin:dashboard_team_add")


def test_an_unknown_member_leads_to_a_new_account_for_who_may_add_one(owner: Client) -> None:
    team = Team.objects.create(name="sales", title="Sales")
    manager = client_of("maya")
    Membership.objects.create(team=team, user=get_user_model().objects.get(username="maya"), role="manager")
    url = reverse("admin:dashboard_team_change", args=[team.pk])

    def refused(client: Client) -> str:
        data = form_data(client.get(url).content.decode()) | {
            "memberships-TOTAL_FORMS": "2", "memberships-1-username": "erik & co", "memberships-1-role": "viewer",
            "memberships-1-team": str(team.pk),
        }  # fmt: skip
        return unescape(client.post(url, data).content.decode())

    add = f"{reverse('admin:auth_user_add')}?username=erik+%26+co"
    page = refused(owner)
    assert f'There is no user “erik & co”. <a href="{add}">Add the account</a>' in page
    assert 'value="erik & co"' in unescape(owner.get(add).content.decode())
    page = refused(manager)
    assert "There is no user “erik & co”; an administrator can add one." in page
    assert add not in page


def test_staff_read_that_genesys_is_down_where_they_begin(owner: Client) -> None:
    connection = make_connection()
    team = Team.objects.create(name="sales", title="Sales")
    editor, viewer = client_of("eva"), client_of("ben")
    for name, role in (("eva", "editor"), ("ben", "viewer")):
        Membership.objects.create(team=team, user=get_user_model().objects.get(username=name), role=role)
    link = reverse("admin:statsbridge_connection_change", args=[connection.pk])
    assert "No bridge is running" in text(owner, "index")
    Worker.objects.create(name="bridge", started_at=0, beat_at=time.time_ns() // 1_000_000)
    LinkStatus.objects.create(connection=connection, state="down", reason="The service refused the sign-in.")
    for page in (text(owner, "index"), unescape(owner.get("/").content.decode())):
        assert re.search(rf'<a href="{link}">main: down</a>\s*The service refused the sign-in.', page)
    for page in (text(editor, "index"), unescape(editor.get("/").content.decode())):
        assert re.search(r"<strong>main: down</strong>\s*The service refused the sign-in.", page)
    assert "main: down" not in unescape(viewer.get("/").content.decode())
    LinkStatus.objects.update(state="live", reason="")
    assert "main: live" not in text(owner, "index")
    LinkStatus.objects.update(state="down")
    Connection.objects.update(enabled=False)
    assert "main: down" not in text(owner, "index")
