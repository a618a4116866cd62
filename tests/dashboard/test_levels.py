"""Levels with margin and hold, by value; times in ms."""

import json
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from dashboard.levels import Level, LevelJudge
from dashboard.thresholds import Thresholds

#: The editor judges drafts by the same rules in the browser.
CASES = json.loads((Path(__file__).parent / "level_cases.json").read_text(encoding="utf-8"))


def judge_of(**limits: Any) -> LevelJudge:
    return LevelJudge(Thresholds(**limits))


def levels(judge: LevelJudge, values: list[float | None], step: int = 1000) -> list[str]:
    words = []
    for index, value in enumerate(values):
        judge.judge(value, now=index * step)
        words.append(judge.level.word)
    return words


def test_a_level_is_reached_at_its_limit() -> None:
    judge = judge_of(warning=5, critical=10)
    assert levels(judge, [4.9, 5, 9.9, 10, 4.9]) == ["normal", "warning", "warning", "critical", "normal"]


def test_a_value_that_was_always_normal_is_so_since_the_first_look() -> None:
    judge = judge_of(warning=5)
    judge.judge(1, 1000)
    judge.judge(2, 2000)
    assert (judge.level, judge.since) == (Level.NORMAL, 1000)


def test_below_turns_the_limits_round() -> None:
    judge = judge_of(direction="below", warning=80, critical=60)
    assert levels(judge, [81, 80, 60, 61, 90]) == ["normal", "warning", "critical", "warning", "normal"]


def test_either_limit_may_be_missing() -> None:
    assert levels(judge_of(critical=10), [9, 10, 9]) == ["normal", "critical", "normal"]
    assert levels(judge_of(warning=5), [100]) == ["warning"]


def test_a_level_falls_only_when_the_value_is_back_by_the_margin() -> None:
    judge = judge_of(warning=5, critical=10, clear=1)
    assert levels(judge, [10, 9.5, 9, 4.5, 4]) == ["critical", "critical", "warning", "warning", "normal"]


def test_a_value_that_flaps_within_the_margin_changes_the_level_once() -> None:
    judge = judge_of(warning=5, clear=1)
    assert sum(judge.judge(5 if index % 2 else 4.5, index * 1000) for index in range(100)) == 1


def test_a_level_rises_after_the_hold_without_a_break() -> None:
    judge = judge_of(warning=5, hold=10)
    assert not judge.judge(6, 0)
    assert judge.due() == 10_000
    assert not judge.judge(7, 9_999)
    assert judge.judge(7, 10_000)
    assert (judge.level, judge.since) == (Level.WARNING, 10_000)
    assert judge.due() is None


def test_a_break_starts_the_hold_again() -> None:
    judge = judge_of(warning=5, hold=10)
    judge.judge(6, 0)
    judge.judge(4, 5_000)
    assert judge.due() is None
    judge.judge(6, 6_000)
    assert not judge.judge(6, 12_000)
    assert judge.judge(6, 16_000)


def test_a_value_that_flaps_faster_than_the_hold_never_raises_the_level() -> None:
    judge = judge_of(warning=5, hold=3)
    assert not any(judge.judge(6 if index % 2 else 4, index * 1000) for index in range(100))


def test_each_level_holds_for_itself() -> None:
    judge = judge_of(warning=5, critical=10, hold=10)
    assert not judge.judge(6, 0)
    assert not judge.judge(12, 8_000)
    assert judge.judge(12, 10_000)
    assert judge.level is Level.WARNING
    assert judge.due() == 18_000
    assert judge.judge(12, 18_000)
    assert judge.level is Level.CRITICAL


def test_falling_needs_no_hold() -> None:
    judge = judge_of(warning=5, hold=10)
    judge.judge(6, 0)
    judge.judge(6, 10_000)
    assert judge.judge(4, 10_001)
    assert (judge.level, judge.since) == (Level.NORMAL, 10_001)


def test_a_value_beyond_its_limit_for_long_needs_not_hold_again() -> None:
    judge = judge_of(warning=5, hold=10)
    assert judge.judge(6, now=60_000, at=30_000)
    assert judge.since == 40_000


def test_a_source_clock_behind_ours_does_not_shorten_the_hold() -> None:
    judge = judge_of(warning=5, hold=10)
    judge.judge(1, now=60_000, at=30_000)
    assert not judge.judge(6, now=61_000, at=31_000)
    assert judge.due() == 71_000
    assert judge.judge(6, now=71_000, at=31_000)
    assert judge.since == 71_000


def test_a_source_clock_ahead_of_ours_does_not_date_a_level_into_the_future() -> None:
    judge = judge_of(warning=5)
    assert judge.judge(6, now=60_000, at=90_000)
    assert judge.since == 60_000


@pytest.mark.parametrize("hold", [0, 10])
def test_nothing_to_judge_is_normal(hold: float) -> None:
    judge = judge_of(warning=5, hold=hold)
    judge.judge(6, now=60_000, at=0)
    assert judge.judge(None, 61_000)
    assert judge.level is Level.NORMAL
    assert judge.due() is None


def wobble(minutes: int, around: float) -> list[float | None]:
    """A value each second that goes up and down by 1 around a limit, after a calm minute and before another."""
    calm: list[float | None] = [around - 3] * 60
    return [*calm, *(around + (1 if second % 2 else -1) for second in range(minutes * 60)), *calm]


@pytest.mark.parametrize("hold", [0, 10])
def test_a_value_that_wobbles_around_its_limit_for_ten_minutes_warns_once_and_clears_once(hold: float) -> None:
    judge = judge_of(warning=5, clear=1.5, hold=hold)
    values = wobble(10, 5)
    if hold:  # a value that is back each second fills no hold; once it stayed, the wobble keeps the warning
        values[60:80] = [6.0] * 20
    said = [word for word, _ in groupby(levels(judge, values))]
    assert said == ["normal", "warning", "normal"]


def test_a_wobble_below_a_lower_limit_is_one_change_too() -> None:
    judge = judge_of(direction="below", warning=80, clear=1.5)
    changes = sum(judge.judge(80 + (1 if second % 2 else -1), second * 1000) for second in range(600))
    assert changes == 1
    assert judge.judge(90, 600_000)
    assert judge.level is Level.NORMAL


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["what"])
def test_the_cases_that_the_editor_is_held_to(case: dict[str, Any]) -> None:
    judge = judge_of(**case["limits"])
    told = []
    for value, now, *at in case["looks"]:
        judge.judge(value, now, *at)
        told.append(judge.level.word)
    assert told == case["levels"]
