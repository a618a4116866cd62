"""The record of who came in."""

import logging
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.utils import timezone
from pytest_django import Settings

from dashboard.guard import records
from dashboard.guard.models import AccessRecord
from dashboard.guard.records import Kind

pytestmark = pytest.mark.django_db


def rows() -> list[tuple[str, int]]:
    return list(AccessRecord.objects.order_by("pk").values_list("kind", "count"))


def test_what_is_alike_in_one_hour_is_one_row() -> None:
    now = timezone.now().replace(minute=5)
    for minutes in (0, 10, 20, 90):
        records.record(Kind.TOKEN_ADMITTED, key="k1", at=now + timedelta(minutes=minutes))
    records.record(Kind.TOKEN_ADMITTED, key="k2", at=now)
    assert rows() == [("token_admitted", 3), ("token_admitted", 1), ("token_admitted", 1)]
    first = AccessRecord.objects.earliest("pk")
    assert first.last_at - first.at == timedelta(minutes=20)


def test_an_address_is_kept_only_where_the_setting_says_so(settings: Settings) -> None:
    settings.ACCESS_ADDRESS_DAYS = 0
    records.record(Kind.SIGN_IN_FAILED, address="198.51.100.7")
    records.record(Kind.SIGN_IN_FAILED, address="198.51.100.8")
    assert rows() == [("sign_in_failed", 2)]
    settings.ACCESS_ADDRESS_DAYS = 7
    records.record(Kind.SIGN_IN_FAILED, address="198.51.100.7")
    assert list(AccessRecord.objects.order_by("pk").values_list("address", flat=True)) == ["", "198.51.100.7"]


def test_what_is_past_its_time_goes_and_addresses_go_before(settings: Settings) -> None:
    settings.ACCESS_RECORD_DAYS, settings.ACCESS_ADDRESS_DAYS = 30, 7
    for days in (31, 8, 6):
        records.record(Kind.SIGN_IN_FAILED, address="198.51.100.7", at=timezone.now() - timedelta(days=days))
    records.forget_old()
    assert list(AccessRecord.objects.order_by("pk").values_list("address", flat=True)) == ["", "198.51.100.7"]


def test_a_flood_of_new_rows_looks_for_old_ones_once_a_minute() -> None:
    cache.clear()
    old = timezone.now() - timedelta(days=400)
    AccessRecord.objects.create(group="old", kind=Kind.SIGNED_IN, at=old, last_at=old)
    records.record(Kind.SIGN_IN_FAILED, address="198.51.100.7")
    assert rows() == [("sign_in_failed", 1)]
    AccessRecord.objects.create(group="old", kind=Kind.SIGNED_IN, at=old, last_at=old)
    records.record(Kind.SIGN_IN_FAILED, address="198.51.100.8")
    assert ("signed_in", 1) in rows()


def test_a_flood_from_everywhere_makes_a_bounded_number_of_rows() -> None:
    for number in range(50):
        records.record(Kind.SIGN_IN_FAILED, address=f"198.51.100.{number}", groups_most=5)
    assert len(rows()) == 6
    assert sum(count for _, count in rows()) == 50


def test_a_name_that_belongs_to_no_account_is_kept_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    maria = get_user_model().objects.create_user("maria")
    with caplog.at_level(logging.DEBUG):
        records.tried(Kind.SIGN_IN_FAILED, "my-sample-password", None)
        records.tried(Kind.SIGN_IN_FAILED, "maria", None)
    assert "my-sample-password" not in str(list(AccessRecord.objects.values())) + caplog.text
    assert list(AccessRecord.objects.order_by("pk").values_list("user", flat=True)) == [None, maria.pk]


def test_a_person_who_is_deleted_takes_the_name_along() -> None:
    maria = get_user_model().objects.create_user("maria")
    records.record(Kind.SIGNED_IN, user=maria.pk)
    maria.delete()
    assert AccessRecord.objects.get().user is None
