"""A wallboard as a stream needs it: read once from the database, compared after changes; no values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from pydantic import ValidationError

from dashboard import tiles
from dashboard.grid import close_up
from dashboard.members import member_titles, unnamed
from dashboard.models import Tile, TileSeries, Wallboard
from dashboard.redaction import Part, People, shown
from dashboard.thresholds import Thresholds
from dashboard.tiles.base import SeriesInfo
from dashboard.tv import tv_settings
from statsbridge.models import MonitoredObject, Series, StatisticDefinition


@dataclass(frozen=True)
class Board:
    """A wallboard, or some of its tiles: ``wallboard`` and ``series`` as in a snapshot, and what is judged and drawn.

    ``thresholds`` by (tile id, series id); ``history`` minutes by series id; ``connections`` series ids by connection.
    ``titles`` by series id those of whoever may be a member of that group; only members' own go to a screen.
    ``people`` are those whose names a view that names nobody takes out of texts.
    """

    id: int
    slug: str
    wallboard: dict[str, Any]
    series: dict[int, dict[str, Any]]
    thresholds: dict[tuple[str, int], Thresholds] = field(default_factory=dict)
    history: dict[int, int] = field(default_factory=dict)
    titles: dict[int, dict[str, str]] = field(default_factory=dict)
    people: People = field(default_factory=People)

    @cached_property
    def connections(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for series, info in self.series.items():
            found.setdefault(info["connection"], []).append(series)
        return found


def read_board(pk: int, only: frozenset[str] | None = None, view: str = "full") -> Board | None:
    """The enabled wallboard ``pk``, or of it the tiles with the ids ``only``, as a ``view`` shows them.

    None if there is no such wallboard (any more).
    """
    wallboard = Wallboard.objects.filter(pk=pk, enabled=True).first()
    if wallboard is None:
        return None
    stored = list(wallboard.tiles.order_by("order", "pk"))
    chosen = [tile for tile in stored if only is None or tile.key in only]
    infos = _series_of(chosen)
    parts: list[Part] = [(tile, infos.get(tile.pk, [])) for tile in chosen]
    people = unnamed(view)
    if view != "full":
        parts = shown(parts, view, people)
        wallboard.title = people.out_of(wallboard.title)
    if len(parts) < len(stored):
        places, wallboard.columns = close_up([tile.position for tile, _ in parts], wallboard.columns)
        for (tile, _), place in zip(parts, places, strict=True):
            tile.x, tile.y, tile.w, tile.h = (place[key] for key in "xywh")
    return make_board(wallboard, parts, people)


def make_board(wallboard: Wallboard, chosen: Sequence[Part], people: People | None = None) -> Board:
    """The board of these tiles with their series; the tiles need not be stored."""
    entries = [tiles.describe(tile, infos, wallboard.timezone, settings.LANGUAGE_CODE) for tile, infos in chosen]
    thresholds: dict[tuple[str, int], Thresholds] = {}
    history: dict[int, int] = {}
    for (tile, infos), entry in zip(chosen, entries, strict=True):
        minutes = _history_minutes(tile.kind, entry["options"]) if "problems" not in entry else 0
        for info in infos:
            limits = _limits(tile.thresholds or info.thresholds)
            if limits is not None:
                thresholds[tile.key, info.id] = limits
            if minutes:
                history[info.id] = max(minutes, history.get(info.id, 0))
    wire: dict[str, Any] = {"slug": wallboard.slug, "title": wallboard.title, "timezone": wallboard.timezone}
    wire |= {"tv": tv_settings(wallboard)}
    series = {info.id: _series_wire(info) for _, infos in chosen for info in infos}
    return Board(
        wallboard.pk,
        wallboard.slug,
        wire | {"columns": wallboard.columns, "tiles": entries},
        series,
        thresholds,
        history,
        member_titles(wallboard.team_id, [info for tile, infos in chosen if tile.kind == "agents" for info in infos]),
        people or People(),
    )


def series_info(
    definition: StatisticDefinition, monitored: MonitoredObject, connection: str, series: int = 0, timezone: str = "UTC"
) -> SeriesInfo:
    """What a tile needs to know of a series; ``connection`` and ``timezone`` are those of the object's connection.

    To judge whether a tile can show it, neither the series nor its zone is needed.
    """
    return SeriesInfo(
        id=series,
        statistic=definition.name,
        title=definition.title,
        unit=definition.unit,
        decimals=definition.decimals,
        object_name=monitored.name,
        object_title=monitored.title,
        object_type=monitored.type,
        object_id=monitored.object_id,
        connection=connection,
        thresholds=definition.thresholds,
        timezone=timezone,
    )


def _series_of(chosen: Sequence[Tile]) -> dict[int, list[SeriesInfo]]:
    links = (
        TileSeries.objects.filter(tile__in=chosen)
        .select_related("series__definition", "series__monitored_object__connection")
        .order_by("order", "pk")
    )
    found: dict[int, list[SeriesInfo]] = {}
    for link in links:
        found.setdefault(link.tile_id, []).append(info_of(link.series))
    return found


def info_of(series: Series) -> SeriesInfo:
    """What a tile needs to know of a stored series."""
    monitored = series.monitored_object
    connection = monitored.connection
    return series_info(series.definition, monitored, connection.name, series.pk, connection.timezone)


def _series_wire(info: SeriesInfo) -> dict[str, Any]:
    return {
        "statistic": info.statistic,
        "title": info.title,
        "unit": info.unit,
        "decimals": info.decimals,
        "object": {
            "name": info.object_name,
            "type": info.object_type,
            "id": info.object_id,
            "title": info.object_title,
        },
        "connection": info.connection,
        "timezone": info.timezone,
    }


def _limits(stored: dict[str, Any] | None) -> Thresholds | None:
    try:
        return Thresholds.model_validate(stored) if stored else None
    except ValidationError:
        # Refused wherever it can be entered; a row written by hand must not take the board down.
        return None


def _history_minutes(kind: str, options: dict[str, Any]) -> int:
    found = tiles.KINDS[kind]
    return found.history_minutes(found.options.model_validate(options))
