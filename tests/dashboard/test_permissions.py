"""The permission matrix: who may do what, on every surface there is.

Routes, sockets, actions and commands are enumerated from resolver, router and registry; one that is not in a table
here fails. The rows looked at belong to the team of ben, eva and maya; omar manages another team. To add a route, add
a line with the answers in the order of ``PEOPLE``.
"""

import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from auditlog.models import LogEntry
from channels.db import database_sync_to_async
from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.management import get_commands
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse
from django.utils import timezone
from pytest_django import Settings

from dashboard import wanted
from dashboard.embed import create_key
from dashboard.guard.models import AccessRecord
from dashboard.models import AppliedFile, EmbedKey, Rotation, RotationStep, Team, Wallboard
from dashboard.pairing.models import PairedScreen
from dashboard.routing import routes
from statsbridge.models import Connection, LastValue, LinkStatus, MonitoredObject, OpenSubscription, Sample, Worker
from tests.dashboard.floor import ORIGIN, FakeBridge, Floor, Wall, build_floor

PEOPLE = ("nobody", "omar", "ben", "eva", "maya", "root")

ALL = "200 200 200 200 200 200"
SIGNED_IN = "302 200 200 200 200 200"
TEAM = "302 403 200 200 200 200"
EDITORS = "302 403 403 200 200 200"
#: In the administration a viewer is no staff, and is asked to sign in as somebody who is.
STAFF = "302 200 302 200 200 200"
OWN_ROW = "302 403 302 200 200 200"
MANAGERS_LIST = "302 200 302 403 200 200"
MANAGERS_ROW = "302 403 302 403 200 200"
SUPERUSER = "302 403 302 403 403 200"
NEVER = "302 403 302 403 403 403"
READ = {"changelist": SUPERUSER, "add": NEVER, "change": SUPERUSER, "delete": NEVER, "history": SUPERUSER}
WHOLE = dict.fromkeys(("changelist", "add", "change", "delete", "history"), SUPERUSER)
BOARDS = {"changelist": STAFF, "add": STAFF, "change": OWN_ROW, "delete": OWN_ROW, "history": OWN_ROW}
LOOK = {"changelist": STAFF, "add": SUPERUSER, "change": OWN_ROW, "delete": SUPERUSER, "history": OWN_ROW}
LOOK_ONLY = {"changelist": STAFF, "add": NEVER, "change": OWN_ROW, "delete": NEVER, "history": OWN_ROW}

