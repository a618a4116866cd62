"""Indexed history: one track per object and word, so that a statistic is a few look-ups and never a rescan.

A track knows, at any moment up to now, how often its word began and ended, for how long, and how much time was spent
in it (the area under the number of those in progress). All times are integer milliseconds.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from typing import Protocol


class Watcher(Protocol):
    """Something that wants to know that a track changed."""

    def touch(self) -> None: ...


class Track:
    """The history of one word (a status or an action) on one object and medium."""

    __slots__ = (
        *("areas", "begun", "done", "durations", "ended", "forgotten", "levels", "numbers"),
        *("open", "open_sum", "summed", "summed_before", "watchers"),
    )

    def __init__(self) -> None:
        self.begun = array("q")
        self.ended = array("q")
        self.durations = array("q")
        self.summed = array("q")  # running sum of durations
        self.summed_before = 0
        self.forgotten = 0  # how many ended entries were dropped from the front
        self.open: OrderedDict[str, int] = OrderedDict()
        self.open_sum = 0
        self.done = 0  # time of completed durable ones
        self.levels = array("q")  # times at which the number in progress changed, with the area and number from then on
        self.areas = array("q")
        self.numbers = array("q")
        self.watchers: dict[Watcher, None] = {}

    def begin(self, at: int, key: str) -> None:
        self.begun.append(at)
        self.open[key] = at
        self.open_sum += at
        self._mark(at)

    def end(self, at: int, key: str) -> None:
        start = self.open.pop(key)
        self.open_sum -= start
        self.done += at - start
        self._count(at, at - start)
        self._mark(at)

    def moment(self, at: int, duration: int) -> None:
        """A momentary action: it both begins and ends now; its duration is the one that it looks back on."""
        self.begun.append(at)
        self._count(at, duration)
        for watcher in self.watchers:
            watcher.touch()

    def _count(self, at: int, duration: int) -> None:
        self.ended.append(at)
        self.durations.append(duration)
        self.summed.append((self.summed[-1] if self.summed else self.summed_before) + duration)

    def _mark(self, at: int) -> None:
        area = self.area(at)
        if self.levels and self.levels[-1] == at:
            self.areas[-1], self.numbers[-1] = area, len(self.open)
        else:
            self.levels.append(at)
            self.areas.append(area)
            self.numbers.append(len(self.open))
        for watcher in self.watchers:
            watcher.touch()

    # ---- now ----

    @property
    def number(self) -> int:
        return len(self.open)

    def elapsed(self, now: int) -> int:
        """The time so far of all in progress, summed."""
        return len(self.open) * now - self.open_sum

    def longest(self, now: int) -> int:
        """The time so far of the oldest in progress; 0 when there is none."""
        return now - next(iter(self.open.values())) if self.open else 0

    def area(self, now: int) -> int:
        """Time spent in this word since the beginning of the record, everybody's summed."""
        return self.done + self.elapsed(now)

    # ---- since a moment ----

    def area_at(self, at: int) -> int:
        """``area`` as it was at a moment that is not after the last change."""
        i = bisect_right(self.levels, at) - 1
        return self.areas[i] + self.numbers[i] * (at - self.levels[i]) if i >= 0 else 0

    def spent(self, since: int, now: int) -> int:
        """Time spent in this word within [since, now], in progress included."""
        if self.levels and since >= self.levels[-1]:
            return len(self.open) * (now - since)
        return self.area(now) - self.area_at(since)

    def number_begun(self, since: int) -> int:
        return len(self.begun) - bisect_left(self.begun, since)

    def first_ended(self, since: int) -> int:
        """The index of the first that ended at ``since`` or later."""
        return bisect_left(self.ended, since)

    def number_ended(self, since: int) -> int:
        return len(self.ended) - self.first_ended(since)

    def time_ended(self, since: int) -> int:
        """The whole durations of those that ended at ``since`` or later."""
        i = self.first_ended(since)
        if i == len(self.ended):
            return 0
        return self.summed[-1] - (self.summed[i - 1] if i else self.summed_before)

    def clipped_ended(self, since: int) -> int:
        """Those durations, each only as far as it lies after ``since``."""
        return sum(
            min(self.durations[i], self.ended[i] - since) for i in range(self.first_ended(since), len(self.ended))
        )

    def longest_ended(self, since: int, *, clipped: bool) -> int:
        i = self.first_ended(since)
        if i == len(self.ended):
            return 0
        if clipped:
            return max(min(self.durations[n], self.ended[n] - since) for n in range(i, len(self.ended)))
        return max(self.durations[i:])

    def forget(self, before: int) -> None:
        """Drop what ended before a moment; no window may reach back beyond it afterwards."""
        i = self.first_ended(before)
        if i:
            self.summed_before = self.summed[i - 1]
            self.forgotten += i
            del self.ended[:i], self.durations[:i], self.summed[:i]
        del self.begun[: bisect_left(self.begun, before)]
        keep = max(0, bisect_right(self.levels, before) - 1)
        del self.levels[:keep], self.areas[:keep], self.numbers[:keep]
