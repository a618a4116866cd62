"""A value on its way from ``min`` to ``max``: a horizontal bullet with the goal as a hard line."""

from collections.abc import Sequence
from typing import Any

from pydantic import model_validator

from dashboard.tiles.base import Kind, Options, SeriesInfo, TileContext
from dashboard.tiles.theme import finished_figure, limit_shape, quiet_axis


class GaugeOptions(Options):
    """All in the statistic's unit."""

    goal: float | None = None
    min: float = 0
    max: float = 100

    @model_validator(mode="after")
    def _in_order(self) -> "GaugeOptions":
        if self.min >= self.max:
            raise ValueError(f"min ({self.min:g}) must be smaller than max ({self.max:g})")
        if self.goal is not None and not self.min <= self.goal <= self.max:
            raise ValueError(f"goal ({self.goal:g}) must lie between min ({self.min:g}) and max ({self.max:g})")
        return self


class Gauge(Kind):
    """``gauge``: one numeric series."""

    name = "gauge"
    options = GaugeOptions

    def problems(self, options: GaugeOptions, series: Sequence[SeriesInfo]) -> list[str]:
        return super().problems(options, series) or self.not_numeric(series)

    def figure(self, options: GaugeOptions, context: TileContext) -> dict[str, Any]:
        bounds = [options.min, options.max]
        shapes: list[dict[str, Any]] = [
            {
                "type": "rect",
                "templateitemname": "track",
                "visible": True,
                "x0": options.min,
                "x1": options.max,
                "yref": "paper",
                "y0": 0.22,
                "y1": 0.78,
            }
        ]
        for level in ("warning", "critical"):
            limit = (context.thresholds or {}).get(level)
            if limit is not None and options.min <= limit <= options.max:
                shapes.append(limit_shape(level, limit, axis="x", ends=(0.1, 0.9)))
        if options.goal is not None:
            shapes.append(limit_shape("goal", options.goal, axis="x", ends=(0, 1)))
        trace = {"type": "bar", "orientation": "h", "base": options.min, "width": 0.4, "y": [0], "x": []}
        layout = {
            "xaxis": quiet_axis("linear") | {"range": bounds},
            "yaxis": quiet_axis("linear") | {"range": [-0.5, 0.5]},
            "shapes": shapes,
        }
        return finished_figure([trace], layout)
