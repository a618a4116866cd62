"""Common boards to begin with, filled with the statistics that there are. Pure.

A layout is rows of slots; a slot whose statistic does not exist is left out, and its neighbours take its place.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard.combinations import split_mask
from statsbridge.statisticnames import STATISTICS

COLUMNS = 12


@dataclass(frozen=True, slots=True)
class Role:
    """What a slot wants to show: a statistic of one of ``units``.

    ``measures`` are the (category, main mask) that mean it, whatever the statistic is called; failing that, its name,
    title or Genesys name has the ``words``, and not those of ``without``.
    """

    units: tuple[str, ...]
    words: str
    without: str = r"(?!)"
    measures: tuple[tuple[str, str], ...] = ()


ROLES: Mapping[str, Role] = {
    "waiting": Role(("count",), r"wait", r"longest|max|average|avg|abandon", (("CurrentNumber", "CallWait"),)),
    "longest": Role(
        ("seconds",), r"(longest|max).*wait|wait.*(longest|max)", measures=(("CurrentMaxTime", "CallWait"),)
    ),
    "level": Role(("percent",), r"service.?(level|factor)", measures=(("ServiceFactor1", ""),)),
    "answered": Role(("count",), r"answer|distribut", r"not|un", (("TotalNumber", "CallAnswered"),)),
    "abandoned": Role(("count",), r"abandon", measures=(("TotalNumber", "CallAbandoned"),)),
    "handling": Role(("seconds",), r"handl"),
    "ready": Role(("count",), r"ready|available", r"not.?ready|not.?avail", (("CurrentNumber", "WaitForNextCall"),)),
    "talking": Role(("count",), r"talk|in.?call|on.?call"),
    "logged_in": Role(("count",), r"log(ged)?.?(in|on)", measures=(("CurrentNumber", "*,~LoggedOut,~NotMonitored"),)),
    "state": Role(("state",), r"state|status", measures=(("CurrentState", "*"),)),
}
OFFERED_MOST = 60


@dataclass(frozen=True, slots=True)
class Slot:
    """``each``: the tile shows all objects, not only the first. ``roles`` are its series, ``weight`` its width."""

    kind: str
    roles: tuple[str, ...]
    weight: int = 1
    each: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


#: Three in a row at most: a title such as “Calls abandoned today” is cut in a tile that is narrower.
Rows = Sequence[tuple[int, Sequence[Slot]]]
GOAL = {"goal": 80}
LAYOUTS: Mapping[str, Rows] = {
    "queue": (
        (2, (Slot("number", ("waiting",)), Slot("number", ("longest",)), Slot("gauge", ("level",), options=GOAL))),
        (2, (Slot("trend", ("waiting",)), Slot("number", ("answered",)), Slot("number", ("abandoned",)))),
    ),
    "group": (
        (2, (Slot("number", ("ready",)), Slot("number", ("talking",)), Slot("number", ("logged_in",)))),
        (4, (Slot("agents", ("state",), 2, each=True), Slot("donut", ("state",)))),
    ),
    "level": (
        (2, (Slot("gauge", ("level",), options=GOAL), Slot("number", ("answered",)), Slot("number", ("abandoned",)))),
        (2, (Slot("trend", ("level",), each=True),)),
        (2, (Slot("table", ("level", "answered", "abandoned"), each=True),)),
    ),
    "overview": (
        (3, (Slot("bars", ("waiting",), each=True), Slot("bars", ("longest",), each=True))),
        (3, (Slot("table", ("waiting", "longest", "level", "answered", "abandoned"), each=True),)),
    ),
}
#: No kind draws more in one tile than stays readable; a trend has this limit itself.
OBJECTS_MOST = 6


Statistics = Sequence[Mapping[str, Any]]


def fill(
    layout: str,
    statistics: Statistics,
    objects: Sequence[Mapping[str, str]],
    used: Mapping[str, int],
    chosen: Mapping[str, str] | None = None,
) -> tuple[list[dict[str, Any]], list[str]]:
    """The tiles of a layout, and the roles for which there is no statistic.

    Args:
        statistics: ``{name, title, unit, statistic, definition, types}`` of each there is; ``types`` are those of the
            objects that it is for, none where nobody knows.
        objects: ``{name, type}`` of those to show, at least one.
        used: How often a statistic is measured on objects like these already; of several the most used is taken.
        chosen: Role -> the name of the statistic that somebody chose for it, empty to leave the role out.
    """
    chosen = {role: name for role, name in (chosen or {}).items() if name in ("", *_offered(role, statistics))}
    fitting = [one for one in statistics if not one["types"] or objects[0]["type"] in one["types"]]
    names = {
        role: chosen[role] or None if role in chosen else _find(ROLES[role], fitting, used) for role in _roles(layout)
    }
    tiles: list[dict[str, Any]] = []
    y = 0
    for height, slots in LAYOUTS[layout]:
        there = [(slot, shown) for slot in slots if (shown := [one for role in slot.roles if (one := names[role])])]
        there = [(slot, shown) for slot, shown in there if _fits(slot, objects)]
        x = 0
        weights = sum(slot.weight for slot, _ in there)
        for index, (slot, shown) in enumerate(there):
            last = index == len(there) - 1
            w = COLUMNS - x if last else round(COLUMNS * slot.weight / weights)
            tiles.append(_tile(slot, shown, objects, {"x": x, "y": y, "w": w, "h": height}, len(tiles) + 1))
            x += w
        y += height if there else 0
    return tiles, [role for role, name in names.items() if name is None and role not in chosen]


def offers(roles: Sequence[str], statistics: Statistics) -> dict[str, list[dict[str, str]]]:
    """What could be chosen for each of these roles: statistics of its units, ``{name, title}``."""
    titles = {one["name"]: one["title"] for one in statistics}
    return {
        role: [{"name": name, "title": titles[name]} for name in _offered(role, statistics)[:OFFERED_MOST]]
        for role in roles
    }


def _offered(role: str, statistics: Statistics) -> list[str]:
    units = ROLES[role].units if role in ROLES else ()
    return [one["name"] for one in statistics if one["unit"] in units]


def _roles(layout: str) -> list[str]:
    return list(dict.fromkeys(role for _, slots in LAYOUTS[layout] for slot in slots for role in slot.roles))


def _find(role: Role, statistics: Statistics, used: Mapping[str, int]) -> str | None:
    def named(one: Mapping[str, Any]) -> bool:
        text = f"{one['name']} {one['statistic']} {one['title']}".lower()
        return bool(re.search(role.words, text)) and not re.search(role.without, text)

    of_unit = [one for one in statistics if one["unit"] in role.units]

    def rank(one: Mapping[str, Any]) -> tuple[int, bool]:
        # Side by side they should be of the same time: of the day.
        return used.get(one["name"], 0), _definition(one).get("intervalType") == "GrowingWindow"

    found = [one for one in of_unit if _measured(one) in role.measures] or [one for one in of_unit if named(one)]
    return str(max(found, key=rank)["name"]) if found else None


def _definition(statistic: Mapping[str, Any]) -> Mapping[str, Any]:
    """That of a statistic, of one by name as contact centres usually have it."""
    usual = STATISTICS.get(statistic["statistic"] or "")
    return statistic.get("definition") or (usual[1] if usual else {})


def _measured(statistic: Mapping[str, Any]) -> tuple[str, str]:
    """(category, main mask)."""
    definition = _definition(statistic)
    category, mask = definition.get("category", ""), definition.get("mainMask", "")
    return str(category), ",".join(split_mask(",".join(mask) if isinstance(mask, list) else str(mask)))


def _fits(slot: Slot, objects: Sequence[Mapping[str, str]]) -> bool:
    """A share of states is drawn of a group only."""
    return slot.kind != "donut" or objects[0]["type"] in ("GroupAgents", "GroupPlaces")


def _tile(
    slot: Slot, shown: list[str], objects: Sequence[Mapping[str, str]], position: dict[str, int], number: int
) -> dict[str, Any]:
    of = list(objects[:OBJECTS_MOST] if slot.each else objects[:1])
    return {
        "id": f"tile-{number}",
        "kind": slot.kind,
        "title": "",
        "series": [{"statistic": statistic, "object": one["name"]} for one in of for statistic in shown],
        "position": position,
        "thresholds": None,
        "decimals": None,
        "hidden_from": [],
        "options": dict(slot.options),
    }
