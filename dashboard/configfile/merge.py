"""What the stored configuration would become: the file laid over it. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from dashboard.configfile.document import Document
from dashboard.configfile.problems import Path, Problem
from dashboard.configfile.schema import (
    REQUIRED,
    SECTIONS,
    WORD,
    Item,
    MemberItem,
    RotationItem,
    RuleItem,
    TeamItem,
    TileItem,
    WallboardItem,
    in_words,
    name_key,
    read_item,
)
from dashboard.configfile.substitute import SecretText
from dashboard.names import nearest
from dashboard.plain import plain_number, plain_thresholds
from dashboard.thresholds import Thresholds
from dashboard.tiles import KINDS

_TILE_KEYS = tuple(name for name in TileItem.model_fields if name != "options")


@dataclass(slots=True)
class Wanted:
    """The file as checked items, and the configuration with them in it.

    ``paths`` says where in the file an item, or a tile, stands: ``("wallboards", "sales", "tiles", "tile-1")``
    -> ``("wallboards", 0, "tiles", 0)``. ``broken`` are items that the file has but that cannot be used;
    references to them are no problem of their own.
    """

    document: Document
    paths: dict[Path, Path] = field(default_factory=dict)
    broken: set[tuple[str, str]] = field(default_factory=set)
    secrets: dict[tuple[str, str], SecretText] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    named: dict[str, list[str]] = field(default_factory=lambda: {section: [] for section in SECTIONS})

    def refuse(self, path: Path, reason: str) -> None:
        self.problems.append(Problem(path, reason))


def merge(data: Any, stored: Document, secret_shown: Callable[[str, str, SecretText], str]) -> Wanted:
    """Lay the file's data over the stored document.

    Args:
        data: The file's data, environment filled in.
        stored: The stored document; it is not changed.
        secret_shown: Gives the text that stands in the document for (connection, field, secret).
    """
    wanted = Wanted({section: dict(items) for section, items in stored.items()})
    if not isinstance(data, dict):
        wanted.refuse((), "the file must be a mapping that begins with “version: 1”")
        return wanted
    version = data.get("version")
    if version is None:
        wanted.refuse((), "“version: 1” is missing")
    elif version != 1 or isinstance(version, bool):
        wanted.refuse(("version",), "this program reads version 1")
    for key in data:
        if key != "version" and key not in SECTIONS:
            hint = nearest(str(key), ("version", *SECTIONS))
            wanted.refuse((key,), f"unknown key; the keys here are version, {', '.join(SECTIONS)}{hint}")
    for section in SECTIONS:
        _section(wanted, section, data.get(section), stored, secret_shown)
    return wanted


def _section(
    wanted: Wanted, section: str, items: Any, stored: Document, secret_shown: Callable[[str, str, SecretText], str]
) -> None:
    if items is None:
        return
    if not isinstance(items, list):
        wanted.refuse((section,), f"must be a list of {section}")
        return
    key = name_key(section)
    for index, data in enumerate(items):
        path: Path = (section, index)
        name = data.get(key) if isinstance(data, dict) else None
        item, problems = read_item(SECTIONS[section], data, path)
        wanted.problems += problems
        if isinstance(name, str) and name in wanted.named[section]:
            first = wanted.paths[(section, name)][1]
            wanted.refuse((*path, key), f"the {WORD[section]} “{name}” is there twice, first as {section}[{first}]")
            continue
        if isinstance(name, str):
            wanted.named[section].append(name)
            wanted.paths[(section, name)] = path
        if item is None:
            if isinstance(name, str):
                wanted.broken.add((section, name))
            continue
        assert isinstance(name, str)  # noqa: S101  # the model has seen to it
        _lay(wanted, section, name, item, stored[section].get(name), secret_shown)


def _lay(
    wanted: Wanted,
    section: str,
    name: str,
    item: Item,
    before: dict[str, Any] | None,
    secret_shown: Callable[[str, str, SecretText], str],
) -> None:
    path = wanted.paths[(section, name)]
    given = {key: getattr(item, key) for key in type(item).model_fields if key in item.model_fields_set}
    if before is None:
        for key in REQUIRED[section]:
            if key not in given:
                wanted.refuse(path, f"“{key}” is missing; a new {WORD[section]} needs it")
                wanted.broken.add((section, name))
        after = {key: getattr(item, key) for key in type(item).model_fields}
        after["title"] = after.get("title") or name
        if section == "connections":
            del after["title"]
    else:
        after = {**before, **given}
    for key, value in after.items():
        if isinstance(value, SecretText):
            wanted.secrets[(name, key)] = value
            after[key] = secret_shown(name, key, value)
        elif section == "connections" and value is None:
            after[key] = ""
    if section == "statistics":
        _one_of_two(wanted, path, given, before, after)
    if isinstance(after.get("thresholds"), Thresholds):
        after["thresholds"] = plain_thresholds(after["thresholds"])
    for key in ("teams", "shared_with"):
        if key in given and key != section:
            after[key] = _once(wanted, (*path, key), given[key])
    if "members" in given:
        after["members"] = _members(wanted, (*path, "members"), given["members"])
    if isinstance(item, TeamItem) and "rules" in given:
        after["rules"] = _rules(wanted, (*path, "rules"), item.rules)
    if isinstance(item, RotationItem) and "steps" in given:
        after["steps"] = [step.model_dump() for step in item.steps]
    if isinstance(item, WallboardItem) and "tiles" in given:
        after["tiles"] = _tiles(wanted, name, item.tiles, before["tiles"] if before else [])
    wanted.document[section][name] = after


def _one_of_two(
    wanted: Wanted, path: Path, given: dict[str, Any], before: dict[str, Any] | None, after: dict[str, Any]
) -> None:
    both = [key for key in ("statistic", "definition") if given.get(key)]
    if len(both) == 2:
        wanted.refuse((*path, "definition"), "give either “statistic” or “definition”, not both")
    elif both:
        after["statistic"] = given.get("statistic") or None
        after["definition"] = given.get("definition") or None
    elif before is None or given.keys() & {"statistic", "definition"}:
        wanted.refuse(path, "give “statistic” (the name of a pre-configured one) or “definition” (an ad hoc one)")


def _once(wanted: Wanted, path: Path, names: list[str]) -> list[str]:
    for index, name in enumerate(names):
        if name in names[:index]:
            wanted.refuse((*path, index), f"“{name}” is there twice")
    return sorted(set(names))


def _members(wanted: Wanted, path: Path, members: list[MemberItem]) -> list[dict[str, str]]:
    names = [member.username for member in members]
    for index, name in enumerate(names):
        if name in names[:index]:
            wanted.refuse((*path, index, "username"), f"“{name}” is there twice")
    return [
        {"username": member.username, "role": member.role} for member in sorted(members, key=lambda one: one.username)
    ]


def _rules(wanted: Wanted, path: Path, rules: list[RuleItem]) -> list[dict[str, str]]:
    keys = [(rule.claim, rule.value) for rule in rules]
    for index, key in enumerate(keys):
        if key in keys[:index]:
            wanted.refuse((*path, index, "value"), f"“{key[0]} {key[1]}” is there twice")
    return [rule.model_dump() for rule in sorted(rules, key=lambda one: (one.claim, one.value))]


def _tiles(
    wanted: Wanted, slug: str, tiles: list[dict[str, Any]], before: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The file's tiles; one without an id gets that of the stored tile at its index, or a new one."""
    path = wanted.paths[("wallboards", slug)]
    claimed = {tile["id"] for tile in tiles if isinstance(tile.get("id"), str)}
    seen: set[str] = set()
    built: list[dict[str, Any]] = []
    for index, data in enumerate(tiles):
        tile_path: Path = (*path, "tiles", index)
        tile = _tile(wanted, data, tile_path)
        if tile is None:
            wanted.broken.add(("wallboards", slug))
            continue
        if tile["id"] is None:
            at_index = before[index]["id"] if index < len(before) else ""
            tile["id"] = at_index if at_index and at_index not in claimed | seen else _free(index, claimed | seen)
        elif tile["id"] in seen:
            wanted.refuse((*tile_path, "id"), f"the id “{tile['id']}” is there twice")
        seen.add(tile["id"])
        wanted.paths[("wallboards", slug, "tiles", tile["id"])] = tile_path
        built.append(tile)
    return built


