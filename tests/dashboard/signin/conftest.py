"""A floor whose people may sign in with Genesys."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from dashboard.models import Membership, TeamRule
from statsbridge.models import Connection
from statsbridge.simulator.tokens import Credentials
from tests.dashboard.floor import Floor
from tests.dashboard.signin.centre import Centre, running

SITE = "http://testserver"


@pytest.fixture(scope="module")
def service() -> Iterator[Centre]:
    with running() as centre:
        yield centre


@pytest.fixture
def centre(service: Centre) -> Iterator[Centre]:
    yield service
    service.order("reset")


@pytest.fixture
def connected(floor: Floor, centre: Centre, settings: Settings) -> Floor:
    """Supervisors are editors of sales, and whoever has the privilege may look at service."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.ALLOWED_HOSTS = ["testserver", "wall.localhost"]
    settings.GENESYS_SIGN_IN = "main"
    keys = Credentials()
    connection = Connection.objects.get(name="main")
    connection.api_url, connection.api_key = centre.url, keys.api_key
    connection.client_id, connection.client_secret = keys.client_id, keys.client_secret
    connection.username, connection.password = keys.username, keys.password
    connection.save()
    TeamRule.objects.create(team=floor.sales, value="ROLE_SUPERVISOR", role=Membership.Role.EDITOR)
    TeamRule.objects.create(
        team=floor.service, claim="privileges", value="statistics.read", role=Membership.Role.VIEWER
    )
    return floor
