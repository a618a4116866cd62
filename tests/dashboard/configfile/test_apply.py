import pytest
from django.contrib.auth import get_user_model

from dashboard.configfile import apply_file, export_text
from dashboard.configfile.problems import ConfigurationRefused
from dashboard.models import EmbedKey, Membership, Team, Tile, Wallboard
from dashboard.pairing.models import PairedScreen
from statsbridge.models import Connection, MonitoredObject, Revision, Series, StatisticDefinition
from tests.dashboard.configfile.files import SAMPLE, apply, refusal

pytestmark = pytest.mark.django_db


def test_it_stores_everything_that_the_file_says() -> None:
    apply()
    connection = Connection.objects.get(name="main")
    assert (connection.api_url, connection.username) == ("https://gws.example.com", "tenant\\bridge")
    assert (connection.password, connection.api_key) == ("sample-password", "sample-api-key")
    maria = MonitoredObject.objects.get(name="maria")
    assert (maria.type, maria.object_id, maria.tags) == ("Agent", "maria.lopez", ["voice"])
    assert [team.name for team in maria.teams.all()] == ["sales"]
    waiting = StatisticDefinition.objects.get(name="calls-waiting")
    assert waiting.thresholds == {"direction": "above", "warning": 5, "critical": 10, "clear": 1, "hold": 10}
    assert (waiting.statistic, waiting.definition) == ("CurrNumberWaitingCalls", None)
    ready = StatisticDefinition.objects.get(name="ready-time")
    assert ready.definition is not None
    assert (ready.statistic, ready.definition["dynamicTimeProfile"]) == ("", "3600:10")
    board = Wallboard.objects.get(slug="sales")
    assert (board.team.name, board.columns, board.enabled) == ("sales", 12, True)
    assert [team.name for team in board.shared_with.all()] == ["service"]
    assert [(tile.key, tile.kind) for tile in board.tiles.all()] == [
        ("tile-1", "number"), ("tile-2", "trend"), ("people", "agents"), ("tile-4", "text"),
    ]  # fmt: skip
    assert Tile.objects.get(key="tile-1").options == {"goal": 3}
    assert Tile.objects.get(key="tile-4").options == {"text": "**Sample** news: the ${PLACEHOLDER} stays"}
    trend = Tile.objects.get(key="tile-2")
    assert [series.monitored_object.name for series in trend.series.order_by("tile_series__order")] == [
        "sales-queue", "orders-queue",
    ]  # fmt: skip


def test_it_makes_members_who_cannot_sign_in_yet_and_leaves_people_who_are_there_alone() -> None:
    ben = get_user_model().objects.create_user("ben", password="sample-word-1234", first_name="Ben")
    apply()
    maria = get_user_model().objects.get(username="maria")
    assert not maria.has_usable_password()
    ben.refresh_from_db()
    assert (ben.first_name, ben.check_password("sample-word-1234")) == ("Ben", True)
    assert {(m.user.get_username(), m.role) for m in Membership.objects.all()} == {
        ("maria", "editor"), ("ben", "viewer"),
    }  # fmt: skip


def test_the_series_of_an_enabled_wallboard_are_wanted_and_the_change_is_counted() -> None:
    before = Revision.current()
    apply()
    assert Series.objects.filter(wanted=True).count() == 3
    assert Revision.current() > before


def test_the_same_file_again_changes_nothing_and_is_no_difference() -> None:
    apply()
    before = Revision.current()
    assert not apply(dry_run=True).changes
    assert not apply().changes
    assert Revision.current() == before


def test_a_dry_run_says_what_would_change_and_changes_nothing() -> None:
    outcome = apply(dry_run=True)
    printed = "\n".join(str(change) for change in outcome.changes)
    for line in ("+ connection main", "+ object maria", "+ wallboard sales", "    + tile tile-1 (number, “Waiting”)"):
        assert line in printed
    assert not Connection.objects.exists()
    assert not Revision.current()
    for secret in ("sample-password", "sample-api-key", "sample-client-secret"):
        assert secret not in printed


