"""Raw values of statistics, in all their shapes, read into what screens show; pure.

The Statistics API passes on Stat Server's own message: ``{"intValue", "stringValue", "stateValue", "tag",
"intervalLength", "timestamp"}``. Averages and percentages stand in ``stringValue`` as decimals, of which ``intValue``
is the truncated whole; states stand in ``stateValue``. Bare numbers and strings are taken too.
"""

import math
from collections.abc import Mapping
from typing import Any

from statsbridge.errors import UnreadableValue
from statsbridge.text import clean_all
from statsbridge.vocabulary import AGENT_DURABLE_ACTIONS, STATUS_NAMES

NUMERIC_UNITS = frozenset({"count", "number", "seconds", "percent"})
NOT_APPLICABLE = frozenset({"n/a", "na", "nan", "-", "--", "null", "none"})

#: Beyond it there is no statistic, and a browser counts no more in whole numbers.
NUMBER_MOST = 2**53
#: The end of the year 9999.
EPOCH_MS_MOST = 253_402_300_799_999

_NAMES = frozenset({*STATUS_NAMES.values(), *AGENT_DURABLE_ACTIONS})

Number = int | float


def read_value(raw: Any, unit: str, *, timestamp: int) -> Any:
    """A number, a string, a state object or ``None`` (not applicable), as the unit asks.

    Args:
        raw: the ``value`` of a statistic as JSON.
        unit: a unit of ``StatisticDefinition``.
        timestamp: epoch ms of the value; the start of a state that does not tell its own.

    Raises:
        UnreadableValue: the shape is unknown, or is that of another unit.
    """
    try:
        if unit in NUMERIC_UNITS:
            return _number(raw)
        return clean_all(_state(raw, timestamp) if unit == "state" else _words(raw))
    except UnreadableValue:
        raise
    except (ValueError, ArithmeticError, RecursionError) as error:
        # Such as a number of more digits than Python reads.
        raise UnreadableValue(f"a value that is out of all bounds ({type(error).__name__})") from error


def _unreadable(raw: Any, wanted: str) -> UnreadableValue:
    return UnreadableValue(f"{wanted} expected, met {raw!r}")


def _number(raw: Any) -> Number | None:
    value = _any_number(raw)
    if value is not None and abs(value) > NUMBER_MOST:
        raise _unreadable(raw, f"a number up to {NUMBER_MOST}")
    return value


def _any_number(raw: Any) -> Number | None:
    if not isinstance(raw, Mapping):
        return _bare_number(raw)
    if raw.get("stateValue") is not None:
        raise _unreadable(raw, "a number")
    text, whole = raw.get("stringValue"), raw.get("intValue")
    if text is None or (isinstance(text, str) and not text.strip()):
        if whole is None:
            raise _unreadable(raw, "a number")
        return _bare_number(whole)
    decimal = _bare_number(text)
    if decimal is None or isinstance(decimal, float) or whole is None:
        return decimal
    return _bare_number(whole)


def _bare_number(raw: Any) -> Number | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise _unreadable(raw, "a number")
    if isinstance(raw, int):
        return raw
    if isinstance(raw, str):
        return _number_from_text(raw.strip())
    return raw if math.isfinite(raw) else None


def _number_from_text(text: str) -> Number | None:
    if text.lower() in NOT_APPLICABLE:
        return None
    if "_" in text:
        raise _unreadable(text, "a number")
    try:
        return int(text)
    except ValueError:
        pass
    try:
        value = float(text)
    except ValueError:
        raise _unreadable(text, "a number") from None
    return value if math.isfinite(value) else None


def _words(raw: Any) -> str:
    if isinstance(raw, Mapping) and raw.get("stateValue") is None:
        text = raw.get("stringValue")
        raw = raw.get("intValue") if text is None else text
    if isinstance(raw, str):
        return raw
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return str(raw)
    raise _unreadable(raw, "a text")


def _state(raw: Any, timestamp: int) -> dict[str, Any]:
    if isinstance(raw, Mapping):
        inner = raw.get("stateValue", raw if "status" in raw else raw.get("stringValue"))
        if isinstance(inner, Mapping):
            return _state_object(inner, timestamp)
        raw = inner
    if isinstance(raw, str) and raw in _NAMES:
        return {"state": raw, "since": timestamp, "reason": "", "channels": []}
    raise _unreadable(raw, "a state")


def _state_object(value: Mapping[str, Any], timestamp: int) -> dict[str, Any]:
    listed = value.get("agents", value.get("places"))
    if isinstance(listed, list):
        members = [member for member in listed if isinstance(member, Mapping)]
        return {"state": _status(value), "agents": [_member(member, timestamp) for member in members]}
    return {
        "state": _status(value),
        "since": _since(value, timestamp),
        "reason": _reason(value),
        "channels": _channels(value, timestamp),
    }


def _member(value: Mapping[str, Any], timestamp: int) -> dict[str, Any]:
    identity = value.get("agentId") or value.get("loginId") or value.get("placeId") or ""
    return {"id": str(identity), "state": _status(value), "since": _since(value, timestamp)}


def _status(value: Mapping[str, Any]) -> str:
    status = value.get("status")
    if isinstance(status, str) and status and not status.isdecimal():
        return status
    if isinstance(status, int | str) and not isinstance(status, bool) and str(status).isdecimal():
        return STATUS_NAMES.get(int(status), "Unknown")
    raise _unreadable(status, "a status")


def _since(value: Mapping[str, Any], timestamp: int) -> int:
    """``time`` of a status is in epoch seconds; a service that sends ms is understood too."""
    time = value.get("time")
    if isinstance(time, bool) or not isinstance(time, int | float) or not 0 < time <= EPOCH_MS_MOST:
        return timestamp
    return int(time) if time > 100_000_000_000 else int(time * 1000)


def _places(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    place = value.get("place")
    source = place if isinstance(place, Mapping) else value
    statuses = source.get("dnStatuses")
    return [one for one in statuses if isinstance(one, Mapping)] if isinstance(statuses, list) else []


def _channels(value: Mapping[str, Any], timestamp: int) -> list[dict[str, Any]]:
    channels = []
    for one in _places(value):
        try:
            status = _status(one)
        except UnreadableValue:
            continue
        channels.append({"media": _media(one), "state": status, "since": _since(one, timestamp)})
    return channels


def _media(channel: Mapping[str, Any]) -> str:
    """A channel without a switch is no telephone: its id then holds the name of the media."""
    named = channel.get("media") or channel.get("mediaType")
    if isinstance(named, str):
        return named
    if channel.get("switchId"):
        return "voice"
    identity = str(channel.get("dnId") or "").lower()
    return next((media for media in ("chat", "email", "callback", "sms") if media in identity), identity or "other")


def _reason(value: Mapping[str, Any]) -> str:
    """The reason of a state, of the agent itself or of the first channel that gives one."""
    for source in (value, value.get("place"), *_places(value)):
        if isinstance(source, Mapping):
            found = _reason_of(source.get("reason")) or _reason_of(source.get("reasons"))
            if found:
                return found
    return ""


def _reason_of(raw: Any) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, Mapping):
        named = raw.get("name") or raw.get("value") or raw.get("code")
        values = [named] if named else list(raw.values())
        return next((str(one) for one in values if isinstance(one, str) and one), "")
    if isinstance(raw, list):
        return next((found for found in map(_reason_of, raw) if found), "")
    return ""
