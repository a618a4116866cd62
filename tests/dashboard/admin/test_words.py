"""What the administration's pages offer and say."""

import logging
import re
from html import unescape

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from dashboard.models import EmbedKey, Membership, Team, Wallboard
from statsbridge.models import MonitoredObject
from tests.dashboard.admin.pages import change, client_of, errors

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]


def offered(client: Client, model: str) -> set[str]:
    """The words of the list's filters."""
    page = client.get(reverse(f"admin:{model}_changelist")).content.decode()
    sidebar = page.partition('id="changelist-filter"')[2]
    return {unescape(word).strip() for word in re.findall(r"<a href[^>]*>([^<]*)</a>", sidebar)}


@pytest.fixture
def three_teams() -> None:
    Team.objects.create(name="secret", title="Secret project")
    Membership.objects.filter(user__username="maria").update(role="manager")
    Membership.objects.create(
        user=get_user_model().objects.get(username="maria"), team_id=_team("service"), role="editor"
    )
    EmbedKey.objects.create(id="k1", team_id=_team("sales"), secret="x" * 43)


def _team(name: str) -> int:
    return Team.objects.get(name=name).pk


@pytest.mark.parametrize("model", ["dashboard_wallboard", "dashboard_embedkey", "statsbridge_monitoredobject"])
def test_a_filter_by_team_offers_an_editor_the_own_teams_only(model: str, three_teams: None, owner: Client) -> None:
    words = offered(client_of("maria"), model)
    assert {"Sales", "Service"} <= words
    assert "Secret project" not in words
    assert {"Sales", "Service", "Secret project"} <= offered(owner, model)


def test_an_unknown_name_in_a_tile_is_told_in_one_sentence(owner: Client) -> None:
    response = change(owner, Wallboard.objects.get(), tiles__0__series_lines="calls-waitin sales-queu")
    told = errors(response)
    assert "There is no statistic “calls-waitin”; did you mean “calls-waiting”?" in told
    assert "There is no object “sales-queu”; did you mean “sales-queue”?" in told
    assert "?." not in told


def test_a_refused_page_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    url = reverse("admin:statsbridge_connection_changelist")
    with caplog.at_level(logging.WARNING):
        assert client_of("maria").get(url).status_code == 403
    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert url in record.getMessage()
    assert not record.exc_info


def test_its_pages_name_an_icon(owner: Client) -> None:
    assert 'rel="icon"' in owner.get(reverse("admin:index")).content.decode()
    assert 'rel="icon"' in Client().get(reverse("admin:login")).content.decode()


def test_a_browser_that_guesses_the_icon_finds_it() -> None:
    response = Client().get("/favicon.ico")
    assert response.status_code == 302
    assert response["Location"].endswith("dashboard/img/favicon.svg")
    assert response["Location"].startswith("/static/")


def test_groups_and_permissions_that_decide_nothing_are_not_offered(owner: Client) -> None:
    assert not admin.site.is_registered(Group)
    person = get_user_model().objects.get(username="maria")
    page = owner.get(reverse("admin:auth_user_change", args=[person.pk])).content.decode()
    assert 'name="is_superuser"' in page
    assert not re.search(r'name="(groups|user_permissions)"', page)
    assert change(owner, person, first_name="Maria").status_code == 302
    assert owner.get(reverse("admin:auth_user_add")).status_code == 200


def test_objects_are_filtered_by_a_team(owner: Client) -> None:
    url = reverse("admin:statsbridge_monitoredobject_changelist")
    found = owner.get(url, {"teams__id__exact": _team("sales")}).content.decode()
    assert MonitoredObject.objects.get(name="maria").object_id in found
    assert "orders-queue" not in found
