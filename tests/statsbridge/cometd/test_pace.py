"""Waiting between attempts."""

from collections.abc import Iterator

from statsbridge.backoff import MOST_SECONDS
from statsbridge.cometd.pace import Pace


def one_two() -> Iterator[float]:
    yield from (1.0, 2.0)


def test_it_waits_longer_with_each_failure() -> None:
    pace = Pace(one_two)
    assert [pace.failed(), pace.failed(), pace.failed()] == [1.0, 2.0, MOST_SECONDS]


def test_a_proof_of_life_starts_the_delays_anew() -> None:
    pace = Pace(one_two)
    pace.failed()
    pace.reset()
    assert pace.failed() == 1.0


def test_a_session_lost_once_is_replaced_at_once() -> None:
    assert Pace(one_two).lost() == 0.0


def test_a_session_lost_by_a_service_that_was_away_is_replaced_at_once() -> None:
    pace = Pace(one_two)
    pace.failed()
    assert [pace.lost(), pace.lost()] == [0.0, 2.0]


def test_a_session_lost_again_has_to_wait() -> None:
    pace = Pace(one_two)
    pace.lost()
    assert [pace.lost(), pace.lost()] == [1.0, 2.0]
