"""An ad hoc definition as the fields of a form, and back again without changing what nobody changed; pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.admin.choices import canonical_choice
from dashboard.combinations import applying, split_mask
from statsbridge.vocabulary import AGENT_TYPES, MEDIATION_TYPES, OBJECT_TYPES, SUBJECT_ALIASES, mask_words

CHOSEN = ("category", "subject", "intervalType", "notificationMode", "maskType")
TEXTS = (*CHOSEN, "mainMask", "relativeMask", "dynamicTimeProfile", "dynamicFilter")
NUMBERS = (
    *("notificationFrequency", "insensitivity", "timeRangeLeft", "timeRangeRight", "timeRangeLeft2", "timeRangeRight2"),
    "intervalLength",
)
#: In the order in which they are written.
KEYS = (
    *("category", "subject", "mainMask", "relativeMask", "maskType", "intervalType", "dynamicTimeProfile"),
    *("intervalLength", "timeRangeLeft", "timeRangeRight", "timeRangeLeft2", "timeRangeRight2", "dynamicFilter"),
    *("notificationMode", "notificationFrequency", "insensitivity"),
)
OTHER_SPELLING = {"dynamicTimeProfile": "dynamicProfile"}
_HANDLED = {*KEYS, *OTHER_SPELLING.values(), "objects"}

Definition = dict[str, Any]


def split(definition: Mapping[str, Any], in_use: Sequence[str] = ()) -> dict[str, Any]:
    """The initial values of the form; ``in_use``: types of the objects that it is measured on already."""
    stored = {key: _stored(definition, key) for key in KEYS}
    fields: dict[str, Any] = {key: _normal(key, one) for key, one in stored.items() if one[1] not in (None, "")}
    fields["types"] = list(in_use) or listed_objects(definition) or guessed_types(definition)
    further = {key: value for key, value in definition.items() if key not in _HANDLED}
    fields["further"] = further or None
    return fields


def join(fields: Mapping[str, Any], before: Mapping[str, Any] | None) -> Definition:
    """The definition that the form's cleaned values make.

    Parts that mean nothing there are left out. Where all that means something is as it was in ``before``, the answer
    is ``before`` itself, and values that did not change keep their spelling: ``"10"`` does not become ``10``.
    """
    before = before or {}
    used = applying(fields)
    given = {key: fields[key] for key in KEYS if key in used and fields.get(key) not in (None, "")}
    further = fields.get("further") or {}
    old = split(before) if before else {}
    unchanged = before and _same_types(fields, before) and (old.get("further") or {}) == further
    if unchanged and {key: old[key] for key in KEYS if key in used and key in old} == given:
        return dict(before)
    made: Definition = {}
    for key in KEYS:
        if key not in given:
            continue
        (name, stored) = _stored(before, key)
        made[name] = stored if stored not in (None, "") and _normal(key, (name, stored)) == given[key] else given[key]
    if "objects" in before:
        made["objects"] = before["objects"] if _same_types(fields, before) else ",".join(fields.get("types") or ())
    made |= further
    order = [*(key for key in before if key in made), *(key for key in made if key not in before)]
    return {key: made[key] for key in order}


def listed_objects(definition: Mapping[str, Any]) -> list[str]:
    return [word for word in split_mask(str(definition.get("objects") or "")) if word in OBJECT_TYPES]


def guessed_types(definition: Mapping[str, Any]) -> list[str]:
    """Types that the masks fit, where the definition does not say: queues and route points, or agents and groups."""
    subject = str(definition.get("subject") or "")
    subject = SUBJECT_ALIASES.get(subject, subject)
    masks = f"{definition.get('mainMask') or ''},{definition.get('relativeMask') or ''}"
    words = {word.removeprefix("~") for word in split_mask(masks)} - {"*"}
    families: tuple[tuple[str, ...], ...] = (
        ("Queue", "RoutePoint"),
        ("GroupQueues",),
        ("Agent", "GroupAgents"),
        ("Agent",),
        ("GroupAgents",),
    )
    if not words and subject != "DNAction":
        families = families[2:]
    for family in (*families, *((one,) for one in (*MEDIATION_TYPES, *AGENT_TYPES, "StagingArea", "CampaignGroup"))):
        if all((known := mask_words(subject, one)) and words <= set(known) for one in family):
            return list(family)
    return []


def _same_types(fields: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    return "objects" not in before or set(fields.get("types") or ()) == set(listed_objects(before))


def _stored(definition: Mapping[str, Any], key: str) -> tuple[str, Any]:
    """(the key as it is spelled, its value)."""
    other = OTHER_SPELLING.get(key, key)
    name = other if other in definition and key not in definition else key
    return name, definition.get(name)


def _normal(key: str, stored: tuple[str, Any]) -> Any:
    value = stored[1]
    if key in NUMBERS:
        try:
            return int(str(value))
        except ValueError:
            return value
    text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value).strip()
    return canonical_choice(key, text) if key in CHOSEN else text
