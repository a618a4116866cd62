"""A snapshot for every screen of a board, spread over time so that thousands of them hold nothing up."""

import asyncio
import random
from collections.abc import Sequence

from dashboard.screens import Screen
from dashboard.streams import Stream

#: So many screens in one go, and how long until the next; more of them where the last would wait for too long.
AT_ONCE = 50
PAUSE_SECONDS = 0.1
SPREAD_SECONDS = 3.0


def hand_out(stream: Stream, screens: Sequence[Screen]) -> None:
    """Bring the screens up to date, in a random order: the first at once, the last after ``SPREAD_SECONDS``."""
    shuffled = random.sample(screens, len(screens))
    goes = round(SPREAD_SECONDS / PAUSE_SECONDS)
    _hand_out(stream, shuffled, max(AT_ONCE, -(-len(shuffled) // goes)))


def _hand_out(stream: Stream, screens: list[Screen], at_once: int) -> None:
    for screen in screens[:at_once]:
        # It may have gone, or have asked for itself meanwhile.
        if screen in stream.awaiting:
            stream.bring_up_to_date(screen, history=True)
    if screens[at_once:]:
        asyncio.get_running_loop().call_later(PAUSE_SECONDS, _hand_out, stream, screens[at_once:], at_once)
