"""An ad hoc definition as fields of a form: what nobody changed comes back as it was stored."""

from typing import Any

import pytest

from dashboard.admin.parts import join, split
from dashboard.library import ENTRIES

AS_STORED: list[dict[str, Any]] = [
    {"category": "CurrentNumber", "subject": "DNAction", "mainMask": "CallWait", "notificationMode": "Immediate"},
    {"subject": "Action", "category": "TotalNumber", "mainMask": "CallAnswered", "notificationMode": "PERIODICAL",
     "notificationFrequency": "10", "insensitivity": "0", "saveHistory": True, "objects": "Queue, RoutePoint"},
    {"category": "TotalTime", "subject": "AgentStatus", "mainMask": "'*,~LoggedOut'", "dynamicProfile": "0:00",
     "intervalType": "GrowingWindow", "relativeMask": "of no use here"},
    {"category": "OursAlone", "subject": "DNStatus", "mainMask": "CallInbound", "features": [1, 2]},
]  # fmt: skip


def cleaned(definition: dict[str, Any]) -> dict[str, Any]:
    """What the form makes of its own initial values."""
    return split(definition)


@pytest.mark.parametrize("definition", AS_STORED)
def test_an_unchanged_form_changes_nothing(definition: dict[str, Any]) -> None:
    assert join(cleaned(definition), definition) == definition
    assert list(join(cleaned(definition), definition)) == list(definition)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_entry_of_the_library_comes_back_as_it_is(entry: Any) -> None:
    definition = dict(entry.definition)
    assert join(cleaned(definition), definition) == definition
    assert join(cleaned(definition), None) == definition


def test_a_change_keeps_the_spelling_of_the_rest() -> None:
    stored = AS_STORED[1]
    changed = join({**cleaned(stored), "mainMask": "CallAbandoned"}, stored)
    assert changed == {**stored, "mainMask": "CallAbandoned"}


def test_what_means_nothing_any_more_is_left_out() -> None:
    stored = AS_STORED[2]
    changed = join({**cleaned(stored), "category": "CurrentNumber"}, stored)
    assert changed == {"category": "CurrentNumber", "subject": "AgentStatus", "mainMask": "'*,~LoggedOut'"}


def test_types_that_the_definition_names_are_changed_with_it() -> None:
    stored = AS_STORED[1]
    assert cleaned(stored)["types"] == ["Queue", "RoutePoint"]
    assert join({**cleaned(stored), "types": ["Queue"]}, stored)["objects"] == "Queue"


@pytest.mark.parametrize(
    ("definition", "types"),
    [
        ({"subject": "DNAction", "mainMask": "CallWait"}, ["Queue", "RoutePoint"]),
        ({"subject": "DNStatus", "mainMask": "WaitForNextCall"}, ["Agent", "GroupAgents"]),
        ({"subject": "GroupStatus", "mainMask": "*"}, ["GroupAgents"]),
        ({"subject": "DNAction", "mainMask": "InteractionEntered"}, ["StagingArea"]),
        ({"subject": "Unheard"}, []),
    ],
)
def test_types_are_guessed_from_the_masks(definition: dict[str, Any], types: list[str]) -> None:
    assert split(definition)["types"] == types


def test_types_in_use_are_taken_before_any_guess() -> None:
    assert split({"subject": "DNAction", "mainMask": "CallWait"}, ["GroupAgents"])["types"] == ["GroupAgents"]
