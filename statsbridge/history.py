"""Points of trends: at most one a series and interval on the way in, thinned for a chart on the way out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from auditlog.models import LogEntry
from django.db.models import OuterRef, Subquery

from statsbridge.models import Sample, Series
from statsbridge.values import NUMBER_MOST

#: A series that never changes is noted this often nevertheless, so that it outlives the retention of its samples.
REPEAT_MS = 3_600_000
PRUNE_CHUNK = 5_000
#: Bounds memory when the database is away for long; the oldest go first.
ROWS_MOST = 200_000

Point = list[int | float | None]
Row = tuple[int, int, float | None]


@dataclass(slots=True)
class _Held:
    bucket: int
    at: int
    value: float


class Sampler:
    """Turns readings of one connection into rows, the last of each interval; times are epoch ms."""

    def __init__(self, interval_ms: int) -> None:
        self._interval = interval_ms
        self._held: dict[int, _Held] = {}
        self._written: dict[int, tuple[int, float | None]] = {}
        self._rows: list[Row] = []
        self._repeat_at = 0

    def record(self, series: int, value: Any, now: int) -> None:
        """Note a number; other values have no trend. ``None`` (not applicable) is a gap."""
        if value is None:
            self.gap([series], now)
            return
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > NUMBER_MOST:
            return
        bucket = now // self._interval
        held = self._held.get(series)
        if held is not None and held.bucket != bucket:
            self._write(series, held.at, held.value)
        self._held[series] = _Held(bucket, now, float(value))

    def gap(self, series: Iterable[int], now: int) -> None:
        """From now on nothing is known of these series."""
        for one in series:
            held = self._held.pop(one, None)
            if held is not None:
                self._write(one, held.at, held.value)
            last = self._written.get(one)
            if last is not None and last[1] is not None:
                self._write(one, max(now, last[0] + 1), None)

    def drop(self, series: int, now: int) -> None:
        """The series is no longer recorded."""
        self.gap([series], now)
        self._written.pop(series, None)

    def take(self, now: int, *, everything: bool = False) -> list[Row]:
        """The rows that are due: those whose interval is over, or all when the process ends."""
        bucket = now // self._interval
        for series in [one for one, held in self._held.items() if everything or held.bucket != bucket]:
            held = self._held.pop(series)
            self._write(series, held.at, held.value)
        self._repeat(now)
        rows, self._rows = self._rows, []
        return rows

    def give_back(self, rows: list[Row]) -> None:
        """After a failed write."""
        self._rows = [*rows, *self._rows][-ROWS_MOST:]

    def _write(self, series: int, at: int, value: float | None) -> None:
        self._written[series] = (at, value)
        self._rows.append((series, at, value))

    def _repeat(self, now: int) -> None:
        if now < self._repeat_at:
            return
        self._repeat_at = now + REPEAT_MS // 60
        for series, (at, value) in list(self._written.items()):
            if value is not None and now - at >= REPEAT_MS and series not in self._held:
                self._write(series, now, value)


def save_samples(rows: Sequence[Row]) -> None:
    """Write rows, leaving out series that were deleted meanwhile."""
    known = set(Series.objects.filter(pk__in={row[0] for row in rows}).values_list("pk", flat=True))
    Sample.objects.bulk_create(
        [Sample(series_id=series, at=at, value=value) for series, at, value in rows if series in known],
        batch_size=1000,
    )


def _newest(field: str, **conditions: Any) -> Subquery:
    newest = Sample.objects.filter(series=OuterRef("pk"), **conditions).order_by("-at", "-pk")
    return Subquery(newest.values(field)[:1])


def close_gaps(connection: int, seen_at: int) -> int:
    """End the lines of a connection's series where the last life of the bridge was last seen.

    Args:
        connection: primary key. seen_at: epoch ms.

    Returns:
        How many lines were ended.
    """
    open_lines = (
        Series.objects.filter(monitored_object__connection=connection)
        .annotate(newest_at=_newest("at"), newest_value=_newest("value"))
        .filter(newest_value__isnull=False)
        .values_list("pk", "newest_at")
    )
    rows: list[Row] = [(series, max(seen_at, last_at + 1), None) for series, last_at in open_lines]
    save_samples(rows)
    return len(rows)


def prune(before: int, chunk: int = PRUNE_CHUNK) -> int:
    """Delete one chunk of samples older than ``before`` (epoch ms); how many. Call again while it is not 0."""
    # By time and not by key: after the clock was wrong, or put back, keys are not in the order of time.
    gone = list(Sample.objects.filter(at__lt=before).order_by("at").values_list("pk", flat=True)[:chunk])
    deleted = 0
    # SQLite takes a limited number of parameters in one statement.
    for start in range(0, len(gone), 500):
        deleted += Sample.objects.filter(pk__in=gone[start : start + 500]).delete()[0]
    return deleted


def prune_changes(before: int, chunk: int = PRUNE_CHUNK) -> int:
    """The same for the entries of the history of changes."""
    limit = datetime.fromtimestamp(before / 1000, UTC)
    gone = list(LogEntry.objects.filter(timestamp__lt=limit).order_by("timestamp").values_list("pk", flat=True)[:chunk])
    deleted = 0
    for start in range(0, len(gone), 500):
        deleted += LogEntry.objects.filter(pk__in=gone[start : start + 500]).delete()[0]
    return deleted


def read_history(series_ids: Sequence[int], since: int, until: int, points: int = 360) -> dict[int, list[Point]]:
    """The points of each series from ``since`` to ``until`` (epoch ms), at most ``points`` of them.

    The last sample before ``since`` is part of it, moved to ``since``, so that a quiet series has a line. A value of
    ``None`` says that from there on nothing was known. A series without samples has an empty list.
    """
    lines: dict[int, list[Point]] = {series: [] for series in series_ids}
    before = Series.objects.filter(pk__in=series_ids).annotate(
        newest_at=_newest("at", at__lt=since), newest_value=_newest("value", at__lt=since)
    )
    for series, last_at, value in before.values_list("pk", "newest_at", "newest_value"):
        if last_at is not None and value is not None:
            lines[series].append([since, value])
    rows = Sample.objects.filter(series__in=series_ids, at__gte=since, at__lte=until).order_by("at", "pk")
    for series, at, noted in rows.values_list("series", "at", "value"):
        lines[series].append([at, noted])
    return {series: thin(line, points) for series, line in lines.items()}


def thin(line: list[Point], points: int) -> list[Point]:
    """At most ``points`` of a line's points, chosen so that peaks and gaps stay visible."""
    if len(line) <= points:
        return line
    groups = max(points // 2, 1)
    thinned: list[Point] = []
    for group in range(groups):
        part = line[len(line) * group // groups : len(line) * (group + 1) // groups]
        gap = next((point for point in part if point[1] is None), None)
        chosen = [gap, part[-1]] if gap is not None else [min(part, key=_value), max(part, key=_value)]
        thinned += sorted({id(point): point for point in chosen}.values(), key=_at)
    return thinned[:points]


def _value(point: Point) -> float:
    return point[1] if point[1] is not None else 0.0


def _at(point: Point) -> float:
    return point[0] or 0
