"""The recent points of one series as screens draw them, continued from live values; pure.

The browser goes on with the same points by the same rule (``static/dashboard/js/history.js``); both are tested by the
same cases.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

POINTS_MOST = 360


class Trail:
    """At most ``POINTS_MOST`` points ``[at ms, number or None]`` of the last ``minutes``; None begins a gap."""

    def __init__(self, minutes: int, interval_seconds: int, points: Sequence[Sequence[Any]] = ()) -> None:
        self._span = minutes * 60_000
        self._step = max(interval_seconds * 1000, -(-self._span // POINTS_MOST))
        self._points: list[list[Any]] = [list(point) for point in points]

    def add(self, value: float | None, at: int | None, now: int) -> None:
        """Take a value of the source's time ``at``; None where none is known from ``now`` on.

        A gap begins and ends at the present, whatever the source's time: its value may be older than the gap.
        Otherwise a point replaces the last one where that is younger than the interval.
        """
        points = self._points
        last = points[-1] if points else None
        if last and value is None and last[1] is None:
            return
        resumed = value is None or (last is not None and last[1] is None)
        when = now if resumed or at is None else min(at, now)
        when = max(when, last[0]) if last else when
        if last and (when == last[0] or (value is not None and self._movable())):
            points.pop()
        points.append([when, value])
        # A value that comes and goes adds points out of turn.
        del points[: -2 * POINTS_MOST]

    def _movable(self) -> bool:
        """Whether the last point is too close to the one before to stay when a newer one comes."""
        if len(self._points) < 2:
            return False
        before, last = self._points[-2:]
        return before[1] is not None and last[1] is not None and last[0] - before[0] < self._step

    def points(self, now: int) -> list[list[Any]]:
        """The points since the window's beginning; the last one before it stands at the beginning itself."""
        since = now - self._span
        first = next((i for i, (_, after) in enumerate(pairwise(self._points)) if after[0] > since), None)
        if first is None:
            first = max(len(self._points) - 1, 0)
        del self._points[:first]
        if self._points and self._points[0][0] < since:
            self._points[0] = [since, self._points[0][1]]
        return self._points[-POINTS_MOST:]
