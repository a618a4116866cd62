"""The page on which a manager enters a TV's code."""

from typing import Any

import pytest
from auditlog.models import LogEntry
from django.test import Client

from dashboard.models import Rotation, Wallboard
from dashboard.pairing.codes import WRONG, offer
from dashboard.pairing.models import PairedScreen, WaitingScreen
from tests.dashboard.floor import Floor

PAGE = "/screens/pair/"


def client_of(floor: Floor, person: str) -> Client:
    client = Client()
    client.force_login(floor.users[person], backend="django.contrib.auth.backends.ModelBackend")
    return client


def given(floor: Floor, **changes: Any) -> dict[str, Any]:
    shows = f"{floor.sales.pk}/wallboard/{floor.board.pk}"
    return {"code": offer("device").code, "name": "Hall", "place": "Ground floor", "shows": shows} | changes


@pytest.mark.parametrize(("person", "status"), [("ben", 403), ("eva", 403), ("maya", 200), ("omar", 200)])
def test_managers_pair_screens_and_nobody_else(floor: Floor, person: str, status: int) -> None:
    client = client_of(floor, person)
    assert client.get(PAGE).status_code == status
    if status == 403:
        assert client.post(PAGE, given(floor)).status_code == 403
        assert not PairedScreen.objects.exists()


def test_who_is_not_signed_in_comes_back_with_the_code(floor: Floor) -> None:
    response = Client().get(f"{PAGE}?code=K7MPQX")
    assert response.status_code == 302
    assert "next=/screens/pair/%3Fcode%3DK7MPQX" in response["Location"]


def test_the_address_with_a_code_fills_it_in_and_pairs_nothing(floor: Floor) -> None:
    code = offer("device").code
    page = client_of(floor, "maya").get(PAGE, {"code": code})
    assert f'value="{code}"' in page.content.decode()
    assert WaitingScreen.objects.exists()
    assert not PairedScreen.objects.exists()


def test_a_code_with_a_name_and_a_board_makes_a_screen(floor: Floor) -> None:
    maya = client_of(floor, "maya")
    page = maya.post(PAGE, given(floor), follow=True)
    screen = PairedScreen.objects.get()
    assert (screen.name, screen.place, screen.team, screen.wallboard) == (
        "Hall",
        "Ground floor",
        floor.sales,
        floor.board,
    )
    assert screen.credential == "device"
    assert "<strong>Hall</strong> shows Sales floor in a moment." in page.content.decode()
    entry = LogEntry.objects.get()
    assert (entry.actor, entry.object_repr) == (floor.users["maya"], "Hall")
    assert entry.additional_data["after"]["shows"] == "sales"
    assert "device" not in str(entry.additional_data)
    assert client_of(floor, "omar").get(f"{PAGE}?paired={screen.pk}").context["paired"] is None


def test_a_rotation_is_offered_too(floor: Floor) -> None:
    rotation = Rotation.objects.create(slug="hall", title="Hall", team=floor.sales)
    maya = client_of(floor, "maya")
    assert "Rotation: Hall" in maya.get(PAGE).content.decode()
    maya.post(PAGE, given(floor, shows=f"{floor.sales.pk}/rotation/{rotation.pk}"))
    assert PairedScreen.objects.get().rotation == rotation


def test_only_what_the_team_may_look_at_is_offered_and_taken(floor: Floor) -> None:
    secret = Wallboard.objects.create(slug="secret", title="Secret board", team=floor.service)
    maya = client_of(floor, "maya")
    assert "Secret board" not in maya.get(PAGE).content.decode()
    for shows in (
        f"{floor.sales.pk}/wallboard/{secret.pk}",
        f"{floor.service.pk}/wallboard/{secret.pk}",
        "x/y/z",
        "",
    ):
        page = maya.post(PAGE, given(floor, shows=shows))
        assert page.context["form"].errors["shows"]
    assert not PairedScreen.objects.exists()
    secret.shared_with.add(floor.sales)
    maya.post(PAGE, given(floor, shows=f"{floor.sales.pk}/wallboard/{secret.pk}"))
    assert PairedScreen.objects.get().wallboard == secret


def test_a_wrong_code_says_what_to_do_and_guessing_ends(floor: Floor) -> None:
    maya = client_of(floor, "maya")
    good = given(floor)
    for _ in range(WRONG.most):
        page = maya.post(PAGE, good | {"code": "QQQQQQ"})
        assert "No screen shows this code" in page.content.decode()
    assert "Too many wrong codes. Try again in 10 minutes." in maya.post(PAGE, good).content.decode()
    assert not PairedScreen.objects.exists()


def test_a_name_is_asked_for_before_a_code_is_tried(floor: Floor) -> None:
    page = client_of(floor, "maya").post(PAGE, given(floor, name="", shows=""))
    assert set(page.context["form"].errors) == {"name", "shows"}
    assert WaitingScreen.objects.exists()


def test_a_screen_that_lost_its_pairing_is_chosen_and_keeps_what_it_was(floor: Floor) -> None:
    row = PairedScreen.objects.create(name="Hall", team=floor.sales, wallboard=floor.board)
    foreign = PairedScreen.objects.create(name="Theirs", team=floor.service)
    maya = client_of(floor, "maya")
    assert "Theirs" not in maya.get(PAGE).content.decode()
    again = given(floor, screen=row.pk, name="", shows="", place="")
    assert maya.post(PAGE, again | {"screen": foreign.pk}).context["form"].errors["screen"]
    maya.post(PAGE, again)
    row.refresh_from_db()
    assert (row.credential, row.name, row.wallboard) == ("device", "Hall", floor.board)


def test_the_home_page_leads_managers_here(floor: Floor) -> None:
    assert PAGE in client_of(floor, "maya").get("/").content.decode()
    assert PAGE not in client_of(floor, "eva").get("/").content.decode()
