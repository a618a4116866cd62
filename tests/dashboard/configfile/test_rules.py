"""A team's rules for people from Genesys, in the file and in the history; who came by them is in neither."""

from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.auth import get_user_model
from django.test import Client

from dashboard.configfile import ConfigurationRefused, export_text
from dashboard.models import Membership, Team
from dashboard.signin.models import TeamRule
from tests.dashboard.configfile.files import apply

pytestmark = pytest.mark.django_db
TEAM = """
version: 1
teams:
  - name: sales
    title: Sales
    members: [{username: maria, role: manager}]
    rules: [{value: ROLE_SUPERVISOR, role: editor}, {claim: properties.site, value: Lyon}]
"""


def rules() -> set[tuple[str, str, str]]:
    return set(TeamRule.objects.values_list("claim", "value", "role"))


def eva_by_rule() -> Membership:
    eva = get_user_model().objects.create_user("eva")
    return Membership.objects.create(team=Team.objects.get(), user=eva, role="editor", by_rule=True)


def test_rules_are_applied_exported_and_applied_again_without_a_difference() -> None:
    apply(TEAM, {})
    assert rules() == {("authorities", "ROLE_SUPERVISOR", "editor"), ("properties.site", "Lyon", "viewer")}
    assert not apply(export_text(), {}).changes
    apply(TEAM.replace("role: editor}, {claim: properties.site, value: Lyon}", "role: viewer}"), {})
    assert rules() == {("authorities", "ROLE_SUPERVISOR", "viewer")}


def test_what_the_file_leaves_out_stays() -> None:
    apply(TEAM, {})
    apply("version: 1\nteams:\n  - {name: sales, title: Sales people}\n", {})
    assert len(rules()) == 2


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("{role: editor}", "value"),
        ("{value: ''}", "value"),
        ("{value: x, role: owner}", "role"),
        ("{value: x, claim: 'a b'}", "claim"),
        ("{value: x, kind: y}", "kind"),
        ("{value: ROLE_SUPERVISOR, role: viewer}, {value: ROLE_SUPERVISOR}", "there twice"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_its_place(rule: str, words: str) -> None:
    with pytest.raises(ConfigurationRefused) as caught:
        apply(f"version: 1\nteams:\n  - {{name: sales, title: Sales, rules: [{rule}]}}\n", {})
    said = str(caught.value)
    assert "rules[" in said
    assert words in said
    assert not Team.objects.exists()


def test_members_by_rule_are_in_no_export_and_survive_the_file() -> None:
    apply(TEAM, {})
    eva_by_rule()
    assert "eva" not in export_text()
    assert not apply(TEAM, {}).changes
    apply(TEAM.replace("username: maria", "username: omar"), {})
    assert set(Membership.objects.values_list("user__username", "by_rule")) == {("omar", False), ("eva", True)}


def test_a_member_by_rule_that_the_file_names_is_one_by_hand() -> None:
    apply(TEAM, {})
    eva_by_rule()
    apply(TEAM.replace("[{username: maria, role: manager}]", "[{username: eva, role: viewer}]"), {})
    member = Membership.objects.get()
    assert (member.user.username, member.role, member.by_rule) == ("eva", "viewer", False)


# -- in the administration ------------------------------------------------------------------------------------------


@pytest.fixture
def manager(settings: Any) -> Client:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    apply(TEAM, {})
    client = Client()
    maria = get_user_model().objects.get(username="maria")
    client.force_login(maria, backend="django.contrib.auth.backends.ModelBackend")
    return client


def send(client: Client, **changes: str) -> Any:
    team = Team.objects.get()
    maria = Membership.objects.get(by_rule=False)
    form = {
        "title": "Sales", "memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "1",
        "memberships-0-id": str(maria.pk), "memberships-0-team": str(team.pk), "memberships-0-username": "maria",
        "memberships-0-role": "manager", "rules-TOTAL_FORMS": "2", "rules-INITIAL_FORMS": "2",
    }  # fmt: skip
    for index, rule in enumerate(team.rules.all()):
        kept = {"id": rule.pk, "team": team.pk, "claim": rule.claim, "value": rule.value, "role": rule.role}
        form |= {f"rules-{index}-{key}": str(value) for key, value in kept.items()}
    return client.post(f"/admin/dashboard/team/{team.pk}/change/", form | changes)


def test_a_manager_changes_the_rules_and_the_history_says_so(manager: Client) -> None:
    assert send(manager, **{"rules-0-role": "viewer"}).status_code == 302
    assert ("authorities", "ROLE_SUPERVISOR", "viewer") in rules()
    entry = LogEntry.objects.filter(additional_data__section="teams").order_by("-pk")[0]
    assert list(entry.changes) == ["rules"]
    response = send(manager, **{"rules-0-claim": "a b"})
    assert response.status_code == 200
    assert "Give the name of a claim" in response.content.decode()


def test_members_by_rule_are_shown_apart_and_become_members_by_hand_when_entered(manager: Client) -> None:
    member = eva_by_rule()
    page = manager.get(f"/admin/dashboard/team/{member.team_id}/change/").content.decode()
    assert "eva (Editor)" in page
    assert 'value="eva"' not in page
    added = {"memberships-TOTAL_FORMS": "2", "memberships-1-username": "eva", "memberships-1-role": "viewer"}
    assert send(manager, **added, **{"memberships-1-team": str(member.team_id)}).status_code == 302
    member.refresh_from_db()
    assert (member.role, member.by_rule) == ("viewer", False)
