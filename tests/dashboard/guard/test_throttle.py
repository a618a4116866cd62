"""Counting tries."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dashboard.guard import throttle
from dashboard.guard.models import TryCount
from dashboard.guard.throttle import Counted, Limit

pytestmark = pytest.mark.django_db
THREE = Counted(Limit("tries", 3, 600), "maria at home")
OTHER = Counted(Limit("tries", 3, 600), "maria at work")


def an_hour_later() -> None:
    for row in TryCount.objects.all():
        TryCount.objects.filter(pk=row.pk).update(ends_at=row.ends_at - timedelta(hours=1))


def test_beyond_the_limit_one_waits_until_the_window_ends() -> None:
    assert [throttle.take([THREE]) for _ in range(3)] == [0, 0, 0]
    assert 590 < throttle.take([THREE]) <= 600
    assert throttle.take([OTHER]) == 0


def test_what_is_refused_counts_for_nothing_and_writes_nothing() -> None:
    for _ in range(3):
        throttle.take([THREE])
    before = list(TryCount.objects.values_list())
    for _ in range(5):
        assert throttle.take([THREE, OTHER]) > 0
    assert list(TryCount.objects.values_list()) == before


def test_when_the_window_is_over_it_begins_anew_and_old_counts_are_gone() -> None:
    for _ in range(3):
        throttle.take([THREE])
    throttle.take([OTHER])
    an_hour_later()
    assert throttle.take([THREE]) == 0
    assert TryCount.objects.count() == 1
    assert TryCount.objects.get().ends_at > timezone.now()


def test_a_success_is_forgiven_and_another_try_given_back() -> None:
    for _ in range(3):
        throttle.take([THREE, OTHER])
    throttle.forgive(THREE)
    throttle.give_back(OTHER)
    assert throttle.take([THREE, OTHER]) == 0
    assert throttle.take([OTHER]) > 0


def test_nothing_of_what_is_counted_can_be_read_in_the_database() -> None:
    throttle.take([THREE])
    assert "maria" not in str(list(TryCount.objects.values()))
