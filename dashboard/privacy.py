"""Erasing a person: what the product knows of an agent or a user goes, in every place it is kept."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from auditlog.models import LogEntry
from django.contrib.admin.models import LogEntry as AdminLogEntry
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q

from dashboard import wanted
from dashboard.configfile import recording
from dashboard.models import AppliedFile, Tile
from dashboard.tiles import KINDS
from statsbridge.models import LastValue, MonitoredObject, Sample

ERASED = "(erased)"
CHUNK = 500


@dataclass(slots=True)
class Erasure:
    """What is, or would be, removed."""

    objects: list[MonitoredObject] = field(default_factory=list)
    users: list[Any] = field(default_factory=list)
    samples: int = 0
    values: int = 0
    tiles: list[Tile] = field(default_factory=list)
    mentions: int = 0

    @property
    def found(self) -> bool:
        return bool(self.objects or self.users)

    def lines(self) -> list[str]:
        """For the person who does it; names are repeated here and nowhere else."""
        return [
            *(f"object {one.name}: {one.title} ({one.type} {one.object_id})" for one in self.objects),
            *(f"user {one.get_username()}" for one in self.users),
            f"{self.samples} samples, {self.values} last values",
            *(f"tile “{tile}” of wallboard “{tile.wallboard}”, which shows nothing else" for tile in self.tiles),
            f"{self.mentions} entries of the history that mention them",
        ]


def look_up(word: str) -> Erasure:
    """What erasing would remove: agents by name or Genesys id, users by user name."""
    objects = MonitoredObject.objects.filter(Q(name=word) | Q(object_id=word), type__in=("Agent", "Place"))
    users = get_user_model().objects.filter(username=word)
    return of_objects(list(objects), list(users))


def of_objects(objects: Sequence[MonitoredObject], users: Sequence[Any] = ()) -> Erasure:
    """What erasing these would remove."""
    pks = [one.pk for one in objects]
    erasure = Erasure(list(objects), list(users))
    erasure.samples = Sample.objects.filter(series__monitored_object__in=pks).count()
    erasure.values = LastValue.objects.filter(series__monitored_object__in=pks).count()
    shown = Tile.objects.filter(series__monitored_object__in=pks).select_related("wallboard").distinct()
    erasure.tiles = [tile for tile in shown if not _still_shows(tile, pks)]
    erasure.mentions = _mentions(_identifiers(erasure)) if erasure.found else 0
    return erasure


def _still_shows(tile: Tile, gone: Sequence[int]) -> bool:
    return KINDS[tile.kind].name != "text" and tile.series.exclude(monitored_object__in=gone).exists()


def erase(erasure: Erasure) -> None:
    """Remove all of it, and what the history, the log of the administration and the applied file say of it."""
    identifiers = _identifiers(erasure)
    with transaction.atomic(), wanted.deferred(), recording.paused():
        for tile in erasure.tiles:
            tile.delete()
        pks = [one.pk for one in erasure.objects]
        _leave_groups([one.object_id for one in erasure.objects])
        # Samples first and apart: they are many, and need not be loaded to be deleted.
        Sample.objects.filter(series__monitored_object__in=pks).delete()
        MonitoredObject.objects.filter(pk__in=pks).delete()
        for user in erasure.users:
            user.delete()
        _scrub(identifiers)


def _identifiers(erasure: Erasure) -> list[str]:
    words = {word for one in erasure.objects for word in (one.name, one.title, one.object_id)}
    words |= {word for one in erasure.users for word in (one.get_username(), one.get_full_name(), one.email)}
    return sorted((word for word in words if word), key=len, reverse=True)


def _leave_groups(ids: Sequence[str]) -> None:
    """Groups' last states list their members by id."""
    gone = set(ids)
    for row in LastValue.objects.filter(series__definition__unit="state", value__has_key="agents"):
        value: dict[str, Any] = row.value or {}
        agents = [one for one in value["agents"] if one.get("id") not in gone]
        if len(agents) < len(value["agents"]):
            LastValue.objects.filter(pk=row.pk).update(value={**value, "agents": agents})


def _mentions(identifiers: Sequence[str]) -> int:
    pattern = _pattern(identifiers)
    rows = LogEntry.objects.values_list("additional_data", "changes", "object_repr").iterator(chunk_size=CHUNK)
    return sum(bool(pattern.search(json.dumps(row, ensure_ascii=False))) for row in rows)


def _pattern(identifiers: Sequence[str]) -> re.Pattern[str]:
    """The words by themselves, not inside of others."""
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in identifiers))


def _scrub(identifiers: Sequence[str]) -> None:
    pattern = _pattern(identifiers)

    def clean(value: Any) -> Any:
        if isinstance(value, dict):
            return {clean(key): clean(item) for key, item in value.items()}
        if isinstance(value, list):
            return [clean(item) for item in value]
        return pattern.sub(ERASED, value) if isinstance(value, str) else value

    for entry in LogEntry.objects.order_by("pk").iterator(chunk_size=CHUNK):
        cleaned = clean([entry.additional_data, entry.changes, entry.object_repr])
        if cleaned != [entry.additional_data, entry.changes, entry.object_repr]:
            LogEntry.objects.filter(pk=entry.pk).update(
                additional_data=cleaned[0], changes=cleaned[1], object_repr=cleaned[2]
            )
    for log in AdminLogEntry.objects.filter(_any("object_repr", identifiers) | _any("change_message", identifiers)):
        log.object_repr, log.change_message = clean(log.object_repr), clean(log.change_message)
        log.save()
    for file in AppliedFile.objects.all():
        file.document = clean(file.document)
        AppliedFile.objects.filter(pk=file.pk).update(document=file.document)


def _any(field: str, words: Sequence[str]) -> Q:
    found = Q(pk__in=())
    for word in words:
        found |= Q(**{f"{field}__contains": word})
    return found
