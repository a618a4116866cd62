"""Judges a whole document: do references lead somewhere, do tiles fit, may a team use what its boards show. Pure.

Problems carry document paths, such as ``("wallboards", "sales", "tiles", "waiting", "series", 0, "object")``.
"""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from dashboard.boards import series_info
from dashboard.configfile.document import Document
from dashboard.configfile.problems import Path, Problem
from dashboard.grid import place_problems
from dashboard.names import unknown_name
from dashboard.tiles import SeriesInfo, find_problems
from statsbridge.models import Connection, MonitoredObject, StatisticDefinition

#: To find the nearest of many names takes long: of so many unknown ones it is told.
HINTS_MOST = 5


def check(document: Document, broken: Collection[tuple[str, str]] = (), changed: Collection[str] = ()) -> list[Problem]:
    """Everything wrong between the items of ``document``.

    Args:
        broken: (section, name) of items that were refused by themselves already: they are not judged again, and
            references to them are fine.
        changed: Names of objects that are new or other than they were: of two with the same id, one of them is wrong.
    """
    broken_items = set(broken)
    told: dict[tuple[str, str], str] = {}

    def unknown(section: str, word: str, name: str) -> str | None:
        if name in document[section] or (section, name) in broken_items:
            return None
        if (section, name) not in told:
            reason = unknown_name(word, name, list(document[section]), hint=len(told) < HINTS_MOST)
            told[section, name] = reason
        return told[section, name]

    checks: dict[str, Callable[[dict[str, Any], Path], Iterator[Problem]]] = {
        "connections": _connection,
        "objects": lambda item, path: _references(item, path, unknown),
        "wallboards": lambda item, path: _wallboard(document, item, path, unknown),
        "rotations": lambda item, path: _rotation(item, path, unknown),
    }
    problems = [
        problem
        for section, of_item in checks.items()
        for name, item in document[section].items()
        if (section, name) not in broken_items or section == "wallboards"
        for problem in of_item(item, (section, name))
    ]
    return problems + list(_same_object(document, broken_items, changed))


Unknown = Callable[[str, str, str], str | None]


def _connection(item: dict[str, Any], path: Path) -> Iterator[Problem]:
    for key in Connection.GRANT_NEEDS[item["grant"]]:
        if not item[key]:
            yield Problem((*path, key), f"the grant “{item['grant']}” needs “{key}”")


def _references(item: dict[str, Any], path: Path, unknown: Unknown) -> Iterator[Problem]:
    if item["connection"] and (reason := unknown("connections", "connection", item["connection"])):
        yield Problem((*path, "connection"), reason)
    for index, team in enumerate(item["teams"]):
        if reason := unknown("teams", "team", team):
            yield Problem((*path, "teams", index), reason)


def _same_object(document: Document, broken: set[tuple[str, str]], changed: Collection[str]) -> Iterator[Problem]:
    holders: dict[tuple[str, str, str], str] = {}
    # What is as it was has its id by right, wherever it stands.
    for name, item in sorted(document["objects"].items(), key=lambda entry: entry[0] in changed):
        key = (item["connection"], item["type"], item["id"])
        holder = holders.setdefault(key, name)
        if holder != name and ("objects", name) not in broken:
            reason = f"the connection “{key[0]}” has the {key[1]} “{key[2]}” already, as “{holder}”"
            yield Problem(("objects", name, "id"), reason)


def _wallboard(document: Document, item: dict[str, Any], path: Path, unknown: Unknown) -> Iterator[Problem]:
    if item["team"] and (reason := unknown("teams", "team", item["team"])):
        yield Problem((*path, "team"), reason)
    for index, team in enumerate(item["shared_with"]):
        if reason := unknown("teams", "team", team):
            yield Problem((*path, "shared_with", index), reason)
    for tile in item["tiles"]:
        tile_path = (*path, "tiles", tile["id"])
        yield from _tile_series(document, item["team"], tile, tile_path, unknown)
    for name, reason in place_problems(item["tiles"], item["columns"]):
        yield Problem((*path, "tiles", name, "position"), reason)


def _rotation(item: dict[str, Any], path: Path, unknown: Unknown) -> Iterator[Problem]:
    if item["team"] and (reason := unknown("teams", "team", item["team"])):
        yield Problem((*path, "team"), reason)
    for index, step in enumerate(item["steps"]):
        if reason := unknown("wallboards", "wallboard", step["wallboard"]):
            yield Problem((*path, "steps", index, "wallboard"), reason)


def _tile_series(
    document: Document, team: str, tile: dict[str, Any], path: Path, unknown: Unknown
) -> Iterator[Problem]:
    infos: list[SeriesInfo] = []
    seen: set[tuple[str, str]] = set()
    for index, series in enumerate(tile["series"]):
        at = (*path, "series", index)
        reasons = {
            "statistic": unknown("statistics", "statistic", series["statistic"]),
            "object": unknown("objects", "object", series["object"]) or _forbidden(document, series["object"], team),
        }
        yield from (Problem((*at, key), reason) for key, reason in reasons.items() if reason)
        pair = series["statistic"], series["object"]
        if pair in seen:
            yield Problem(at, f"“{pair[0]}” of “{pair[1]}” is in this tile twice")
        seen.add(pair)
        statistic, monitored = (
            document["statistics"].get(series["statistic"]),
            document["objects"].get(series["object"]),
        )
        if statistic and monitored:
            infos.append(_info(statistic, monitored))
    if len(infos) == len(tile["series"]):
        yield from (Problem(path, reason) for reason in find_problems(tile["kind"], tile["options"], infos))


def _forbidden(document: Document, name: str, team: str) -> str | None:
    teams = document["objects"].get(name, {}).get("teams")
    if not teams or team in teams:
        return None
    return f"the object “{name}” is only for {' and '.join(teams)}, and this wallboard belongs to “{team}”"


def _info(statistic: dict[str, Any], monitored: dict[str, Any]) -> SeriesInfo:
    definition = {key: statistic[key] for key in ("name", "title", "unit", "decimals", "thresholds")}
    measured = {key: monitored[key] for key in ("name", "title", "type")} | {"object_id": monitored["id"]}
    return series_info(StatisticDefinition(**definition), MonitoredObject(**measured), monitored["connection"])