def _free(index: int, taken: set[str]) -> str:
    number = index + 1
    while f"tile-{number}" in taken:
        number += 1
    return f"tile-{number}"


def _tile(wanted: Wanted, data: dict[str, Any], path: Path) -> dict[str, Any] | None:
    item, problems = read_item(TileItem, {key: data[key] for key in _TILE_KEYS if key in data}, path)
    own = {key: value for key, value in data.items() if key not in _TILE_KEYS}
    kind = KINDS.get(str(data.get("kind")))
    options: dict[str, Any] = {}
    if kind is None and isinstance(data.get("kind"), str):
        hint = nearest(data["kind"], list(KINDS))
        reason = f"there is no tile kind “{data['kind']}”; the kinds are {', '.join(KINDS)}{hint}"
        problems.append(Problem((*path, "kind"), reason))
    elif kind is not None:
        try:
            options = kind.options.model_validate(own).model_dump(mode="json", exclude_defaults=True)
        except ValidationError as error:
            problems += in_words(error, path, (*_TILE_KEYS, *kind.options.model_fields))
    wanted.problems += problems
    if item is None or problems:
        return None
    return {
        "id": item.id,
        "kind": item.kind,
        "title": item.title,
        "series": [{"statistic": one.statistic, "object": one.object} for one in item.series],
        "position": item.position.model_dump(),
        "thresholds": plain_thresholds(item.thresholds),
        "decimals": item.decimals,
        "hidden_from": item.hidden_from,
        "options": plain_number(options),
    }
