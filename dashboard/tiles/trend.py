"""Up to six series over the last minutes; gaps are gaps, limits are bands."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field, model_validator

from dashboard.tiles.base import Kind, Options, SeriesInfo, TileContext
from dashboard.tiles.theme import finished_figure, line_trace, threshold_shapes

#: Samples are kept this long at most.
WINDOW_MOST = 48 * 60


class TrendOptions(Options):
    """``window`` in minutes; ``min`` and ``max`` fix the ends of the value axis, which otherwise follow the data."""

    window: int = Field(default=60, ge=1, le=WINDOW_MOST)
    min: float | None = None
    max: float | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "TrendOptions":
        if self.min is not None and self.max is not None and self.min >= self.max:
            raise ValueError(f"min ({self.min:g}) must be smaller than max ({self.max:g})")
        return self


class Trend(Kind):
    """``trend``: one to six numeric series."""

    name = "trend"
    options = TrendOptions
    series_most = 6
    draws_history = True

    def problems(self, options: TrendOptions, series: Sequence[SeriesInfo]) -> list[str]:
        return super().problems(options, series) or self.not_numeric(series)

    def history_minutes(self, options: TrendOptions) -> int:
        return options.window

    def figure(self, options: TrendOptions, context: TileContext) -> dict[str, Any]:
        layout = {
            "xaxis": {"type": "date", "tickformat": "%H:%M", "nticks": 5, "showgrid": False},
            "yaxis": {"type": "linear", "nticks": 4},
            "separators": ",." if context.locale.startswith("de") else ".,",
            "shapes": threshold_shapes(context.thresholds, bands=True),
        }
        return finished_figure([line_trace(series, width=4) for series in context.series], layout)
