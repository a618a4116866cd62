"""Sign-in with Genesys, from the button to the page that was asked for, against the simulated service."""

import json
import logging
import threading
from typing import Any

import httpx
import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from dashboard.models import AccessRecord, GenesysAccount, GenesysSession, Membership
from dashboard.signin.pending import SECONDS, cookie_name
from statsbridge.encryption import decrypt, encrypt
from statsbridge.models import Connection
from tests.dashboard.floor import Floor
from tests.dashboard.signin.centre import Centre, path_of, query_of

START, BACK = "/accounts/genesys/", "/accounts/genesys/callback/"


def begin(client: Client, after: str = "") -> str:
    response = client.get(START, {"next": after} if after else {})
    assert response.status_code == 302
    return str(response["Location"])


def come_back(client: Client, centre: Centre, name: str, after: str = "", **how: Any) -> Any:
    return client.get(path_of(centre.answer(begin(client, after), name, **how)))


def user_of(client: Client) -> Any:
    key = client.session.get("_auth_user_id")
    return get_user_model().objects.get(pk=key) if key else None


def test_a_supervisor_signs_in_and_is_where_the_rules_put_them(connected: Floor, centre: Centre) -> None:
    client = Client()
    response = come_back(client, centre, "supervisor", "/wallboards/sales/")
    assert (response.status_code, response["Location"]) == (302, "/wallboards/sales/")
    user = user_of(client)
    assert (user.username, user.first_name, user.email) == (
        "supervisor@sample.example", "Supervisor", "supervisor@sample.example",
    )  # fmt: skip
    assert not user.has_usable_password()
    assert not user.is_superuser
    assert user.is_staff
    roles = {one.team.name: (one.role, one.by_rule) for one in Membership.objects.filter(user=user)}
    assert roles == {"sales": ("editor", True), "service": ("viewer", True)}
    page = client.get("/wallboards/sales/")
    assert page.status_code == 200
    assert "Change password" not in client.get("/").content.decode()


def test_the_second_time_it_is_the_same_account(connected: Floor, centre: Centre) -> None:
    first, second = Client(), Client()
    come_back(first, centre, "supervisor")
    come_back(second, centre, "supervisor")
    assert user_of(first) == user_of(second)
    assert GenesysSession.objects.count() == 2


def test_the_form_gets_the_exact_redirect_uri_and_a_state_of_this_browser(connected: Floor, settings: Settings) -> None:
    settings.PUBLIC_URL = "http://testserver"
    query = query_of(begin(Client()))
    assert query["redirect_uri"] == f"http://testserver{BACK}"
    assert query["code_challenge_method"] == "S256"
    assert query["state"] != query_of(begin(Client()))["state"]


