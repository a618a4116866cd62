"""The recent points of one series as screens draw them, continued from live values; pure."""

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

    def add(self, at: int, value: float | None) -> None:
        """Append a point, or let it replace the last one where that is younger than the interval."""
        points = self._points
        if points and value is None and points[-1][1] is None:
            return
        if points and at <= points[-1][0]:
            points[-1][1] = value
        elif len(points) > 1 and self._movable() and (points[-1][1] is None) == (value is None):
            points[-1] = [at, value]
        else:
            points.append([at, value])
        # A value that comes and goes adds points out of turn.
        del points[: -2 * POINTS_MOST]

    def _movable(self) -> bool:
        """Whether the last point is too close to the one before to stay when a newer one comes."""
        return bool(self._points[-1][0] - self._points[-2][0] < self._step)

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
