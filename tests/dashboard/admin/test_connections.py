"""The form of a connection: what it says when it refuses, and what it offers."""

import pytest
from django.test import Client
from django.urls import reverse

from statsbridge.models import Connection
from tests.dashboard.admin.pages import client_of, errors

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]
ADD = "admin:statsbridge_connection_add"
FORM = {"name": "north", "api_url": "https://gws.example.com", "timezone": "Europe/Berlin", "grant": "password",
        "client_id": "wallboard", "client_secret": "typed-secret", "username": "bridge", "password": "typed-password",
        "enabled": "on"}  # fmt: skip
AGAIN = "Type it again: a secret is not sent back to the browser."


@pytest.fixture
def owner() -> Client:
    return client_of("owner", superuser=True)


def test_a_refused_form_asks_for_the_secrets_again_that_were_typed(owner: Client) -> None:
    response = owner.post(reverse(ADD), {**FORM, "timezone": "Berlin"})
    assert "is no time zone" in errors(response)
    page = response.content.decode()
    assert page.count(AGAIN) == 2
    assert "typed-" not in page
    assert owner.post(reverse(ADD), FORM).status_code == 302
    stored = Connection.objects.get(name="north")
    url = reverse("admin:statsbridge_connection_change", args=[stored.pk])
    unchanged = owner.post(url, {**FORM, "client_secret": "", "password": "", "timezone": "Berlin"})
    assert AGAIN not in unchanged.content.decode()


def test_time_zones_are_offered_and_a_refused_name_is_told_its_letters(owner: Client) -> None:
    response = owner.post(reverse(ADD), {**FORM, "name": "süd 1"})
    assert "Only a to z, A to Z, 0 to 9, - and _" in errors(response)
    page = response.content.decode()
    assert '<option value="Europe/Berlin"></option>' in page
    assert "without /statistics/v3" in page
