"""A statistic's definition, read leniently as the service's own configurations spell it, and checked strictly."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from statsbridge import vocabulary
from statsbridge.simulator.masks import read_mask
from statsbridge.simulator.profiles import SINCE_LOGIN, Interval, read_interval
from statsbridge.simulator.refusals import Refused

CURRENT = ("CurrentState", "CurrentNumber", "CurrentTime", "CurrentMaxTime")
HISTORICAL = (
    *("TotalNumber", "TotalTime", "TotalAdjustedTime", "AverageTime", "MaxTime", "TotalNumberInTimeRange"),
    *("RelativeNumberPercentage", "AverageNumberPerRelativeHour", "ServiceFactor1", "EstimWaitTime"),
)
EVALUATED = (*CURRENT, *HISTORICAL)
RANGED = ("TotalNumberInTimeRange", "ServiceFactor1")
# Values that are decimal: read from stringValue.
DECIMAL = ("AverageTime", "RelativeNumberPercentage", "AverageNumberPerRelativeHour", "ServiceFactor1")
DEFAULT_FREQUENCY = 10
_FILTER = re.compile(r"\s*(?:Media|MediaType)\s*=\s*[\"']?(\w+)[\"']?\s*", re.IGNORECASE)
_PAIR = re.compile(r"\s*PairExists\(\s*[\"'](?:Media|MediaType)[\"']\s*,\s*[\"'](\w+)[\"']\s*\)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Definition:
    """What is measured (everything but how it is notified), in canonical words; hashable, so that equals share."""

    category: str
    subject: str
    main: tuple[str, ...]
    relative: tuple[str, ...]
    interval: Interval
    media: str = ""
    range: tuple[int, int] = (0, 20)
    range2: tuple[int, int] = (0, 20)


@dataclass(frozen=True, slots=True)
class Notification:
    """``frequency``: seconds; ``insensitivity``: the least change told, in the statistic's own unit."""

    mode: str
    frequency: int = DEFAULT_FREQUENCY
    insensitivity: float = 1.0


def _word(raw: Mapping[str, Any], key: str, default: str = "") -> str:
    value = raw.get(key)
    if value is None:
        return default
    if isinstance(value, (list, tuple)):
        return ",".join(str(part) for part in value)
    return str(value).strip()


def _number(raw: Mapping[str, Any], key: str, default: int) -> int:
    value = raw.get(key)
    if value is None or value == "":
        return default
    try:
        number = int(str(value))
    except ValueError:
        raise Refused(f"Invalid {key} {value!r}: expected a whole number") from None
    if number < 0:
        raise Refused(f"Invalid {key} {value!r}: it may not be negative")
    return number


def canonical_type(object_type: str) -> str:
    """Raises ``Refused`` for a type that Stat Server does not know."""
    name = vocabulary.OBJECT_TYPE_ALIASES.get(object_type, object_type)
    if name not in vocabulary.OBJECT_TYPES:
        raise Refused(f"Invalid object type {object_type!r}")
    return name


def _category(raw: Mapping[str, Any]) -> str:
    name = _word(raw, "category")
    name = vocabulary.CATEGORY_ALIASES.get(name, name)
    if not name:
        raise Refused("The definition has no category")
    if name not in vocabulary.CATEGORIES:
        raise Refused(f"Invalid category {name!r}")
    if name not in EVALUATED:
        raise Refused(f"Category {name!r} is not supported here")
    return name


def _subject(raw: Mapping[str, Any], object_type: str) -> str:
    name = _word(raw, "subject")
    name = vocabulary.SUBJECT_ALIASES.get(name, name)
    if not name:
        raise Refused("The definition has no subject")
    if name not in vocabulary.SUBJECTS:
        raise Refused(f"Invalid subject {name!r}")
    if object_type not in vocabulary.SUBJECT_OBJECT_TYPES[name]:
        raise Refused(f"Invalid subject {name!r} for object type {object_type}")
    return name


def _check_pair(category: str, subject: str, object_type: str) -> None:
    if subject == "GroupStatus" and category != "CurrentState":
        raise Refused(f"Category {category!r} does not take the subject GroupStatus")
    if category == "CurrentState" and object_type not in vocabulary.AGENT_TYPES:
        raise Refused(f"Category CurrentState does not take objects of type {object_type}")
    served = (*vocabulary.MEDIATION_TYPES, "GroupAgents")
    if category in ("ServiceFactor1", "EstimWaitTime") and (subject != "DNAction" or object_type not in served):
        raise Refused(f"Category {category!r} takes the subject DNAction of queues, route points and groups of agents")


def _media(raw: Mapping[str, Any]) -> str:
    text = _word(raw, "dynamicFilter")
    if not text:
        return ""
    match = _FILTER.fullmatch(text) or _PAIR.fullmatch(text)
    if not match:
        raise Refused(f"Invalid dynamicFilter {text!r}: expected MediaType=<medium>")
    return match[1].lower()


def _range(raw: Mapping[str, Any], suffix: str) -> tuple[int, int]:
    left, right = _number(raw, f"timeRangeLeft{suffix}", 0), _number(raw, f"timeRangeRight{suffix}", 20)
    if left > right:
        raise Refused(f"Invalid time range {left}-{right}")
    return left, right


def read_definition(raw: Mapping[str, Any], object_type: str) -> Definition:
    """A definition for a canonical object type. Raises ``Refused`` with the reason."""
    category, subject = _category(raw), _subject(raw, object_type)
    _check_pair(category, subject, object_type)
    objects = [part.strip() for part in _word(raw, "objects").split(",") if part.strip()]
    if objects and object_type not in [canonical_type(name) for name in objects]:
        raise Refused(f"The definition is for {', '.join(objects)}, not for {object_type}")
    words = vocabulary.mask_words(subject, object_type)
    main = read_mask(_word(raw, "mainMask"), words)
    if category == "ServiceFactor1":
        main = ()  # it has a fixed set of actions
    elif not main:
        raise Refused("Invalid mask: the main mask selects nothing")
    interval = read_interval(
        _word(raw, "intervalType") or "GrowingWindow", _word(raw, "dynamicTimeProfile") or _word(raw, "dynamicProfile")
    )
    if category in CURRENT:
        interval = Interval("")
    elif interval.kind == SINCE_LOGIN and object_type not in ("Agent", "AgentPlace", "RegDN"):
        raise Refused(f"SinceLogin does not take objects of type {object_type}")
    ranges = (_range(raw, ""), _range(raw, "2")) if category in RANGED else ((0, 20), (0, 20))
    relative = read_mask(_word(raw, "relativeMask"), words)
    return Definition(category, subject, main, relative, interval, _media(raw), *ranges)


def read_notification(raw: Mapping[str, Any], category: str) -> Notification:
    """How it is notified; without a mode, current statistics are immediate and the others periodical."""
    default = "Immediate" if category in CURRENT else "Periodical"
    modes = {mode.lower(): mode for mode in vocabulary.NOTIFICATION_MODES}
    asked = _word(raw, "notificationMode") or default
    if asked.lower() not in modes:
        raise Refused(f"Invalid notificationMode {asked!r}")
    frequency = _number(raw, "notificationFrequency", DEFAULT_FREQUENCY)
    if not frequency:
        raise Refused("Invalid notificationFrequency 0: expected seconds, 1 or more")
    return Notification(modes[asked.lower()], frequency, float(_number(raw, "insensitivity", 1)))
