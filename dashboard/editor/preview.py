"""Unsaved tiles as a screen would get them: described by the same code, with the values that are known."""

from collections.abc import Collection
from itertools import accumulate
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from dashboard import drafts, wanted
from dashboard.boards import info_of, make_board, read_board
from dashboard.editor.document import board_document, usable_objects
from dashboard.editor.judge import FieldError, judge
from dashboard.members import member_titles
from dashboard.models import Tile, Wallboard
from dashboard.readings import Readings
from dashboard.redaction import with_titles
from dashboard.stored import beat_age, read_links, reading_of
from dashboard.tiles import SeriesInfo
from statsbridge.clock import Clock
from statsbridge.history import read_history
from statsbridge.models import LastValue, MonitoredObject, Revision, Series, StatisticDefinition

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
    shown = {"wallboard": board.wallboard, "series": board.series}
    values = _asked_values(sorted(board.series))
    values |= {one: with_titles(values[one], titles) for one, titles in board.titles.items()}
    return shown | {"values": values, "history": _points(wallboard, board.history)}, judgement.errors


def values_for(wallboard: Wallboard, ids: Collection[int]) -> dict[int, list[Any]]:
    """The values of those series that the wallboard's team may see, as on the wire; they are kept wanted."""
    usable = Series.objects.filter(pk__in=ids, monitored_object__in=usable_objects(wallboard))
    own = list(usable.select_related("definition", "monitored_object__connection").order_by("pk")[:SERIES_MOST])
    values = _asked_values([one.pk for one in own])
    titles = member_titles(wallboard.team_id, [info_of(one) for one in own if one.definition.unit == "state"])
    return values | {one: with_titles(values[one], known) for one, known in titles.items()}


def _asked_values(ids: Collection[int]) -> dict[int, list[Any]]:
    left_out = drafts.hold(ids)
    reason = _("So many wallboards are being edited that nobody asks for this value yet.") if left_out else ""
    return values_of(ids) | {one: [None, None, "pending", reason] for one in left_out}


def values_of(ids: Collection[int]) -> dict[int, list[Any]]:
    """The newest stored values, as on the wire; links, the bridge and time are laid over them as on screens."""
    now = Clock().now()
    rows = LastValue.objects.filter(series__in=ids).select_related("series__monitored_object__connection")
    connections = {row.series_id: row.series.monitored_object.connection.name for row in rows}
    known = Readings()
    known.recall({row.series_id: reading_of(row) for row in rows}, read_links(now), beat_age(), now=now)
    values: dict[int, list[Any]] = {one: [None, None, "pending"] for one in ids}
    return values | {one: list(known.see(one, name, now).to_wire()) for one, name in connections.items()}


def _within_bounds(tiles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the tiles, in order, that need no more than ``SERIES_MOST`` series together."""
    totals = accumulate(len(tile["series"]) for tile in tiles)
    return [tile for tile, total in zip(tiles, totals, strict=True) if total <= SERIES_MOST]


def _pair(one: dict[str, str]) -> tuple[str, str]:
    return one["statistic"], one["object"]


def _infos(wallboard: Wallboard, tiles: list[dict[str, Any]]) -> dict[tuple[str, str], SeriesInfo]:
    """Each (statistic, object) of the tiles; a series that was never shown is made."""
    pairs = {_pair(one) for tile in tiles for one in tile["series"]}
    chosen = Q(definition__name__in={one for one, __ in pairs}, monitored_object__name__in={one for __, one in pairs})
    stored = Series.objects.filter(chosen).select_related("definition", "monitored_object__connection")
    found = {(one.definition.name, one.monitored_object.name): one for one in stored}
    found |= _make(pairs - found.keys())
    return {pair: info_of(found[pair]) for pair in pairs}


def _make(pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], Series]:
    """Series that nobody showed until now, asked for at once."""
    if not pairs:
        return {}
    definitions = StatisticDefinition.objects.in_bulk({one for one, __ in pairs}, field_name="name")
    objects = MonitoredObject.objects.select_related("connection").in_bulk(
        {one for __, one in pairs}, field_name="name"
    )
    with transaction.atomic():
        Revision.lock()
        drafts.forget()
        made = {(one, of): wanted.series_for(definitions[one], objects[of]) for one, of in pairs}
        drafts.hold([one.pk for one in made.values()])
    return made


def _unsaved(tile: dict[str, Any]) -> Tile:
    same = {key: tile[key] for key in ("kind", "title", "options", "thresholds", "decimals", "hidden_from")}
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
