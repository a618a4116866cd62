"""Erasing a person: what the product knows of an agent or a user goes, in every place it is kept."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from auditlog.models import LogEntry
from django.contrib.admin.models import LogEntry as AdminLogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from dashboard import wanted
from dashboard.configfile import recording
from dashboard.models import AppliedFile, Tile
from dashboard.scrubbing import ERASED, Person
from dashboard.signin.models import TeamRule
from dashboard.tiles import KINDS
from statsbridge.models import LastValue, MonitoredObject, Sample

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
    erasure.mentions = _mentions(_person(erasure)) if erasure.found else 0
    return erasure


def _still_shows(tile: Tile, gone: Sequence[int]) -> bool:
    return KINDS[tile.kind].name != "text" and tile.series.exclude(monitored_object__in=gone).exists()


def erase(erasure: Erasure) -> None:
    """Remove all of it, and what the history, the log of the administration and the applied file say of it."""
    person = _person(erasure)
    # Committed chunk by chunk, before the person goes: what is interrupted can be begun anew.
    done = _scrub_history(person)
    with wanted.deferred(), recording.paused():
        for tile in erasure.tiles:
            tile.delete()
        pks = [one.pk for one in erasure.objects]
        _leave_groups([one.object_id for one in erasure.objects])
        # Samples first and apart: they are many, and need not be loaded to be deleted.
        Sample.objects.filter(series__monitored_object__in=pks).delete()
        MonitoredObject.objects.filter(pk__in=pks).delete()
        _scrub_history(person, done)
        _scrub_logs(person, erasure)
        TeamRule.objects.filter(value__in=person.usernames).delete()
        for user in erasure.users:
            user.delete()


def _leave_groups(ids: Sequence[str]) -> None:
    """Groups' last states list their members by id."""
    gone = set(ids)
    for row in LastValue.objects.filter(series__definition__unit="state", value__has_key="agents"):
        value: dict[str, Any] = row.value or {}
        agents = [one for one in value["agents"] if one.get("id") not in gone]
        if len(agents) < len(value["agents"]):
            LastValue.objects.filter(pk=row.pk).update(value={**value, "agents": agents})


def _person(erasure: Erasure) -> Person:
    """With the names that the objects had before, unless something else is called so now."""
    pks = [one.pk for one in erasure.objects]
    names, titles = {one.name for one in erasure.objects}, {one.title for one in erasure.objects}
    kind = ContentType.objects.get_for_model(MonitoredObject)
    for data in LogEntry.objects.filter(content_type=kind, object_id__in=pks).values_list("additional_data", flat=True):
        states = [state for key in ("before", "after") if (state := (data or {}).get(key))]
        names |= {str(state["name"]) for state in states}
        titles |= {str(state["title"]) for state in states}
    taken = set(MonitoredObject.objects.filter(name__in=names).exclude(pk__in=pks).values_list("name", flat=True))
    usernames = {one.get_username() for one in erasure.users}
    return Person(frozenset(pks), frozenset(names - taken), frozenset(titles), frozenset(usernames))


def _mentions(person: Person) -> int:
    return sum(1 for _ in _cleaned_entries(person, LogEntry.objects.order_by("pk").iterator(chunk_size=CHUNK)))


def _cleaned_entries(person: Person, entries: Iterable[LogEntry]) -> Iterator[LogEntry]:
    """Those that mention the person, without that."""
    kind = ContentType.objects.get_for_model(MonitoredObject).pk
    for entry in entries:
        before = (entry.additional_data or {}, entry.changes or {}, entry.object_repr)
        after = person.clean_entry(*before, entry.object_id if entry.content_type_id == kind else None)
        if after != before:
            entry.additional_data, entry.changes, entry.object_repr = after
            yield entry


def _scrub_history(person: Person, after: int = 0) -> int:
    """Clean the entries after that one, chunk by chunk; returns the last one's id."""
    while True:
        entries = list(LogEntry.objects.filter(pk__gt=after).order_by("pk")[:CHUNK])
        if not entries:
            return after
        changed = list(_cleaned_entries(person, entries))
        LogEntry.objects.bulk_update(changed, ["additional_data", "changes", "object_repr"])
        after = entries[-1].pk


def _scrub_logs(person: Person, erasure: Erasure) -> None:
    """The administration's own log, and the file that was applied last."""
    for rows in (erasure.objects, erasure.users):
        if rows:
            kind = ContentType.objects.get_for_model(type(rows[0]))
            theirs = AdminLogEntry.objects.filter(content_type=kind, object_id__in=[str(one.pk) for one in rows])
            theirs.update(object_repr=ERASED)
    for log in AdminLogEntry.objects.filter(_any("change_message", person.usernames)):
        AdminLogEntry.objects.filter(pk=log.pk).update(change_message=person.clean_message(log.change_message))
    for file in AppliedFile.objects.all():
        AppliedFile.objects.filter(pk=file.pk).update(document=person.clean_document(file.document))


def _any(field: str, words: Iterable[str]) -> Q:
    found = Q(pk__in=())
    for word in words:
        found |= Q(**{f"{field}__contains": word})
    return found
