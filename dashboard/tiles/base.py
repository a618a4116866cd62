"""What every tile kind has in common; one module of this package per kind."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

#: The units whose values are numbers.
NUMERIC_UNITS = ("count", "number", "seconds", "percent")


class Options(BaseModel):
    """A kind's own options, as in the configuration file; unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """What a tile needs to know of one of its series to draw it."""

    id: int
    statistic: str
    title: str
    unit: str
    decimals: int | None
    object_name: str
    object_title: str
    object_type: str
    object_id: str
    connection: str
    #: The statistic's own, as JSON; a tile's thresholds go before them.
    thresholds: dict[str, Any] | None = None
    #: The connection's, in which statistics that grow over a day start over at midnight; the board may have another.
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class TileContext:
    """Everything a figure depends on except the values.

    ``thresholds`` is the tile's own, or the statistic's where the tile has none, as JSON; ``decimals`` likewise.
    """

    title: str
    series: Sequence[SeriesInfo]
    thresholds: dict[str, Any] | None
    decimals: int | None
    timezone: str
    locale: str


class Kind(ABC):
    """A tile kind: its options, how many series it takes, and its Plotly figure without values."""

    name: ClassVar[str]
    options: ClassVar[type[Options]]
    series_least: ClassVar[int] = 1
    series_most: ClassVar[int | None] = 1
    #: Whether the snapshot brings the last ``window`` minutes of its series.
    draws_history: ClassVar[bool] = False

    def problems(self, options: Any, series: Sequence[SeriesInfo]) -> list[str]:
        """What is wrong with this choice of options and series, in words for the person who made it."""
        count = len(series)
        if self.series_most == 0 and count:
            return [f"a {self.name} tile takes no series; leave series out"]
        if self.series_least == self.series_most and count != self.series_most:
            return [f"a {self.name} tile takes exactly {self.series_most} series, not {count}"]
        if count < self.series_least:
            return [f"a {self.name} tile needs at least {self.series_least} series, not {count}"]
        if self.series_most is not None and count > self.series_most:
            return [f"a {self.name} tile takes at most {self.series_most} series, not {count}"]
        return []

    def not_numeric(self, series: Sequence[SeriesInfo]) -> list[str]:
        """One complaint for each series whose unit cannot be drawn as a length."""
        return [
            f"a {self.name} tile draws numbers, but {one.statistic} of {one.object_name} has the unit {one.unit}"
            for one in series
            if one.unit not in NUMERIC_UNITS
        ]

    def history_minutes(self, options: Any) -> int:
        """How many minutes of history the tile draws; 0 for none."""
        return 0

    @abstractmethod
    def figure(self, options: Any, context: TileContext) -> dict[str, Any] | None:
        """Plotly ``{"data": […], "layout": {…}}`` without values and colours of a theme, or None for plain text."""

    def extra(self, options: Any, context: TileContext) -> dict[str, Any]:
        """Further keys of the tile's entry in a snapshot, such as ``html`` for text."""
        return {}
