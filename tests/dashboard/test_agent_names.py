"""Who reads the names of agents: with ``AGENT_NAMES=editors`` everybody else sees initials, wherever they look."""

import re

import pytest
from channels.db import database_sync_to_async
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dashboard.models import Membership, Rotation
from dashboard.pairing.models import PairedScreen
from dashboard.pairing.shows import shows_of
from statsbridge.messages import Reading
from statsbridge.models import LastValue, StatisticDefinition
from tests.browser.site import PLAIN_STATIC
from tests.dashboard.floor import ORIGIN, FakeBridge, Floor, Wall, now_ms
from tests.dashboard.people import SECRETS, EmbedWall, PeoplesBoard


class PersonsWall(EmbedWall):
    """A signed-in person's socket that keeps what it heard."""

    def __init__(self, floor: Floor, person: str) -> None:
        Wall.__init__(self, "/ws/wallboards/sales/", cookie=floor.cookie(person), origin=ORIGIN)
        self.heard = ""


@pytest.fixture
def board(floor: Floor, settings: Settings) -> PeoplesBoard:
    settings.AGENT_NAMES = "editors"
    settings.STORAGES = PLAIN_STATIC
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    return PeoplesBoard(floor)


async def wall_of(floor: Floor, person: str) -> PersonsWall:
    wall = await database_sync_to_async(PersonsWall)(floor, person)
    await wall.open()
    return wall


async def hear(wall: PersonsWall, board: PeoplesBoard, bridge: FakeBridge) -> None:
    await wall.next("snapshot")
    await bridge.publish(board.values())
    await wall.value_of(board.floor.waiting.pk, 3)


async def test_a_viewer_sees_initials_and_every_tile(board: PeoplesBoard, bridge: FakeBridge) -> None:
    wall = await wall_of(board.floor, "ben")
    await hear(wall, board, bridge)
    assert wall.told() == []
    assert '"M. L."' in wall.heard
    shown = wall.frames[0]["wallboard"]["tiles"]
    assert {"agents", "donut", "table"} <= {tile["kind"] for tile in shown}
    await wall.leave()


async def test_a_tile_hidden_in_portals_is_there_for_a_viewer(board: PeoplesBoard) -> None:
    await board.floor.board.tiles.filter(key="states").aupdate(hidden_from=["floor", "lobby"])
    wall = await wall_of(board.floor, "ben")
    snapshot = await wall.next("snapshot")
    assert "states" in {tile["id"] for tile in snapshot["wallboard"]["tiles"]}
    await wall.leave()


@pytest.mark.parametrize("person", ["eva", "maya", "root"])
async def test_an_editor_sees_names(board: PeoplesBoard, bridge: FakeBridge, person: str) -> None:
    wall = await wall_of(board.floor, person)
    await hear(wall, board, bridge)
    assert "maria" in wall.told()
    await wall.leave()


async def test_the_editor_of_another_team_that_may_look_sees_initials(board: PeoplesBoard, bridge: FakeBridge) -> None:
    await board.floor.board.shared_with.aadd(board.floor.service)
    wall = await wall_of(board.floor, "omar")
    await hear(wall, board, bridge)
    assert wall.told() == []
    await wall.leave()


async def test_who_edits_no_longer_gets_the_board_anew_without_names(board: PeoplesBoard, bridge: FakeBridge) -> None:
    wall = await wall_of(board.floor, "eva")
    await hear(wall, board, bridge)
    await Membership.objects.filter(user=board.floor.users["eva"]).aupdate(role=Membership.Role.VIEWER)
    code, error = await wall.closed(timeout=10)
    assert (code, error["code"]) == (4408, "other_view")
    again = await wall_of(board.floor, "eva")
    await again.next("snapshot")
    assert again.told() == []
    await again.leave()


async def test_everybody_sees_names_by_default(board: PeoplesBoard, settings: Settings, bridge: FakeBridge) -> None:
    settings.AGENT_NAMES = "everybody"
    wall = await wall_of(board.floor, "ben")
    await hear(wall, board, bridge)
    assert "maria" in wall.told()
    await wall.leave()


