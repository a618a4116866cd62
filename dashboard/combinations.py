"""Which parts of an ad hoc definition go together, by Stat Server's rules; pure but for the language.

A definition here is what the form makes of it: canonical words, whole numbers. ``types`` are the types of object that
it is meant for. What only services know (whether a name exists there) is not decided here.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from dashboard.names import near_one
from dashboard.wording import listed
from statsbridge.vocabulary import (
    AGENT_DURABLE_ACTIONS,
    AGENT_TYPES,
    CAMPAIGN_TYPES,
    CATEGORY_ALIASES,
    MEDIATION_DURABLE_ACTIONS,
    MEDIATION_TYPES,
    OBJECT_TYPE_ALIASES,
    SUBJECT_ALIASES,
    SUBJECT_OBJECT_TYPES,
    mask_words,
)

Definition = Mapping[str, Any]
Problem = tuple[str, str]

STATES = ("CurrentState", "CurrentStateReasons", "CurrentTargetState")
NEEDS_RELATIVE = (
    *("RelativeTimePercentage", "RelativeNumberPercentage", "RelativeNumber", "AverageNumberPerRelativeHour"),
    *("CurrentRelativeTimePercentage", "CurrentRelativeNumberPercentage"),
)
TAKES_RELATIVE = (*NEEDS_RELATIVE, "AverageTime", "TotalAdjustedTime", "TotalAdjustedNumber")
RANGED = (
    *("CurrentNumberInTimeRange", "CurrentNumberInTimeRangePercentage", "TotalNumberInTimeRange"),
    *("TotalNumberInTimeRangePercentage", "TotalTimeInTimeRange", "ServiceFactor1"),
)
#: Of what waits to be distributed; nothing else has a service level.
OF_QUEUES = ("ServiceFactor1", "EstimWaitTime", "ExpectedWaitTime2", "LoadBalance", "LoadBalance1")
MASKLESS = ("ServiceFactor1", "ExpectedWaitTime2", "LoadBalance", "LoadBalance1", "Formula", "JavaCategory")
SINCE_LOGIN_TYPES = ("Agent", "AgentPlace", "RegDN")
LONGEST_WINDOW = 24 * 3600
_DURABLE = frozenset({*AGENT_DURABLE_ACTIONS, *MEDIATION_DURABLE_ACTIONS, "Active", "Available", "Routable"})
_RESETS = re.compile(r"\+?([01]?\d|2[0-3]):[0-5]\d([,\s]+\+?([01]?\d|2[0-3]):[0-5]\d)*")
_WINDOW = re.compile(r"(\d{1,6})(?::(\d{1,6}))?")


def canonical(definition: Definition) -> tuple[str, str]:
    """Category and subject in the spelling that the rules know."""
    category, subject = str(definition.get("category") or ""), str(definition.get("subject") or "")
    return CATEGORY_ALIASES.get(category, category), SUBJECT_ALIASES.get(subject, subject)


def canonical_types(types: Collection[str]) -> list[str]:
    return list(dict.fromkeys(OBJECT_TYPE_ALIASES.get(one, one) for one in types))


def of_now(category: str) -> bool:
    """Whether the category looks at this moment and has no interval."""
    return category.startswith("Current")


def applying(definition: Definition) -> frozenset[str]:
    """The keys that mean something in this definition."""
    category, _subject = canonical(definition)
    keys = {"category", "subject", "mainMask", "dynamicFilter", "notificationMode", "maskType", "saveHistory"}
    if category in TAKES_RELATIVE or "CustomValue" in category:
        keys.add("relativeMask")
    if category and not of_now(category):
        keys |= {"intervalType", "intervalLength"}
        if definition.get("intervalType") != "SinceLogin":
            keys.add("dynamicTimeProfile")
    if category in RANGED:
        keys |= {"timeRangeLeft", "timeRangeRight"}
    if category == "ServiceFactor1":
        keys -= {"mainMask", "relativeMask"}
        keys |= {"timeRangeLeft2", "timeRangeRight2"}
    if definition.get("notificationMode") == "Periodical":
        keys.add("notificationFrequency")
    if definition.get("notificationMode") != "NoNotification" and category not in STATES:
        keys.add("insensitivity")
    return frozenset(keys)


def usual_unit(category: str) -> str:
    """In what values of the category are told."""
    category = CATEGORY_ALIASES.get(category, category)
    if category in STATES:
        return "state"
    if category.endswith("Percentage") or category == "ServiceFactor1":
        return "percent"
    if category in ("AverageNumberPerRelativeHour", "TotalNumberPerSecond", "RelativeNumber", "Formula"):
        return "number"
    if "CustomValue" in category or category.startswith(("LoadBalance", "AverageOfCurrentNumber")):
        return "number"
    return "seconds" if "Time" in category and "NumberInTimeRange" not in category else "count"


def common_words(subject: str, types: Collection[str]) -> list[str]:
    """The words that masks of the subject may hold for all these types."""
    types = canonical_types(types)
    lists = [mask_words(subject, one) for one in types]
    return [word for word in lists[0] if all(word in other for other in lists)] if lists else []


def find_problems(definition: Definition, types: Sequence[str], unit: str = "") -> list[Problem]:
    """(key, reason) of what cannot work together; the keys are those of the definition, and ``types`` and ``unit``."""
    category, subject = canonical(definition)
    types = canonical_types(types)
    missing = [(key, reason) for key, reason, given in (
        ("types", _("Choose the types of object that it is for: the masks depend on them."), types),
        ("category", _("Choose what is computed."), category),
        ("subject", _("Choose whose doings are looked at."), subject),
    ) if not given]  # fmt: skip
    if missing:
        return missing
    return [
        *_subject_problems(category, subject, types),
        *_mask_problems(definition, category, subject, types),
        *_interval_problems(definition, category, types),
        *_notification_problems(definition, category),
        *_range_problems(definition, category),
        *_unit_problems(category, unit),
    ]


def _subject_problems(category: str, subject: str, types: Sequence[str]) -> list[Problem]:
    fits = SUBJECT_OBJECT_TYPES.get(subject)
    if fits is None:
        return []
    wrong = [one for one in types if one not in fits]
    if wrong:
        told = {"subject": subject, "types": listed(wrong), "fits": listed(fits)}
        return [("subject", _("%(subject)s cannot be asked of %(types)s: it is for %(fits)s.") % told)]
    if subject == "GroupStatus" and category not in STATES:
        return [("category", _("GroupStatus is a state: it goes with %s only.") % listed(STATES))]
    if category in STATES and (lines := [one for one in types if one not in (*AGENT_TYPES, *CAMPAIGN_TYPES)]):
        return [("category", _("%s: only agents, places and their groups have a state.") % listed(lines))]
    served = (*MEDIATION_TYPES, "GroupAgents")
    if category in OF_QUEUES and subject != "DNAction":
        return [("subject", _("%s looks at calls that wait: it goes with DNAction only.") % category)]
    if category in OF_QUEUES and (others := [one for one in types if one not in served]):
        told = {"category": category, "served": listed(served), "others": listed(others)}
        text = _("%(category)s is measured where calls wait (%(served)s), not on %(others)s.")
        return [("category", text % told)]
    return []


def _mask_problems(definition: Definition, category: str, subject: str, types: Sequence[str]) -> list[Problem]:
    problems: list[Problem] = []
    main = str(definition.get("mainMask") or "")
    relative = str(definition.get("relativeMask") or "")
    if not main and category not in MASKLESS:
        problems.append(("mainMask", _("Choose which actions or statuses count; * stands for all of them.")))
    if category in NEEDS_RELATIVE and not relative:
        text = _("%s divides by something: choose the actions that are the whole.")
        problems.append(("relativeMask", text % category))
    if ("CustomValue" in category or category == "Formula") and not _has(definition, "formula"):
        text = _("%s needs a formula, such as DistByConnID. Give it under “further keys”.")
        problems.append(("category", text % category))
    for key, mask in (("mainMask", main), ("relativeMask", relative)):
        reason = _mask_reason(mask, category, subject, types)
        if reason and key in applying(definition):
            problems.append((key, reason))
    return problems


def _mask_reason(mask: str, category: str, subject: str, types: Sequence[str]) -> str:
    words = split_mask(mask)
    if not words or subject not in SUBJECT_OBJECT_TYPES or subject == "CampaignAction":
        return ""
    for one in types:
        known = mask_words(subject, one)
        for word in words:
            bare = word.removeprefix("~")
            if known and bare != "*" and bare not in known:
                return _foreign_word(bare, one, subject, known)
    selected = selected_words(words, common_words(subject, types))
    if not selected:
        return _("The mask selects nothing: everything in it is taken out again.")
    if of_now(category) and subject == "DNAction" and not _DURABLE.intersection(selected):
        text = _(
            "%(actions)s happen in a moment, so at any moment there is none going on. "
            "For %(category)s choose actions that last, such as CallWait; to count these, take TotalNumber."
        )
        return text % {"actions": listed(words[:3]), "category": category}
    return ""


def _foreign_word(word: str, kind: str, subject: str, known: Sequence[str]) -> str:
    told = {"word": word, "type": kind, "subject": subject, "near": near_one(word, known)}
    if told["near"]:
        return _("“%(word)s” does not happen to a %(type)s (%(subject)s); did you mean “%(near)s”?") % told
    return _("“%(word)s” does not happen to a %(type)s (%(subject)s).") % told


def split_mask(mask: str) -> list[str]:
    """The words of a mask, ``~`` kept."""
    parts = (re.sub(r"\s+", "", part) for part in mask.strip("'\" ").split(","))
    return [part for part in parts if part]


def selected_words(words: Sequence[str], known: Sequence[str]) -> list[str]:
    """What the words of a mask select of all that are known."""
    chosen = {word for word in words if not word.startswith("~")}
    without = {word[1:] for word in words if word.startswith("~")}
    everything = "*" in chosen or not chosen
    return [word for word in known if (everything or word in chosen) and word not in without and "*" not in without]


def _interval_problems(definition: Definition, category: str, types: Sequence[str]) -> list[Problem]:
    kind, profile = definition.get("intervalType"), str(definition.get("dynamicTimeProfile") or "")
    if of_now(category) or not kind:
        return []
    if kind == "SinceLogin" and (others := [one for one in types if one not in SINCE_LOGIN_TYPES]):
        told = {"types": listed(others), "fits": listed(SINCE_LOGIN_TYPES)}
        return [("intervalType", _("%(types)s does not sign in: SinceLogin is for %(fits)s.") % told)]
    if not profile or kind not in ("GrowingWindow", "SlidingWindow"):
        return []
    if kind == "GrowingWindow" and not _RESETS.fullmatch(profile):
        text = _(
            "Give the times of day at which it starts anew, such as 0:00, or 0:00 +0:15 for each quarter of an hour."
        )
        return [("dynamicTimeProfile", text)]
    if kind == "SlidingWindow":
        match = _WINDOW.fullmatch(profile)
        window, step = (int(match[1]), int(match[2] or 10)) if match else (0, 0)
        if not 0 < step <= window <= LONGEST_WINDOW:
            text = _("Give length:step in seconds, such as 3600:10 for the last hour in steps of 10 s; a day at most.")
            return [("dynamicTimeProfile", text)]
    return []


def _notification_problems(definition: Definition, category: str) -> list[Problem]:
    mode = definition.get("notificationMode")
    if mode == "Reset" and of_now(category):
        text = _("Reset tells at the end of an interval; %s is of now and has none.")
        return [("notificationMode", text % category)]
    if mode == "Periodical" and not definition.get("notificationFrequency"):
        text = _("Periodical needs the seconds between two notifications; 10 suits a wallboard.")
        return [("notificationFrequency", text)]
    return []


def _range_problems(definition: Definition, category: str) -> list[Problem]:
    problems = []
    for suffix in ("", "2"):
        left, right = (definition.get(f"timeRange{side}{suffix}") for side in ("Left", "Right"))
        if category in RANGED and left is not None and right is not None and int(left) > int(right):
            text = _("The range ends (%(right)s s) before it begins (%(left)s s).") % {"right": right, "left": left}
            problems.append((f"timeRangeRight{suffix}", text))
    return problems


def _unit_problems(category: str, unit: str) -> list[Problem]:
    usual = usual_unit(category)
    if unit and (unit == "state") != (usual == "state"):
        told = {"category": category, "usual": _(usual), "unit": _(unit)}
        return [("unit", _("Values of %(category)s are of the unit “%(usual)s”; “%(unit)s” could not be read.") % told)]
    return []


def _has(definition: Definition, key: str) -> bool:
    return any(one.lower() == key and value for one, value in definition.items())
