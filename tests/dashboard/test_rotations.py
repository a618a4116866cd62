"""Rotations: who may open one, what it shows them, and which page may be framed."""

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from dashboard.models import Rotation, RotationStep, Wallboard
from tests.dashboard.floor import Floor

PAGE = "/rotate/hall/"
STEPS = "/rotate/hall/steps.json"


@pytest.fixture(autouse=True)
def _plain_static(settings: Settings) -> None:
    # Hashed names need collected files.
    settings.STORAGES = django_settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.fixture
def rotation(floor: Floor) -> Rotation:
    """Sales' own board, one of another team, and again the first."""
    rotation = Rotation.objects.create(slug="hall", title="Entrance hall", team=floor.sales)
    other = Wallboard.objects.create(slug="service", title="Service floor", team=floor.service)
    for order, (board, seconds) in enumerate(((floor.board, 20), (other, 30), (floor.board, 5))):
        RotationStep.objects.create(rotation=rotation, wallboard=board, seconds=seconds, order=order)
    return rotation


def client_of(floor: Floor, person: str) -> Client:
    client = Client()
    client.force_login(floor.users[person], backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(("person", "status"), [("ben", 200), ("eva", 200), ("root", 200), ("omar", 403)])
def test_a_rotation_opens_for_its_team_and_superusers(
    floor: Floor, rotation: Rotation, person: str, status: int
) -> None:
    client = client_of(floor, person)
    assert client.get(PAGE).status_code == status
    assert client.get(STEPS).status_code == status


def test_without_a_session_a_page_leads_to_the_sign_in_and_data_say_so(rotation: Rotation) -> None:
    assert Client().get(PAGE)["Location"] == f"/accounts/login/?next={PAGE}"
    assert Client().get("/rotate/hall/sales/")["Location"].startswith("/accounts/login/")
    assert Client().get(STEPS).status_code == 401


def test_what_is_not_there_is_not_found(floor: Floor, rotation: Rotation) -> None:
    client = client_of(floor, "ben")
    for path in ("/rotate/nowhere/", "/rotate/nowhere/steps.json", "/rotate/hall/nowhere/"):
        assert client.get(path).status_code == 404


def test_a_wallboard_that_the_person_may_not_see_is_left_out_and_counted(floor: Floor, rotation: Rotation) -> None:
    found = client_of(floor, "ben").get(STEPS).json()
    assert found["steps"] == [
        {"wallboard": "sales", "url": "/rotate/hall/sales/", "seconds": 20},
        {"wallboard": "sales", "url": "/rotate/hall/sales/", "seconds": 5},
    ]
    assert found["left_out"] == 1
    assert "Service" not in str(found)
    assert len(client_of(floor, "root").get(STEPS).json()["steps"]) == 3


def test_a_disabled_wallboard_is_left_out(floor: Floor, rotation: Rotation) -> None:
    Wallboard.objects.filter(slug="sales").update(enabled=False)
    assert client_of(floor, "ben").get(STEPS).json()["left_out"] == 3
    assert client_of(floor, "ben").get("/rotate/hall/sales/").status_code == 404


def test_its_frames_are_checked_like_the_wallboards(floor: Floor, rotation: Rotation) -> None:
    client = client_of(floor, "ben")
    assert client.get("/rotate/hall/sales/").status_code == 200
    assert client.get("/rotate/hall/service/").status_code == 403
    assert client_of(floor, "omar").get("/rotate/hall/sales/").status_code == 403


def test_a_wallboard_that_is_not_in_the_rotation_has_no_frame(floor: Floor, rotation: Rotation) -> None:
    Wallboard.objects.create(slug="alone", title="Alone", team=floor.sales)
    assert client_of(floor, "ben").get("/rotate/hall/alone/").status_code == 404


def test_only_the_frame_may_be_framed_and_only_by_this_site(floor: Floor, rotation: Rotation) -> None:
    client = client_of(floor, "ben")
    frame = client.get("/rotate/hall/sales/")
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in frame["Content-Security-Policy"]
    for path in (PAGE, "/wallboards/sales/"):
        assert client.get(path)["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in client.get(path)["Content-Security-Policy"]


def test_the_first_page_lists_a_persons_rotations(floor: Floor, rotation: Rotation) -> None:
    assert b'href="/rotate/hall/"' in client_of(floor, "ben").get("/").content
    assert b"Entrance hall" not in client_of(floor, "omar").get("/").content


def test_the_help_page_is_linked_and_speaks_german_to_germans(floor: Floor) -> None:
    client = client_of(floor, "ben")
    assert b'href="/help/"' in client.get("/").content
    assert "full screen on and off" in client.get("/help/").content.decode()
    german = client.get("/help/", headers={"accept-language": "de"}).content.decode()
    assert "Vollbild ein und aus" in german
    assert "kiosk" in german


def test_the_service_worker_is_a_script_at_the_root_that_browsers_ask_for_again() -> None:
    response = Client().get("/serviceworker.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert "no-cache" in response["Cache-Control"]
