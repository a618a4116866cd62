"""The history of changes: who changed which key of an item from what to what, in the configuration file's terms.

Entries are django-auditlog's. ``changes`` are for people; ``additional_data`` has the whole item before and after it,
so that a change can be taken back. Items hold no secret, so neither does the history.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.db.models.signals import pre_save

from dashboard.configfile.diff import Change, changed_keys
from dashboard.configfile.rows import CHUNK
from dashboard.configfile.schema import name_key
from dashboard.configfile.unfiled import UNFILED
from dashboard.models import Rotation, Team, Wallboard
from statsbridge.models import Connection, MonitoredObject, StatisticDefinition

MODELS: Mapping[str, Any] = {
    "connections": Connection,
    "objects": MonitoredObject,
    "statistics": StatisticDefinition,
    "teams": Team,
    "wallboards": Wallboard,
    "rotations": Rotation,
}

#: All that the history tells of: what the file holds, and what it does not.
RECORDED: Mapping[str, Any] = {**MODELS, **UNFILED}

_via: ContextVar[str] = ContextVar("changelog_via", default="")


@contextmanager
def via(means: str) -> Iterator[None]:
    """Within, entries say by what means things were changed: ``applyconfig wallboard.yaml``."""
    token = _via.set(means)
    try:
        yield
    finally:
        _via.reset(token)


def means() -> str:
    """By what means things are changed now, empty where nobody said so."""
    return _via.get()


def section_of(model: Any) -> str | None:
    """The section whose items are rows of ``model``."""
    return next((section for section, one in RECORDED.items() if one is model), None)


def actor() -> Any:
    """The user whose request this is, None outside of one."""
    probe = LogEntry()
    # The library tells entries their actor by this signal, which creating many at a time does not send.
    pre_save.send(LogEntry, instance=probe, raw=False, using=None, update_fields=None)
    return probe.actor


def record(changes: Sequence[Change], pks: Mapping[tuple[str, str], Any], by: Any = None) -> None:
    """Write an entry for each change, in the transaction of the changes.

    Args:
        pks: The row's id by (section, name); one that is missing is that of no row any more.
        by: The user who made them, where that is not the one whose request this is.
    """
    who, through = by or actor(), means()
    entries: list[LogEntry] = []
    for change in changes:
        lines = changed_keys(change.before or {}, change.after or {}) if change.before and change.after else {}
        lines |= {note.partition(":")[0]: ["", note.partition(":")[2].strip()] for note in change.notes}
        if change.before and change.after and not lines:
            continue
        item = change.after or change.before or {}
        pk = pks.get((change.section, change.name))
        entries.append(
            LogEntry(
                content_type=ContentType.objects.get_for_model(RECORDED[change.section]),
                object_pk=str(pk or ""),
                object_id=pk if isinstance(pk, int) else None,
                object_repr=f"{item.get('title') or change.name}",
                action=_action(change),
                changes=lines,
                actor=who,
                additional_data={
                    "section": change.section,
                    "name": change.name,
                    "team": item.get("team", ""),
                    "via": through,
                    "before": change.before,
                    "after": change.after,
                },
            )
        )
    LogEntry.objects.bulk_create(entries, batch_size=CHUNK)


def _action(change: Change) -> int:
    if change.before is None:
        return int(LogEntry.Action.CREATE)
    return int(LogEntry.Action.DELETE if change.after is None else LogEntry.Action.UPDATE)


def ids_of(changes: Iterable[Change]) -> dict[tuple[str, str], int]:
    """The ids of the rows that these changes are about, as far as the rows are there."""
    names: dict[str, list[str]] = {}
    for change in changes:
        names.setdefault(change.section, []).append(change.name)
    return {
        (section, name): row.pk
        for section, some in names.items()
        for name, row in MODELS[section].objects.in_bulk(some, field_name=name_key(section)).items()
    }


def entries_of(row: Any) -> QuerySet[LogEntry]:
    """The history of one row, newest first."""
    kind = ContentType.objects.get_for_model(type(row))
    found: QuerySet[LogEntry] = LogEntry.objects.filter(content_type=kind, object_pk=str(row.pk))
    return found.select_related("actor").order_by("-pk")
