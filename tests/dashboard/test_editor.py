"""The editor's requests: who may, what is refused and in which words, and whose work counts."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import get_resolver
from django.utils.translation import override
from pytest_django import Settings

from dashboard.configfile import apply_text, export_text
from dashboard.models import Tile, Wallboard
from dashboard.wording import SENTENCES, in_words
from statsbridge.models import (
    Connection,
    MonitoredObject,
    Revision,
    StatisticDefinition,
)
from tests.dashboard.drafts import EDIT, board_of, client_of, save, send
from tests.dashboard.floor import Floor

SURFACES = ["", "document/", "preview/", "values/", "choices/", "layout/", "copy/"]
READ = {"", "document/", "values/", "choices/"}
Refuse = Callable[..., dict[str, str]]


@pytest.fixture(autouse=True)
def _plain_static(settings: Settings) -> None:
    settings.STORAGES = django_settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def eva(floor: Floor) -> Client:
    return client_of(floor, "eva")


@pytest.fixture
def refuse(eva: Client) -> Refuse:
    """What is said, by field, of a board whose first tile (or which itself) is changed so."""

    def refuse_it(tile: dict[str, Any] | None = None, **board: Any) -> dict[str, str]:
        loaded = board_of(eva)
        if tile is not None:
            loaded["wallboard"]["tiles"][0] |= tile
        loaded["wallboard"] |= board
        before = board_of(eva)
        response = save(eva, loaded)
        assert response.status_code == 422, response.content
        assert board_of(eva) == before
        errors = response.json()["errors"]
        assert {error["tile"] for error in errors} <= {"waiting", "level", None}
        return {error["field"]: error["message"] for error in errors}

    return refuse_it


# -- who may ---------------------------------------------------------------------------------------------------------


def test_the_matrix_names_every_route_of_the_editor() -> None:
    edit = next(one for one in get_resolver().url_patterns if str(one.pattern) == "wallboards/<slug:slug>/edit/")
    assert {str(route.pattern) for route in edit.url_patterns} == set(SURFACES)


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize(
    ("person", "may"), [("ben", False), ("eva", True), ("maya", True), ("omar", False), ("root", True)]
)
def test_editors_and_managers_of_the_boards_team_may(floor: Floor, person: str, may: bool, surface: str) -> None:
    client = client_of(floor, person)
    response = client.get(EDIT + surface) if surface in READ else send(client, surface.strip("/"), {})
    assert (response.status_code == 403) is not may
    assert response.status_code < 500


@pytest.mark.parametrize("surface", SURFACES)
def test_a_team_that_a_board_is_shared_with_only_looks(floor: Floor, surface: str) -> None:
    floor.board.shared_with.add(floor.service)
    assert client_of(floor, "omar").get(EDIT + surface).status_code == 403


@pytest.mark.parametrize("surface", SURFACES)
def test_without_a_session_there_is_the_sign_in(floor: Floor, surface: str) -> None:
    response = Client().get(EDIT + surface)
    if surface == "":
        assert response["Location"] == f"/accounts/login/?next={EDIT}"
    else:
        assert response.status_code == 401
        assert "Sign in" in response.json()["message"]


def test_a_save_without_the_sites_own_token_is_refused(floor: Floor) -> None:
    client = client_of(floor, "eva", enforce_csrf_checks=True)
    board = board_of(client)
    assert save(client, board).status_code == 403
    client.get(EDIT)
    token = client.cookies[django_settings.CSRF_COOKIE_NAME].value
    assert send(client, "document", board, "put", **{"X-CSRFToken": token}).status_code == 200
    foreign = {"X-CSRFToken": token, "Origin": "https://elsewhere.example.com"}
    assert send(client, "document", board, "put", **foreign).status_code == 403


def test_a_board_that_is_gone_says_so(floor: Floor, eva: Client) -> None:
    assert eva.get("/wallboards/nowhere/edit/").status_code == 404
    assert eva.get("/wallboards/nowhere/edit/document/").json() == {"message": "There is no such wallboard any more."}


# -- saving ----------------------------------------------------------------------------------------------------------


def test_a_saved_draft_is_the_board_and_counts_as_one_change(floor: Floor, eva: Client) -> None:
    board = board_of(eva)
    first = board["wallboard"]["tiles"][0]
    first |= {"title": "Waiting now", "position": {"x": 6, "y": 1, "w": 4, "h": 3}, "options": {"goal": 3}}
    board["wallboard"]["tiles"].append(
        first | {"id": "news", "kind": "text", "series": [], "options": {"text": "Hello"},
                 "position": {"x": 0, "y": 4, "w": 12, "h": 1}}
    )  # fmt: skip
    revision = Revision.current()
    saved = save(eva, board)
    assert saved.status_code == 200
    assert saved.json() == board_of(eva)
    assert Revision.current() == revision + 1
    tile = Tile.objects.get(key="waiting")
    assert (tile.title, tile.x, tile.y, tile.w, tile.h, tile.options) == ("Waiting now", 6, 1, 4, 3, {"goal": 3})
    assert [one.key for one in floor.board.tiles.all()] == ["waiting", "level", "news"]


def test_saving_what_is_there_changes_nothing(eva: Client) -> None:
    revision = Revision.current()
    assert save(eva, board_of(eva)).status_code == 200
    assert Revision.current() == revision


def test_what_the_editor_saves_is_what_a_file_would_say(eva: Client) -> None:
    Connection.objects.update(grant=Connection.Grant.CLIENT_CREDENTIALS)
    board = board_of(eva)
    board["wallboard"]["tiles"][1] |= {
        "options": {"goal": 80, "max": 100},
        "thresholds": {"warning": 70, "direction": "below"},
    }
    assert save(eva, board).status_code == 200
    text = export_text()
    outcome = apply_text(text, "export.yaml", {"MAIN_CLIENT_SECRET": "sample"}, dry_run=True)
    assert not outcome.changes
    assert "goal: 80" in text
    assert "max: 100" not in text


def test_the_editor_leaves_team_sharing_and_framing_alone(floor: Floor, eva: Client) -> None:
    floor.board.shared_with.add(floor.service)
    board = board_of(eva)
    board["wallboard"] |= {"title": "Floor", "team": "service", "allowed_origins": ["https://a.example"], "slug": "x"}
    assert save(eva, board).status_code == 200
    floor.board.refresh_from_db()
    assert (floor.board.title, floor.board.team, floor.board.allowed_origins) == ("Floor", floor.sales, [])
    assert list(floor.board.shared_with.all()) == [floor.service]


# -- refused ---------------------------------------------------------------------------------------------------------


def test_an_unknown_kind_is_named_with_those_there_are(refuse: Refuse) -> None:
    assert "the kinds are number, trend" in refuse({"kind": "nmber"})["kind"]


def test_an_option_that_makes_no_sense_is_named(refuse: Refuse) -> None:
    assert "number" in refuse({"options": {"goal": "many"}})["goal"]
    assert "unknown key" in refuse({"options": {"gaol": 3}})["gaol"].lower()
    told = refuse({"kind": "gauge", "options": {"min": 5, "max": 3}})
    assert told == {"min": "Min (5) must be smaller than max (3)."}


def test_series_that_do_not_fit_the_kind_are_refused(refuse: Refuse) -> None:
    assert refuse({"series": []}) == {"series": "A number tile takes exactly 1 series, not 0."}
    assert "unit" in refuse({"kind": "agents"})["series"]


def test_thresholds_in_the_wrong_order_are_refused(refuse: Refuse) -> None:
    assert "beyond warning" in refuse({"thresholds": {"warning": 5, "critical": 3}})["thresholds"]


def test_a_tile_outside_the_grid_or_on_another_is_refused(refuse: Refuse) -> None:
    assert "12 columns" in refuse({"position": {"x": 11, "y": 0, "w": 3, "h": 2}})["position"]
    assert "greater than or equal to 0" in refuse({"position": {"x": -1, "y": 0, "w": 3, "h": 2}})["position"]
    assert "overlaps" in refuse({"position": {"x": 2, "y": 0, "w": 3, "h": 2}})["position"]


def test_a_time_zone_and_columns_that_do_not_exist_are_refused(refuse: Refuse) -> None:
    assert "did you mean “Europe/Berlin”" in refuse(timezone="Europe/Berlinn")["timezone"]
    assert "24" in refuse(columns=25)["columns"]
    assert refuse(title="")["title"]


def test_another_teams_object_is_refused_like_one_that_is_not_there(floor: Floor, refuse: Refuse) -> None:
    connection = MonitoredObject.objects.get(name="sales-queue").connection
    secret = MonitoredObject.objects.create(
        name="sales-queua", title="Secret", connection=connection, type="Agent", object_id="1"
    )
    floor.service.monitored_objects.add(secret)
    told = refuse({"series": [{"statistic": "calls-waiting", "object": "sales-queua"}]})
    assert told == {"series": "There is no object “sales-queua”; did you mean “sales-queue”?"}


def test_an_own_teams_object_may_be_shown(floor: Floor, eva: Client) -> None:
    floor.sales.monitored_objects.add(MonitoredObject.objects.get(name="sales-queue"))
    board = board_of(eva)
    board["wallboard"]["tiles"][0]["title"] = "Ours"
    assert save(eva, board).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("no JSON", 400), ("[]", 400), ("{}", 400), ('{"revision": 1, "wallboard": {}}', 400),
        ("[" * 60_000, 400),
        ('{"revision": "x", "wallboard": {"title": "a\\u0000"}}', 400),
        ('{"revision": "x", "wallboard": {"title": "\\ud800"}}', 400),
        ('{"revision": "x", "wallboard": {"columns": 1e999}}', 400),
        ('{"revision": "x", "wallboard": {"title": "' + "x" * 1_000_000 + '"}}', 413),
    ],
)  # fmt: skip
def test_a_body_that_is_no_board_is_refused(eva: Client, body: str, status: int) -> None:
    response = send(eva, "document", body, "put")
    assert response.status_code == status
    assert response.json()["message"]


def test_a_form_of_another_site_is_not_taken_for_json(eva: Client) -> None:
    response = eva.post(f"{EDIT}preview/", '{"wallboard": {}}', content_type="text/plain")
    assert response.status_code == 415


@pytest.mark.parametrize("tiles", ["x", [1], [{}] * 201, {"a": 1}])
def test_tiles_that_are_no_list_of_tiles_are_refused(eva: Client, tiles: Any) -> None:
    board = board_of(eva)
    board["wallboard"]["tiles"] = tiles
    assert save(eva, board).status_code == 422


def test_a_tile_with_everything_wrong_is_refused_and_nothing_breaks(refuse: Refuse) -> None:
    told = refuse({"kind": 7, "title": 7, "series": [7], "position": None, "options": [], "decimals": "x"})
    assert {"kind", "title", "series", "position", "decimals"} <= told.keys()


def test_reasons_are_told_in_the_language_of_who_edits(eva: Client) -> None:
    board = board_of(eva)
    board["wallboard"]["tiles"][1]["options"] = {"min": 5, "max": 3}
    board["wallboard"]["tiles"][0]["series"] = []
    errors = send(eva, "document", board, "put", **{"Accept-Language": "de"}).json()["errors"]
    assert [error["message"] for error in errors] == [
        "Das untere Ende (5) muss kleiner sein als das obere (3).",
        "Eine Kachel der Art number zeigt genau 1 Statistik, nicht 0.",
    ]


@pytest.mark.parametrize("template", SENTENCES.templates)
def test_every_reason_that_is_known_has_german_words(template: str) -> None:
    given = dict.fromkeys(re.findall(r"%\((\w+)\)s", template), "x")
    assert in_words(template % given) == template % given
    with override("de"):
        assert in_words(template % given) != template % given


def test_an_option_cannot_pose_as_another_key(refuse: Refuse) -> None:
    assert refuse({"options": {"position": {"x": 0, "y": 0, "w": 99, "h": 1}}})


# -- at the same time ------------------------------------------------------------------------------------------------


def test_who_comes_second_is_told_what_the_board_is_now(floor: Floor, eva: Client) -> None:
    mine, theirs = board_of(eva), board_of(client_of(floor, "maya"))
    theirs["wallboard"]["tiles"][0]["title"] = "Theirs"
    assert save(client_of(floor, "maya"), theirs).status_code == 200
    mine["wallboard"]["tiles"][1]["title"] = "Mine"
    answer = save(eva, mine)
    assert answer.status_code == 409
    assert answer.json()["current"] == board_of(eva)
    assert answer.json()["current"]["wallboard"]["tiles"][0]["title"] == "Theirs"
    assert Tile.objects.get(key="level").title == ""
    mine["revision"] = answer.json()["current"]["revision"]
    assert save(eva, mine).status_code == 200


@pytest.mark.parametrize("change", ["admin", "file"])
def test_a_change_made_elsewhere_is_noticed_too(floor: Floor, eva: Client, change: str) -> None:
    board = board_of(eva)
    if change == "admin":
        Tile.objects.filter(key="waiting").update(options={"goal": 4})
    else:
        text = "version: 1\nwallboards: [{slug: sales, title: From a file}]"
        apply_text(text, "board.yaml", {})
    assert save(eva, board).status_code == 409


def test_what_the_editor_does_not_change_is_no_conflict(floor: Floor, eva: Client) -> None:
    board = board_of(eva)
    Wallboard.objects.update(allowed_origins=["https://portal.example.com"])
    StatisticDefinition.objects.update(title="Another")
    assert save(eva, board).status_code == 200
