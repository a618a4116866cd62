"""Takes one recorded change back, judged as a file is: what would spoil something else is refused with the reason."""

from typing import Any

from auditlog.models import LogEntry
from django.db.models import ProtectedError

from dashboard import wanted
from dashboard.configfile.apply import apply_data
from dashboard.configfile.changelog import MODELS, via
from dashboard.configfile.document import items_of
from dashboard.configfile.export import file_item
from dashboard.configfile.problems import ConfigurationRefused
from dashboard.configfile.schema import WORD, name_key
from dashboard.configfile.substitute import SECRET_FIELDS
from dashboard.configfile.usage import boards_bereft

#: Whole lists in the file, whose entries are taken back one by one: by what they are told apart.
_NAMED = {"tiles": "id", "members": "username"}


def can_revert(entry: LogEntry) -> bool:
    """Whether the entry is one of the configuration's, and changed more than a secret, which nobody kept."""
    data = entry.additional_data or {}
    before, after = data.get("before"), data.get("after")
    if data.get("section") not in MODELS or before == after:
        return False
    return before is None or after is None or bool(_returning(data["section"], before, after))


def _returning(section: str, before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """The keys that can have their values from before: nobody kept a secret."""
    changed = {one for one in before if before[one] != after.get(one)}
    return changed - set(SECRET_FIELDS) if section == "connections" else changed


def revert(entry: LogEntry) -> None:
    """Give the keys that the change changed their values from before; make or remove the item if it did the other.

    Raises:
        ConfigurationRefused: that is not possible (any more); nothing was changed.
    """
    data = entry.additional_data or {}
    section, before, after = data["section"], data["before"], data["after"]
    with wanted.deferred(), via(f"revert of change {entry.pk}"):
        if before is None:
            _remove(section, entry)
            return
        if after is None:
            _refuse_taken(section, before[name_key(section)])
            apply_data({section: [file_item(section, before)]}, "the item as it was")
            return
        key = name_key(section)
        row = _row(section, entry)
        if before[key] != after[key]:
            _rename(section, row, before[key])
        changed = _returning(section, before, after)
        now = items_of(section, [row.pk])[row.pk]
        lists = {one: _back(now[one], before[one], after[one], _NAMED[one]) for one in changed & _NAMED.keys()}
        item = file_item(section, {**now, **{one: before[one] for one in changed}, **lists, key: now[key]})
        if section == "connections":
            # Its other secrets are named in the item, and would be looked for in the environment.
            item = {one: value for one, value in item.items() if one in changed or one == key}
        if changed - {key}:
            apply_data({section: [item]}, "the item as it was")


def _back(
    now: list[dict[str, Any]], before: list[dict[str, Any]], after: list[dict[str, Any]], key: str
) -> list[dict[str, Any]]:
    """The list with only those entries as they were ``before`` that the change to ``after`` touched."""
    old, new = {one[key]: one for one in before}, {one[key]: one for one in after}
    there = {one[key] for one in now}
    kept = [one for one in now if one[key] in old or one[key] not in new]
    back = [old[one[key]] if one[key] in old and old[one[key]] != new.get(one[key]) else one for one in kept]
    back += [one for one in before if one[key] not in new and one[key] not in there]
    if [name for name in old if name in new] != [name for name in new if name in old]:
        places = list(old)
        back.sort(key=lambda one: places.index(one[key]) if one[key] in old else len(places))
    return back


def _row(section: str, entry: LogEntry) -> Any:
    row = MODELS[section].objects.filter(pk=entry.object_id).first()
    if row is None:
        raise ConfigurationRefused([f"The {WORD[section]} is not there any more: take its deletion back first."])
    return row


def _refuse_taken(section: str, name: str, besides: int | None = None) -> None:
    """A name that something else has by now is not taken away from it, nor is that overwritten."""
    if MODELS[section].objects.filter(**{name_key(section): name}).exclude(pk=besides).exists():
        raise ConfigurationRefused(
            [f"There is another {WORD[section]} “{name}” by now: give that one another name first, or delete it."]
        )


def _rename(section: str, row: Any, name: str) -> None:
    key = name_key(section)
    _refuse_taken(section, name, row.pk)
    setattr(row, key, name)
    row.save()


def _remove(section: str, entry: LogEntry) -> None:
    row = _row(section, entry)
    if section in ("objects", "statistics"):
        reasons = boards_bereft(section, {row.name})
        if reasons:
            raise ConfigurationRefused(reasons)
    try:
        row.delete()
    except ProtectedError as error:
        users = ", ".join(sorted(str(one) for one in error.protected_objects)[:10])
        raise ConfigurationRefused([f"The {WORD[section]} is in use by: {users}."]) from None
