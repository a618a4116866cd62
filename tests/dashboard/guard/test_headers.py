"""The headers of every page there is, found by the resolver, and of those that fail."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from dashboard.guard.headers import PERMISSIONS_POLICY
from tests.dashboard.floor import Floor
from tests.dashboard.test_permissions import POSTED, address_of, client_of, found_routes, owned

__all__ = ["owned"]
pytestmark = pytest.mark.django_db
NEVER_IN_SCRIPTS = ("'unsafe-inline'", "'unsafe-eval'", "*", "data:", "http:", "https:")


def directives(response: HttpResponse) -> dict[str, list[str]]:
    policy = response["Content-Security-Policy"]
    return {words[0]: words[1:] for words in (part.split() for part in policy.split(";") if part.strip())}


def check(response: HttpResponse, *, framed: bool = False) -> None:
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Permissions-Policy"] == PERMISSIONS_POLICY
    if framed:
        assert "X-Frame-Options" not in response
    else:
        assert response["X-Frame-Options"] in ("DENY", "SAMEORIGIN")
    policy = directives(response)
    assert policy["object-src"] == policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    assert policy["default-src"] == ["'self'"]
    scripts = policy["script-src"]
    assert not [one for one in scripts if one in NEVER_IN_SCRIPTS], scripts
    if not framed:
        assert policy["frame-ancestors"] in (["'none'"], ["'self'"])


@pytest.mark.parametrize("route", list(found_routes()))
def test_every_page_has_them_for_everybody(owned: Floor, route: str) -> None:
    address = address_of(route, owned)
    for person in ("nobody", "omar", "root"):
        client = client_of(owned, person)
        response = client.post(address, {}, "application/json") if route in POSTED else client.get(address)
        check(response, framed=route == "embed")
        text = b"" if response.streaming else response.content
        for script in re.findall(rb"<script\b[^>]*>", text):
            assert b" src=" in script or b"json" in script or b"importmap" in script or b"nonce=" in script, script
        assert not re.search(rb"""\son[a-z]+=["']|javascript:""", text), "handlers in attributes do not run"


def test_pages_that_fail_have_them_too(owned: Floor, settings: Settings) -> None:
    client = Client(raise_request_exception=False)
    check(client.get("/nowhere/"))
    check(client.post("/accounts/logout/", headers={"Origin": "https://evil.example.com"}))
    check(client_of(owned, "omar").get("/wallboards/sales/"))


def test_a_wallboard_may_sound_stay_awake_and_fill_the_screen_and_nothing_else() -> None:
    allowed = re.findall(r"([a-z-]+)=\(self\)", PERMISSIONS_POLICY)
    assert allowed == ["autoplay", "screen-wake-lock", "fullscreen"]
    assert "camera=()" in PERMISSIONS_POLICY
    assert finders.find("dashboard/js/main.js")