def test_it_starts_at_the_public_address_where_nobody_is_led_in_circles(connected: Floor, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://wall.example.com"
    led = begin(Client(), "/help/")
    assert led == "https://wall.example.com/accounts/genesys/?next=%2Fhelp%2F&moved=1"
    # A proxy that does not pass on what it was asked.
    for path in (path_of(led), f"{START}?moved=1"):
        response = Client().get(path)
        assert response.status_code == 503
        assert "http://testserver" in response.content.decode()
        assert "https://wall.example.com" in response.content.decode()


@pytest.mark.parametrize("public", ["http://TestServer", "http://testserver:80", "HTTP://testserver"])
def test_the_public_address_may_be_written_in_several_ways(connected: Floor, settings: Settings, public: str) -> None:
    settings.PUBLIC_URL = public
    assert query_of(begin(Client()))["state"]


def test_without_a_public_address_a_pattern_of_hosts_is_not_enough(connected: Floor, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    response = Client().get(START)
    assert response.status_code == 503
    assert "PUBLIC_URL" in response.content.decode()


def test_where_it_is_not_set_up_there_is_no_such_page(connected: Floor, settings: Settings) -> None:
    for name in ("", "nowhere"):
        settings.GENESYS_SIGN_IN = name
        assert Client().get(START).status_code == 404
    settings.GENESYS_SIGN_IN = ""
    assert "Genesys" not in Client().get("/accounts/login/").content.decode()


@pytest.mark.parametrize(
    "after", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example", "/" + "x" * 600]
)
def test_nobody_is_led_to_another_site(connected: Floor, centre: Centre, after: str) -> None:
    response = come_back(Client(), centre, "supervisor", after)
    assert (response.status_code, response["Location"]) == (302, "/")
    page = Client().get("/accounts/login/", {"next": after}).content.decode()
    assert f'href="{START}"' in page


# -- what goes wrong ------------------------------------------------------------------------------------------------


def test_a_wrong_password_stays_at_the_form(connected: Floor, centre: Centre) -> None:
    assert centre.answer(begin(Client()), "supervisor", password="wrong") == ""


def test_a_cancelled_sign_in_says_so(connected: Floor, centre: Centre) -> None:
    client = Client()
    response = come_back(client, centre, "supervisor", "/help/", do="cancel")
    assert response.status_code == 403
    assert "The sign-in was cancelled." in response.content.decode()
    assert f"{START}?next=%2Fhelp%2F" in response.content.decode()
    assert user_of(client) is None


def test_a_forged_state_is_refused_and_its_code_not_even_asked_about(connected: Floor, centre: Centre) -> None:
    attacker, victim = Client(), Client()
    back = centre.answer(begin(attacker), "supervisor")
    begin(victim)
    response = victim.get(path_of(back))
    assert response.status_code == 400
    assert "not started in this browser" in response.content.decode()
    assert user_of(victim) is None
    # The code was not spent on the victim.
    assert attacker.get(path_of(back)).status_code == 302


def test_what_a_stranger_puts_into_the_address_is_not_shown(connected: Floor) -> None:
    response = Client().get(BACK, {"state": "x", "error": "x", "error_description": "Call 555-0100 at once"})
    assert response.status_code == 400
    assert "555-0100" not in response.content.decode()


def test_the_words_of_the_service_are_text(connected: Floor) -> None:
    client = Client()
    state = query_of(begin(client))["state"]
    response = client.get(BACK, {"state": state, "error": "server_error", "error_description": "<b>x</b>" + "y" * 999})
    assert response.status_code == 502
    assert "&lt;b&gt;x&lt;/b&gt;" in response.content.decode()
    assert "y" * 200 not in response.content.decode()


def test_the_same_answer_twice_is_refused(connected: Floor, centre: Centre) -> None:
    client = Client()
    back = centre.answer(begin(client), "supervisor")
    assert client.get(path_of(back)).status_code == 302
    assert client.get(path_of(back)).status_code == 400


def test_a_replayed_code_is_refused_by_the_service(connected: Floor, centre: Centre) -> None:
    client, other = Client(), Client()
    back = centre.answer(begin(client), "supervisor")
    code = query_of(back)["code"]
    state = query_of(begin(other))["state"]
    assert client.get(path_of(back)).status_code == 302
    response = other.get(BACK, {"code": code, "state": state})
    assert response.status_code == 400
    assert "used already" in response.content.decode()
    assert user_of(other) is None


def test_a_sign_in_that_took_too_long_is_over(connected: Floor, centre: Centre) -> None:
    client = Client()
    back = centre.answer(begin(client), "supervisor")
    kept = json.loads(decrypt(client.cookies[cookie_name()].value))
    for row in kept["held"].values():
        row["began"] -= SECONDS
    client.cookies[cookie_name()] = encrypt(json.dumps(kept))
    assert client.get(path_of(back)).status_code == 400


def test_somebody_without_an_authority_is_told_whom_to_ask_and_can_be_somebody_else(
    connected: Floor, centre: Centre
) -> None:
    for name in ("guest", "agent"):
        client = Client()
        response = come_back(client, centre, name)
        assert response.status_code == 403
        assert "gives you no access" in response.content.decode()
        assert "/auth/v3/sign-out?global=false&amp;redirectUri=http" in response.content.decode()
        assert user_of(client) is None
    assert not GenesysAccount.objects.exists()
    record = AccessRecord.objects.get(kind=AccessRecord.Kind.SIGN_IN_FAILED)
    assert (record.detail, record.count, record.user) == ("Genesys: not admitted", 2, None)
    assert not get_user_model().objects.filter(username__contains="@").exists()


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"action": "error", "status": 503, "on": "token"}, "does not answer as it should"),
        ({"action": "garbage", "on": "token"}, "does not answer as it should"),
        ({"action": "error", "status": 401, "on": "token"}, "does not answer as it should"),
    ],
)
def test_a_service_that_fails_is_said_to(connected: Floor, centre: Centre, order: dict[str, Any], words: str) -> None:
    client = Client()
    back = centre.answer(begin(client), "supervisor")
    centre.order(**order)
    response = client.get(path_of(back))
    assert response.status_code == 502
    assert words in response.content.decode()