def asked(board: PeoplesBoard, person: str) -> str:
    """What the tiles' own pages say of every series with people, in lower case."""
    client = Client()
    client.force_login(board.floor.users[person], backend="django.contrib.auth.backends.ModelBackend")
    answers = [
        client.get(reverse(route, args=["sales", key]))
        for route in ("tile_about", "tile_data")
        for key in ("who", "team", "table", "maria-lopez")
    ]
    assert {answer.status_code for answer in answers} == {200}
    return "\n".join(answer.content.decode() for answer in answers).lower()


def test_a_tile_whose_id_is_a_name_is_found_by_what_stands_in_its_place(board: PeoplesBoard) -> None:
    tiles = board.floor.board.tiles
    tiles.filter(key="waiting").update(key="tile-6")
    client = Client()
    client.force_login(board.floor.users["ben"], backend="django.contrib.auth.backends.ModelBackend")
    named = tiles.get(key="maria-lopez")
    for shown, series in ((f"tile.{named.pk}", board.calls), ("tile-6", board.floor.waiting)):
        assert client.get(reverse("tile_about", args=["sales", shown])).json()["series"] == series.pk
        assert client.get(reverse("tile_data", args=["sales", shown])).status_code == 200
    assert client.get(reverse("tile_about", args=["sales", f"tile.{10**17}"])).status_code == 404


@pytest.fixture
def stored(board: PeoplesBoard) -> PeoplesBoard:
    now = now_ms()
    for series, value in board.values().items():
        if not isinstance(value, Reading):
            LastValue.objects.create(series_id=series, value=value, at=now, state="ok")
    return board


def test_what_is_behind_a_tile_names_nobody_to_a_viewer(stored: PeoplesBoard) -> None:
    said = asked(stored, "ben")
    assert [one for one in SECRETS if one in said] == []
    assert "m. l." in said


def test_what_is_behind_a_tile_has_names_for_an_editor(stored: PeoplesBoard) -> None:
    said = asked(stored, "eva")
    assert "maria lópez" in said
    assert "zoe.quist" in said


def test_titles_and_statistics_name_nobody_to_a_viewer_nor_on_a_paired_screen(stored: PeoplesBoard) -> None:
    floor = stored.floor
    floor.board.title = "The floor of Maria López"
    floor.board.save()
    named = {"name": "calls-of-maria-lopez", "title": "Calls of Maria López"}
    StatisticDefinition.objects.filter(pk=stored.calls.definition_id).update(**named)
    said = asked(stored, "ben")
    assert '"definition"' not in said
    client = Client()
    client.force_login(floor.users["ben"], backend="django.contrib.auth.backends.ModelBackend")
    said += client.get(reverse("wallboard", args=["sales"])).content.decode().lower()
    screen = PairedScreen.objects.create(name="Lobby", team=floor.sales, wallboard=floor.board)
    said += shows_of([screen])[screen.pk].title.lower()
    assert [one for one in SECRETS if one in said] == []
    assert said.count("the floor of m. l.") >= 3


def test_lists_and_rotations_name_nobody_to_a_viewer(board: PeoplesBoard) -> None:
    floor = board.floor
    floor.board.title = "The floor of Maria López"
    floor.board.save()
    rotation = Rotation.objects.create(slug="walls", title="The walls of Maria López", team=floor.sales)
    rotation.steps.create(wallboard=floor.board, seconds=10, order=0)

    def pages(person: str) -> str:
        client = Client()
        client.force_login(floor.users[person], backend="django.contrib.auth.backends.ModelBackend")
        addresses = (reverse("home"), reverse("rotation", args=["walls"]), reverse("rotation_steps", args=["walls"]))
        return "\n".join(client.get(address).content.decode() for address in addresses).lower()

    said = pages("ben")
    assert [one for one in SECRETS if one in said] == []
    assert {"the floor of m. l.", "the walls of m. l."} <= {line.strip() for line in re.split(r'[<>"]', said)}
    assert "the walls of maria lópez" in pages("eva")
