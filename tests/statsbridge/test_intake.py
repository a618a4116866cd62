"""What is known of a series after this and that came in."""

import logging
from typing import Any

import pytest

from statsbridge.clock import Clock
from statsbridge.configuration import WantedSeries
from statsbridge.history import Row, Sampler
from statsbridge.intake import UNREADABLE, Intake
from statsbridge.messages import Link, LinkState
from statsbridge.store import Store


class FixedClock(Clock):
    def now(self) -> int:
        return 10_000


class Scene:
    def __init__(self, unit: str = "count") -> None:
        self.unit = unit
        self.store = Store("main", "e", Link(LinkState.CONNECTING, 0))
        self.sampler = Sampler(10_000)
        self.intake = Intake(self.store, self.sampler, FixedClock(), {})
        self.want(1)

    def want(self, *series: int, statistic: str = "N") -> None:
        self.intake.change(
            {one: WantedSeries(one, self.unit, "Queue", str(one), {"name": statistic}) for one in series}
        )

    def known(self, series: int = 1) -> Any:
        reading = self.store.get(series)
        return reading.to_wire() if reading is not None else None

    def samples(self) -> list[Row]:
        return self.sampler.take(10_000, everything=True)


def test_a_wanted_series_is_pending_until_a_value_comes() -> None:
    scene = Scene()
    assert scene.known() == [None, None, "pending"]
    scene.intake.accept(1, {"intValue": 4}, 50)
    assert scene.known() == [4, 50, "ok"]


def test_an_older_value_is_dropped_and_one_of_the_same_moment_is_taken() -> None:
    scene = Scene()
    for value, at in ((4, 50), (3, 49), (5, 50)):
        scene.intake.accept(1, value, at)
    assert scene.known() == [5, 50, "ok"]


def test_once_times_are_forgotten_an_older_value_is_taken() -> None:
    scene = Scene()
    scene.intake.accept(1, 4, 50)
    scene.intake.forget_times()
    scene.intake.accept(1, 3, 10)
    assert scene.known() == [3, 10, "ok"]


def test_a_value_without_a_time_has_that_of_its_receipt() -> None:
    scene = Scene()
    scene.intake.accept(1, 4, None)
    assert scene.known() == [4, 10_000, "ok"]


@pytest.mark.parametrize("raw", [None, {}])
def test_a_statistic_that_is_open_without_a_value_is_pending_or_stale(raw: Any) -> None:
    scene = Scene()
    scene.intake.accept(1, raw, 5)
    assert scene.known() == [None, None, "pending"]
    scene.intake.accept(1, 4, 6)
    scene.intake.accept(1, raw, 7)
    assert scene.known() == [4, 6, "stale"]


def test_an_unreadable_value_is_logged_once_and_makes_the_old_one_stale(caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene()
    scene.intake.accept(1, 4, 50)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            scene.intake.accept(1, {"stringValue": "<html>"}, 51)
    assert scene.known() == [4, 50, "stale", UNREADABLE]
    assert len(caplog.records) == 1


def test_a_value_that_is_not_applicable_is_known() -> None:
    scene = Scene("percent")
    scene.intake.accept(1, {"intValue": 0, "stringValue": "N/A"}, 50)
    assert scene.known() == [None, 50, "ok"]


def test_numbers_are_sampled_and_rejections_end_the_line() -> None:
    scene = Scene()
    scene.intake.accept(1, 4, 50)
    scene.intake.reject(1, "Statistic not found")
    assert scene.known() == [None, None, "rejected", "Statistic not found"]
    assert scene.samples() == [(1, 10_000, 4.0), (1, 10_001, None)]


def test_texts_are_not_sampled() -> None:
    scene = Scene("text")
    scene.intake.accept(1, "7", 50)
    assert scene.samples() == []


def test_a_series_that_is_not_wanted_is_forgotten() -> None:
    scene = Scene()
    scene.intake.accept(1, 4, 50)
    scene.want(2)
    scene.intake.accept(1, 5, 51)
    assert scene.known() is None
    assert scene.known(2) == [None, None, "pending"]


def test_an_edited_series_does_not_show_what_it_was_before() -> None:
    scene = Scene()
    scene.intake.accept(1, 4, 50)
    scene.want(1, statistic="Other")
    assert scene.known() == [None, None, "pending"]
    scene.intake.accept(1, 1, 10)
    assert scene.known() == [1, 10, "ok"]
