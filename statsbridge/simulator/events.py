"""What happens on the simulated floor, as plain records; everything that statistics say follows from these."""

from collections.abc import Callable
from typing import NamedTuple

STATUS = "status"
BEGIN = "begin"
END = "end"
MOMENT = "moment"


class Event(NamedTuple):
    """One occurrence. ``at`` and ``duration`` are milliseconds (``at`` since the epoch).

    ``what``: ``status`` (a DN of the agent ``who`` takes the status ``word``, with ``reason``), ``begin`` and ``end``
    (of the durable action ``word``, told apart by ``key``), ``moment`` (a momentary action that looks back on
    ``duration``). ``where``: ``agent``, ``queue``, ``route_point`` or ``staging``.
    """

    at: int
    what: str
    where: str
    who: str
    media: str
    word: str
    key: str = ""
    duration: int = 0
    reason: str = ""


Emit = Callable[[Event], None]


class EventLog:
    """Keeps events in the order they happened; call it as an ``Emit``."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.events.append(event)
