"""What is wrong with a draft of a wallboard, field by field; the rules are those of the configuration file."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dashboard.configfile.check import check
from dashboard.configfile.document import Document
from dashboard.configfile.merge import Wanted, merge
from dashboard.configfile.problems import Path
from dashboard.configfile.schema import TILE_SERIES_MOST, TileItem
from dashboard.editor.document import EDITED, SERIES_MOST, series_of
from dashboard.tiles import KINDS
from dashboard.wording import in_words

#: More than fit on any grid.
TILES_MOST = 200


@dataclass(frozen=True, slots=True)
class FieldError:
    """``tile`` is the tile's id (None: the board), ``field`` the key that is to be corrected."""

    tile: str | None
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """``document`` with the draft in it, without tiles that cannot be read; it may be written if there is no error."""

    document: Document
    errors: list[FieldError]


def judge(stored: Document, slug: str, draft: Any, team: str = "") -> Judgement:
    """Lay a draft (``title``, ``timezone``, ``columns``, ``tiles``) over the stored document of its board.

    A tile has the file's keys, its own options under ``options``. A new board needs a ``team``; a draft cannot name
    one.
    """
    tiles = draft.get("tiles", []) if isinstance(draft, dict) else None
    if not isinstance(tiles, list) or not all(isinstance(tile, dict) for tile in tiles):
        return Judgement(stored, [FieldError(None, "tiles", in_words("send a board with a list of tiles"))])
    if len(tiles) > TILES_MOST:
        return Judgement(stored, [FieldError(None, "tiles", in_words(f"a wallboard has at most {TILES_MOST} tiles"))])
    if too_many := list(_too_many_series(tiles)):
        return Judgement(stored, too_many)
    given = {key: draft[key] for key in EDITED if key in draft} | ({"team": team} if team else {})
    wanted = merge(
        {"version": 1, "wallboards": [given | {"slug": slug, "tiles": [_flat(tile) for tile in tiles]}]},
        stored,
        lambda connection, field, secret: "",
    )
    connections = {("connections", one["connection"]) for one in stored["objects"].values()}
    refused = set(wanted.broken) | connections
    errors = list(_errors(wanted, tiles, check(wanted.document, refused)))
    return Judgement(wanted.document, list(dict.fromkeys(errors)))


def _too_many_series(tiles: list[dict[str, Any]]) -> Iterator[FieldError]:
    """Found out by counting, because to judge them all would take long."""
    for tile in tiles:
        if len(series_of(tile)) > TILE_SERIES_MOST:
            reason = f"a tile has at most {TILE_SERIES_MOST} series"
            yield FieldError(str(tile.get("id")), "series", in_words(reason))
    if sum(len(series_of(tile)) for tile in tiles) > SERIES_MOST:
        yield FieldError(None, "tiles", in_words(f"a wallboard has at most {SERIES_MOST} series"))


def _flat(tile: dict[str, Any]) -> dict[str, Any]:
    """A tile as the file writes it: its kind's options beside the other keys."""
    options = tile.get("options") or {}
    rest = {key: value for key, value in tile.items() if key != "options"}
    if not isinstance(options, dict) or options.keys() & TileItem.model_fields.keys():
        return rest | {"options": options}
    return rest | options


def _errors(wanted: Wanted, tiles: list[dict[str, Any]], checked: list[Any]) -> Iterator[FieldError]:
    for problem in wanted.problems:
        path = problem.path[2:]
        if path[:1] == ("tiles",) and len(path) > 1:
            tile = tiles[int(path[1])]
            yield _of_tile(str(tile.get("id")), str(tile.get("kind")), path[2:], problem.reason)
        else:
            yield FieldError(None, str(path[0]) if path else "tiles", in_words(problem.reason))
    kinds = {str(tile.get("id")): str(tile.get("kind")) for tile in tiles}
    for problem in checked:
        path = problem.path[2:]
        if problem.path[0] == "wallboards" and path[:1] == ("tiles",) and len(path) > 1:
            yield _of_tile(str(path[1]), kinds.get(str(path[1]), ""), path[2:], problem.reason)
        else:
            yield FieldError(None, str(path[0]) if path else "tiles", in_words(problem.reason))


def _of_tile(tile: str, kind: str, rest: Path, reason: str) -> FieldError:
    if rest:
        return FieldError(tile, str(rest[0]), in_words(reason))
    # What is wrong between fields stands at the one that the sentence begins with; what is left is about the series.
    options = KINDS[kind].options.model_fields if kind in KINDS else {}
    first = reason.split(" ", 1)[0]
    return FieldError(tile, first if first in options else "series", in_words(reason))
