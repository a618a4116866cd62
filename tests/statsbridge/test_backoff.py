"""Pauses between tries."""

from itertools import islice

from statsbridge.backoff import Backoff, full_jitter


def test_the_ceiling_doubles_up_to_five_seconds() -> None:
    ceilings = list(islice(full_jitter(uniform=lambda least, most: most), 5))
    assert ceilings == [1.0, 2.0, 4.0, 5.0, 5.0]


def test_a_pause_is_never_under_half_a_second() -> None:
    assert list(islice(full_jitter(uniform=lambda least, most: least), 4)) == [0.5] * 4


def test_a_real_pause_stays_within_the_range() -> None:
    first, again = (list(islice(full_jitter(), 200)) for _ in range(2))
    assert first != again
    assert all(0.5 <= pause <= 5.0 for pause in first)


def test_a_reset_starts_small_again() -> None:
    backoff = Backoff(lambda: full_jitter(uniform=lambda least, most: most))
    assert [backoff.next(), backoff.next()] == [1.0, 2.0]
    backoff.reset()
    assert backoff.next() == 1.0
