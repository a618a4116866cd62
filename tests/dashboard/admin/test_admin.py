"""Connections, statistics, wallboards and tiles by form."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from dashboard.models import EmbedKey, Membership, Team, Tile, Wallboard
from statsbridge.models import (
    Connection,
    LastValue,
    LinkStatus,
    MonitoredObject,
    Revision,
    Series,
    StatisticDefinition,
)
from tests.dashboard.admin.pages import act, change, client_of, errors, form_data

__all__ = ["act", "change", "client_of", "errors", "form_data"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]
SECRETS = ("sample-password", "sample-api-key", "sample-client-secret")


def test_every_list_and_every_page_of_it_opens_and_never_shows_a_secret(owner: Client) -> None:
    Connection.objects.update(refresh_token="sample-refresh", proxy="http://user:sample-proxy-word@proxy:3128")
    connection = Connection.objects.get()
    LinkStatus.objects.create(connection=connection, state="down", reason="The service refused the password.", since=1)
    for series in Series.objects.all():
        LastValue.objects.create(series=series, value=7, at=1490830620000, state="ok")
    EmbedKey.objects.create(id="k1", team=Team.objects.get(name="sales"), secret="sample-embed-secret")
    for model, page in admin.site._registry.items():
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages = [owner.get(reverse(f"{base}_changelist"))]
        if page.has_add_permission(pages[0].wsgi_request):
            pages.append(owner.get(reverse(f"{base}_add")))
        pages += [owner.get(reverse(f"{base}_change", args=[row.pk])) for row in model._default_manager.all()[:3]]
        for response in pages:
            assert response.status_code == 200, response.request["PATH_INFO"]
            text = response.content.decode()
            assert not [
                word
                for word in (*SECRETS, "sample-refresh", "sample-proxy-word", "sample-embed-secret")
                if word in text
            ]


def test_an_empty_secret_keeps_the_stored_one_and_the_source_of_it(owner: Client) -> None:
    connection = Connection.objects.get()
    assert change(owner, connection, timezone="Europe/Paris").status_code == 302
    after = Connection.objects.get()
    assert (after.timezone, after.password, after.api_key) == ("Europe/Paris", "sample-password", "sample-api-key")
    assert after.secret_sources == connection.secret_sources


def test_a_new_secret_replaces_the_stored_one_and_is_the_variables_no_more(owner: Client) -> None:
    assert change(owner, Connection.objects.get(), password="another-word").status_code == 302
    after = Connection.objects.get()
    assert after.password == "another-word"
    assert set(after.secret_sources) == {"api_key", "client_secret"}


def test_a_secret_is_cleared_explicitly(owner: Client) -> None:
    assert change(owner, Connection.objects.get(), clear_api_key="on").status_code == 302
    assert Connection.objects.get().api_key == ""
    response = change(owner, Connection.objects.get(), clear_password="on")
    assert "The grant “User name and password” needs it." in errors(response)
    assert Connection.objects.get().password == "sample-password"


def test_a_proxys_password_stays_when_the_masked_address_is_sent_back(owner: Client) -> None:
    proxy = "http://user:sample-proxy-word@proxy.example.com:3128"
    Connection.objects.update(proxy=proxy)
    change(owner, Connection.objects.get(), timezone="UTC")
    assert Connection.objects.get().proxy == proxy
    change(owner, Connection.objects.get(), proxy="http://other.example.com:3128")
    assert Connection.objects.get().proxy == "http://other.example.com:3128"


def test_a_definition_is_checked_before_it_is_saved(owner: Client) -> None:
    ready = StatisticDefinition.objects.get(name="ready-time")
    assert "Choose what is computed." in errors(change(owner, ready, category=""))
    assert "Give the name of the statistic." in errors(change(owner, ready, how="named"))
    response = change(owner, ready, further='{"saveHistri": true}')
    assert response.status_code == 302
    messages = [str(message) for message in owner.get(response["Location"]).context["messages"]]
    assert any("did you mean “saveHistory”" in message for message in messages)


def test_thresholds_are_five_inputs_and_are_checked(owner: Client) -> None:
    waiting = StatisticDefinition.objects.get(name="calls-waiting")
    assert "Critical (10) must lie beyond warning (20)" in errors(change(owner, waiting, thresholds_warning="20"))
    assert change(owner, waiting, thresholds_warning="6").status_code == 302
    waiting.refresh_from_db()
    assert waiting.thresholds == {"direction": "above", "warning": 6, "critical": 10, "clear": 1, "hold": 10}
    change(owner, waiting, thresholds_warning="", thresholds_critical="", thresholds_clear="", thresholds_hold="")
    waiting.refresh_from_db()
    assert waiting.thresholds is None


def test_an_unchanged_wallboard_is_saved_as_it_was(owner: Client) -> None:
    from dashboard.configfile import export_text

    before = export_text()
    response = change(owner, Wallboard.objects.get())
    assert response.status_code == 302, errors(response)
    assert export_text() == before


def test_tiles_are_edited_with_their_series_and_options(owner: Client) -> None:
    board = Wallboard.objects.get()
    response = change(
        owner, board, tiles__0__series_lines="calls-waiting orders-queue", tiles__0__options='{"goal": 4}',
        tiles__0__thresholds_warning="2",
    )  # fmt: skip
    assert response.status_code == 302, errors(response)
    tile = board.tiles.all()[0]
    assert [series.monitored_object.name for series in tile.series.all()] == ["orders-queue"]
    assert (tile.options, tile.thresholds) == ({"goal": 4}, {"direction": "above", "warning": 2, "critical": 8})


def test_a_new_tile_gets_an_id_and_makes_its_series_wanted(owner: Client) -> None:
    board = Wallboard.objects.get()
    new = {
        "tiles-TOTAL_FORMS": "5", "tiles-4-kind": "number", "tiles-4-title": "Orders", "tiles-4-x": "9",
        "tiles-4-y": "0", "tiles-4-w": "3", "tiles-4-h": "2", "tiles-4-options": "{}", "tiles-4-id": "",
        "tiles-4-series_lines": "ready-time maria", "tiles-4-wallboard": str(board.pk),
    }  # fmt: skip
    response = change(owner, board, **new)
    assert response.status_code == 302, errors(response)
    tile = Tile.objects.get(title="Orders")
    assert tile.key == "tile-3"
    assert tile.series.get().wanted
    assert board.tiles.last() == tile


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"tiles__0__x": "2"}, "overlaps the tile"),
        ({"tiles__1__x": "8"}, "ends at column 14, but the wallboard has 12 columns"),
        ({"columns": "8"}, "ends at column 9, but the wallboard has 8 columns"),
        ({"tiles__1__key": "tile-1"}, "correct the duplicate data for key"),
        ({"tiles__0__options": '{"window": 5}'}, "A number tile has no option 'window'"),
        ({"tiles__0__options": "[1]"}, "Options are a JSON object"),
        ({"tiles__0__series_lines": "calls-wating sales-queue"}, "did you mean “calls-waiting”?"),
        ({"tiles__0__series_lines": "calls-waiting"}, "a space, and the name of an object"),
        ({"tiles__0__series_lines": ""}, "takes exactly 1 series"),
        ({"tiles__0__thresholds_warning": "9"}, "must lie beyond"),
        ({"allowed_origins": "https://portal.example.com/x"}, "is no origin"),
    ],
)
def test_a_tile_that_does_not_fit_is_refused_with_the_reason(owner: Client, changes: Any, reason: str) -> None:
    response = change(owner, Wallboard.objects.get(), **changes)
    assert response.status_code == 200
    assert reason in errors(response)


def test_an_object_of_another_team_is_refused(owner: Client) -> None:
    board = Wallboard.objects.get()
    response = change(owner, board, team=str(Team.objects.get(name="service").pk))
    assert "“maria” is only for Sales." in errors(response)


def test_an_object_can_be_kept_for_teams(owner: Client) -> None:
    maria = MonitoredObject.objects.get(name="maria")
    both = [team.pk for team in Team.objects.all()]
    assert change(owner, maria, only_for=both, tags="voice\nchat").status_code == 302
    assert [team.name for team in maria.teams.all()] == ["sales", "service"]
    maria.refresh_from_db()
    assert maria.tags == ["voice", "chat"]


def test_bulk_actions_change_what_is_wanted(owner: Client) -> None:
    before = Revision.current()
    act(owner, Wallboard, "disable", Wallboard.objects.all())
    assert not Series.objects.filter(wanted=True).exists()
    assert Revision.current() > before
    act(owner, Wallboard, "enable", Wallboard.objects.all())
    assert Series.objects.filter(wanted=True).count() == 3
    act(owner, Wallboard, "delete_selected", Wallboard.objects.all(), post="yes")
    assert not Wallboard.objects.exists()
    assert not Series.objects.filter(wanted=True).exists()


def test_members_are_added_by_name(owner: Client) -> None:
    get_user_model().objects.create_user("chris")
    team = Team.objects.get(name="service")
    row = {"memberships-TOTAL_FORMS": "1", "memberships-0-role": "manager", "memberships-0-team": str(team.pk)}
    assert "There is no user “chriss”" in errors(change(owner, team, **row, **{"memberships-0-username": "chriss"}))
    assert change(owner, team, **row, **{"memberships-0-username": "chris"}).status_code == 302
    member = Membership.objects.get(team=team)
    assert (member.user.get_username(), member.role, member.user.is_staff) == ("chris", "manager", True)


def test_nothing_secret_is_in_the_log_of_changes(owner: Client) -> None:
    from django.contrib.admin.models import LogEntry

    assert change(owner, Connection.objects.get(), password="another-word").status_code == 302
    assert LogEntry.objects.exists()
    assert "another-word" not in " ".join(LogEntry.objects.values_list("change_message", flat=True))
