"""Statistics by definition: each category as a few look-ups on the tracks that its masks select.

Counts and times in whole seconds are integers; averages, percentages and rates are decimal. A zero denominator
gives 0, as the service documents for its averages. A status in progress counts towards time, an action only once it
has ended, except in TotalAdjustedTime, which takes what lies within the interval.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from statsbridge.simulator.definition import CURRENT, DECIMAL, Definition
from statsbridge.simulator.floor import Floor
from statsbridge.simulator.profiles import SINCE_LOGIN
from statsbridge.simulator.tracks import Track


@dataclass(frozen=True, slots=True)
class Value:
    """``number`` is ``None`` for a state; ``at`` is epoch ms, ``length`` the interval so far in seconds."""

    at: int
    number: int | float | None = None
    state: dict[str, Any] | None = None
    length: int = 0

    def differs(self, other: "Value", by: float) -> bool:
        """Whether it is worth telling: a state that is another one, a number at least ``by`` (or at all) away."""
        if self.number is None or other.number is None:
            return self.state is not other.state and self.state != other.state
        return self.number != other.number and abs(self.number - other.number) >= by

    def plain(self) -> int | float | dict[str, Any] | None:
        return self.state if self.number is None else self.number

    def to_wire(self) -> dict[str, Any]:
        """The value object as the API gives it."""
        wire = {"tag": -1, "intervalLength": self.length, "timestamp": self.at}
        if self.number is None:
            return {**wire, "stringValue": None, "intValue": 0, "stateValue": self.state}
        return {**wire, "stringValue": str(self.number), "intValue": int(self.number)}


class InRange:
    """How many durations within a moving window lie in a range of whole seconds; each is looked at twice at most."""

    def __init__(self, track: Track, bounds: tuple[int, int]) -> None:
        self.track = track
        self.low, self.high = bounds[0] * 1000, bounds[1] * 1000 + 999
        self.first = self.last = track.forgotten
        self.count = 0

    def since(self, since: int) -> int:
        first, last = self.track.first_ended(since), self.track.total_ended
        if first < self.first or self.first < self.track.forgotten or first >= self.last:
            self.count = self._fitting(first, last)
        else:
            self.count += self._fitting(self.last, last) - self._fitting(self.first, first)
        self.first, self.last = first, last
        return self.count

    def _fitting(self, first: int, last: int) -> int:
        return sum(self.low <= duration <= self.high for duration in self.track.durations(first, last))


class Measure:
    """One definition on one object. Shared by all open statistics that ask for the same."""

    def __init__(self, floor: Floor, zone: ZoneInfo, object_type: str, scope: str, definition: Definition) -> None:
        self.floor, self.zone, self.object_type, self.scope = floor, zone, object_type, scope
        self.definition = definition
        self.statistics: dict[Any, None] = {}  # the open ones that want to know at once
        self.on_touch: Callable[[Measure], None] | None = None
        self.version = 0
        self._cached: tuple[int, int, Value] | None = None
        self._find_tracks()
        self.compute = _CATEGORIES[definition.category]

    def _find_tracks(self) -> None:
        d, find = self.definition, self.floor.tracks_for
        place = (self.object_type, self.scope, d.subject)
        self.is_status = d.subject != "DNAction"
        if d.category == "ServiceFactor1":
            self.main = find(*place, ("CallAnswered",), d.media)
            self.relative = find(*place, ("CallAbandoned",), d.media)
            self.ranged = tuple(InRange(track, d.range) for track in self.main)
            self.ranged2 = tuple(InRange(track, d.range2) for track in self.relative)
            return
        self.main = find(*place, d.main, d.media)
        self.relative = find(*place, d.relative, d.media) if d.relative else self.main
        self.ranged = tuple(InRange(track, d.range) for track in self.main) if "InTimeRange" in d.category else ()

    def watch(self) -> None:
        """Start to be touched by changes."""
        if self.definition.category == "CurrentState":
            self.floor.state_watchers[self.scope][self] = None
        else:
            for track in (*self.main, *self.relative):
                track.watchers[self] = None

    def unwatch(self) -> None:
        self.floor.state_watchers[self.scope].pop(self, None)
        for track in (*self.main, *self.relative):
            track.watchers.pop(self, None)

    def touch(self) -> None:
        self.version += 1
        if self.on_touch and self.statistics:
            self.on_touch(self)

    @property
    def runs(self) -> bool:
        """Whether the value changes with the clock alone."""
        category = self.definition.category
        if category in ("CurrentTime", "CurrentMaxTime", "EstimWaitTime", "TotalAdjustedTime"):
            return True
        timed = ("TotalTime", "AverageTime", "MaxTime", "AverageNumberPerRelativeHour")
        return self.is_status and category in timed

    def since(self, now: int) -> int:
        if self.definition.category in CURRENT:
            return now
        login = self.floor.last_login(self.scope) if self.definition.interval.kind == SINCE_LOGIN else 0
        return self.definition.interval.start(now, self.zone, login)

    def read(self, now: int, since: int | None = None) -> Value:
        """The value at ``now``, which is not before the last event; ``since`` replaces the interval's beginning."""
        if since is None and self._cached and self._cached[:2] == (now, self.version):
            return self._cached[2]
        start = self.since(now) if since is None else since
        if self.definition.category == "CurrentState":
            value = Value(now, state=self.floor.state(self.object_type, self.scope))
        else:
            number = self.compute(self, now, start)
            shown = round(float(number), 5) if self.definition.category in DECIMAL else int(number)
            value = Value(now, shown, length=(now - start) // 1000)
        self._cached = None if since is not None else (now, self.version, value)
        return value

    # ---- sums over the tracks ----

    def number(self, tracks: Sequence[Track], since: int) -> int:
        if self.is_status:
            return sum(track.number_begun(since) for track in tracks)
        return sum(track.number_ended(since) for track in tracks)

    def time(self, tracks: Sequence[Track], since: int, now: int) -> int:
        if self.is_status:
            return sum(track.spent(since, now) for track in tracks)
        return sum(track.time_ended(since) for track in tracks)


def _ratio(above: float, below: float) -> float:
    return above / below if below else 0.0


def _adjusted_time(m: Measure, now: int, since: int) -> float:
    return sum(t.spent(since, now) if t.durable else t.clipped_ended(since) for t in m.main) // 1000


def _max_time(m: Measure, now: int, since: int) -> float:
    longest = max((t.longest_ended(since, clipped=m.is_status) for t in m.main), default=0)
    if m.is_status:
        longest = max([longest, *(min(t.longest(now), now - since) for t in m.main)])
    return longest // 1000


def _service_factor(m: Measure, now: int, since: int) -> float:
    counted = m.number(m.main, since) + m.number(m.relative, since) - sum(r.since(since) for r in m.ranged2)
    return 100 * _ratio(sum(r.since(since) for r in m.ranged), counted)


def _estimated_wait(m: Measure, now: int, since: int) -> float:
    """How long until the calls that wait now have left the queue, at the interval's rate of leaving."""
    return _ratio(sum(t.number for t in m.main) * (now - since) / 1000, m.number(m.main, since))


_CATEGORIES: dict[str, Callable[[Measure, int, int], float]] = {
    "CurrentState": lambda m, now, since: 0,
    "CurrentNumber": lambda m, now, since: sum(t.number for t in m.main),
    "CurrentTime": lambda m, now, since: sum(t.elapsed(now) for t in m.main) // 1000,
    "CurrentMaxTime": lambda m, now, since: max((t.longest(now) for t in m.main), default=0) // 1000,
    "TotalNumber": lambda m, now, since: m.number(m.main, since),
    "TotalTime": lambda m, now, since: m.time(m.main, since, now) // 1000,
    "TotalAdjustedTime": _adjusted_time,
    "AverageTime": lambda m, now, since: _ratio(m.time(m.main, since, now) / 1000, m.number(m.relative, since)),
    "MaxTime": _max_time,
    "TotalNumberInTimeRange": lambda m, now, since: sum(r.since(since) for r in m.ranged),
    "RelativeNumberPercentage": lambda m, now, since: (
        100 * _ratio(m.number(m.main, since), m.number(m.relative, since))
    ),
    "AverageNumberPerRelativeHour": lambda m, now, since: _ratio(
        3600 * m.number(m.main, since), m.time(m.relative, since, now) / 1000
    ),
    "ServiceFactor1": _service_factor,
    "EstimWaitTime": _estimated_wait,
}
