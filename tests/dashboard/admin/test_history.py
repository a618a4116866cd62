"""The history of changes in the administration: on the page of a row, as a list, and taken back by a button."""

from typing import Any

import pytest
from auditlog.models import LogEntry
from django.test import Client
from django.urls import reverse

from dashboard.models import Membership, Rotation, Team, Wallboard
from statsbridge.models import Connection, MonitoredObject
from tests.dashboard.admin.pages import act, change, client_of
from tests.dashboard.configfile.files import apply

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]
LIST = "admin:auditlog_logentry_changelist"


def last() -> LogEntry:
    return LogEntry.objects.order_by("-pk")[0]


def take_back(client: Client, entry: LogEntry) -> int:
    return client.post(reverse("admin:auditlog_logentry_revert", args=[entry.pk])).status_code


def test_a_form_is_recorded_with_its_person_and_taken_back(owner: Client) -> None:
    maria = MonitoredObject.objects.get(name="maria")
    assert change(owner, maria, title="Maria", tags="voice\nchat").status_code == 302
    entry = last()
    assert entry.actor.get_username() == "owner"
    assert entry.changes == {"title": ["Maria L.", "Maria"], "tags": ["[voice]", "[voice, chat]"]}
    page = owner.get(reverse("admin:statsbridge_monitoredobject_history", args=[maria.pk])).content.decode()
    for word in ("owner", "Maria L.", "[voice, chat]", "Take this change back"):
        assert word in page
    assert take_back(owner, entry) == 302
    maria.refresh_from_db()
    assert (maria.title, maria.tags) == ("Maria L.", ["voice"])


def test_the_list_shows_what_anybody_changed(owner: Client) -> None:
    change(client_of("maria"), Wallboard.objects.get(), title="Floor", tiles__0__thresholds_warning="2")
    page = owner.get(reverse(LIST)).content.decode()
    for word in ("maria", "Sales floor", "Floor", "tile tile-1: thresholds", "wallboard.yaml"):
        assert word in page
    assert owner.get(reverse(LIST), {"kind": "wallboards"}).context["cl"].result_count == 2


def test_bulk_actions_are_recorded(owner: Client) -> None:
    act(owner, Wallboard, "disable", Wallboard.objects.all())
    assert last().changes == {"enabled": ["true", "false"]}
    assert take_back(owner, last()) == 302
    assert Wallboard.objects.get().enabled


def test_a_deleted_wallboard_comes_back_with_its_tiles(owner: Client) -> None:
    owner.post(reverse("admin:dashboard_wallboard_delete", args=[Wallboard.objects.get().pk]), {"post": "yes"})
    gone = LogEntry.objects.filter(additional_data__section="wallboards").order_by("-pk")[0]
    assert gone.action == LogEntry.Action.DELETE
    assert take_back(owner, gone) == 302
    assert Wallboard.objects.get().tiles.count() == 4


def test_what_cannot_be_taken_back_says_why(owner: Client) -> None:
    entry = LogEntry.objects.get(additional_data__name="sales-queue")
    response = owner.post(reverse("admin:auditlog_logentry_revert", args=[entry.pk]), follow=True)
    assert "Wallboard “Sales floor”" in response.content.decode()
    assert MonitoredObject.objects.filter(name="sales-queue").exists()


def test_an_editor_reads_and_takes_back_only_what_is_the_own_teams() -> None:
    editor = client_of("maria")
    apply("version: 1\nwallboards:\n  - {slug: other, title: Other, team: service}\n")
    page = editor.get(reverse(LIST)).content.decode()
    assert "Sales floor" in page
    assert "Other" not in page
    assert "connection" not in page.partition('id="result_list"')[2]
    assert take_back(editor, last()) == 403
    board = Wallboard.objects.get(slug="sales")
    assert change(editor, board, title="Floor").status_code == 302
    moved = last()
    assert take_back(editor, moved) == 302
    apply("version: 1\nwallboards:\n  - {slug: sales, team: service, tiles: []}\n")
    assert take_back(editor, last()) == 403
    assert editor.get(reverse("admin:dashboard_wallboard_history", args=[board.pk])).status_code == 403


