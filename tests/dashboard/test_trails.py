"""Recent points, by value; times in ms."""

import json
from pathlib import Path
from typing import Any

import pytest

from dashboard.trails import POINTS_MOST, Trail

MINUTE = 60_000
#: Steps are [now, the value's own time, value]; the browser's points are tested by the same.
CASES = json.loads((Path(__file__).parent / "trail_cases.json").read_text(encoding="utf-8"))


def test_it_continues_what_the_database_had() -> None:
    trail = Trail(60, 10, [[1000, 5.0], [11_000, 6.0]])
    trail.add(7, 21_000, 21_000)
    assert trail.points(21_000) == [[1000, 5.0], [11_000, 6.0], [21_000, 7]]


def test_the_last_point_before_the_window_stands_at_its_beginning() -> None:
    trail = Trail(1, 10, [[0, 1.0], [10_000, 2.0]])
    assert trail.points(5 * MINUTE) == [[4 * MINUTE, 2.0]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_it_keeps_the_rule_that_browsers_keep_too(case: dict[str, Any]) -> None:
    trail = Trail(60, 10)
    for now, at, value in case["steps"]:
        trail.add(value, at, now)
    assert trail.points(case["steps"][-1][0]) == case["points"]


def test_a_long_window_has_at_most_360_points() -> None:
    trail = Trail(480, 10)
    for tick in range(3 * 360 * 8):
        trail.add(tick, tick * 10_000, tick * 10_000)
    assert len(trail.points(3 * 360 * 8 * 10_000)) <= POINTS_MOST


def test_a_value_that_comes_and_goes_needs_bounded_memory() -> None:
    trail = Trail(60, 10)
    for tick in range(10_000):
        trail.add(tick if tick % 2 else None, tick, tick)
    assert len(trail.points(10_000)) <= POINTS_MOST
