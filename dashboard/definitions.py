"""What is wrong, and what is doubtful, in an ad hoc definition. Pure."""

from typing import Any

from dashboard.names import unknown_name
from statsbridge.vocabulary import (
    CATEGORIES,
    CATEGORY_ALIASES,
    DEFINITION_KEYS,
    INTERVAL_TYPES,
    NOTIFICATION_MODES,
    SUBJECT_ALIASES,
    SUBJECTS,
)

_WORDS = {
    "category": (*CATEGORIES, *CATEGORY_ALIASES),
    "subject": (*SUBJECTS, *SUBJECT_ALIASES),
    "intervalType": INTERVAL_TYPES,
    "notificationMode": NOTIFICATION_MODES,
}


def definition_problems(definition: Any) -> list[str]:
    """Why the service could not even read it; empty if it can."""
    if not isinstance(definition, dict):
        return ["A definition is a JSON object: {…}."]
    missing = [
        key for key in ("category", "subject") if not isinstance(definition.get(key), str) or not definition[key]
    ]
    return [f"“{key}” is missing; every definition has it." for key in missing]


def definition_doubts(definition: dict[str, Any]) -> list[str]:
    """Words that Stat Server's vocabulary does not have: services differ, so they may be right all the same."""
    doubts = [
        unknown_name("definition key", key, DEFINITION_KEYS) + "." for key in definition if key not in DEFINITION_KEYS
    ]
    for key, words in _WORDS.items():
        word = definition.get(key)
        if isinstance(word, str) and word.lower() not in {one.lower() for one in words}:
            doubts.append(unknown_name(key, word, words) + ".")
    return doubts
