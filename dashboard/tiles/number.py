"""One value, as large as its tile allows, with its goal and the last hour as a line."""

from typing import Any

from dashboard.tiles.base import NUMERIC_UNITS, Kind, Options, TileContext
from dashboard.tiles.theme import finished_figure, line_trace, quiet_axis, threshold_shapes

SPARKLINE_MINUTES = 60


class NumberOptions(Options):
    """``goal`` is in the statistic's unit and only shown, never judged: that is what thresholds do."""

    goal: float | None = None
    sparkline: bool = True


class Number(Kind):
    """``number``: one series of any unit."""

    name = "number"
    options = NumberOptions
    draws_history = True

    def history_minutes(self, options: NumberOptions) -> int:
        return SPARKLINE_MINUTES if options.sparkline else 0

    def figure(self, options: NumberOptions, context: TileContext) -> dict[str, Any] | None:
        series = context.series[0]
        if not options.sparkline or series.unit not in NUMERIC_UNITS:
            return None
        layout = {
            "xaxis": quiet_axis("date"),
            "yaxis": quiet_axis("linear"),
            "shapes": threshold_shapes(context.thresholds, bands=False),
        }
        return finished_figure([line_trace(series, width=3)], layout)
