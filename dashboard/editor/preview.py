"""Unsaved tiles as a screen would get them: described by the same code, with the values that are known."""

from collections.abc import Collection
from itertools import accumulate
from typing import Any

from django.db.models import Q

from dashboard import wanted
from dashboard.boards import info_of, make_board, read_board
from dashboard.editor.document import board_document, usable_objects
from dashboard.editor.judge import FieldError, judge
from dashboard.models import Tile, Wallboard
from dashboard.stored import beat_age
from dashboard.tiles import SeriesInfo
from statsbridge.clock import Clock
from statsbridge.history import read_history
from statsbridge.messages import LinkState
from statsbridge.models import LastValue, LinkStatus, MonitoredObject, Series, StatisticDefinition

#: Without a beat of the bridge for so long the stored values are old ones.
BRIDGE_SILENT_MS = 15_000
#: More series than that are not asked for on behalf of one draft.
SERIES_MOST = 500


def preview(wallboard: Wallboard, draft: dict[str, Any]) -> tuple[dict[str, Any], list[FieldError]]:
    """What a screen would draw of a draft, and what is wrong with it.

    The first is as in a snapshot: ``wallboard``, ``series``, and ``values`` and ``history`` of the series; tiles with
    an error are not in it. Series that nobody shows yet are asked for, so that a draft has real values.
    """
    given = draft.get("tiles")
    judgement = judge(board_document(wallboard, given if isinstance(given, list) else ()), wallboard.slug, draft)
    item = judgement.document["wallboards"][wallboard.slug]
    broken = {error.tile for error in judgement.errors if error.field != "position"}
    good = _within_bounds([tile for tile in item["tiles"] if tile["id"] not in broken])
    infos = _infos(wallboard, good)
    kept = {key: item[key] for key in ("title", "timezone", "columns")}
    unsaved = Wallboard(slug=wallboard.slug, team_id=wallboard.team_id, **kept)
    board = make_board(unsaved, [(_unsaved(tile), [infos[_pair(one)] for one in tile["series"]]) for tile in good])
    ids = sorted(board.series)
    wanted.also(ids)
    shown = {"wallboard": board.wallboard, "series": board.series}
    return shown | {"values": values_of(ids), "history": _points(wallboard, board.history)}, judgement.errors


def values_for(wallboard: Wallboard, ids: Collection[int]) -> dict[int, list[Any]]:
    """The values of those series that the wallboard's team may see, as on the wire; they are kept wanted."""
    usable = Series.objects.filter(pk__in=ids, monitored_object__in=usable_objects(wallboard))
    own = list(usable.values_list("pk", flat=True)[:SERIES_MOST])
    wanted.also(own)
    return values_of(own)


def values_of(ids: Collection[int]) -> dict[int, list[Any]]:
    """The newest stored values, as on the wire; stale where their link or the bridge is not live."""
    age = beat_age()
    alive = age is not None and age <= BRIDGE_SILENT_MS
    live = set(LinkStatus.objects.filter(state=LinkState.LIVE).values_list("connection", flat=True)) if alive else set()
    rows = LastValue.objects.filter(series__in=ids).select_related("series__monitored_object")
    values: dict[int, list[Any]] = {one: [None, None, "pending"] for one in ids}
    for row in rows:
        sound = row.state != "ok" or row.series.monitored_object.connection_id in live
        values[row.series_id] = [row.value, row.at, row.state if sound else "stale", row.reason]
    return values


def _within_bounds(tiles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the tiles, in order, that need no more than ``SERIES_MOST`` series together."""
    totals = accumulate(len(tile["series"]) for tile in tiles)
    return [tile for tile, total in zip(tiles, totals, strict=True) if total <= SERIES_MOST]


def _pair(one: dict[str, str]) -> tuple[str, str]:
    return one["statistic"], one["object"]


def _infos(wallboard: Wallboard, tiles: list[dict[str, Any]]) -> dict[tuple[str, str], SeriesInfo]:
    """Each (statistic, object) of the tiles; a series that was never shown is made."""
    pairs = {_pair(one) for tile in tiles for one in tile["series"]}
    chosen = Q(definition__name__in={one for one, _ in pairs}, monitored_object__name__in={one for _, one in pairs})
    stored = Series.objects.filter(chosen).select_related("definition", "monitored_object__connection")
    found = {(one.definition.name, one.monitored_object.name): one for one in stored}
    for statistic, monitored in pairs - found.keys():
        found[statistic, monitored] = wanted.series_for(
            StatisticDefinition.objects.get(name=statistic),
            MonitoredObject.objects.select_related("connection").get(name=monitored),
        )
    return {pair: info_of(found[pair]) for pair in pairs}


def _unsaved(tile: dict[str, Any]) -> Tile:
    same = {key: tile[key] for key in ("kind", "title", "options", "thresholds", "decimals")}
    return Tile(key=tile["id"], **same, **tile["position"])


def _points(wallboard: Wallboard, history: dict[int, int]) -> dict[int, Any]:
    """The points that the stored wallboard's own screens do not get."""
    stored = read_board(wallboard.pk)
    known = stored.history if stored else {}
    missing = {one: minutes for one, minutes in history.items() if minutes > known.get(one, 0)}
    now = Clock().now()
    points: dict[int, Any] = {}
    for minutes in set(missing.values()):
        series = [one for one, window in missing.items() if window == minutes]
        points |= read_history(series, now - minutes * 60_000, now)
    return points
