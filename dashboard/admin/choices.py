"""Stat Server's words as an administrator picks them: each with what it means, the usual ones first."""

from collections.abc import Mapping
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from statsbridge.phrases import NOUNS, STATES
from statsbridge.vocabulary import (
    AGENT_DURABLE_ACTIONS,
    CATEGORIES,
    INTERVAL_TYPES,
    MEDIATION_DURABLE_ACTIONS,
    NOTIFICATION_MODES,
    OBJECT_TYPES,
    SUBJECTS,
)

Choices = list[tuple[Any, Any]]
NOTHING: Choices = [("", "---------")]

_TYPES = {
    "Agent": _("Agent"),
    "GroupAgents": _("Group of agents"),
    "Queue": _("Queue, virtual queue"),
    "RoutePoint": _("Route point"),
    "GroupQueues": _("Group of queues"),
    "AgentPlace": _("Place"),
    "GroupPlaces": _("Group of places"),
    "StagingArea": _("Interaction queue"),
    "CampaignGroup": _("Campaign group"),
}
TYPES: Choices = [
    *((word, format_lazy("{} ({})", label, word)) for word, label in _TYPES.items()),
    *((word, word) for word in OBJECT_TYPES if word not in (*_TYPES, "Place", "RegularDN")),
]

_CATEGORIES: Mapping[object, Mapping[str, object]] = {
    _("Right now"): {
        "CurrentNumber": _("how many at this moment"),
        "CurrentState": _("the state"),
        "CurrentTime": _("how long the state has lasted"),
        "CurrentMaxTime": _("the one that has lasted longest"),
        "CurrentAverageTime": _("how long they have lasted on average"),
        "CurrentNumberInTimeRange": _("how many have lasted from … to … seconds"),
        "CurrentRelativeNumberPercentage": _("share of one number in another"),
    },
    _("Over an interval"): {
        "TotalNumber": _("how many"),
        "TotalTime": _("how long together, once ended"),
        "TotalAdjustedTime": _("how long together, with what goes on"),
        "AverageTime": _("how long on average"),
        "MaxTime": _("the longest"),
        "MinTime": _("the shortest"),
        "TotalNumberInTimeRange": _("how many lasted from … to … seconds"),
        "AverageNumberPerRelativeHour": _("how many in an hour of something"),
    },
    _("Shares"): {
        "ServiceFactor1": _("service level"),
        "RelativeNumberPercentage": _("one number in percent of another"),
        "RelativeTimePercentage": _("one time in percent of another"),
        "TotalNumberInTimeRangePercentage": _("share that lasted from … to … seconds"),
    },
    _("Forecast"): {"EstimWaitTime": _("expected wait")},
}
_usual = {word for words in _CATEGORIES.values() for word in words}
CATEGORY: Choices = [
    *NOTHING,
    *(
        (group, [(word, format_lazy("{}: {}", word, label)) for word, label in words.items()])
        for group, words in _CATEGORIES.items()
    ),
    (_("Seldom used"), [(word, word) for word in CATEGORIES if word not in _usual]),
]
_SUBJECTS = {
    "DNAction": _("calls, and what happens on lines and in queues"),
    "DNStatus": _("the status of lines"),
    "AgentStatus": _("the status of agents"),
    "PlaceStatus": _("the status of places"),
    "GroupStatus": _("the state of a whole group"),
    "CampaignAction": _("outbound campaigns"),
}
SUBJECT: Choices = [*NOTHING, *((word, format_lazy("{}: {}", word, _SUBJECTS[word])) for word in SUBJECTS)]
_INTERVALS = {
    "GrowingWindow": _("since it last started anew, such as midnight"),
    "SlidingWindow": _("the last so many seconds"),
    "SinceLogin": _("since the agent signed in"),
    "SlidingSelection": _("the last so many samples"),
}
INTERVAL: Choices = [*NOTHING, *((word, format_lazy("{}: {}", word, _INTERVALS[word])) for word in INTERVAL_TYPES)]
_MODES = {
    "Immediate": _("at each change"),
    "Periodical": _("every so many seconds"),
    "Reset": _("at the end of each interval"),
    "NoNotification": _("never by itself"),
}
MODE: Choices = [*NOTHING, *((word, format_lazy("{}: {}", word, _MODES[word])) for word in NOTIFICATION_MODES)]
MASK_TYPE: Choices = [*NOTHING, ("DN", "DN"), ("RP", "RP"), ("Campaign", "Campaign")]
HOW: Choices = [
    ("named", _("By its name: the contact centre has it configured")),
    ("adhoc", _("By a definition of our own")),
]
_LASTING = frozenset({*AGENT_DURABLE_ACTIONS, *MEDIATION_DURABLE_ACTIONS})


def word_label(word: str, language: str) -> str:
    """What a word of a mask means, empty where it says it itself."""
    language = "de" if language.startswith("de") else "en"
    return NOUNS[language].get(word) or STATES[language].get(word, "")


def is_lasting(word: str) -> bool:
    """Whether it goes on for a while; otherwise it is over in a moment."""
    return word in _LASTING


def canonical_choice(key: str, value: str) -> str:
    """A word of one of the lists in the list's own case; another one stays as it is."""
    listed = {"category": CATEGORY, "subject": SUBJECT, "intervalType": INTERVAL, "notificationMode": MODE}.get(key, [])
    by_case = {word.lower(): word for word in flat(listed)}
    return by_case.get(value.lower(), value)


def flat(choices: Choices) -> list[str]:
    """The values of choices, groups opened."""
    found: list[str] = []
    for value, label in choices:
        found += [word for word, _ in label] if isinstance(label, list) else [value]
    return [str(one) for one in found if one]
