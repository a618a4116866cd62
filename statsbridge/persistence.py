"""Everything the bridge writes to and reads back from the database; synchronous, called in threads by ``in_thread``."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from channels.db import database_sync_to_async
from django.db import InterfaceError, OperationalError, transaction

from statsbridge import history
from statsbridge.configuration import WantedSeries
from statsbridge.messages import Link, Reading, ValueState
from statsbridge.models import (
    Connection,
    DatabaseNow,
    LastValue,
    LinkStatus,
    OpenSubscription,
    Revision,
    Series,
    Worker,
)
from statsbridge.values import NUMERIC_UNITS

P = ParamSpec("P")
T = TypeVar("T")

FORGOTTEN_WORKER_MS = 24 * 3_600_000
ROWS_AT_ONCE = 500


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run database work beside the loop, which a slow database must not hold up."""
    call: Callable[..., Any] = database_sync_to_async(function, thread_sensitive=False)
    result: T = await call(*args, **kwargs)
    return result


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One ``LinkStatus`` as it is to be written."""

    connection: int
    link: Link
    seen_at: int
    open_statistics: int
    rejected_statistics: int
    token_at: int | None = None


@transaction.atomic
def save(row: LinkRow, values: Sequence[tuple[int, Reading]], samples: Sequence[history.Row]) -> list[str]:
    """Write one connection's batch; what the database refuses for good is left out, and returned in words.

    Raises:
        OperationalError, InterfaceError: the database is away; nothing is written.
    """
    if not Connection.objects.filter(pk=row.connection).exists():
        return []
    refused = _write(_save_link, [row], lambda row: "the state of the link")
    for value_part in _parts(values):
        refused += _write(_save_values, value_part, lambda value: f"the value of series {value[0]}")
    for sample_part in _parts(samples):
        refused += _write(history.save_samples, sample_part, lambda sample: f"a sample of series {sample[0]}")
    return refused


def _parts(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """So many at a time that their models take little memory."""
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[start : start + ROWS_AT_ONCE]


def _write(write: Callable[[Sequence[T]], None], rows: Sequence[T], name: Callable[[T], str]) -> list[str]:
    """All rows at once or, where that is refused, half by half, so that one bad row costs no other."""
    if not rows:
        return []
    try:
        with transaction.atomic():
            write(rows)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - each database and driver has its own for a value it does not take
        if len(rows) == 1:
            return [f"{name(rows[0])} ({type(error).__name__})"]
        middle = len(rows) // 2
        return _write(write, rows[:middle], name) + _write(write, rows[middle:], name)
    return []


def _save_link(rows: Sequence[LinkRow]) -> None:
    (row,) = rows
    LinkStatus.objects.update_or_create(
        connection_id=row.connection,
        defaults={
            "state": row.link.state,
            "since": row.link.since,
            "reason": row.link.reason,
            "seen_at": row.seen_at,
            "open_statistics": row.open_statistics,
            "rejected_statistics": row.rejected_statistics,
            "token_at": row.token_at,
        },
    )


def _save_values(values: Sequence[tuple[int, Reading]]) -> None:
    # One that is not wanted any more would be shown as new when it is wanted again.
    known = set(Series.measured().filter(pk__in=[series for series, _ in values]).values_list("pk", flat=True))
    LastValue.objects.bulk_create(
        [
            LastValue(series_id=series, value=reading.value, at=reading.at, state=reading.state, reason=reading.reason)
            for series, reading in values
            if series in known
        ],
        update_conflicts=True,
        unique_fields=["series"],
        update_fields=["value", "at", "state", "reason"],
    )


def last_readings(wanted: Mapping[int, WantedSeries]) -> dict[int, Reading]:
    """What the last life of the bridge knew, marked stale; a value that does not fit the unit any more is left out."""
    readings = {}
    for row in LastValue.objects.filter(series__in=wanted.keys()):
        if row.value is not None and _fits(row.value, wanted[row.series_id].unit):
            readings[row.series_id] = Reading(row.value, row.at, ValueState.STALE)
    return readings


def _fits(value: Any, unit: str) -> bool:
    if unit in NUMERIC_UNITS:
        return isinstance(value, int | float)
    return isinstance(value, dict if unit == "state" else str)


def begin(connection: int, wanted: Mapping[int, WantedSeries]) -> dict[int, Reading]:
    """Read back what is known and end the trend lines where the last life was last seen."""
    seen_at = LinkStatus.objects.filter(connection=connection).values_list("seen_at", flat=True).first()
    if seen_at:
        history.close_gaps(connection, seen_at)
    return last_readings(wanted)


def remember(connection: int, subscriptions: Sequence[str], at: int) -> None:
    """Note subscriptions before they are opened."""
    OpenSubscription.objects.bulk_create(
        [OpenSubscription(connection_id=connection, subscription_id=one, opened_at=at) for one in subscriptions],
        ignore_conflicts=True,
    )


def forget(subscriptions: Iterable[str]) -> None:
    """Subscriptions that are deleted at the service."""
    OpenSubscription.objects.filter(subscription_id__in=list(subscriptions)).delete()


def remembered(connection: int) -> list[str]:
    return list(OpenSubscription.objects.filter(connection=connection).values_list("subscription_id", flat=True))


@transaction.atomic
def keep_rotated_token(connection: int, token: str, spent: Collection[str]) -> None:
    """The service replaced the ``spent`` refresh tokens by ``token``; one that somebody entered meanwhile stays."""
    found = Connection.objects.select_for_update().only("refresh_token").filter(pk=connection).first()
    if found is not None and found.refresh_token in spent:
        Connection.objects.filter(pk=connection).update(refresh_token=token)


def end_drafts() -> None:
    """Want no longer what nobody edits any more."""
    past = Series.objects.filter(wanted_until__lt=DatabaseNow())
    if not past.exists():
        return
    with transaction.atomic():
        Revision.lock()
        unwanted = past.filter(wanted=False)
        if unwanted.exists():
            Revision.bump()
        LastValue.objects.filter(series__in=unwanted).delete()
        past.update(wanted_until=None)


def beat(worker: str, started_at: int) -> None:
    """The heartbeat of this process."""
    # By the database's clock: whoever asks whether a bridge lives may run on a machine whose clock differs.
    Worker.objects.update_or_create(name=worker, defaults={"started_at": started_at, "beat_at": DatabaseNow()})
    Worker.objects.filter(beat_at__lt=DatabaseNow() - FORGOTTEN_WORKER_MS).delete()


def depart(worker: str) -> None:
    """This process ends as it should."""
    Worker.objects.filter(name=worker).delete()


def revision() -> int:
    return Revision.current()
