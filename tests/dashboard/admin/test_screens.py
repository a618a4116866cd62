"""The screens' page of the administration: how they are, and what a manager has them do."""

from datetime import timedelta
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.admin import site
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from dashboard.models import Rotation, Wallboard
from dashboard.pairing.models import PairedScreen
from dashboard.version import application_version
from tests.dashboard.floor import Floor

LIST = "/admin/dashboard/pairedscreen/"


@pytest.fixture(autouse=True)
def _plain_static(settings: Any) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture
def hall(floor: Floor) -> PairedScreen:
    return PairedScreen.objects.create(
        name="Hall",
        place="Ground floor",
        team=floor.sales,
        wallboard=floor.board,
        credential="secret-hash",
        seen_at=timezone.now(),
        version=application_version(),
        width=1920,
        height=1080,
        pixel_ratio=1.5,
        sound="blocked",
        freshness="late",
        showing="sales",
    )


@pytest.fixture
def maya(floor: Floor) -> Client:
    return client_of(floor, "maya")


def client_of(floor: Floor, person: str) -> Client:
    client = Client()
    client.force_login(floor.users[person], backend="django.contrib.auth.backends.ModelBackend")
    return client


def act(client: Client, action: str, *screens: PairedScreen, **given: Any) -> Any:
    chosen = [str(screen.pk) for screen in screens]
    return client.post(LIST, {"action": action, "_selected_action": chosen, **given}, follow=True)


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_of_two_managers_at_once_each_is_offered_their_own_teams_boards(floor: Floor, hall: PairedScreen) -> None:
    other = Wallboard.objects.create(slug="service", title="Service desk", team=floor.service)
    forms = {}
    for person in ("maya", "omar"):
        request = RequestFactory().get(LIST)
        request.user = floor.users[person]
        forms[person] = site.get_model_admin(PairedScreen).get_form(request, hall, change=True)
    offered = {person: str(form(instance=hall).fields["shows"].choices) for person, form in forms.items()}
    assert "Sales floor" in offered["maya"]
    assert other.title not in offered["maya"]
    assert other.title in offered["omar"]


def test_the_list_tells_how_a_screen_is(maya: Client, hall: PairedScreen) -> None:
    page = text_of(maya.get(LIST))
    for part in ("Hall", "Ground floor", "Sales floor", "online", "late", "blocked", "1920×1080 × 1.5"):
        assert part in page
    assert application_version() in page
    assert "secret-hash" not in page
    assert "secret-hash" not in text_of(maya.get(f"{LIST}{hall.pk}/change/"))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"seen_at": None}, "not heard of yet"),
        ({"seen_at": timezone.now() - timedelta(hours=1)}, "silent since"),
        ({"revoked_at": timezone.now()}, "revoked"),
        ({"revoked_at": timezone.now(), "copied": True}, "A copy of its credential was used."),
        ({"version": "0.0.1+old"}, "The server has another one"),
    ],
)
def test_what_is_wrong_with_a_screen_is_said(
    maya: Client, hall: PairedScreen, fields: dict[str, Any], words: str
) -> None:
    PairedScreen.objects.filter(pk=hall.pk).update(**fields)
    page = text_of(maya.get(LIST))
    assert words in page.split('id="changelist-filter"')[0]


@pytest.mark.parametrize("state", ["online", "silent", "revoked"])
def test_the_list_is_filtered_by_state(maya: Client, floor: Floor, hall: PairedScreen, state: str) -> None:
    names = {"online": "Hall", "silent": "Quiet", "revoked": "Gone"}
    PairedScreen.objects.create(name="Quiet", team=floor.sales)
    PairedScreen.objects.create(name="Gone", team=floor.sales, revoked_at=timezone.now())
    page = maya.get(LIST, {"state": state})
    assert [screen.name for screen in page.context["cl"].result_list] == [names[state]]


def test_nobody_adds_a_screen_without_its_code(floor: Floor) -> None:
    root = client_of(floor, "root")
    assert root.get(f"{LIST}add/").status_code == 403
    page = text_of(root.get(LIST))
    assert "No screen is paired yet." in page
    assert reverse("pair_screen") in page


def test_identify_and_reload_reach_the_row(maya: Client, hall: PairedScreen) -> None:
    assert "1 screen is told." in text_of(act(maya, "identify", hall))
    act(maya, "reload", hall)
    hall.refresh_from_db()
    assert hall.identify_until
    assert hall.identify_until > timezone.now()
    assert hall.reloads == 1


