"""What an edit of one row would do to the wallboards that use it: the same judgement that a file gets.

Without it, what was edited in the browser could be exported but not applied again.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from dashboard.configfile.check import check
from dashboard.configfile.document import Document, stored_document
from dashboard.configfile.problems import Problem
from dashboard.wording import in_words

#: Section -> name as stored -> the keys that would be others.
Changes = Mapping[str, Mapping[str, Mapping[str, Any]]]
#: The key of a tile's series that names an item of the section.
_NAMED_BY = {"statistics": "statistic", "objects": "object"}


def boards_spoiled(changes: Changes) -> list[str]:
    """Why wallboards could not be as they are after ``changes``; empty if they can."""
    stored = stored_document()
    after = {
        section: {name: {**item, **changes.get(section, {}).get(name, {})} for name, item in items.items()}
        for section, items in stored.items()
    }
    return list(_new_problems(stored, after))


def boards_bereft(section: str, names: Collection[str]) -> list[str]:
    """Why wallboards could not be as they are without these ``objects`` or ``statistics``; empty if they can."""
    stored = stored_document()
    key = _NAMED_BY[section]
    after = {**stored, section: {name: item for name, item in stored[section].items() if name not in names}}
    after["wallboards"] = {
        slug: {**board, "tiles": [_without(tile, key, names) for tile in board["tiles"]]}
        for slug, board in stored["wallboards"].items()
    }
    return list(_new_problems(stored, after))


def _without(tile: dict[str, Any], key: str, names: Collection[str]) -> dict[str, Any]:
    return {**tile, "series": [series for series in tile["series"] if series[key] not in names]}


def _new_problems(before: Document, after: Document) -> Iterator[str]:
    known = {(problem.path[:4], problem.reason) for problem in check(before)}
    found = [problem for problem in check(after) if problem.path[0] == "wallboards"]
    seen: set[str] = set()
    for problem in found:
        text = _in_words(before, after, problem)
        if (problem.path[:4], problem.reason) not in known and text not in seen:
            seen.add(text)
            yield text


def _in_words(before: Document, after: Document, problem: Problem) -> str:
    slug = str(problem.path[1])
    board = after["wallboards"][slug]
    tile = next((one for one in board["tiles"] if problem.path[2:4] == ("tiles", one["id"])), None)
    # What stands above it now may be the title of what would go.
    stood = next((one for one in before["wallboards"][slug]["tiles"] if tile and one["id"] == tile["id"]), tile)
    told = {
        "board": board["title"],
        "tile": (tile["title"] or _shown_title(before, stood)) if tile and stood else "",
        "reason": in_words(problem.reason),
    }
    if tile:
        return _("Wallboard “%(board)s”, tile “%(tile)s”: %(reason)s") % told
    return _("Wallboard “%(board)s”: %(reason)s") % told


def _shown_title(document: Document, tile: dict[str, Any]) -> str:
    """What stands above a tile without a title of its own."""
    first = next(iter(tile["series"]), None)
    statistic = document["statistics"].get(first["statistic"]) if first else None
    return str(statistic["title"] if statistic else tile["id"])
