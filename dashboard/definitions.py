"""What is wrong, and what is doubtful, in an ad hoc definition. Pure."""

from typing import Any

from django.utils.translation import gettext as _

from dashboard.names import unknown_name
from statsbridge.vocabulary import (
    CATEGORIES,
    CATEGORY_ALIASES,
    DEFINITION_KEYS,
    INTERVAL_TYPES,
    NOTIFICATION_MODES,
    OBJECT_TYPES,
    SUBJECT_ALIASES,
    SUBJECTS,
    mask_words,
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
        return [_("A definition is a JSON object: {…}.")]
    missing = [
        key for key in ("category", "subject") if not isinstance(definition.get(key), str) or not definition[key]
    ]
    return [_("“%s” is missing; every definition has it.") % key for key in missing]


def definition_doubts(definition: dict[str, Any]) -> list[tuple[str, str]]:
    """(key, reason) of words that Stat Server's vocabulary does not have.

    Services differ, so they may be right all the same.
    """
    strange = [key for key in definition if key not in DEFINITION_KEYS]
    doubts = [(key, unknown_name("definition key", key, DEFINITION_KEYS)) for key in strange]
    for key, words in _WORDS.items():
        word = definition.get(key)
        if isinstance(word, str) and word and word.lower() not in {one.lower() for one in words}:
            doubts.append((key, unknown_name(key, word, words)))
    for key in ("mainMask", "relativeMask"):
        doubts += [(key, reason) for reason in _mask_doubts(definition, definition.get(key))]
    return doubts


def _mask_doubts(definition: dict[str, Any], mask: Any) -> list[str]:
    """Which objects the definition is for is not known here, so a word that fits any of them is fine."""
    subject = str(definition.get("subject", ""))
    subject = SUBJECT_ALIASES.get(subject, subject)
    if not isinstance(mask, str) or subject not in SUBJECTS or subject == "CampaignAction":
        return []
    words = list(dict.fromkeys(word for kind in OBJECT_TYPES for word in mask_words(subject, kind)))
    given = (part.strip().removeprefix("~").strip() for part in mask.strip().strip("'\"").split(","))
    return [unknown_name(f"word for a mask of {subject}", one, words) for one in given if one not in ("", "*", *words)]
