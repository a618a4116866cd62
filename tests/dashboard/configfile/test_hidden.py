"""Tiles that are hidden from views of embeds: in the file, in the editor and in the administration."""

import pytest

from dashboard.configfile import export_text
from dashboard.models import Tile
from tests.dashboard.configfile.files import ENVIRONMENT, SAMPLE, apply, refusal
from tests.dashboard.drafts import board_of, client_of, save
from tests.dashboard.floor import Floor

pytestmark = pytest.mark.django_db
TILE = "id: people, kind: agents"


def hidden(views: str) -> str:
    return SAMPLE.replace(TILE, f"{TILE}, hidden_from: {views}")


def test_a_tile_is_hidden_from_views_each_named_once_and_in_their_order() -> None:
    apply(hidden("[lobby, floor, lobby]"))
    assert Tile.objects.get(key="people").hidden_from == ["floor", "lobby"]
    assert Tile.objects.get(kind="trend").hidden_from == []


def test_an_export_says_so_where_there_is_something_to_say() -> None:
    apply(hidden("[lobby]"))
    text = export_text()
    assert text.count("hidden_from") == 1
    assert not apply(text, {**ENVIRONMENT}, dry_run=True).changes
    apply(SAMPLE)
    assert Tile.objects.get(key="people").hidden_from == []
    assert "hidden_from" not in export_text()


@pytest.mark.parametrize("views", ["[everybody]", "lobby", "[full]", "[7]"])
def test_a_view_that_there_is_not_is_refused(views: str) -> None:
    (line,) = refusal(hidden(views))
    assert "hidden_from" in line


def test_the_editor_hides_a_tile(floor: Floor) -> None:
    eva = client_of(floor, "eva")
    board = board_of(eva)
    assert [tile["hidden_from"] for tile in board["wallboard"]["tiles"]] == [[], []]
    board["wallboard"]["tiles"][0]["hidden_from"] = ["lobby"]
    assert save(eva, board).status_code == 200
    assert Tile.objects.get(key="waiting").hidden_from == ["lobby"]
