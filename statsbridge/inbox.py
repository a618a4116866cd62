"""Raw updates on their way in, conflated by statistic before anything else sees them."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

#: The first update after a pause is taken in at once, those that follow wait so long.
TICK_SECONDS = 0.05
#: Under load, taking in has one part in so many of the time; the rest is for receiving.
SHARE = 8

Element = Mapping[str, Any]


class Inbox:
    """Keeps the newest element of each statistic and hands them to ``take`` a few times a second.

    The busier it is, the more it waits, and the fewer values of one statistic are looked at: there is no queue.
    """

    def __init__(self, take: Callable[[Iterable[Element]], None]) -> None:
        self._take = take
        self._held: dict[tuple[str, str], Element] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._free_at = 0.0

    def put(self, elements: Iterable[Any]) -> None:
        """``elements`` of one notification, as parsed; what is no statistic of ours is left out."""
        held = self._held
        for element in elements:
            if not isinstance(element, dict):
                continue
            subscription, statistic = element.get("subscriptionId"), element.get("statisticId")
            if not isinstance(subscription, str) or not isinstance(statistic, str):
                # Ids of another type than ours, which nobody knows how to conflate.
                self._take((element,))
                continue
            key = (subscription, statistic)
            if key not in held or not _older(element, held[key]):
                held[key] = element
        if held and self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(0.0, self._free_at - time.monotonic()), self.flush)

    def flush(self) -> None:
        """Hand on what is held."""
        self.close()
        held, self._held = self._held, {}
        began = time.monotonic()
        self._take(held.values())
        ended = time.monotonic()
        self._free_at = ended + max(TICK_SECONDS, (SHARE - 1) * (ended - began))

    def close(self) -> None:
        """Hand on nothing more by itself."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _older(element: Element, held: Element) -> bool:
    """Whether the element that came later was measured earlier."""
    mine, other = element.get("timestamp"), held.get("timestamp")
    return type(mine) is int and type(other) is int and mine < other
