"""Over which stretch of time a historical statistic runs: growing, sliding, or since login."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from statsbridge.simulator.refusals import Refused

DAY = 24 * 60
GROWING, SLIDING, SINCE_LOGIN = "GrowingWindow", "SlidingWindow", "SinceLogin"
_CLOCK = re.compile(r"(\+?)(\d{1,2}):(\d{2})")
LONGEST_SLIDE = 24 * 3600


@dataclass(frozen=True, slots=True)
class Interval:
    """``resets``: minutes after midnight (growing); ``window`` and ``sample``: milliseconds (sliding)."""

    kind: str
    resets: tuple[int, ...] = ()
    window: int = 0
    sample: int = 0

    def start(self, now: int, zone: ZoneInfo, login: int) -> int:
        """Where the interval begins, in epoch ms; ``login`` is the agent's last login."""
        if self.kind == SLIDING:
            return now - now % self.sample - self.window
        if self.kind == SINCE_LOGIN:
            return login
        return _last_reset(self.resets, now, zone)

    def next_start(self, now: int, zone: ZoneInfo) -> int | None:
        """When the beginning moves next, in epoch ms; ``None`` for since-login, which moves with a login."""
        if self.kind == SLIDING:
            return now - now % self.sample + self.sample
        if self.kind == SINCE_LOGIN:
            return None
        return _next_reset(self.resets, now, zone)


def _at(day: datetime, minutes: int) -> int:
    return round((day + timedelta(minutes=minutes)).astimezone(UTC).timestamp() * 1000)


def _midnight(now: int, zone: ZoneInfo) -> datetime:
    local = datetime.fromtimestamp(now / 1000, zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)


def midnight(now: int, zone: ZoneInfo) -> int:
    """The tenant's last midnight, epoch ms."""
    return _at(_midnight(now, zone), 0)


def _last_reset(resets: tuple[int, ...], now: int, zone: ZoneInfo) -> int:
    today = _midnight(now, zone)
    moments = [_at(today, minutes) for minutes in resets]
    i = bisect_right(moments, now)
    return moments[i - 1] if i else _at(today - timedelta(days=1), resets[-1])


def _next_reset(resets: tuple[int, ...], now: int, zone: ZoneInfo) -> int:
    today = _midnight(now, zone)
    later = [moment for minutes in resets if (moment := _at(today, minutes)) > now]
    return later[0] if later else _at(today + timedelta(days=1), resets[0])


def _minutes(hours: str, minutes: str, profile: str) -> int:
    if int(hours) > 23 or int(minutes) > 59:
        raise Refused(f"Invalid dynamicTimeProfile {profile!r}: {hours}:{minutes} is no time of day")
    return int(hours) * 60 + int(minutes)


def read_resets(profile: str) -> tuple[int, ...]:
    """``00:00``, ``0:00 +0:15``, ``8:00, 12:00`` as minutes after midnight, sorted. Raises ``Refused``."""
    parts = [part for part in re.split(r"[,\s]+", profile.strip()) if part]
    resets: set[int] = set()
    last = 0
    for part in parts:
        match = _CLOCK.fullmatch(part)
        if not match:
            raise Refused(f"Invalid dynamicTimeProfile {profile!r}: expected times like 0:00 or 0:00 +0:15")
        plus, hours, minutes = match.groups()
        value = _minutes(hours, minutes, profile)
        if plus and not value:
            raise Refused(f"Invalid dynamicTimeProfile {profile!r}: a step of 0:00")
        resets.update(range(last, DAY, value) if plus else (value,))
        last = last if plus else value
    return tuple(sorted(resets)) or (0,)


def read_interval(interval_type: str, profile: str) -> Interval:
    """Raises ``Refused`` for a type or a profile that the service does not take."""
    kinds = {kind.lower(): kind for kind in (GROWING, SLIDING, SINCE_LOGIN)}
    kind = kinds.get(interval_type.lower())
    if kind is None:
        raise Refused(f"Invalid intervalType {interval_type!r}")
    if kind == SINCE_LOGIN:
        return Interval(kind)
    if kind == GROWING:
        return Interval(kind, resets=read_resets(profile))
    match = re.fullmatch(r"(\d+)(?::(\d+))?", (profile or "3600:10").strip())
    window, sample = (int(match[1]), int(match[2] or 10)) if match else (0, 0)
    if not 0 < sample <= window <= LONGEST_SLIDE:
        raise Refused(f"Invalid dynamicTimeProfile {profile!r}: expected window:sample in seconds, like 3600:10")
    return Interval(kind, window=window * 1000, sample=sample * 1000)
