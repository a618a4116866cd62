"""The list of sign-ins and tokens: all for superusers, those of their team's keys for managers."""

import pytest
from django.test import Client
from django.urls import reverse

from dashboard.guard import records
from dashboard.guard.models import AccessRecord
from dashboard.guard.records import Kind
from tests.dashboard.floor import Floor
from tests.dashboard.test_permissions import client_of, owned

__all__ = ["owned"]
pytestmark = pytest.mark.django_db
PAGE = "admin:dashboard_accessrecord_changelist"


@pytest.fixture
def recorded(owned: Floor) -> Floor:
    records.record(Kind.SIGNED_IN, user=owned.users["ben"].pk, address="198.51.100.7")
    records.record(Kind.SIGN_IN_FAILED, detail="no such account", address="203.0.113.9")
    records.record(Kind.TOKEN_REFUSED, key="k1", team=owned.sales.pk, detail="token_expired", count=41)
    records.record(Kind.TOKEN_ADMITTED, key="k2", team=owned.service.pk, detail="service-board")
    return owned


def shown(client: Client) -> str:
    return client.get(reverse(PAGE)).content.decode()


def test_a_superuser_reads_all_of_it(recorded: Floor) -> None:
    page = shown(client_of(recorded, "root"))
    for word in ("ben", "198.51.100.7", "no such account", "expired", "41", "service-board", "k2"):
        assert word in page


def test_a_manager_reads_what_concerns_the_teams_keys(recorded: Floor) -> None:
    page = shown(client_of(recorded, "maya"))
    assert "expired" in page
    for word in ("198.51.100.7", "no such account", "service-board"):
        assert word not in page


def test_nothing_that_is_past_its_time_is_shown(recorded: Floor) -> None:
    AccessRecord.objects.filter(key="k2").update(last_at="2020-01-01T00:00:00Z", at="2020-01-01T00:00:00Z")
    assert "service-board" not in shown(client_of(recorded, "root"))
    assert not AccessRecord.objects.filter(key="k2").exists()