def test_a_change_is_shown_as_from_what_to_what() -> None:
    apply()
    changed = SAMPLE.replace("warning: 5, critical: 10", "warning: 6, critical: 10").replace("window: 30", "window: 45")
    printed = "\n".join(str(change) for change in apply(changed, dry_run=True).changes)
    assert "~ statistic calls-waiting" in printed
    assert "warning: 5" in printed.split("→")[0]
    assert "warning: 6" in printed.split("→")[1]
    assert "options: {window: 30} → {window: 45}" in printed


def test_what_the_file_leaves_out_stays_as_it_is() -> None:
    apply()
    exported = export_text()
    assert not apply("version: 1\nobjects:\n  - name: maria\n").changes
    apply("version: 1\nconnections:\n  - {name: main, timezone: Europe/Paris}\n")
    assert export_text() == exported.replace("timezone: Europe/Berlin", "timezone: Europe/Paris", 1)


def test_a_definition_takes_the_place_of_a_name() -> None:
    apply()
    apply(
        "version: 1\nstatistics:\n  - name: calls-waiting\n"
        "    definition: {category: CurrentNumber, subject: DNAction, mainMask: CallWait}\n"
    )
    waiting = StatisticDefinition.objects.get(name="calls-waiting")
    assert (waiting.statistic, waiting.title) == ("", "Calls waiting")


def test_tiles_and_members_are_whole_lists() -> None:
    apply()
    apply(
        "version: 1\nteams:\n  - {name: sales, members: [{username: ben, role: manager}]}\n"
        "wallboards:\n  - slug: sales\n    tiles:\n"
        "      - {id: people, kind: text, text: Hello, position: {x: 0, y: 0, w: 2, h: 1}}\n"
    )
    assert [tile.kind for tile in Tile.objects.all()] == ["text"]
    assert not Tile.objects.get().series.exists()
    assert [(m.user.get_username(), m.role) for m in Membership.objects.all()] == [("ben", "manager")]
    assert get_user_model().objects.filter(username="maria").exists()


def test_a_tile_without_an_id_is_the_stored_one_at_its_place() -> None:
    apply()
    waiting = Tile.objects.get(key="tile-1")
    apply(SAMPLE.replace("title: Waiting,", "title: In line,"))
    waiting.refresh_from_db()
    assert waiting.title == "In line"


def test_it_prunes_what_the_file_does_not_name_but_never_users_or_keys() -> None:
    apply()
    EmbedKey.objects.create(id="sample", team=Team.objects.get(name="service"), secret="sample-secret")
    outcome = apply("version: 1\nteams:\n  - {name: sales, title: Sales}\n", prune=True)
    assert list(outcome.notes) == ["The team “service” stays, because it has embed keys."]
    for model in (Connection, MonitoredObject, StatisticDefinition, Wallboard, Series):
        assert not model.objects.exists()
    assert [team.name for team in Team.objects.all()] == ["sales", "service"]
    assert get_user_model().objects.filter(username__in=("maria", "ben")).count() == 2
    assert EmbedKey.objects.exists()


def test_it_prunes_no_screen_and_no_team_that_has_one() -> None:
    apply()
    PairedScreen.objects.create(name="Hall", team=Team.objects.get(name="service"), wallboard=Wallboard.objects.first())
    outcome = apply("version: 1\nteams:\n  - {name: sales, title: Sales}\n", prune=True)
    assert list(outcome.notes) == ["The team “service” stays, because it has screens."]
    assert PairedScreen.objects.get().wallboard is None


def test_it_does_not_prune_what_remains_needed() -> None:
    apply()
    lines = refusal(SAMPLE.replace("connections:\n  - name: main", "connections:\n  - name: other"), prune=True)
    assert any("objects[0].connection: there is no connection “main”" in line for line in lines)
    assert Connection.objects.get().name == "main"


def test_a_file_that_cannot_be_read_is_refused_with_its_name(tmp_path: object) -> None:
    from pathlib import Path

    with pytest.raises(ConfigurationRefused, match=r"missing\.yaml: cannot be read: No such file"):
        apply_file(Path(str(tmp_path)) / "missing.yaml")


def test_a_disabled_wallboard_wants_nothing() -> None:
    apply(SAMPLE.replace("    title: Sales floor", "    title: Sales floor\n    enabled: no"))
    assert Wallboard.objects.get().enabled is False
    assert not Series.objects.filter(wanted=True).exists()
