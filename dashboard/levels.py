"""When a value is a warning: thresholds with a margin for falling back and a time to hold; pure, time is passed in."""

from enum import IntEnum

from dashboard.thresholds import Thresholds


class Level(IntEnum):
    """How worrying a value is; ``word`` is what frames say."""

    NORMAL = 0
    WARNING = 1
    CRITICAL = 2

    @property
    def word(self) -> str:
        return self.name.lower()


class LevelJudge:
    """Follows one value and says its level. Times are epoch milliseconds.

    A level rises when the value has been at or beyond its limit for ``hold`` seconds without a break, and falls as
    soon as the value is back by more than ``clear``.
    """

    def __init__(self, thresholds: Thresholds) -> None:
        self.thresholds = thresholds
        self.level = Level.NORMAL
        self.since = 0
        self._beyond: dict[Level, int] = {}

    def judge(self, value: float | None, now: int, at: int | None = None) -> bool:
        """Take the value as it is at ``now``; whether the level changed.

        ``at`` is when the value became what it is, where the source said so: a value that was beyond its limit
        for long before anybody looked need not hold again. It counts at the first look only, because the source's
        clock may be behind ours. ``None`` as the value means nothing to judge.
        """
        first = not self.since
        # A value that was always normal has been so since it was first looked at.
        self.since = self.since or now
        if value is None:
            self._beyond.clear()
            return self._settle(Level.NORMAL, now)
        began = min(at, now) if first and at is not None else now
        for level, limit in self._limits():
            if self._beyond_limit(value, limit):
                self._beyond.setdefault(level, began)
            else:
                self._beyond.pop(level, None)
        return self._settle(self._deserved(value, now), now)

    def due(self) -> int | None:
        """When to judge again although the value may not change: the end of the shortest hold under way."""
        ends = [since + self._hold for level, since in self._beyond.items() if level > self.level]
        return min(ends, default=None)

    @property
    def _hold(self) -> int:
        return round(self.thresholds.hold * 1000)

    def _limits(self) -> list[tuple[Level, float]]:
        limits = ((Level.WARNING, self.thresholds.warning), (Level.CRITICAL, self.thresholds.critical))
        return [(level, limit) for level, limit in limits if limit is not None]

    def _beyond_limit(self, value: float, limit: float, margin: float = 0) -> bool:
        if self.thresholds.direction == "above":
            return value >= limit or value > limit - margin
        return value <= limit or value < limit + margin

    def _deserved(self, value: float, now: int) -> Level:
        deserved = Level.NORMAL
        for level, limit in self._limits():
            if level <= self.level:
                kept = self._beyond_limit(value, limit, self.thresholds.clear)
            else:
                kept = level in self._beyond and now - self._beyond[level] >= self._hold
            if kept:
                deserved = level
        return deserved

    def _settle(self, level: Level, now: int) -> bool:
        if level == self.level:
            return False
        self.since = min(self._beyond[level] + self._hold, now) if level > self.level else now
        self.level = level
        return True
