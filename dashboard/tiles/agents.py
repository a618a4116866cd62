"""Who is doing what, and for how long: a grid of agents, those over their limit first."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from dashboard.tiles.base import Kind, Options, SeriesInfo, TileContext

StateWord = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]


class AgentsOptions(Options):
    """``limits`` maps Stat Server's state words (``NotReadyForNextCall``) to the seconds after which a cell warns.

    Agents in a state of ``hide`` (``LoggedOut``) are counted, but have no cell.
    """

    limits: dict[StateWord, Seconds] = Field(default_factory=dict)
    hide: list[StateWord] = Field(default_factory=list, max_length=50)
    sort: Literal["exceptions", "state", "title"] = "exceptions"


class Agents(Kind):
    """``agents``: a state series per agent, or one per agent group, whose members are listed."""

    name = "agents"
    options = AgentsOptions
    series_most = None

    def problems(self, options: AgentsOptions, series: Sequence[SeriesInfo]) -> list[str]:
        return super().problems(options, series) or [
            f"an agents tile shows states, but {one.statistic} of {one.object_name} has the unit {one.unit}; "
            "use a statistic with the unit state"
            for one in series
            if one.unit != "state"
        ]

    def figure(self, options: AgentsOptions, context: TileContext) -> None:
        return None
