"""The tile kinds: what may be configured, what a screen gets to draw, and the themes of the charts.

``KINDS`` maps a kind's name to its ``Kind``; ``describe`` makes a tile's entry in a snapshot; ``find_problems``
checks a choice of options and series before it is saved; ``themes`` are the Plotly templates. No module here reads
values: figures travel once, values come later over the socket.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from dashboard.tiles.agents import Agents
from dashboard.tiles.bars import Bars
from dashboard.tiles.base import Kind, Options, SeriesInfo, TileContext
from dashboard.tiles.donut import Donut
from dashboard.tiles.gauge import Gauge
from dashboard.tiles.number import Number
from dashboard.tiles.table import Table
from dashboard.tiles.text import Text
from dashboard.tiles.theme import themes
from dashboard.tiles.trend import Trend

if TYPE_CHECKING:
    from dashboard.models import Tile

__all__ = ["KINDS", "Kind", "Options", "SeriesInfo", "TileContext", "describe", "find_problems", "themes"]

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (Number(), Trend(), Gauge(), Bars(), Donut(), Agents(), Table(), Text())
}


def find_problems(kind: str, options: dict[str, Any], series: Sequence[SeriesInfo]) -> list[str]:
    """Everything wrong with a tile's kind, options and series, in words for the person who made it; empty if fine."""
    if kind not in KINDS:
        return [f"there is no tile kind {kind!r}; the kinds are {', '.join(KINDS)}"]
    try:
        checked = KINDS[kind].options.model_validate(options)
    except ValidationError as error:
        return [_in_words(kind, problem) for problem in error.errors(include_url=False)]
    return KINDS[kind].problems(checked, series)


def describe(tile: "Tile", series: Sequence[SeriesInfo], timezone: str, locale: str) -> dict[str, Any]:
    """A tile's entry in a snapshot: what to draw, without values.

    Keys: ``id``, ``kind``, ``title``, ``position``, ``series`` (ids), ``thresholds``, ``decimals``, ``options``
    (complete, defaults filled), ``figure`` (Plotly data and layout, or None) and those of the kind, such as
    ``html``. A tile whose stored settings no longer fit its kind is described with ``problems``, a list of
    sentences, and without a figure, so that one bad row does not take a board down.
    """
    entry: dict[str, Any] = {
        "id": tile.key,
        "kind": tile.kind,
        "title": tile.title or (series[0].title if series else ""),
        "position": tile.position,
        "series": [one.id for one in series],
        "thresholds": tile.thresholds or _shared([one.thresholds for one in series]),
        "decimals": tile.decimals if tile.decimals is not None else _shared([one.decimals for one in series]),
        "options": {},
        "figure": None,
    }
    problems = find_problems(tile.kind, tile.options, series)
    if problems:
        return entry | {"problems": problems}
    kind = KINDS[tile.kind]
    options = kind.options.model_validate(tile.options)
    context = TileContext(entry["title"], series, entry["thresholds"], entry["decimals"], timezone, locale)
    entry["options"] = options.model_dump(mode="json")
    entry["figure"] = kind.figure(options, context)
    return entry | kind.extra(options, context)  # noqa: S610  # not a queryset's


def _shared(values: Sequence[Any]) -> Any:
    """The value that all have, or None: limits of one statistic must not be drawn for another."""
    return values[0] if values and all(value == values[0] for value in values) else None


def _in_words(kind: str, problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        known = ", ".join(KINDS[kind].options.model_fields)
        return f"a {kind} tile has no option {where!r}; its options are {known or 'none'}"
    message = problem["msg"].removeprefix("Value error, ")
    return f"{where}: {message}" if where else message
