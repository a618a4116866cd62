"""Shares of a whole, such as the states of an agent group, with their words outside the ring."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from dashboard.tiles.base import NUMERIC_UNITS, Kind, Options, SeriesInfo, TileContext
from dashboard.tiles.theme import finished_figure

GROUP_TYPES = ("GroupAgents", "GroupPlaces")


class DonutOptions(Options):
    """``limit`` is the most slices; the smallest beyond it are put together as “other”."""

    limit: int = Field(default=6, ge=2, le=6)


class Donut(Kind):
    """``donut``: several numeric series of one unit, or one state series of a group."""

    name = "donut"
    options = DonutOptions
    series_most = None

    def problems(self, options: DonutOptions, series: Sequence[SeriesInfo]) -> list[str]:
        found = super().problems(options, series)
        if found:
            return found
        if len(series) == 1:
            one = series[0]
            if one.unit == "state" and one.object_type in GROUP_TYPES:
                return []
            return [
                "a donut tile shows several numeric series, or the one state of an agent group; "
                f"{one.statistic} of {one.object_name} is {one.unit} of a single {one.object_type}"
            ]
        found = [
            f"a donut of several series adds numbers, but {one.statistic} of {one.object_name} has the unit {one.unit}"
            for one in series
            if one.unit not in NUMERIC_UNITS
        ]
        units = sorted({one.unit for one in series})
        if not found and len(units) > 1:
            found = [f"the slices of a donut must have one unit, not {' and '.join(units)}"]
        return found

    def figure(self, options: DonutOptions, context: TileContext) -> dict[str, Any]:
        trace = {"type": "pie", "hole": 0.64, "sort": False, "direction": "clockwise", "textinfo": "none"}
        return finished_figure([trace], {})