PAGES = {
    "home": SIGNED_IN,
    "wallboard": TEAM,
    "edit_wallboard": EDITORS,
    "edit_document": "401 403 403 200 200 200",
    "edit_preview": "401 403 403 200 200 200",
    "edit_values": "401 403 403 200 200 200",
    "edit_choices": "401 403 403 200 200 200",
    "edit_layout": "401 403 403 200 200 200",
    "edit_copy": "401 403 403 200 200 200",
    "tile_about": "302 403 200 200 200 200",
    "tile_data": "302 403 200 200 200 200",
    "rotation": TEAM,
    "rotation_steps": "401 403 200 200 200 200",
    "rotation_board": TEAM,
    # Whoever is signed in: a screen's pages ask for its credential and nothing else.
    "screen": ALL,
    "screen_credential": "405",
    "screen_board": "401",
    "pair_screen": "302 200 403 403 200 200",
    "help": SIGNED_IN,
    "service_worker": ALL,
    "embed": ALL,
    "healthz": ALL,
    "readyz": "200|503",
    "metrics": ALL,
    "favicon": "302",
    "login": ALL,
    "logout": "405",
    "admin_logout": "405",
    # Not set up here; docs/signin.md says who gets in where it is.
    "embed_sign_in": TEAM,
    "genesys_start": "404",
    "genesys_callback": "400",
    "genesys_connect": "302 403 403 403 403 200",
    "password_change": SIGNED_IN,
    "password_change_done": SIGNED_IN,
    "password_reset": ALL,
    "password_reset_done": ALL,
    "password_reset_confirm": ALL,
    "password_reset_complete": ALL,
    "admin:index": STAFF,
    "admin:app_list": STAFF,
    "admin:login": "200 302 200 302 302 302",
    "admin:logout": "302|405",
    "admin:password_change": STAFF,
    "admin:password_change_done": STAFF,
    "admin:autocomplete": STAFF,
    "admin:jsi18n": STAFF,
    # Only leads to the page, which is refused there.
    "admin:view_on_site": "302",
    "admin:auth_user_password_change": SUPERUSER,
    "admin:auditlog_logentry_revert": "302 403 302 403 403 403",
    "admin:dashboard_appliedfile_export": SUPERUSER,
    "admin:dashboard_wallboard_embed": MANAGERS_ROW,
    "admin:statsbridge_monitoredobject_bulk": SUPERUSER,
    "admin:statsbridge_statisticdefinition_library": SUPERUSER,
    "admin:statsbridge_statisticdefinition_check": "302|405",
    "admin:statsbridge_statisticdefinition_try": "302|405",
    "admin:statsbridge_connection_test": "302|403|405",
    "admin:statsbridge_connection_live": "302 404 302 404 404 200",
}
MODELS = {
    "statsbridge_connection": WHOLE,
    "auth_user": WHOLE,
    "statsbridge_worker": READ,
    "statsbridge_lastvalue": READ,
    "statsbridge_sample": READ,
    "statsbridge_linkstatus": READ,
    "statsbridge_opensubscription": READ,
    "statsbridge_revision": READ,
    "dashboard_appliedfile": READ,
    # Managers read what was done with their team's embed keys.
    "dashboard_accessrecord": {
        "changelist": MANAGERS_LIST, "add": NEVER, "change": MANAGERS_ROW, "delete": NEVER, "history": MANAGERS_ROW,
    },
    "auditlog_logentry": LOOK_ONLY,
    "statsbridge_series": LOOK_ONLY,
    "statsbridge_monitoredobject": LOOK,
    # Definitions belong to no team: whoever makes wallboards may read them.
    "statsbridge_statisticdefinition": LOOK | {"change": STAFF, "history": STAFF},
    "dashboard_wallboard": BOARDS,
    "dashboard_rotation": BOARDS,
    "dashboard_team": {
        "changelist": MANAGERS_LIST, "add": SUPERUSER, "change": MANAGERS_ROW, "delete": SUPERUSER,
        "history": MANAGERS_ROW,
    },
    "dashboard_pairedscreen": {
        "changelist": MANAGERS_LIST, "add": NEVER, "change": MANAGERS_ROW, "delete": MANAGERS_ROW,
        "history": MANAGERS_ROW,
    },
    "dashboard_embedkey": {
        "changelist": MANAGERS_LIST, "add": MANAGERS_LIST, "change": MANAGERS_ROW, "delete": MANAGERS_ROW,
        "history": MANAGERS_ROW,
    },
}  # fmt: skip
#: (model, action): who gets it offered at all; on another team's row everybody but a superuser is refused.
ACTIONS = {
    ("wallboard", "enable"): {"omar", "eva", "maya", "root"},
    ("wallboard", "disable"): {"omar", "eva", "maya", "root"},
    ("wallboard", "delete_selected"): {"omar", "eva", "maya", "root"},
    ("rotation", "delete_selected"): {"omar", "eva", "maya", "root"},
    ("embedkey", "revoke"): {"omar", "maya", "root"},
    ("embedkey", "rotate"): {"omar", "maya", "root"},
    ("embedkey", "delete_selected"): {"omar", "maya", "root"},
    ("pairedscreen", "identify"): {"omar", "maya", "root"},
    ("pairedscreen", "reload"): {"omar", "maya", "root"},
    ("pairedscreen", "move"): {"omar", "maya", "root"},
    ("pairedscreen", "message"): {"omar", "maya", "root"},
    ("pairedscreen", "revoke"): {"omar", "maya", "root"},
    ("pairedscreen", "delete_selected"): {"omar", "maya", "root"},
    ("monitoredobject", "erase_people"): {"root"},
    ("monitoredobject", "delete_selected"): {"root"},
    ("statisticdefinition", "delete_selected"): {"root"},
    ("team", "delete_selected"): {"root"},
    ("connection", "delete_selected"): {"root"},
    ("user", "delete_selected"): {"root"},
}
#: Commands ask for no role: who has a shell on the server may do everything.
COMMANDS = {"applyconfig", "configschema", "embedkey", "eraseperson", "exportconfig", "runworker", "serve", "simulator"}
SOCKETS = {
    "ws/wallboards/<slug:slug>/": (4401, 4403, None, None, None, None),
    "ws/embed/<slug:slug>/": (4401, 4403, None, None, None, None),
    "ws/screen/": (4401,) * 6,
    "ws/screen/wallboards/<slug:slug>/": (4401,) * 6,
    "": (4404,) * 6,
}