def test_a_wrong_client_secret_is_the_administrators_to_mend(
    connected: Floor, centre: Centre, caplog: pytest.LogCaptureFixture
) -> None:
    Connection.objects.update(client_secret="")
    connection = Connection.objects.get()
    connection.client_secret = "wrong-secret"
    connection.save()
    with caplog.at_level(logging.INFO):
        response = come_back(Client(), centre, "supervisor")
    assert response.status_code == 502
    assert "not set up rightly" in response.content.decode()
    assert "client id or secret was refused" in caplog.text
    assert "wrong-secret" not in caplog.text


def test_no_token_or_code_is_in_the_log_a_page_or_the_session(
    connected: Floor, centre: Centre, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client()
    with caplog.at_level(logging.DEBUG):
        back = centre.answer(begin(client), "supervisor")
        response = client.get(path_of(back))
    row = GenesysSession.objects.get()
    secret = {row.access_token, row.refresh_token, query_of(back)["code"]}
    own = [one.getMessage() for one in caplog.records if one.name.startswith(("dashboard", "statsbridge", "django"))]
    shown = "\n".join([*own, response["Location"], str(dict(client.session)), repr(row)])
    assert not [one for one in secret if one in shown]
    with_raw = GenesysSession.objects.extra(select={"raw": "access_token"}).values_list("raw", flat=True)
    assert row.access_token not in str(list(with_raw))


# -- the session ----------------------------------------------------------------------------------------------------


def test_the_session_gets_another_key_and_its_whole_life(connected: Floor, centre: Centre) -> None:
    client = Client()
    planted = client.session
    planted["of"] = "somebody else"
    planted.save()
    before = planted.session_key
    assert client.cookies["sessionid"].value == before
    client.get(path_of(centre.answer(begin(client), "supervisor")))
    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()
    assert client.session.get_expiry_age() > 80 * 86_400
    assert GenesysSession.objects.get().session == client.session.session_key


def test_signing_out_ends_the_tokens_and_offers_to_leave_genesys(
    connected: Floor, centre: Centre, settings: Settings
) -> None:
    for at_once in (False, True):
        settings.GENESYS_SIGN_OUT = at_once
        client = Client()
        come_back(client, centre, "supervisor")
        row = GenesysSession.objects.get()
        page = client.post("/accounts/logout/").content.decode()
        assert "Sign out of Genesys, too" in page
        assert ('http-equiv="refresh"' in page) is at_once
        assert user_of(client) is None
        assert not GenesysSession.objects.exists()
        for thread in threading.enumerate():
            if thread.name == "genesys-sign-out":
                thread.join(20)
        assert not GenesysSession.objects.filter(pk=row.pk).exists()
        headers = {"Authorization": f"Bearer {row.access_token}", "x-api-key": "sim-api-key"}
        assert httpx.get(f"{centre.url}/auth/v3/userinfo", headers=headers).status_code == 401


def test_people_with_a_password_sign_out_as_before(connected: Floor) -> None:
    client = Client()
    client.force_login(connected.users["ben"], backend="django.contrib.auth.backends.ModelBackend")
    response = client.post("/accounts/logout/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/")
