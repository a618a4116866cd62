"""Hours of a week as people write them, ``mon-fri 08:00-20:00``, and as screens compare them. Pure."""

import re
from collections.abc import Iterable, Iterator

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
_TIME = r"([01][0-9]|2[0-4]):([0-5][0-9])"
_LINE = re.compile(rf"(?P<days>\S+) {_TIME}-{_TIME}")
_EXAMPLE = "such as “mon-fri 08:00-20:00”, “sat,sun 10:00-16:00” or “daily 22:00-06:00”"

#: Minutes since Monday 00:00: from the first to before the second.
Range = tuple[int, int]


def week_ranges(lines: Iterable[str]) -> list[Range]:
    """The minutes of the week that the lines cover, in order, none of them touching another.

    A time up to 24:00; one that ends before it begins goes on into the next day.

    Raises:
        ValueError: a line cannot be read; the message says how it would be written.
    """
    found = sorted(part for line in lines for part in _of_line(line))
    merged: list[Range] = []
    for start, end in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _of_line(line: str) -> Iterator[Range]:
    match = _LINE.fullmatch(line.strip().lower())
    if match is None:
        raise ValueError(f"“{line}” is not days and hours, {_EXAMPLE}")
    days, *times = match.groups()
    from_hour, from_minute, to_hour, to_minute = (int(part) for part in times)
    start, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if start >= DAY_MINUTES or end > DAY_MINUTES:
        raise ValueError(f"“{line}”: the last time of a day is 24:00, and nothing begins then")
    if start == end:
        raise ValueError(f"“{line}” begins and ends at the same time; a whole day is 00:00-24:00")
    for day in _days(days, line):
        first = day * DAY_MINUTES + start
        last = day * DAY_MINUTES + end + (DAY_MINUTES if end < start else 0)
        yield first, min(last, WEEK_MINUTES)
        if last > WEEK_MINUTES:
            yield 0, last - WEEK_MINUTES


def _days(text: str, line: str) -> Iterator[int]:
    if text == "daily":
        yield from range(7)
        return
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise ValueError(f"“{line}”: “{part}” is no day; the days are {', '.join(DAYS)} and daily, {_EXAMPLE}")
        begin = DAYS.index(first)
        count = (DAYS.index(last or first) - begin) % 7
        yield from ((begin + step) % 7 for step in range(count + 1))
