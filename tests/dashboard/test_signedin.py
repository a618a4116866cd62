"""Screens on a wall stay signed in for as long as they show something."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.test import Client

from dashboard.models import Rotation, RotationStep
from tests.dashboard.floor import Floor


@pytest.fixture
def client(floor: Floor, settings: Any) -> Client:
    # Hashed names need collected files.
    settings.STORAGES = django_settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    rotation = Rotation.objects.create(slug="hall", title="Entrance hall", team=floor.sales)
    RotationStep.objects.create(rotation=rotation, wallboard=floor.board, seconds=20, order=0)
    client = Client()
    client.force_login(floor.users["ben"], backend="django.contrib.auth.backends.ModelBackend")
    return client


def days_left() -> int:
    return (Session.objects.get().expire_date - datetime.now(UTC) + timedelta(minutes=10)).days


@pytest.mark.parametrize("path", ["/wallboards/sales/", "/rotate/hall/", "/rotate/hall/steps.json"])
def test_a_wall_renews_its_sign_in_once_a_day(client: Client, path: str) -> None:
    assert client.get(path).cookies["sessionid"]["max-age"] == 90 * 86_400
    assert "sessionid" not in client.get(path).cookies
    session = client.session
    session["renewed"] -= 86_400
    session.save()
    Session.objects.update(expire_date=datetime.now(UTC) + timedelta(days=2))
    assert "sessionid" in client.head(path).cookies
    assert days_left() == 90


def test_other_pages_do_not(client: Client) -> None:
    Session.objects.update(expire_date=datetime.now(UTC) + timedelta(days=2))
    assert "sessionid" not in client.get("/help/").cookies
    assert client.get("/wallboards/nowhere/").status_code == 404
    assert days_left() == 2
