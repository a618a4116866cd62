"""When a value is worth a warning; given for a statistic, and overridden by a tile."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Thresholds(BaseModel):
    """``warning`` and ``critical`` are limits in the statistic's unit, reached at the limit itself.

    ``clear`` is how far back a value must go before the level falls (same unit), ``hold`` how many seconds a
    value must stay beyond a limit before the level rises.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    direction: Literal["above", "below"] = "above"
    warning: float | None = None
    critical: float | None = None
    clear: float = Field(default=0, ge=0)
    hold: float = Field(default=0, ge=0, le=3600)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.warning is None and self.critical is None:
            raise ValueError("give warning, critical or both")
        if self.warning is not None and self.critical is not None:
            wrong = self.critical < self.warning if self.direction == "above" else self.critical > self.warning
            if wrong:
                raise ValueError(
                    f"critical ({self.critical:g}) must lie beyond warning ({self.warning:g}) "
                    f"in the direction {self.direction}"
                )
        return self
