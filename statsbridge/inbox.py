"""Updates on their way in, conflated by statistic before anything else sees them."""

import asyncio
import time
from collections.abc import Callable, Iterable

from statsbridge.notifications import Update

#: The first update after a pause is taken in at once, those that follow wait so long.
TICK_SECONDS = 0.05
#: Under load, taking in has one part in so many of the time; the rest is for receiving.
SHARE = 8
#: Bytes of bodies that what is held may keep in memory.
HELD_MOST = 2**23


class Inbox:
    """Keeps the newest update of each statistic and hands them to ``take`` a few times a second.

    The busier it is, the more it waits, and the fewer values of one statistic are looked at: there is no queue.
    """

    def __init__(self, take: Callable[[Iterable[Update]], None]) -> None:
        self._take = take
        #: By subscription and statistic.
        self._held: dict[str, dict[str, Update]] = {}
        self._bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._free_at = 0.0
        self._closed = False

    def put(self, updates: Iterable[Update], size: int = 0) -> None:
        """The updates of one notification, whose text has ``size`` bytes; nothing once it is closed."""
        if self._closed:
            return
        for update in updates:
            held = self._held.get(update.subscription_id)
            if held is None:
                held = self._held[update.subscription_id] = {}
            before = held.get(update.statistic_id)
            if (
                before is None
                or update.timestamp is None
                or before.timestamp is None
                or update.timestamp >= before.timestamp
            ):
                held[update.statistic_id] = update
        self._bytes += size
        if self._bytes > HELD_MOST:
            self._let_go()
        if self._held and self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(0.0, self._free_at - time.monotonic()), self.flush)

    def flush(self) -> None:
        """Hand on what is held."""
        self._end_timer()
        held, self._held, self._bytes = self._held, {}, 0
        began = time.monotonic()
        self._take(update for updates in held.values() for update in updates.values())
        ended = time.monotonic()
        self._free_at = ended + max(TICK_SECONDS, (SHARE - 1) * (ended - began))

    def close(self) -> None:
        """Hand on nothing more, for good; what is held and what still comes is dropped."""
        self._closed = True
        self._held, self._bytes = {}, 0
        self._end_timer()

    def _end_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _let_go(self) -> None:
        """An unread value keeps the body in memory that it came in: a copy is small."""
        self._bytes = 0
        for updates in self._held.values():
            for update in updates.values():
                update.value = update.value.copy()
