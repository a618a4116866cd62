"""The last day of a series in a few words: when it changed, between what it moved, what it was on average. Pure."""

from collections.abc import Collection, Sequence
from typing import Any

DAY_MS = 24 * 3_600_000

Points = Sequence[Sequence[Any]]


def last_change(points: Points, value: Any, at: int | None) -> int | None:
    """When the value last became another, as far as is known, epoch ms; None where the points do not reach that far.

    Args:
        points: ``[at ms, number or None]``, the oldest first; None begins a gap.
        value: the newest value. A state tells its own beginning, a group's state the newest of its members'.
        at: the newest value's own time.
    """
    if isinstance(value, dict):
        since = [value.get("since"), *(member.get("since") for member in value.get("agents", ()))]
        return max((one for one in since if isinstance(one, int)), default=at)
    if not isinstance(value, int | float):
        return at if isinstance(value, str) else None
    newest = at
    for when, noted in reversed(points):
        if noted is None:
            continue
        if noted != value:
            return newest
        newest = when
    return None


def summarise(points: Points, until: int, wanted: Collection[str]) -> dict[str, Any]:
    """``min`` and ``max`` as ``[value, at ms]`` and ``average``, as far as ``wanted``; empty without any value.

    A value holds until the next point, so the average weighs each with its time; gaps do not count.
    """
    known = [(at, value) for at, value in points if value is not None]
    if not known:
        return {}
    found: dict[str, Any] = {}
    if "min" in wanted:
        at, value = min(known, key=lambda point: point[1])
        found["min"] = [value, at]
    if "max" in wanted:
        at, value = max(known, key=lambda point: point[1])
        found["max"] = [value, at]
    average = _average(points, until)
    if "average" in wanted and average is not None:
        found["average"] = average
    return found


def _average(points: Points, until: int) -> float | None:
    ends = [at for at, _ in points[1:]] + [until]
    spans = [(value, max(0, end - at)) for (at, value), end in zip(points, ends, strict=True) if value is not None]
    weight = sum(span for _, span in spans)
    total: float = sum(value * span for value, span in spans)
    return total / weight if weight else None
