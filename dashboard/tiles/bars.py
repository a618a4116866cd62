"""Objects or statistics compared by length, the longest first unless told otherwise."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from dashboard.tiles.base import Kind, Options, SeriesInfo, TileContext
from dashboard.tiles.theme import finished_figure, limit_shape, quiet_axis


class BarsOptions(Options):
    """``limit`` is the most bars of a page, of which a screen shows no more than stay readable.

    Further bars come on pages that turn by themselves.
    """

    sort: Literal["value", "title", "none"] = "value"
    limit: int = Field(default=12, ge=1, le=50)


class Bars(Kind):
    """``bars``: one statistic over several objects, or several statistics, all of one unit."""

    name = "bars"
    options = BarsOptions
    series_most = None

    def problems(self, options: BarsOptions, series: Sequence[SeriesInfo]) -> list[str]:
        found = super().problems(options, series) or self.not_numeric(series)
        units = sorted({one.unit for one in series})
        if not found and len(units) > 1:
            found = [f"bars compare lengths, so their series must have one unit, not {' and '.join(units)}"]
        return found

    def figure(self, options: BarsOptions, context: TileContext) -> dict[str, Any]:
        shapes = [
            limit_shape(level, limit, axis="x", ends=(0, 1))
            for level in ("warning", "critical")
            if (limit := (context.thresholds or {}).get(level)) is not None
        ]
        layout = {
            "xaxis": quiet_axis("linear"),
            "yaxis": quiet_axis("linear"),
            "shapes": shapes,
        }
        return finished_figure([{"type": "bar", "orientation": "h", "width": 0.62, "x": [], "y": []}], layout)
