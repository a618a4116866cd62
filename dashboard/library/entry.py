"""What an entry of the library is, and the parts that many have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CALLS = "CallUnknown,CallConsult,CallInternal,CallOutbound,CallInbound"
HOLDS = "CallOnHoldInbound,CallOnHoldOutbound,CallOnHoldInternal,CallOnHoldConsult,CallOnHoldUnknown"
HANDLED = f"{CALLS},AfterCallWork / {CALLS}"
PRESENT = "*,~LoggedOut,~NotMonitored"
TODAY = {"intervalType": "GrowingWindow", "dynamicTimeProfile": "0:00"}
HOUR = {"intervalType": "SlidingWindow", "dynamicTimeProfile": "3600:10"}
VOICE = {"dynamicFilter": "MediaType=voice"}
CHANGES = {"notificationMode": "Immediate"}
TICKS = {"notificationMode": "Periodical", "notificationFrequency": 10, "insensitivity": 1}

AGENT = ("Agent",)
GROUP = ("GroupAgents",)
AGENTS = ("Agent", "GroupAgents")
LINES = ("Queue", "RoutePoint")
QUEUES = ("Queue", "RoutePoint", "GroupQueues")


@dataclass(frozen=True, slots=True)
class Entry:
    """One ready definition; ``types``: the objects that it is for; ``title`` is translated when it is used."""

    name: str
    title: Any
    types: tuple[str, ...]
    definition: Mapping[str, Any]
    unit: str = "count"
    decimals: int | None = None


def counted(
    name: str, title: Any, types: tuple[str, ...], what: str, masks: str, *parts: Any, unit: str = "count"
) -> Entry:
    """``what`` is "Category Subject"; ``masks`` is "main" or "main / relative"."""
    category, subject = what.split()
    main, _slash, relative = masks.partition(" / ")
    given = {"category": category, "subject": subject, "mainMask": main, "relativeMask": relative}
    definition = {key: value for key, value in given.items() if value}
    for part in parts:
        definition |= part
    return Entry(name, title, types, definition, unit, 1 if unit == "percent" else None)


def timed(name: str, title: Any, types: tuple[str, ...], what: str, masks: str, *parts: Any) -> Entry:
    return counted(name, title, types, what, masks, *parts, unit="seconds")