@pytest.fixture
def owned(settings: Settings) -> Floor:
    """A floor on which every kind of row belongs to the team of sales."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.ALLOWED_HOSTS = ["testserver"]
    floor = build_floor()
    now = timezone.now()
    queue = MonitoredObject.objects.get()
    queue.teams.add(floor.sales)
    for name, rows in {
        "rotation": [Rotation(slug="hall", title="Hall", team=floor.sales)],
        "key": [EmbedKey(id="k1", team=floor.sales, secret="x" * 43)],
        "values": [LastValue(series=floor.waiting, value=7, at=1, state="ok")],
        "samples": [Sample(series=floor.waiting, at=1, value=7)],
        "screens": [PairedScreen(name="Hall", team=floor.sales, wallboard=floor.board)],
        "links": [LinkStatus(connection=Connection.objects.get(), state="live")],
        "subscriptions": [OpenSubscription(connection=Connection.objects.get(), subscription_id="s", opened_at=1)],
        "workers": [Worker(name="worker", started_at=1, beat_at=1)],
        "files": [AppliedFile(name="wallboard.yaml")],
        "access": [AccessRecord(group="g", kind="token_admitted", key="k1", team=floor.sales, at=now, last_at=now)],
    }.items():
        assert name
        type(rows[0]).objects.bulk_create(rows)  # type: ignore[attr-defined]
    RotationStep.objects.create(rotation=Rotation.objects.get(), wallboard=floor.board)
    with wanted.deferred():
        floor.board.title = "Sales"
        floor.board.save()
    return floor


def client_of(floor: Floor, person: str) -> Client:
    client = Client()
    if person != "nobody":
        client.force_login(floor.users[person], backend="django.contrib.auth.backends.ModelBackend")
    return client


def found_routes() -> Iterator[str]:
    """The name of every route there is, with its namespaces; unnamed ones are the administration's catch-alls."""

    def walk(resolver: Any, space: str) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
            else:
                yield f"{space}{pattern.name or ''}"

    yield from sorted(set(walk(get_resolver(), "")) - {"admin:"})


def expected_of(route: str) -> str | None:
    if route in PAGES:
        return PAGES[route]
    base, _, view = route.removeprefix("admin:").rpartition("_")
    return MODELS.get(base, {}).get(view) if route.startswith("admin:") else None


def address_of(route: str, floor: Floor) -> str:
    base, _, view = route.removeprefix("admin:").rpartition("_")
    if base in MODELS and view in ("change", "delete", "history"):
        return reverse(route, args=[_row(base, floor).pk])
    given: dict[str, list[Any]] = {
        "tile_about": ["sales", "waiting"],
        "tile_data": ["sales", "waiting"],
        "rotation": ["hall"],
        "rotation_steps": ["hall"],
        "rotation_board": ["hall", "sales"],
        "password_reset_confirm": ["MQ", "used-token"],
        "admin:app_list": ["dashboard"],
        "admin:view_on_site": [_kind_of(floor.board), floor.board.pk],
        "admin:auth_user_password_change": [floor.users["ben"].pk],
        "admin:auditlog_logentry_revert": [LogEntry.objects.get().pk],
        "admin:dashboard_wallboard_embed": [floor.board.pk],
        "admin:statsbridge_connection_live": [Connection.objects.get().pk],
        "admin:statsbridge_connection_test": [],
        "genesys_connect": [Connection.objects.get().pk],
        "embed_sign_in": ["sales"],
    }
    slugged = route in ("wallboard", "embed", "screen_board") or route.startswith("edit_")
    address = reverse(route, args=["sales"] if slugged else given.get(route, []))
    if route == "admin:autocomplete":
        return f"{address}?app_label=statsbridge&model_name=series&field_name=monitored_object"
    return address


def _kind_of(row: Any) -> int:
    return ContentType.objects.get_for_model(row).pk


def _row(base: str, floor: Floor) -> Any:
    match base:
        case "auth_user":
            return floor.users["ben"]
        case "dashboard_team":
            return floor.sales
        case "dashboard_wallboard":
            return floor.board
    return apps.get_model(*base.split("_"))._default_manager.order_by("pk")[0]


#: What is sent where a route takes no GET.
POSTED = {"edit_preview", "edit_layout", "edit_copy"}
#: What is asked without saying what for.
ASKED = {"edit_values", "edit_choices"}


