"""A person is erased: as an agent and as a user, wherever they are mentioned."""

from typing import Any

import pytest
from auditlog.models import LogEntry
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from dashboard.configfile import export_text
from dashboard.models import Tile
from dashboard.signin.models import GenesysAccount, TeamRule
from statsbridge.models import Connection, LastValue, MonitoredObject, Sample, Series
from tests.dashboard.admin.pages import act, client_of
from tests.dashboard.configfile.files import SAMPLE, apply

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stored() -> None:
    apply(SAMPLE.replace("username: maria", "username: mlopez"))
    series = Series.objects.get(monitored_object__name="maria")
    Sample.objects.create(series=series, at=1, value=1)
    LastValue.objects.create(series=series, value={"state": "LoggedOut"}, at=1, state="ok")


def everything() -> str:
    """All rows of all tables as text."""
    return str([list(model.objects.values()) for model in apps.get_models()])


def test_nothing_of_an_agent_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    assert "maria.lopez" in everything()
    call_command("eraseperson", "maria.lopez")
    told = capsys.readouterr().out
    assert "1 samples, 1 last values" in told
    assert "tile “people” of wallboard “Sales floor”" in told
    for word in ("maria.lopez", "Maria L.", "'maria'", '"maria"'):
        assert word not in everything()
    assert not Sample.objects.exists()
    assert not Tile.objects.filter(key="people").exists()
    assert not apply(export_text(), {}, dry_run=True).changes


def test_nothing_of_a_user_is_left_and_their_work_stays() -> None:
    user = get_user_model().objects.get(username="mlopez")
    LogEntry.objects.update(actor=user)
    call_command("eraseperson", "mlopez")
    assert "mlopez" not in everything()
    assert Tile.objects.filter(key="people").exists()
    assert not apply(export_text(), {}, dry_run=True).changes


def test_rules_and_links_to_genesys_go_with_a_user() -> None:
    rules = "version: 1\nteams:\n  - {name: sales, rules: [{claim: user_name, value: %s}, {value: ROLE_AGENT}]}\n"
    for name in ("mlopez", "somebody", "mlopez"):
        apply(rules % name, {})
    user = get_user_model().objects.get(username="mlopez")
    GenesysAccount.objects.create(user=user, connection=Connection.objects.all()[0], subject="mlopez")
    call_command("eraseperson", "mlopez")
    assert "mlopez" not in everything()
    assert "value: somebody" in everything()
    assert list(TeamRule.objects.values_list("value", flat=True)) == ["ROLE_AGENT"]


def test_a_state_of_a_group_forgets_its_member() -> None:
    row = LastValue.objects.get()
    members = [{"id": "maria.lopez", "state": "LoggedOut"}, {"id": "ben.kern", "state": "LoggedOut"}]
    other = Series.objects.filter(monitored_object__name="sales-queue").first()
    assert other is not None
    other.definition.unit = "state"
    other.definition.save()
    LastValue.objects.create(series=other, value={"state": "x", "agents": members}, at=row.at, state="ok")
    call_command("eraseperson", "maria")
    assert [one["id"] for one in LastValue.objects.get().value["agents"]] == ["ben.kern"]


def test_a_dry_run_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = everything()
    call_command("eraseperson", "maria", "--dry-run")
    assert "Nothing was changed." in capsys.readouterr().out
    assert everything() == before
    with pytest.raises(CommandError, match="no agent and no user “nobody”"):
        call_command("eraseperson", "nobody")
    with pytest.raises(CommandError):
        call_command("eraseperson", "sales-queue")


def test_an_action_asks_and_erases(settings: Any) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    owner: Client = client_of("owner", superuser=True)
    maria = MonitoredObject.objects.get(name="maria")
    page = act(owner, MonitoredObject, "erase_people", [maria])
    assert "1 samples, 1 last values" in page.content.decode()
    assert MonitoredObject.objects.filter(pk=maria.pk).exists()
    queue = MonitoredObject.objects.get(name="sales-queue")
    assert act(owner, MonitoredObject, "erase_people", [queue], confirmed="yes").status_code == 302
    assert MonitoredObject.objects.filter(pk=queue.pk).exists()
    act(owner, MonitoredObject, "erase_people", [maria], confirmed="yes")
    assert "maria.lopez" not in everything()
    assert owner.get(reverse("admin:auditlog_logentry_changelist")).status_code == 200


def test_words_that_are_the_same_by_chance_stay() -> None:
    apply("""
version: 1
objects:
  - {name: sales, title: "08", connection: main, type: Agent, id: Europe}
wallboards:
  - slug: sales
    title: sales
    tiles:
      - {id: sales, kind: agents, title: "08", series: [{statistic: agent-state, object: sales}],
         position: {x: 0, y: 2, w: 6, h: 2}}
""")
    apply("version: 1\nwallboards:\n  - {slug: sales, opening_hours: ['mon-fri 08:00-18:00'], tiles: []}\n")
    before = {one.pk: one for one in LogEntry.objects.all()}
    call_command("eraseperson", "Europe")
    for entry in LogEntry.objects.all():
        old = before[entry.pk].additional_data
        for state in ("before", "after"):
            now, was = entry.additional_data[state], old[state]
            assert (now is None) == (was is None)
            if now is not None and old["section"] != "objects":
                assert {**now, "tiles": 0, "members": 0} == {**was, "tiles": 0, "members": 0}
    boards = [one for one in LogEntry.objects.all() if one.additional_data["name"] == "sales"]
    assert {one.additional_data["section"] for one in boards} == {"wallboards", "teams"}
    told = str([(one.additional_data, one.changes) for one in boards])
    for word in ("08:00-18:00", "Europe/Berlin", "'team': 'sales'", "'id': 'sales'"):
        assert word in told
    for word in ("'object': 'sales'", "object: sales}", "“08”", "'title': '08'"):
        assert word not in told
    assert not apply(export_text(), {}, dry_run=True).changes
