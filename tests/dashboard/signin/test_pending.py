"""The cookie of sign-ins that were begun: the server's alone, no longer than browsers take, and nothing else's."""

import json

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from dashboard.signin.pending import BYTES_MOST, MOST, SECONDS, cookie_name
from statsbridge.encryption import encrypt
from tests.dashboard.floor import Floor
from tests.dashboard.signin.centre import query_of
from tests.dashboard.signin.test_views import BACK, begin


def test_asking_for_the_form_leaves_nothing_behind_here(connected: Floor) -> None:
    client = Client()
    states = [query_of(begin(client))["state"] for _ in range(MOST + 2)]
    assert not Session.objects.exists()
    cookie = client.cookies[cookie_name()]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", SECONDS)
    assert not [one for one in states if one in cookie.value]
    assert len(cookie.value) < 4000
    # Of several tabs the last ones count.
    assert client.get(BACK, {"state": states[0], "error": "access_denied"}).status_code == 400
    assert client.get(BACK, {"state": states[-1], "error": "access_denied"}).status_code == 403
    assert client.get(BACK, {"state": states[-1], "error": "access_denied"}).status_code == 400


@pytest.mark.parametrize("next_", ["/help/?" + "x" * 490, "/help/?" + "ä" * 490, "/help/?" + "\U0001f600" * 490])
def test_the_cookie_is_never_too_long_for_a_browser(connected: Floor, next_: str) -> None:
    client = Client()
    states = [query_of(begin(client, next_))["state"] for _ in range(MOST)]
    assert len(client.cookies[cookie_name()].value) <= BYTES_MOST
    assert client.get(BACK, {"state": states[0], "error": "access_denied"}).status_code == 400
    assert client.get(BACK, {"state": states[-1], "error": "access_denied"}).status_code == 403


@pytest.mark.parametrize("value", ["x", "gAAAAAB", "é"])
def test_a_cookie_that_is_none_of_ours_is_none(connected: Floor, value: str) -> None:
    client = Client()
    for one in (value, encrypt("[]"), encrypt(json.dumps({"for": "else", "held": {"s": {}}}))):
        client.cookies[cookie_name()] = one
        assert client.get(BACK, {"state": "s", "code": "c"}).status_code == 400


def test_behind_tls_the_cookie_is_this_hosts_only(connected: Floor, settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    client = Client()
    begin(client)
    cookie = client.cookies["__Host-genesys-pending"]
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
