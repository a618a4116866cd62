"""The sample configuration, and an owner who is signed in."""

import pytest
from django.test import Client
from pytest_django import Settings

from tests.dashboard.admin.pages import client_of
from tests.dashboard.configfile.files import apply


@pytest.fixture
def stored(db: None, settings: Settings) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    apply()


@pytest.fixture
def owner(stored: None) -> Client:
    return client_of("owner", superuser=True)
