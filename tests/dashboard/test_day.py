"""The last day of a series, summed up."""

from typing import Any

import pytest

from dashboard.day import last_change, summarise

ALL = ("min", "max", "average")


def test_an_average_weighs_each_value_with_the_time_it_held() -> None:
    points = [[0, 10], [1_000, 20], [4_000, 0]]
    assert summarise(points, 5_000, ALL) == {"min": [0, 4_000], "max": [20, 1_000], "average": (10 + 60 + 0) / 5}


def test_a_gap_does_not_count() -> None:
    points = [[0, 10], [1_000, None], [9_000, 20]]
    assert summarise(points, 10_000, ALL)["average"] == 15


@pytest.mark.parametrize("points", [[], [[0, None]]])
def test_nothing_is_summed_up_where_nothing_is_known(points: list[Any]) -> None:
    assert summarise(points, 1_000, ALL) == {}


def test_only_what_was_asked_for_is_there() -> None:
    assert summarise([[0, 10]], 1_000, ("max",)) == {"max": [10, 0]}
    assert summarise([[0, 10]], 1_000, ()) == {}


@pytest.mark.parametrize(
    ("points", "value", "at", "changed"),
    [
        ([[0, 1], [10, 5], [20, 5]], 5, 20, 10),
        ([[0, 1], [10, 5], [20, 5]], 7, 25, 25),
        ([[0, 5], [10, None], [20, 5]], 5, 20, None),
        ([[0, 1], [10, None], [20, 5]], 5, 20, 20),
        ([], 5, 20, None),
        ([], None, 20, None),
        ([], {"state": "Ready", "since": 7}, 20, 7),
        ([], {"state": "Ready", "agents": [{"since": 3}, {"since": 9}]}, 20, 9),
        ([], "Callback", 20, 20),
    ],
)
def test_the_last_change_is_when_the_value_became_what_it_is(
    points: list[Any], value: Any, at: int, changed: int | None
) -> None:
    assert last_change(points, value, at) == changed
