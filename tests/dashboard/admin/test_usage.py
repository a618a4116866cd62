"""An edit in the browser that would spoil a wallboard is refused with the boards it would spoil."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dashboard.configfile import export_text
from dashboard.models import Team, Tile, Wallboard
from statsbridge.models import Connection, LastValue, LinkStatus, MonitoredObject, Series, StatisticDefinition
from tests.dashboard.admin.pages import act, change, errors
from tests.dashboard.configfile.files import apply

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]


def applies() -> bool:
    """Whether what is stored can be exported and applied again."""
    return not apply(export_text(), {}, dry_run=True).changes


def test_an_object_is_not_kept_for_teams_whose_boards_do_not_show_it(owner: Client) -> None:
    queue = MonitoredObject.objects.get(name="sales-queue")
    response = change(owner, queue, only_for=[Team.objects.get(name="service").pk])
    assert "Wallboard “Sales floor”, tile “Waiting”: The object “sales-queue” is only for service" in errors(response)
    assert not queue.teams.exists()
    assert applies()
    everyone = [team.pk for team in Team.objects.all()]
    assert change(owner, queue, only_for=everyone).status_code == 302
    assert applies()


def test_a_statistic_keeps_a_unit_that_its_tiles_can_show(owner: Client) -> None:
    waiting = StatisticDefinition.objects.get(name="calls-waiting")
    response = change(owner, waiting, unit="state")
    assert "Wallboard “Sales floor”, tile “Waiting, last hour”: A trend tile draws numbers" in errors(response)
    waiting.refresh_from_db()
    assert waiting.unit == "count"
    assert change(owner, waiting, unit="number", name="waiting-now").status_code == 302
    assert applies()


def test_a_team_does_not_claim_what_others_show(owner: Client) -> None:
    service = Team.objects.get(name="service")
    queue = MonitoredObject.objects.get(name="sales-queue")
    response = change(owner, service, monitored_objects=[queue.pk])
    assert "Wallboard “Sales floor”, tile “Waiting”" in errors(response)
    assert applies()
    sales = Team.objects.get(name="sales")
    claimed = [one.pk for one in sales.monitored_objects.all()]
    assert change(owner, sales, monitored_objects=[*claimed, queue.pk]).status_code == 302
    assert change(owner, service, monitored_objects=[queue.pk]).status_code == 302
    assert applies()
    response = change(owner, sales, monitored_objects=claimed)
    assert "Wallboard “Sales floor”, tile “Waiting”" in errors(response)


@pytest.mark.parametrize(("model", "name"), [(MonitoredObject, "sales-queue"), (StatisticDefinition, "agent-state")])
def test_what_a_board_shows_is_not_deleted(owner: Client, model: Any, name: str) -> None:
    row = model.objects.get(name=name)
    base = f"admin:statsbridge_{model._meta.model_name}"
    page = owner.post(reverse(f"{base}_delete", args=[row.pk]), {"post": "yes"})
    assert "Wallboard “Sales floor”" in page.content.decode()
    act(owner, model, "delete_selected", [row], post="yes")
    assert model.objects.filter(pk=row.pk).exists()
    assert applies()
    Wallboard.objects.all().delete()
    LastValue.objects.create(series=Series.objects.all()[0], value=7, at=1, state="ok")
    assert owner.post(reverse(f"{base}_delete", args=[row.pk]), {"post": "yes"}).status_code == 302
    assert not model.objects.filter(pk=row.pk).exists()


def test_a_board_that_was_wrong_before_does_not_forbid_other_edits(owner: Client) -> None:
    Wallboard.objects.update(columns=4)
    assert change(owner, MonitoredObject.objects.get(name="maria"), title="Maria").status_code == 302


def test_what_the_bridge_wrote_goes_with_the_connection_and_never_alone(owner: Client) -> None:
    Wallboard.objects.all().delete()
    MonitoredObject.objects.all().delete()
    status = LinkStatus.objects.create(connection=Connection.objects.get(), state="live")
    assert (
        owner.post(reverse("admin:statsbridge_linkstatus_delete", args=[status.pk]), {"post": "yes"}).status_code == 403
    )
    page = reverse("admin:statsbridge_connection_delete", args=[status.pk])
    assert owner.post(page, {"post": "yes"}).status_code == 302
    assert not LinkStatus.objects.exists()


def test_what_stands_in_the_way_of_deleting_is_named_with_its_page_and_what_to_do(owner: Client) -> None:
    team, connection = Team.objects.get(name="sales"), Connection.objects.get()
    board = Wallboard.objects.filter(team=team).first()
    queue = MonitoredObject.objects.get(name="sales-queue")
    assert board is not None
    cases = (
        (team, board, "Open each, give it to another team or delete it"),
        (connection, queue, "Open each, give it to another connection or delete it"),
    )
    for row, holds, todo in cases:
        area = row._meta.label_lower.replace(".", "_")
        url = reverse(f"admin:{holds._meta.label_lower.replace('.', '_')}_change", args=[holds.pk])
        alone = owner.get(reverse(f"admin:{area}_delete", args=[row.pk])).content.decode()
        together = act(owner, type(row), "delete_selected", [row]).content.decode()
        assert f"“{row}” cannot be deleted while this depends on it:" in alone
        assert (
            f"{reverse('admin:statsbridge_monitoredobject_changelist')}?connection__id__exact=" in alone or row == team
        )
        for page in (alone, together):
            assert f'href="{url}"' in page
            assert todo in page
            assert "protected related objects" not in page
            assert 'name="post"' not in page


def test_a_board_that_would_be_spoiled_names_its_tile_by_what_it_shows(owner: Client) -> None:
    Tile.objects.update(title="")
    waiting = StatisticDefinition.objects.get(name="calls-waiting")
    page = act(owner, StatisticDefinition, "delete_selected", [waiting]).content.decode()
    assert f"tile “{waiting.title}”" in page
    assert "tile “tile-" not in page