@pytest.mark.django_db
@pytest.mark.parametrize("route", list(found_routes()))
def test_each_route_answers_each_person_as_the_table_says(owned: Floor, route: str) -> None:
    expected = expected_of(route)
    assert expected, f"{route} is in no table of this file"
    answers = expected.split() * (1 if " " in expected else len(PEOPLE))
    address = address_of(route, owned)
    for person, wanted_status in zip(PEOPLE, answers, strict=True):
        client = client_of(owned, person)
        response = client.post(address, {}, "application/json") if route in POSTED else client.get(address)
        status = str(response.status_code)
        if route in POSTED | ASKED and wanted_status == "200":
            # The empty draft is complained about, by who may send one.
            assert status in ("200", "201", "400", "409", "422"), (person, status)
        else:
            assert status in wanted_status.split("|"), (person, status)
        if (
            status == "302"
            and wanted_status == "302"
            and expected in (SIGNED_IN, TEAM, EDITORS, STAFF, OWN_ROW, SUPERUSER)
        ):
            assert "login" in response["Location"], person


@pytest.mark.django_db
def test_every_action_is_in_the_table_and_offered_to_those_only(owned: Floor) -> None:
    found: dict[tuple[str, str], set[str]] = {}
    for person in PEOPLE[1:]:
        request = RequestFactory().get("/admin/")
        request.user = owned.users[person]
        for model, page in admin.site._registry.items():
            if not page.has_view_permission(request):
                continue
            for action in page.get_actions(request):
                found.setdefault((str(model._meta.model_name), action), set()).add(person)
    # A viewer may not open the administration at all.
    assert {key: people - {"ben"} for key, people in found.items()} == ACTIONS


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "action"), list(ACTIONS))
def test_an_action_on_another_teams_row_is_refused(owned: Floor, model: str, action: str) -> None:
    row = _row(next(base for base in MODELS if base.endswith(f"_{model}")), owned)
    address = reverse(f"admin:{row._meta.app_label}_{model}_changelist")
    response = client_of(owned, "omar").post(
        address, {"action": action, "_selected_action": [str(row.pk)], "post": "yes"}
    )
    if "omar" in ACTIONS[model, action]:
        assert response.status_code == 403
    assert type(row)._default_manager.filter(pk=row.pk).exists()


def test_every_command_is_in_the_table() -> None:
    own = {name for name, app in get_commands().items() if app in ("dashboard", "statsbridge")}
    assert own == COMMANDS


def test_every_socket_is_in_the_table() -> None:
    assert {str(route.pattern) for route in routes} == set(SOCKETS)


@pytest.mark.parametrize("pattern", list(SOCKETS))
async def test_each_socket_answers_each_person_as_the_table_says(
    floor: Floor, bridge: FakeBridge, pattern: str
) -> None:
    for person, code in zip(PEOPLE, SOCKETS[pattern], strict=True):
        assert await _close_code(floor, pattern, person) == code, person


def token_for(team: Team) -> str:
    """A good embed token for the board, signed with a key of that team."""
    key, secret = create_key(team)
    now = int(time.time())
    claims = {"wallboard": "sales", "iat": now, "exp": now + 600}
    return jwt.encode(claims, secret, algorithm="HS256", headers={"kid": key})


async def _close_code(floor: Floor, pattern: str, person: str) -> int | None:
    """With what a socket is closed; None if it shows the wallboard."""
    path = "/" + (pattern.replace("<slug:slug>", "sales") or "ws/other/")
    cookie = "" if person == "nobody" else await database_sync_to_async(floor.cookie)(person)
    wall = await Wall(path, cookie=cookie, origin=ORIGIN).open()
    if "embed" in pattern:
        # A portal of omar's team has a key of that team; cookies count for nothing here.
        team = floor.service if person == "omar" else floor.sales
        token = "none" if person == "nobody" else await database_sync_to_async(token_for)(team)
        await wall.send_json_to({"type": "auth", "token": token})
    frame = await wall.receive_output(10)
    while frame["type"] == "websocket.send":
        if '"snapshot"' in frame["text"][:30]:
            await wall.leave()
            return None
        frame = await wall.receive_output(10)
    return int(frame["code"])


@pytest.mark.django_db
def test_a_board_that_is_shared_is_looked_at_and_nothing_else(owned: Floor) -> None:
    owned.board.shared_with.add(owned.service)
    omar = client_of(owned, "omar")
    assert omar.get("/wallboards/sales/").status_code == 200
    assert omar.get(reverse("edit_wallboard", args=["sales"])).status_code == 403
    assert omar.get(reverse("admin:dashboard_wallboard_change", args=[owned.board.pk])).status_code == 403
    assert Wallboard.objects.get().team == owned.sales


@pytest.mark.django_db
def test_an_object_of_another_team_is_in_no_picker(owned: Floor) -> None:
    address = address_of("admin:autocomplete", owned)
    assert "Sales" in client_of(owned, "eva").get(address).content.decode()
    assert "Sales" not in client_of(owned, "omar").get(address).content.decode()
