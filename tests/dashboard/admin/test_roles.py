"""What editors and managers may do in the administration, by the rows of their own teams."""

import pytest
from django.urls import reverse

from dashboard.models import EmbedKey, Membership, Team, Wallboard
from statsbridge.models import MonitoredObject, StatisticDefinition
from tests.dashboard.admin.pages import act, change, client_of, errors

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]


def test_an_editor_is_staff_and_a_viewer_is_not() -> None:
    assert client_of("maria").get("/admin/").status_code == 200
    assert client_of("ben").get("/admin/").status_code == 302


def test_an_editor_sees_and_changes_the_boards_of_the_own_team_only() -> None:
    editor = client_of("maria")
    foreign = Wallboard.objects.create(slug="other", title="Other", team=Team.objects.get(name="service"))
    foreign.shared_with.add(Team.objects.get(name="sales"))
    listed = editor.get(reverse("admin:dashboard_wallboard_changelist")).content.decode()
    assert "Sales floor" in listed
    assert "/wallboards/other/" not in listed
    assert editor.get(reverse("admin:dashboard_wallboard_change", args=[foreign.pk])).status_code == 403
    response = change(editor, Wallboard.objects.get(slug="sales"), title="New title")
    assert response.status_code == 302, errors(response)
    assert Wallboard.objects.get(slug="sales").title == "New title"
    response = change(editor, Wallboard.objects.get(slug="sales"), team=str(foreign.team_id))
    assert "Select a valid choice" in errors(response)
    assert act(editor, Wallboard, "disable", [foreign]).status_code == 403
    foreign.refresh_from_db()
    assert foreign.enabled


@pytest.mark.parametrize("name", ["statsbridge_connection", "statsbridge_worker", "dashboard_team", "auth_user",
                                  "dashboard_embedkey"])  # fmt: skip
def test_an_editor_has_nothing_to_do_with_connections_people_and_keys(name: str) -> None:
    assert client_of("maria").get(reverse(f"admin:{name}_changelist")).status_code == 403


def test_an_editor_may_look_at_statistics_and_the_own_objects_but_not_change_them() -> None:
    editor = client_of("maria")
    MonitoredObject.objects.get(name="maria").teams.set([Team.objects.get(name="service")])
    listed = editor.get(reverse("admin:statsbridge_monitoredobject_changelist")).content.decode()
    assert "orders-queue" in listed
    assert "maria.lopez" not in listed
    waiting = StatisticDefinition.objects.get(name="calls-waiting")
    url = reverse("admin:statsbridge_statisticdefinition_change", args=[waiting.pk])
    assert editor.get(url).status_code == 200
    assert editor.post(url, {"title": "Mine"}).status_code == 403
    assert editor.get(reverse("admin:statsbridge_series_changelist")).status_code == 200


def test_a_manager_changes_the_members_and_keys_of_the_own_team_only() -> None:
    Membership.objects.filter(user__username="maria").update(role="manager")
    manager = client_of("maria")
    sales, service = Team.objects.get(name="sales"), Team.objects.get(name="service")
    assert manager.get(reverse("admin:dashboard_team_change", args=[service.pk])).status_code == 403
    response = change(manager, sales, memberships__0__role="editor")
    assert response.status_code == 302, errors(response)
    key = EmbedKey.objects.create(id="k1", team=service, secret="x" * 43)
    assert act(manager, EmbedKey, "revoke", [key]).status_code == 403
    key.refresh_from_db()
    assert key.revoked_at is None
    add = reverse("admin:dashboard_embedkey_add")
    assert "Select a valid choice" in errors(manager.post(add, {"team": service.pk}))
    assert EmbedKey.objects.count() == 1
    created = manager.post(add, {"team": sales.pk, "note": ""})
    assert EmbedKey.objects.get(team=sales).secret in created.content.decode()
