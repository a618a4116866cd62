"""What is behind a tile's number, for a person who asks, and its last day as a file. As guarded as the page itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dashboard import access
from dashboard.boards import info_of
from dashboard.day import DAY_MS, last_change, summarise
from dashboard.exports import Row, numeric_rows, state_rows, to_csv
from dashboard.members import member_titles, unnamed
from dashboard.models import Tile, TileSeries, Wallboard
from dashboard.redaction import STAND_IN, People, Veil, called
from dashboard.stored import dark_since, reading_of
from dashboard.tiles.base import NUMERIC_UNITS
from statsbridge.clock import Clock
from statsbridge.describe import describe, summaries
from statsbridge.history import Point, read_history, thin
from statsbridge.models import LastValue, LinkStatus, Series

#: Of one series: more than one sample a second for a day.
POINTS_MOST = 100_000
#: Of a whole file; the lines of a tile with many series are thinned, their peaks and gaps kept.
ROWS_MOST = 200_000


class TileId:
    """In a path: a tile's key, or what stands in its place on boards without names."""

    regex = r"[-a-zA-Z0-9_]+|tile\.[0-9]{1,18}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


@never_cache
@require_safe
@login_required
def tile_about(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """One series of a tile (``?series=``, else the first): its meaning, its limits and its last 24 hours, as JSON."""
    tile = _tile(request, slug, key)
    chosen = request.GET.get("series", "")
    shown = _shown_series(tile)
    found = next((one for one in shown if not chosen or str(one.pk) == chosen), None)
    if found is None:
        raise Http404
    about = _about(tile, found, get_language() or "en")
    if (eyes := Eyes.of(request.user, tile, [found])).veiled:
        about |= eyes.about(found, about["description"])
    return JsonResponse(about)


@never_cache
@require_safe
@login_required
def tile_data(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The last 24 hours of a tile's series, as a CSV file; of states, which have no history, what they are now."""
    tile = _tile(request, slug, key)
    now = Clock().now()
    shown = _shown_series(tile)
    if not shown:
        raise Http404
    points_most = max(ROWS_MOST // len(shown), 2)
    eyes = Eyes.of(request.user, tile, shown)
    rows = chain.from_iterable(_rows(tile, one, now, points_most, eyes) for one in shown)
    zone = tile.wallboard.timezone
    response = HttpResponse(to_csv(rows, zone), content_type="text/csv; charset=utf-8; header=present")
    stamp = datetime.fromtimestamp(now / 1000, ZoneInfo(zone)).strftime("%Y-%m-%dT%H%M")
    response["Content-Disposition"] = f'attachment; filename="{slug}-{key}-{stamp}.csv"'
    return response


@dataclass(frozen=True, slots=True)
class Eyes:
    """With whose eyes a tile is looked at: names are there for those who may read them (``access.view_of``)."""

    view: str
    people: People
    titles: Mapping[int, Mapping[str, str]]

    @classmethod
    def of(cls, user: Any, tile: Tile, shown: Iterable[Series]) -> "Eyes":
        view = access.view_of(user, tile.wallboard)
        if view == "full":
            return cls(view, People(), {})
        infos = [info_of(one) for one in shown]
        return cls(view, unnamed(view), member_titles(tile.wallboard.team_id, infos))

    @property
    def veiled(self) -> bool:
        return self.view != "full"

    def title(self, series: Series) -> str:
        one = series.monitored_object
        return called(one.title, one.type, self.people) if self.veiled else one.title

    def value(self, series: Series, last: LastValue) -> Any:
        if not self.veiled:
            return last.value
        return Veil(self.view).wire(reading_of(last), self.titles.get(series.pk), self.people)[0]

    def about(self, series: Series, description: str) -> dict[str, Any]:
        """What stands in the place of the keys that name somebody."""
        definition = series.definition
        return {
            "title": self.people.out_of(definition.title),
            "description": self.people.out_of(description),
            "statistic": {
                "name": self.people.out_of(definition.name),
                "genesys": self.people.out_of(definition.statistic),
            },
            "note": self.people.out_of(definition.description),
            "object": {"name": "", "title": self.title(series), "type": series.monitored_object.type, "id": ""},
        }


def _tile(request: HttpRequest, slug: str, key: str) -> Tile:
    wallboard = get_object_or_404(Wallboard, slug=slug)
    if not access.can_view(request.user, wallboard):
        raise PermissionDenied
    if not wallboard.enabled:
        raise Http404
    named = {"pk": key.removeprefix(STAND_IN)} if key.startswith(STAND_IN) else {"key": key}
    return get_object_or_404(Tile.objects.select_related("wallboard"), wallboard=wallboard, **named)


def _shown_series(tile: Tile) -> list[Series]:
    """The tile's series in its order, without agents that the tile does not name because of their state."""
    links = (
        TileSeries.objects.filter(tile=tile)
        .select_related("series__definition", "series__monitored_object__connection", "series__last_value")
        .order_by("order", "pk")
    )
    hidden = _hidden(tile)
    return [link.series for link in links if _state_of(_last(link.series)) not in hidden]


def _hidden(tile: Tile) -> tuple[str, ...]:
    hidden = tile.options.get("hide") if tile.kind == "agents" else None
    return tuple(str(one) for one in hidden) if isinstance(hidden, list) else ()


def _last(series: Series) -> LastValue | None:
    return getattr(series, "last_value", None)


def _state_of(last: LastValue | None) -> Any:
    """The state of an agent; a group's own state hides nobody."""
    value = last.value if last else None
    return value.get("state") if isinstance(value, dict) and "agents" not in value else None


def _about(tile: Tile, series: Series, language: str) -> dict[str, Any]:
    now = Clock().now()
    definition, monitored, last = series.definition, series.monitored_object, _last(series)
    points = _points(series, now) if definition.unit in NUMERIC_UNITS else []
    descriptor = definition.descriptor()
    return {
        "series": series.pk,
        "title": definition.title,
        "description": describe(descriptor, monitored.type, language),
        "note": definition.description,
        "statistic": {"name": definition.name, "genesys": definition.statistic, "definition": definition.definition},
        "object": {
            "name": monitored.name,
            "title": monitored.title,
            "type": monitored.type,
            "id": monitored.object_id,
        },
        "connection": monitored.connection.name,
        "thresholds": tile.thresholds or definition.thresholds,
        "thresholds_of": "tile" if tile.thresholds else "statistic",
        "changed": last_change(points, last.value, last.at) if last else None,
        "since": now - DAY_MS,
        "until": now,
        "history": thin(points, 360),
        "summary": summarise(points, now, summaries(descriptor)),
    }


def _points(series: Series, now: int, most: int = POINTS_MOST) -> list[Point]:
    """The last day's points, ended where the bridge was last known to live."""
    points = read_history([series.pk], now - DAY_MS, now, most)[series.pk]
    dark = _dark_since(series, now)
    if dark is not None and points and points[-1][1] is not None:
        points.append([max(dark, points[-1][0] or 0), None])
    return points


def _dark_since(series: Series, now: int) -> int | None:
    """Since when nothing is known of the series' connection, epoch ms; None while it is live."""
    link = LinkStatus.objects.filter(connection=series.monitored_object.connection_id).first()
    return None if link is None else dark_since(link, now)


def _rows(tile: Tile, series: Series, now: int, most: int, eyes: Eyes) -> Iterable[Row]:
    definition, last = series.definition, _last(series)
    at = last.at if last and last.at is not None else now
    head = Row(at, eyes.title(series), eyes.people.out_of(definition.title), None, definition.unit)
    if definition.unit in NUMERIC_UNITS:
        yield from numeric_rows(_points(series, now, most), head)
    elif last is not None:
        yield from state_rows(eyes.value(series, last), head, _hidden(tile))
        dark = _dark_since(series, now)
        if dark is None and last.state == "stale":
            # The link is live, and the service has no newer one: since when is not stored.
            dark = now
        if dark is not None and last.value is not None:
            yield Row(max(dark, at), head.object, head.statistic, None, head.unit)
