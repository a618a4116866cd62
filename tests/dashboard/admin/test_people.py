"""Pages of accounts: nobody locks everybody out, and the page says how a new person gets in."""

from html import unescape

import pytest
from auditlog.models import LogEntry
from django.contrib.admin.models import LogEntry as AdminRecord
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dashboard.mail import mail_settings
from tests.dashboard.admin.pages import act, change, client_of

pytestmark = pytest.mark.django_db
OWN = "You cannot delete your own account. Another superuser can."


@pytest.fixture(autouse=True)
def plain_static(settings: Settings) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture
def root() -> Client:
    return client_of("root", superuser=True)


def person(name: str) -> User:
    return get_user_model().objects.get(username=name)


def address(name: str, page: str = "change") -> str:
    return reverse(f"admin:auth_user_{page}", args=[person(name).pk])


def shown(client: Client, url: str) -> str:
    return unescape(client.get(url).content.decode())


def test_nobody_deletes_their_own_account(root: Client) -> None:
    for answer in (root.get(address("root", "delete"), follow=True), root.post(address("root", "delete"), follow=True)):
        assert OWN in answer.content.decode()
    asked = act(root, User, "delete_selected", [person("root")])
    assert OWN in asked.content.decode()
    act(root, User, "delete_selected", [person("root")], post="yes")
    assert person("root").is_superuser


def test_nobody_takes_rights_from_their_own_account(root: Client) -> None:
    assert "This is your own account: another superuser" in shown(root, address("root"))
    assert change(root, person("root"), first_name="Robin").status_code == 302
    found = person("root")
    assert (found.first_name, found.is_active, found.is_staff, found.is_superuser) == ("Robin", True, True, True)


def test_another_account_goes_with_what_it_did_left_in_the_history(root: Client) -> None:
    other = client_of("maria", superuser=True)
    assert change(other, person("root"), first_name="Robin").status_code == 302
    assert AdminRecord.objects.filter(user=person("maria")).exists()
    page = shown(root, address("maria", "delete"))
    for told in ("Log entr", "Log-", "Changes:", "Changed"):
        assert told not in page, told
    assert root.post(address("maria", "delete"), {"post": "yes"}).status_code == 302
    assert not User.objects.filter(username="maria").exists()
    assert LogEntry.objects.filter(object_repr="root").exists()


def test_the_page_of_a_person_says_how_they_get_in(root: Client, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://wall.example.com"
    maria = get_user_model().objects.create_user("maria", "maria@example.com")
    page = address("maria")
    assert "Not yet: set a password and tell the person." in shown(root, page)
    maria.set_password("a-sample-word")
    maria.save()
    assert "the address https://wall.example.com/accounts/login/; nothing is sent. Or they choose" in shown(root, page)
    settings.EMAIL_BACKEND = mail_settings("")["EMAIL_BACKEND"]
    assert "Or they choose a password themselves" not in shown(root, page)
    settings.LOCAL_SIGN_IN = "superusers"
    assert "signing in with a password is switched off" in shown(root, page)
    settings.GENESYS_SIGN_IN = "main"
    assert "With Genesys at https://wall.example.com/accounts/login/." in shown(root, page)
    maria.is_active = False
    maria.save()
    assert "the account is not active" in shown(root, page)
