"""Where definitions, objects and thresholds are used, what they say now, and putting another one in their place."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboard.configfile.apply import apply_data
from dashboard.configfile.document import items_of
from dashboard.configfile.export import file_item
from dashboard.models import Tile, TileSeries
from statsbridge.models import LastValue, Series

#: The section of the configuration file -> the key of a series that refers to it, and the field of ``Series``.
REFERENCE = {"statistics": ("statistic", "definition"), "objects": ("object", "monitored_object")}
#: Without a new value for so long something is silent; most statistics of a busy site change every few minutes.
SILENT_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Use:
    """A tile that shows it; ``own_limits`` where the tile has thresholds instead of the statistic's."""

    wallboard: str
    slug: str
    tile: str
    team: str
    own_limits: bool


def uses(section: str, pks: Collection[int]) -> list[Use]:
    """The tiles that show these ``statistics`` or ``objects``, by wallboard."""
    field = REFERENCE[section][1]
    links = TileSeries.objects.filter(**{f"series__{field}__in": pks}).select_related("tile__wallboard__team")
    links = links.prefetch_related("tile__tile_series__series__definition")
    found = {
        link.tile_id: Use(
            link.tile.wallboard.title,
            link.tile.wallboard.slug,
            shown_title(link.tile),
            link.tile.wallboard.team.title,
            link.tile.thresholds is not None,
        )
        for link in links.order_by("tile__wallboard__title", "tile__order", "tile")
    }
    return list(found.values())


def shown_title(tile: Tile) -> str:
    """What stands above a tile on the wall; without a title that of the first statistic it shows."""
    first = next(iter(tile.tile_series.all()), None)
    return tile.title or (first.series.definition.title if first else tile.key)


def replace(section: str, old: Any, new: Any) -> None:
    """Show ``new`` wherever wallboards show ``old``, all of them or none.

    Raises:
        ConfigurationRefused: some wallboard cannot show it; nothing was changed.
    """
    key, field = REFERENCE[section]
    links = TileSeries.objects.filter(**{f"series__{field}": old.pk})
    boards = items_of("wallboards", list(links.values_list("tile__wallboard", flat=True).distinct()))
    changed = [
        {**board, "tiles": [_with(tile, key, old.name, new.name) for tile in board["tiles"]]}
        for board in boards.values()
    ]
    apply_data({"wallboards": [file_item("wallboards", board) for board in changed]}, f"replacing {old.name}")


def _with(tile: dict[str, Any], key: str, old: str, new: str) -> dict[str, Any]:
    series: list[dict[str, str]] = []
    for one in tile["series"]:
        other = {**one, key: new} if one[key] == old else one
        if other not in series:
            series.append(other)
    return {**tile, "series": series}


def with_state(rows: QuerySet[Any], section: str) -> QuerySet[Any]:
    """The rows with ``board_count``, ``in_use``, ``rejected`` (series), ``reason``, ``newest`` (epoch ms), ``latest``.

    Each is a subquery on an index, so that only the rows of one page are looked up however many there are.
    """
    field = REFERENCE[section][1]
    mine = {field: OuterRef("pk")}
    series = Series.objects.filter(**mine, wanted=True).order_by()
    values = LastValue.objects.filter(series__wanted=True, **{f"series__{field}": OuterRef("pk")})
    links = TileSeries.objects.filter(**{f"series__{field}": OuterRef("pk")}).order_by()
    refused = values.filter(state="rejected")
    boards = links.values(f"series__{field}").annotate(n=Count("tile__wallboard", distinct=True)).values("n")
    annotated: QuerySet[Any] = rows.annotate(
        board_count=Coalesce(Subquery(boards), 0),
        in_use=Exists(series),
        rejected=Coalesce(
            Subquery(refused.order_by().values(f"series__{field}").annotate(n=Count("pk")).values("n")), 0
        ),
        reason=Subquery(refused.order_by("pk").values("reason")[:1]),
        newest=Subquery(values.order_by().values(f"series__{field}").annotate(at=Max("at")).values("at")),
        latest=Subquery(values.filter(at__isnull=False).order_by(F("at").desc()).values("value")[:1]),
    )
    return annotated


def in_state(
    rows: QuerySet[Any], section: str, state: str, now: int, within: Mapping[str, Any] | None = None
) -> QuerySet[Any]:
    """Those rows of which ``state`` is true: ``used``, ``unused``, ``rejected`` or ``silent``.

    ``within`` says of which series alone that is asked, as look-ups of ``Series``.
    """
    field = REFERENCE[section][1]
    within = within or {}
    wanted = Series.objects.filter(**{field: OuterRef("pk")}, wanted=True, **within)
    shown = Series.objects.filter(**{field: OuterRef("pk")}, tile_series__isnull=False, **within)
    match state:
        case "used":
            return rows.filter(Exists(shown))
        case "unused":
            return rows.filter(~Exists(shown))
        case "rejected":
            return rows.filter(Exists(wanted.filter(last_value__state="rejected")))
    heard = wanted.filter(Q(last_value__at__gte=now - SILENT_MS) | Q(last_value__state="rejected"))
    return rows.filter(Exists(wanted)).exclude(Exists(heard))


def state_in_words(row: Any, now: int) -> tuple[str, str]:
    """The state of an annotated row and the reason: ``live``, ``rejected``, ``silent`` or ``unused``."""
    if not row.in_use:
        return "unused", _("No enabled wallboard shows it.")
    if row.rejected:
        return "rejected", row.reason or ""
    if row.newest is None or row.newest < now - SILENT_MS:
        return "silent", _("No new value for an hour or more.")
    return "live", ""


def value_in_words(value: Any) -> str:
    """A value as a list shows it."""
    if value is None:
        return "–"
    if isinstance(value, dict):
        agents = value.get("agents")
        return _agents(len(agents)) if agents is not None else str(value.get("state", "–"))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _agents(count: int) -> str:
    return ngettext("%d agent", "%d agents", count) % count


def threshold_uses(shown: Sequence[Use]) -> tuple[int, int]:
    """How many of the tiles are judged by the statistic's own thresholds, and how many by the tile's."""
    own = sum(use.own_limits for use in shown)
    return len(shown) - own, own
