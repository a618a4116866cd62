"""What a TV may fetch, and what it is given to keep."""

import pytest
from django.test import Client
from pytest_django import Settings

from dashboard.models import Wallboard
from dashboard.pairing.credential import revoke
from tests.dashboard.floor import HOST, ORIGIN, Floor
from tests.dashboard.pairing.conftest import Tv

CREDENTIAL = "/screen/credential/?starting"


def test_the_page_is_the_same_for_all_and_sets_no_cookie(floor: Floor) -> None:
    person = Client()
    person.force_login(floor.users["root"], backend="django.contrib.auth.backends.ModelBackend")
    person.cookies.pop("csrftoken", None)
    pages = [client.get("/screen/", headers={"host": HOST}) for client in (Client(), person)]
    assert [page.status_code for page in pages] == [200, 200]
    assert [dict(page.cookies) for page in pages] == [{}, {}]
    assert pages[0].content == pages[1].content
    assert b"root" not in pages[1].content
    assert pages[0]["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in pages[0]["Content-Security-Policy"]


def test_the_secret_is_in_a_cookie_that_no_script_and_no_other_site_gets(floor: Floor, tv: Tv) -> None:
    tv.ask()
    cookie = tv.client.cookies["screen"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert not cookie["domain"]
    assert int(cookie["max-age"]) == 400 * 86_400


def test_over_https_it_is_secure(floor: Floor, settings: Settings) -> None:
    settings.SECURE = True
    client = Client()
    client.post(CREDENTIAL, headers={"origin": ORIGIN, "host": HOST})
    cookie = client.cookies["__Host-screen"]
    assert cookie["secure"]
    assert cookie["path"] == "/"


@pytest.mark.parametrize("origin", ["https://evil.example.com", "null", "", "http://wall.localhost.evil.example"])
def test_another_sites_page_cannot_have_a_tvs_credential_replaced(floor: Floor, origin: str) -> None:
    response = Client().post(CREDENTIAL, headers={"origin": origin, "host": HOST})
    assert response.status_code == 403
    assert not response.cookies


def test_the_public_address_is_the_sites_own(floor: Floor, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://wall.example.com"
    response = Client().post(CREDENTIAL, headers={"origin": "https://wall.example.com", "host": HOST})
    assert response.status_code == 200


def test_the_credential_is_asked_for_by_post_only(floor: Floor) -> None:
    assert Client().get(CREDENTIAL, headers={"host": HOST}).status_code == 405


def test_a_paired_tv_may_fetch_its_board_in_a_frame_and_nothing_else(floor: Floor, tv: Tv) -> None:
    tv.paired(floor)
    Wallboard.objects.create(slug="orders", title="Orders", team=floor.sales)
    page = tv.client.get("/screen/wallboards/sales/")
    assert page.status_code == 200
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page["Content-Security-Policy"]
    assert '"socket": "/ws/screen/wallboards/sales/"' in page.content.decode().replace("\\u002D", "-")
    assert tv.client.get("/screen/wallboards/orders/").status_code == 403
    assert tv.client.get("/screen/wallboards/no-such/").status_code == 403
    for address in ("/", "/wallboards/sales/", "/admin/", "/screens/pair/", "/wallboards/sales/edit/"):
        assert tv.client.get(address).status_code == 302
    assert tv.client.get("/wallboards/sales/tiles/waiting/data.csv").status_code == 302


def test_a_revoked_tv_fetches_nothing(floor: Floor, tv: Tv) -> None:
    revoke(tv.paired(floor))
    assert tv.client.get("/screen/wallboards/sales/").status_code == 401


def test_nobody_fetches_a_screens_board_with_a_session(floor: Floor) -> None:
    root = Client()
    root.force_login(floor.users["root"], backend="django.contrib.auth.backends.ModelBackend")
    assert root.get("/screen/wallboards/sales/").status_code == 401
