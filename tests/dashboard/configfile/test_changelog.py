"""The history of changes: recorded whatever changes something, and taken back one by one."""

from pathlib import Path
from typing import Any

import pytest
from auditlog.models import LogEntry

from dashboard import wanted
from dashboard.configfile import ConfigurationRefused, apply_file, export_text
from dashboard.configfile.applied import difference
from dashboard.configfile.changelog import entries_of
from dashboard.configfile.revert import can_revert, revert
from dashboard.models import Membership, Team, Tile, Wallboard
from statsbridge.models import Connection, MonitoredObject, StatisticDefinition
from tests.dashboard.configfile.files import ENVIRONMENT, SAMPLE, apply

pytestmark = pytest.mark.django_db
SECRETS = ("sample-password", "sample-api-key", "sample-client-secret", "another-word")


@pytest.fixture(autouse=True)
def stored() -> None:
    apply()


def last() -> LogEntry:
    return LogEntry.objects.order_by("-pk")[0]


def edit(row: Any, **values: Any) -> LogEntry:
    """As a form does: in one go, with signals."""
    with wanted.deferred():
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
    return last()


def test_a_file_is_recorded_item_by_item_with_its_name() -> None:
    entry = entries_of(Wallboard.objects.get()).get()
    assert entry.action == LogEntry.Action.CREATE
    assert entry.additional_data["via"] == "wallboard.yaml"
    apply(SAMPLE.replace("warning: 5, critical: 10", "warning: 6, critical: 10"))
    (entry, _) = entries_of(StatisticDefinition.objects.get(name="calls-waiting"))
    assert set(entry.changes) == {"thresholds"}
    assert ["warning: 5" in entry.changes["thresholds"][0], "warning: 6" in entry.changes["thresholds"][1]] == [
        True
    ] * 2


def test_a_form_is_recorded_with_the_key_from_what_to_what() -> None:
    entry = edit(MonitoredObject.objects.get(name="maria"), title="Maria")
    assert entry.changes == {"title": ["Maria L.", "Maria"]}
    assert (entry.action, entry.object_repr) == (LogEntry.Action.UPDATE, "Maria")


def test_a_tile_is_recorded_with_its_wallboard() -> None:
    with wanted.deferred():
        tile = Tile.objects.get(key="tile-1")
        tile.thresholds = {"direction": "above", "warning": 4}
        tile.save()
        Tile.objects.get(key="tile-4").delete()
    entry = entries_of(Wallboard.objects.get())[0]
    assert set(entry.changes) == {"tile tile-1: thresholds", "tile tile-4"}


def test_teams_of_an_object_and_members_of_a_team_are_recorded() -> None:
    maria, service = MonitoredObject.objects.get(name="maria"), Team.objects.get(name="service")
    with wanted.deferred():
        service.monitored_objects.add(maria)
    assert last().changes == {"teams": ["[sales]", "[sales, service]"]}
    with wanted.deferred():
        Membership.objects.filter(user__username="ben").first().delete()  # type: ignore[union-attr]
    assert "ben" in last().changes["members"][0]
    assert "ben" not in last().changes["members"][1]


def test_what_was_abandoned_is_not_recorded() -> None:
    before = LogEntry.objects.count()
    with pytest.raises(ConfigurationRefused):
        _fail()
    edit(Team.objects.get(name="service"), title="Service desk")
    assert LogEntry.objects.count() == before + 1


def _fail() -> None:
    with wanted.deferred():
        MonitoredObject.objects.get(name="maria").save()
        raise ConfigurationRefused(["no"])


def test_a_new_secret_is_told_and_never_kept() -> None:
    entry = edit(Connection.objects.get(), password="another-word", timezone="UTC")
    assert entry.changes["password"] == ["", "a new value"]
    everything = str(list(LogEntry.objects.values()))
    assert not [secret for secret in SECRETS if secret in everything]


def test_each_kind_of_change_is_taken_back() -> None:
    before = export_text()
    revert(edit(MonitoredObject.objects.get(name="maria"), title="Maria", tags=[]))
    assert export_text() == before
    revert(edit(StatisticDefinition.objects.get(name="calls-waiting"), name="waiting", thresholds=None))
    assert export_text() == before
    apply(SAMPLE.replace("window: 30", "window: 45"))
    revert(last())
    assert export_text() == before
    with wanted.deferred():
        Wallboard.objects.get().delete()
    board, rotation = sorted(
        LogEntry.objects.order_by("-pk")[:2], key=lambda entry: str(entry.content_type), reverse=True
    )
    revert(board)
    revert(rotation)
    assert export_text() == before
    apply("version: 1\nteams:\n  - {name: new, title: New}\n")
    revert(last())
    assert export_text() == before


def test_later_changes_of_other_keys_and_tiles_stay() -> None:
    with wanted.deferred():
        Tile.objects.filter(key="tile-1").first().delete()  # type: ignore[union-attr]
    gone = last()
    with wanted.deferred():
        people = Tile.objects.get(key="people")
        people.title = "People"
        people.save()
    revert(gone)
    assert set(Tile.objects.values_list("key", flat=True)) == {"tile-1", "tile-2", "people", "tile-4"}
    assert Tile.objects.get(key="people").title == "People"


def test_what_would_spoil_something_is_not_taken_back() -> None:
    entry = entries_of(MonitoredObject.objects.get(name="sales-queue")).get()
    with pytest.raises(ConfigurationRefused, match="Wallboard “Sales floor”"):
        revert(entry)
    with pytest.raises(ConfigurationRefused, match="is in use by"):
        revert(entries_of(Connection.objects.get()).get())
    assert MonitoredObject.objects.filter(name="sales-queue").exists()


def test_where_a_file_lies_on_the_server_is_kept_nowhere(tmp_path: Path) -> None:
    file = tmp_path / "spring.yaml"
    file.write_text("version: 1\nteams:\n  - {name: spring, title: Spring}\n", encoding="utf-8")
    apply_file(file)
    assert last().additional_data["via"] == "spring.yaml"
    found = difference()
    assert found is not None
    assert found.name == "spring.yaml"


def test_a_change_that_was_only_a_secret_cannot_be_taken_back() -> None:
    assert not can_revert(edit(Connection.objects.get(), password="another-word"))


def test_the_difference_to_the_file_applied_last_is_known() -> None:
    found = difference()
    assert found is not None
    assert (found.name, list(found.changes), list(found.extra)) == ("wallboard.yaml", [], [])
    edit(MonitoredObject.objects.get(name="maria"), title="Maria")
    with wanted.deferred():
        Team.objects.create(name="new", title="New")
    found = difference()
    assert found is not None
    assert [str(change) for change in found.changes] == ["~ object maria\n    title: Maria L. → Maria"]
    assert found.extra == [("teams", "new")]
    apply(environment=ENVIRONMENT)
    found = difference()
    assert found is not None
    assert not found.changes
