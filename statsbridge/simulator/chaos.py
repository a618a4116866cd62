"""What is wrong with the service at the moment, as ``/_sim/chaos`` has ordered it."""

from dataclasses import dataclass, field
from typing import Any

AREAS = ("rest", "notifications", "token", "all")


class BadOrder(ValueError):  # noqa: N818 - the word of the field
    """A chaos order that cannot be followed; the text says what to send."""


def area_of(path: str) -> str:
    """Which area a path belongs to; the empty string for what is only hit by ``all``."""
    if path.startswith("/statistics/v3/notifications"):
        return "notifications"
    if path.startswith("/statistics/v3/"):
        return "rest"
    return "token" if path == "/auth/v3/oauth/token" else ""


@dataclass
class Fault:
    """The next ``count`` requests to an area get this HTTP status, or garbage when it is 0."""

    on: str
    count: int
    status: int = 0


@dataclass
class Chaos:
    available: bool = True
    frozen: bool = False
    delay: float = 0.0
    delay_on: str = "all"
    faults: list[Fault] = field(default_factory=list)

    def order_fault(self, order: dict[str, Any], *, garbage: bool) -> None:
        """Raises ``BadOrder``."""
        status = 0 if garbage else _whole(order, "status", 503, 400, 599)
        self.faults.append(Fault(_area(order), _whole(order, "count", 1, 1, 1_000_000), status))

    def order_delay(self, order: dict[str, Any]) -> None:
        """Raises ``BadOrder``."""
        self.delay, self.delay_on = _whole(order, "ms", 1000, 0, 600_000) / 1000, _area(order)

    def next_fault(self, path: str) -> Fault | None:
        """The fault that this request runs into, counted down."""
        for fault in self.faults:
            if fault.on in ("all", area_of(path)):
                fault.count -= 1
                if not fault.count:
                    self.faults.remove(fault)
                return fault
        return None

    def delay_for(self, path: str) -> float:
        return self.delay if self.delay_on in ("all", area_of(path)) else 0.0

    def reset(self) -> None:
        self.__init__()  # type: ignore[misc]


def _area(order: dict[str, Any]) -> str:
    area = order.get("on", "all")
    if area not in AREAS:
        raise BadOrder(f"on: expected one of {', '.join(AREAS)}")
    return str(area)


def _whole(order: dict[str, Any], key: str, default: int, low: int, high: int) -> int:
    value = order.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadOrder(f"{key}: expected a whole number from {low} to {high}")
    return value