def test_a_move_asks_where_to_and_is_in_the_history(maya: Client, floor: Floor, hall: PairedScreen) -> None:
    Wallboard.objects.create(slug="secret", title="Secret", team=floor.service)
    rotation = Rotation.objects.create(slug="tour", title="Tour", team=floor.sales)
    asked = text_of(act(maya, "move", hall))
    assert "Rotation: Tour" in asked
    assert "Secret" not in asked
    value = f"{floor.sales.pk}/rotation/{rotation.pk}"
    assert "1 screen is told." in text_of(act(maya, "move", hall, asked="yes", shows=value))
    hall.refresh_from_db()
    assert (hall.rotation, hall.wallboard) == (rotation, None)
    assert hall.freshness == "late", "what the screen says meanwhile is not overwritten"
    entry = LogEntry.objects.get()
    assert (entry.actor, entry.object_repr) == (floor.users["maya"], "Hall")
    assert entry.changes == {"shows": ["sales", "tour"]}
    assert "tour" in text_of(maya.get(f"{LIST}{hall.pk}/history/"))
    assert "tour" in text_of(maya.get("/admin/auditlog/logentry/"))
    assert "tour" not in text_of(client_of(floor, "omar").get("/admin/auditlog/logentry/"))


def test_a_move_to_what_the_team_may_not_see_is_refused(maya: Client, floor: Floor, hall: PairedScreen) -> None:
    secret = Wallboard.objects.create(slug="secret", title="Secret", team=floor.service)
    for value in (f"{floor.sales.pk}/wallboard/{secret.pk}", f"{floor.service.pk}/wallboard/{secret.pk}"):
        act(maya, "move", hall, asked="yes", shows=value)
        hall.refresh_from_db()
        assert hall.wallboard == floor.board


def test_a_message_lasts_as_long_as_was_said_and_is_taken_away_by_none(maya: Client, hall: PairedScreen) -> None:
    assert "What should these screens say?" in text_of(act(maya, "message", hall))
    assert "errorlist" in text_of(act(maya, "message", hall, asked="yes", text="x" * 201, minutes="5"))
    act(maya, "message", hall, asked="yes", text="Fire <b>drill", minutes="5")
    hall.refresh_from_db()
    assert hall.message == "Fire <b>drill"
    assert hall.message_until
    assert timedelta(minutes=4) < hall.message_until - timezone.now() <= timedelta(minutes=5)
    assert LogEntry.objects.get().changes == {"message": ["", "Fire <b>drill (5 min)"]}
    act(maya, "message", hall, asked="yes", text="", minutes="5")
    hall.refresh_from_db()
    assert hall.message_until is None


def test_revoking_ends_the_credential_and_is_in_the_history(maya: Client, hall: PairedScreen) -> None:
    act(maya, "revoke", hall)
    hall.refresh_from_db()
    assert hall.revoked_at
    assert hall.credential is None
    assert LogEntry.objects.get().changes == {"paired": ["true", "false"]}
    for action in ("identify", "reload", "revoke"):
        assert "None of these is paired." in text_of(act(maya, action, hall))


def test_its_own_page_renames_and_moves_it(maya: Client, floor: Floor, hall: PairedScreen) -> None:
    orders = Wallboard.objects.create(slug="orders", title="Orders", team=floor.sales)
    address = f"{LIST}{hall.pk}/change/"
    page = text_of(maya.get(address))
    assert f'value="{floor.sales.pk}/wallboard/{floor.board.pk}" selected' in page
    given = {"name": "Lobby", "place": "", "shows": f"{floor.sales.pk}/wallboard/{orders.pk}"}
    assert maya.post(address, given).status_code == 302
    hall.refresh_from_db()
    assert (hall.name, hall.place, hall.wallboard, hall.credential) == ("Lobby", "", orders, "secret-hash")
    assert "Lobby" in text_of(maya.get(f"{LIST}{hall.pk}/history/"))


@pytest.mark.parametrize("action", ["identify", "reload", "move", "message", "revoke"])
def test_another_teams_screen_is_nobodys_business(floor: Floor, hall: PairedScreen, action: str) -> None:
    omar = client_of(floor, "omar")
    assert "Hall" not in text_of(omar.get(LIST))
    assert act(omar, action, hall).status_code == 403
    hall.refresh_from_db()
    assert (hall.identify_until, hall.reloads, hall.revoked_at) == (None, 0, None)


def test_deleting_a_board_leaves_its_screens(floor: Floor, hall: PairedScreen) -> None:
    floor.board.delete()
    hall.refresh_from_db()
    assert hall.wallboard is None
