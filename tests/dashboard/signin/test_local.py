"""Signing in with a password can be left to superusers, or switched off."""

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client, RequestFactory
from pytest_django import Settings

from dashboard.checks import check_redirect_uri, check_ways_in
from tests.dashboard.floor import Floor

PASSWORD = "sample-password-1"
PLACES = ("/accounts/login/", "/admin/login/")


@pytest.fixture
def people(connected: Floor) -> Floor:
    for name in ("eva", "root"):
        connected.users[name].refresh_from_db()
        connected.users[name].set_password(PASSWORD)
        connected.users[name].save()
    return connected


def signs_in(name: str, place: str) -> bool:
    client = Client()
    client.post(place, {"username": name, "password": PASSWORD})
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("value", "allowed"), [("on", {"eva", "root"}), ("superusers", {"root"}), ("off", set())])
def test_who_may_sign_in_with_a_password(
    people: Floor, settings: Settings, place: str, value: str, allowed: set[str]
) -> None:
    settings.LOCAL_SIGN_IN = value
    assert {name for name in ("eva", "root") if signs_in(name, place)} == allowed


@pytest.mark.parametrize("place", PLACES)
def test_switched_off_there_is_no_form_and_a_post_says_why(people: Floor, settings: Settings, place: str) -> None:
    settings.LOCAL_SIGN_IN = "off"
    page = Client().get(place).content.decode()
    assert 'type="password"' not in page
    assert "Sign in with Genesys" in page
    said = Client().post(place, {"username": "root", "password": PASSWORD}).content.decode()
    assert "Nobody signs in with a password here." in said


def test_somebody_who_may_not_hears_what_a_wrong_password_hears(people: Floor, settings: Settings) -> None:
    settings.LOCAL_SIGN_IN = "superusers"

    def said(**form: str) -> Any:
        return Client().post("/accounts/login/", form).context["form"].non_field_errors()

    assert said(username="eva", password=PASSWORD) == said(username="eva", password="wrong")


def test_switched_off_there_are_no_pages_about_passwords(people: Floor, settings: Settings) -> None:
    client = Client()
    client.force_login(people.users["root"], backend="django.contrib.auth.backends.ModelBackend")
    change = ["/accounts/password_change/", "/accounts/password_change/done/"]
    change += ["/admin/password_change/", "/admin/password_change/done/"]
    reset = ["/accounts/password_reset/", "/accounts/password_reset/done/"]
    reset += ["/accounts/reset/MQ/x/", "/accounts/reset/done/"]
    for value, status in (("superusers", 200), ("off", 404)):
        settings.LOCAL_SIGN_IN = value
        assert {path: client.get(path).status_code for path in change + reset} == dict.fromkeys(change + reset, status)
    assert client.get("/accounts/login/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302


def test_both_ways_are_offered_with_genesys_first(people: Floor) -> None:
    page = Client().get("/accounts/login/", {"next": "/help/"}).content.decode()
    assert page.index('href="/accounts/genesys/?next=%2Fhelp%2F"') < page.index('type="password"')


def test_the_form_is_folded_only_where_it_is_for_administrators(people: Floor, settings: Settings) -> None:
    for value, folded in (("on", False), ("superusers", True)):
        settings.LOCAL_SIGN_IN = value
        page = Client().get("/accounts/login/").content.decode()
        (opening,) = re.findall(r"<details class=\"other-way\"([^>]*)>", page)
        assert ("open" not in opening) is folded


def test_an_installation_that_nobody_can_enter_is_refused(settings: Settings) -> None:
    settings.LOCAL_SIGN_IN, settings.GENESYS_SIGN_IN, settings.PUBLIC_URL = "off", "", ""
    assert [one.id for one in check_ways_in()] == ["dashboard.E010"]
    settings.GENESYS_SIGN_IN = "main"
    assert check_ways_in() == []
    assert [one.id for one in check_redirect_uri()] == ["dashboard.W010"]
    settings.PUBLIC_URL = "https://wall.example.com"
    assert check_redirect_uri() == []


def test_an_account_of_genesys_has_no_password_to_sign_in_with(people: Floor) -> None:
    user = get_user_model().objects.create_user("anna@sample.example")
    assert not Client().login(request=RequestFactory().post("/"), username=user.username, password="")
    assert not signs_in(user.username, PLACES[0])
