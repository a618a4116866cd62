"""The plain pages: sign-in, the list of wallboards, and what is said when something is not there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.test import Client, override_settings
from django.urls import reverse

from dashboard.models import Membership, Team, Wallboard
from tests.browser.site import PLAIN_STATIC

PASSWORD = "sample-password-1"
SIGN_IN_PAGES = ["login", "password_reset", "password_reset_done", "password_reset_complete"]


@pytest.fixture(autouse=True)
def _plain_static(tmp_path: Path) -> Iterator[None]:
    with override_settings(STORAGES=PLAIN_STATIC, STATIC_ROOT=tmp_path):
        yield


@pytest.fixture
def team(db: None) -> Team:
    return Team.objects.create(name="sales", title="Sales & more")


@pytest.fixture
def member(team: Team) -> User:
    user = get_user_model().objects.create_user("maria", password=PASSWORD)
    Membership.objects.create(team=team, user=user)
    return user


def text_of(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", SIGN_IN_PAGES)
def test_a_sign_in_page_needs_nobody_signed_in(client: Client, name: str) -> None:
    assert '<section class="panel">' in text_of(client, reverse(name))


def test_a_wrong_password_says_so_and_keeps_the_way_back(client: Client, member: User) -> None:
    answer = client.post("/accounts/login/", {"username": "maria", "password": "wrong", "next": "/wallboards/sales/"})
    html = answer.content.decode()
    assert 'class="problem"' in html
    assert '<input type="hidden" name="next" value="/wallboards/sales/">' in html


def test_the_password_pages_are_the_products_own(client: Client, member: User) -> None:
    client.force_login(member)
    assert '<section class="panel">' in text_of(client, reverse("password_change"))
    assert '<section class="panel">' in text_of(client, reverse("password_change_done"))


@pytest.mark.django_db
def test_a_used_reset_link_offers_a_new_one(client: Client) -> None:
    html = text_of(client, reverse("password_reset_confirm", args=["MQ", "used-token"]))
    assert f'href="{reverse("password_reset")}"' in html


def test_the_first_page_lists_the_wallboards_with_their_teams(client: Client, member: User, team: Team) -> None:
    Wallboard.objects.create(slug="sales", title="Sales <floor>", team=team)
    client.force_login(member)
    html = text_of(client, "/")
    assert 'href="/wallboards/sales/"' in html
    assert "Sales &lt;floor&gt;" in html
    assert "Sales &amp; more" in html
    assert "/admin/" not in html


@pytest.mark.django_db
def test_the_first_page_of_a_new_installation_names_the_next_step(client: Client, admin_client: Client) -> None:
    html = text_of(admin_client, "/")
    assert "applyconfig" in html
    assert f'class="button" href="{reverse("admin:index")}"' in html


def test_signing_out_takes_a_button(client: Client, member: User) -> None:
    client.force_login(member)
    assert f'<form method="post" action="{reverse("logout")}">' in text_of(client, "/")


def test_another_teams_wallboard_says_whom_to_ask(client: Client, member: User) -> None:
    other = Team.objects.create(name="service", title="Service")
    Wallboard.objects.create(slug="service", title="Service floor", team=other)
    client.force_login(member)
    html = text_of(client, "/wallboards/service/", status=403)
    assert "Ask a manager of that team" in html
    assert "Service floor" not in html


def test_an_address_with_nothing_behind_it_leads_back(client: Client, member: User) -> None:
    client.force_login(member)
    assert f'href="{reverse("home")}"' in text_of(client, "/wallboards/nothing/", status=404)


def test_the_pages_speak_german_to_germans(client: Client, member: User) -> None:
    client.force_login(member)
    html = client.get("/", headers={"accept-language": "de"}).content.decode()
    assert '<html lang="de"' in html
    assert "Abmelden" in html


def test_a_wallboard_page_runs_only_scripts_of_its_own_site(client: Client, member: User, team: Team) -> None:
    Wallboard.objects.create(slug="sales", title="Sales floor", team=team)
    client.force_login(member)
    response = client.get("/wallboards/sales/")
    assert "'unsafe-inline'" not in response["Content-Security-Policy"].split("script-src")[1].split(";")[0]
    html = response.content.decode()
    assert re.search(r"<[^>]+ on[a-z]+=", html) is None
    for attributes in re.findall(r"<script([^>]*)>", html):
        assert 'src="/static/' in attributes or 'type="application/json"' in attributes
