"""The difference between two documents, in words for people. Pure; secrets stand only as variable names."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from dashboard.configfile.document import Document
from dashboard.configfile.schema import SECTIONS, WORD

# What must be there before what refers to it.
ORDER = ("connections", "teams", "objects", "statistics", "wallboards", "rotations")


class _OneLine(yaml.SafeDumper):
    """Writes a text of several lines with ``\\n`` in it."""


_OneLine.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if "\n" in text else None),
)


@dataclass(frozen=True, slots=True)
class Change:
    """One item that is new (``before`` is None), changed or gone (``after`` is None).

    ``notes`` are differences that the documents do not show: a secret with a new value.
    """

    section: str
    name: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        sign = "+" if self.before is None else "-" if self.after is None else "~"
        lines = [f"{sign} {WORD[self.section]} {self.name}"]
        if self.after is not None:
            lines += [f"    {line}" for line in _lines(self.before or {}, self.after)]
        lines += [f"    {note}" for note in self.notes]
        return "\n".join(lines)


def diff(before: Document, after: Document, notes: dict[str, tuple[str, ...]]) -> list[Change]:
    """The changes that lead from one document to the other.

    Args:
        notes: What else changes, by name of the connection.
    """
    changes: list[Change] = []
    assert set(ORDER) == set(SECTIONS)  # noqa: S101  # each section is compared
    for section in ORDER:
        for name in sorted(before[section].keys() | after[section].keys()):
            old, new = before[section].get(name), after[section].get(name)
            more = notes.get(name, ()) if section == "connections" else ()
            if old != new or more:
                changes.append(Change(section, name, old, new, more))
    return changes


def changed_keys(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[str]]:
    """What differs between two states of an item: key -> [before, after] as text; a tile's keys behind its id."""
    found: dict[str, list[str]] = {}
    for key in {**before, **after}:
        if key == "tiles":
            found |= _changed_tiles(before.get(key, []), after.get(key, []))
        elif before.get(key) != after.get(key):
            found[key] = [_short(before.get(key)), _short(after.get(key))]
    return found


def _changed_tiles(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> dict[str, list[str]]:
    old, new = {tile["id"]: tile for tile in before}, {tile["id"]: tile for tile in after}
    found: dict[str, list[str]] = {}
    for name in {**old, **new}:
        if name in old and name in new:
            keys = changed_keys(old[name], new[name])
            found |= {f"tile {name}: {key}": values for key, values in keys.items()}
        else:
            found[f"tile {name}"] = [_name_of(one.get(name)) for one in (old, new)]
    kept_before, kept_after = [name for name in old if name in new], [name for name in new if name in old]
    if kept_before != kept_after:
        found["order of tiles"] = [", ".join(kept_before), ", ".join(kept_after)]
    return found


def _name_of(tile: dict[str, Any] | None) -> str:
    if tile is None:
        return ""
    return f"{tile['kind']}, “{tile['title']}”" if tile["title"] else str(tile["kind"])


def _lines(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for key in after:
        if key in ("name", "slug") or (not before and after[key] in (None, "", [], {})):
            continue
        if key == "tiles":
            yield from _tiles(before.get("tiles", []), after["tiles"])
        elif key not in before:
            yield f"{key}: {_short(after[key])}"
        elif before[key] != after[key]:
            yield f"{key}: {_short(before[key])} → {_short(after[key])}"


def _tiles(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Iterator[str]:
    old, new = {tile["id"]: tile for tile in before}, {tile["id"]: tile for tile in after}
    for name, tile in new.items():
        if name not in old:
            title = f", “{tile['title']}”" if tile["title"] else ""
            yield f"+ tile {name} ({tile['kind']}{title})"
        elif old[name] != tile:
            yield f"~ tile {name}"
            yield from (f"    {line}" for line in _lines(old[name], tile) if not line.startswith("id: "))
    yield from (f"- tile {name}" for name in old if name not in new)
    kept_before, kept_after = [name for name in old if name in new], [name for name in new if name in old]
    if kept_before != kept_after:
        yield f"order of tiles: {', '.join(kept_before)} → {', '.join(kept_after)}"


def _short(value: Any) -> str:
    """One line of YAML, as it would stand in the file."""
    text = yaml.dump(value, Dumper=_OneLine, default_flow_style=True, allow_unicode=True, width=10_000, sort_keys=False)
    return text.removesuffix("...\n").strip() if value != "" else '""'