def test_a_button_is_the_only_way(owner: Client) -> None:
    assert owner.get(reverse("admin:auditlog_logentry_revert", args=[last().pk])).status_code == 403


def test_a_person_who_left_stays_unnamed_and_breaks_nothing(owner: Client) -> None:
    change(client_of("maria"), Wallboard.objects.get(), title="Floor")
    Membership.objects.get(user__username="maria").user.delete()
    assert owner.get(reverse(LIST)).status_code == 200
    assert last().actor is None
    assert take_back(owner, LogEntry.objects.filter(additional_data__section="wallboards").order_by("-pk")[0]) == 302
    assert Team.objects.get(name="sales").wallboards.count() == 1


def test_a_new_secret_is_told_and_not_kept(owner: Client) -> None:
    change(owner, Connection.objects.get(), password="another-word")
    assert last().changes["password"] == ["", "a new value"]
    pages = owner.get(reverse(LIST)).content.decode() + str(list(LogEntry.objects.values()))
    assert "another-word" not in pages
    assert "sample-password" not in pages


def test_the_configuration_page_says_what_differs_from_the_file(owner: Client) -> None:
    page = reverse("admin:dashboard_appliedfile_changelist")
    assert "Nothing that the file names was changed since." in owner.get(page).content.decode()
    change(owner, MonitoredObject.objects.get(name="maria"), title="Maria")
    Team.objects.create(name="new", title="New")
    text = owner.get(page).content.decode()
    assert "title: Maria L. → Maria" in text
    assert "team new" in text
    export = owner.get(reverse("admin:dashboard_appliedfile_export"))
    assert export.content.decode().startswith("version: 1\n")
    assert "sample-password" not in export.content.decode()


@pytest.mark.parametrize(
    ("kind", "model", "own"), [("wallboards", Wallboard, ""), ("rotations", Rotation, ", steps: [{wallboard: sales}]")]
)
def test_what_another_team_calls_so_by_now_is_not_overwritten(owner: Client, kind: str, model: Any, own: str) -> None:
    apply(f"version: 1\n{kind}:\n  - {{slug: support, title: Support, team: sales{own}}}\n")
    client_of("maria").post(
        reverse(f"admin:dashboard_{model.__name__.lower()}_delete", args=[model.objects.get(slug="support").pk]),
        {"post": "yes"},
    )
    gone = LogEntry.objects.filter(additional_data__name="support").order_by("-pk")[0]
    assert gone.action == LogEntry.Action.DELETE
    apply(f"version: 1\n{kind}:\n  - {{slug: support, title: Theirs, team: service{own}}}\n")
    assert take_back(client_of("maria"), gone) == 403
    told = owner.post(reverse("admin:auditlog_logentry_revert", args=[gone.pk]), follow=True).content.decode()
    assert f"There is another {kind[:-1]} “support” by now" in told
    assert model.objects.values_list("title", "team__name").get(slug="support") == ("Theirs", "service")
    model.objects.filter(slug="support").delete()
    assert take_back(client_of("maria"), gone) == 302
    assert model.objects.get(slug="support").team.name == "sales"


def test_it_has_its_name_in_the_readers_language(owner: Client) -> None:
    assert "History" in owner.get(reverse("admin:index")).content.decode()
    german = {"accept-language": "de"}
    index = owner.get(reverse("admin:index"), headers=german).content.decode()
    assert "Verlauf" in index
    assert "Log entries" not in index
    row = reverse("admin:statsbridge_monitoredobject_history", args=[MonitoredObject.objects.get(name="maria").pk])
    assert "Änderungsverlauf: Maria L." in owner.get(row, headers=german).content.decode()
