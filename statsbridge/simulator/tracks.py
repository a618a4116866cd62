"""Indexed history: one track per object and word, so that a statistic is a few look-ups and never a rescan.

A track knows, at any moment up to now, how often its word began and ended, for how long, and how much time was spent
in it (the area under the number of those in progress). All times are integer milliseconds. Recording is the busy side,
so sums are only extended when somebody reads them.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Protocol


class Watcher(Protocol):
    """Something that wants to know that a track changed."""

    def touch(self) -> None: ...


class Column:
    """Numbers in the order they came, with their running sum; the oldest can be dropped and still count."""

    __slots__ = ("dropped", "dropped_sum", "sums", "values")

    def __init__(self) -> None:
        self.values = array("q")
        self.sums = array("q")
        self.dropped = 0
        self.dropped_sum = 0

    def sum_before(self, index: int) -> int:
        """The sum of everything ahead of an index into ``values``, what was dropped included."""
        if index == 0:
            return self.dropped_sum
        known = len(self.sums)
        if known < index:
            last = self.sums[-1] if known else self.dropped_sum
            self.sums.extend(list(accumulate(self.values[known:], initial=last))[1:])
        return self.sums[index - 1]

    def drop(self, count: int) -> None:
        if count:
            self.dropped_sum = self.sum_before(count)
            self.dropped += count
            del self.values[:count], self.sums[:count]


class Track:
    """The history of one word (a status or an action) on one object and medium."""

    __slots__ = ("_begun", "_durations", "_ended", "durable", "open", "watchers")

    def __init__(self) -> None:
        self._begun = Column()
        self._ended = Column()
        self._durations = Column()
        self.durable = False
        self.open: dict[str, int] = {}  # what is in progress and since when, the oldest first
        self.watchers: dict[Watcher, None] = {}

    def begin(self, at: int, key: str) -> None:
        self.durable = True
        self._begun.values.append(at)
        self.open[key] = at
        if self.watchers:
            self._touch()

    def end(self, at: int, key: str) -> None:
        self._ended.values.append(at)
        self._durations.values.append(at - self.open.pop(key))
        if self.watchers:
            self._touch()

    def moment(self, at: int, duration: int) -> None:
        """A momentary action: it both begins and ends now; its duration is the one that it looks back on."""
        self._begun.values.append(at)
        self._ended.values.append(at)
        self._durations.values.append(duration)
        if self.watchers:
            self._touch()

    def _touch(self) -> None:
        for watcher in self.watchers:
            watcher.touch()

    # ---- now ----

    @property
    def number(self) -> int:
        return len(self.open)

    def elapsed(self, now: int) -> int:
        """The time so far of all in progress, summed."""
        return len(self.open) * now - sum(self.open.values())

    def longest(self, now: int) -> int:
        """The time so far of the oldest in progress; 0 when there is none."""
        return now - next(iter(self.open.values())) if self.open else 0

    # ---- since a moment ----

    def area(self, at: int) -> int:
        """Time spent in this word until a moment, everybody's summed: what has begun less what has ended."""
        begun, ended = self._begun, self._ended
        b, e = bisect_right(begun.values, at), bisect_right(ended.values, at)
        counted = (b + begun.dropped - e - ended.dropped) * at
        return counted - begun.sum_before(b) + ended.sum_before(e)

    def spent(self, since: int, now: int) -> int:
        """Time spent in this word within [since, now], in progress included."""
        return self.area(now) - self.area(since)

    def number_begun(self, since: int) -> int:
        return len(self._begun.values) - bisect_left(self._begun.values, since)

    def first_ended(self, since: int) -> int:
        """The number, counted from the beginning of the record, of the first that ended at ``since`` or later."""
        return bisect_left(self._ended.values, since) + self._ended.dropped

    @property
    def total_ended(self) -> int:
        """How many have ended since the beginning of the record."""
        return len(self._ended.values) + self._ended.dropped

    @property
    def forgotten(self) -> int:
        return self._ended.dropped

    def number_ended(self, since: int) -> int:
        return self.total_ended - self.first_ended(since)

    def time_ended(self, since: int) -> int:
        """The whole durations of those that ended at ``since`` or later."""
        durations = self._durations
        return durations.sum_before(len(durations.values)) - durations.sum_before(self._index(since))

    def durations(self, first: int, last: int) -> Sequence[int]:
        """Of those numbered from ``first`` up to ``last``."""
        return self._durations.values[first - self.forgotten : last - self.forgotten]

    def _index(self, since: int) -> int:
        return bisect_left(self._ended.values, since)

    def clipped_ended(self, since: int) -> int:
        """Those durations, each only as far as it lies after ``since``."""
        i = self._index(since)
        pairs = zip(self._durations.values[i:], self._ended.values[i:], strict=True)
        return sum(min(duration, ended - since) for duration, ended in pairs)

    def longest_ended(self, since: int, *, clipped: bool) -> int:
        i = self._index(since)
        durations = self._durations.values[i:]
        if not clipped:
            return max(durations, default=0)
        pairs = zip(durations, self._ended.values[i:], strict=True)
        return max((min(duration, ended - since) for duration, ended in pairs), default=0)

    def forget(self, before: int) -> None:
        """Drop what ended before a moment; no window may reach back beyond it afterwards."""
        i = self._index(before)
        self._durations.drop(i)
        self._ended.drop(i)
        self._begun.drop(bisect_left(self._begun.values, before))
