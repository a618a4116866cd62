"""Hours of a week, as people write them."""

import pytest

from dashboard.hours import DAY_MINUTES, WEEK_MINUTES, week_ranges

MONDAY_8 = 8 * 60


@pytest.mark.parametrize(
    ("lines", "ranges"),
    [
        ([], []),
        (["mon 08:00-20:00"], [(MONDAY_8, 20 * 60)]),
        (["Sat,sun 10:00-16:30"], [(5 * DAY_MINUTES + 600, 5 * DAY_MINUTES + 990), (6 * DAY_MINUTES + 600, 9630)]),
        (["daily 00:00-24:00"], [(0, WEEK_MINUTES)]),
        (["sun 22:00-06:00"], [(0, 360), (6 * DAY_MINUTES + 22 * 60, WEEK_MINUTES)]),
        (["fri-mon 12:00-13:00"], [(day * DAY_MINUTES + 720, day * DAY_MINUTES + 780) for day in (0, 4, 5, 6)]),
        (["mon 08:00-12:00", "mon 11:00-18:00", "mon 18:00-20:00"], [(MONDAY_8, 20 * 60)]),
    ],
)
def test_lines_become_minutes_of_the_week(lines: list[str], ranges: list[tuple[int, int]]) -> None:
    assert week_ranges(lines) == ranges


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("08:00-20:00", "such as “mon-fri 08:00-20:00”"),
        ("mon-fri 8-20", "such as “mon-fri 08:00-20:00”"),
        ("weekdays 08:00-20:00", "“weekdays” is no day"),
        ("mon,xyz 08:00-20:00", "“xyz” is no day"),
        ("mon 08:00-24:30", "the last time of a day is 24:00"),
        ("mon 24:00-08:00", "the last time of a day is 24:00"),
        ("mon 08:00-08:00", "a whole day is 00:00-24:00"),
    ],
)
def test_a_line_that_cannot_be_read_says_how_it_would_be_written(line: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason.replace("(", r"\(")):
        week_ranges([line])
