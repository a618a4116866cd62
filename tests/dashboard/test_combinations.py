"""What goes together in an ad hoc definition: one sentence of the rules after the other."""

from typing import Any

import pytest

from dashboard.combinations import applying, common_words, find_problems, usual_unit
from dashboard.costs import find_costs
from dashboard.library import ENTRIES

WAITING = {"category": "CurrentNumber", "subject": "DNAction", "mainMask": "CallWait", "notificationMode": "Immediate"}
SHARE = {"category": "RelativeNumberPercentage", "subject": "DNAction", "mainMask": "CallAbandoned",
         "relativeMask": "CallEntered", "intervalType": "GrowingWindow"}  # fmt: skip
QUEUE = ("Queue",)


def test_what_belongs_together_has_no_problem() -> None:
    assert find_problems(WAITING, QUEUE, "count") == []
    assert find_problems(SHARE, ("Queue", "RoutePoint"), "percent") == []


def test_every_entry_of_the_library_is_without_a_problem() -> None:
    assert [(one.name, found) for one in ENTRIES if (found := find_problems(one.definition, one.types, one.unit))] == []
    assert {one.unit for one in ENTRIES} == {"count", "seconds", "percent", "state", "number"}


@pytest.mark.parametrize(
    ("definition", "types", "key", "reason"),
    [
        (WAITING, (), "types", "Choose the types of object"),
        ({**WAITING, "category": ""}, QUEUE, "category", "Choose what is computed"),
        ({**WAITING, "subject": ""}, QUEUE, "subject", "Choose whose doings"),
        ({**WAITING, "subject": "AgentStatus"}, QUEUE, "subject", "cannot be asked of Queue: it is for Agent"),
        ({**WAITING, "subject": "GroupStatus"}, ("GroupAgents",), "category", "GroupStatus is a state"),
        ({**WAITING, "category": "CurrentState"}, QUEUE, "category", "their groups have a state"),
        ({**WAITING, "category": "ServiceFactor1"}, ("Agent",), "category", "is measured where calls wait"),
        ({**WAITING, "category": "ServiceFactor1", "subject": "DNStatus"}, QUEUE, "subject", "goes with DNAction only"),
        ({**WAITING, "mainMask": ""}, QUEUE, "mainMask", "Choose which actions or statuses count"),
        ({**WAITING, "mainMask": "CallWiat"}, QUEUE, "mainMask", "did you mean “CallWait”?"),
        ({**WAITING, "mainMask": "CallInbound"}, QUEUE, "mainMask", "“CallInbound” does not happen to a Queue"),
        ({**WAITING, "mainMask": "CallWait,~CallWait"}, QUEUE, "mainMask", "selects nothing"),
        ({**WAITING, "mainMask": "CallAnswered"}, QUEUE, "mainMask", "happen in a moment"),
        ({**SHARE, "relativeMask": ""}, QUEUE, "relativeMask", "divides by something"),
        ({**SHARE, "intervalType": "SinceLogin"}, QUEUE, "intervalType", "SinceLogin is for Agent"),
        ({**SHARE, "dynamicTimeProfile": "24:00"}, QUEUE, "dynamicTimeProfile", "times of day"),
        ({**SHARE, "intervalType": "SlidingWindow", "dynamicTimeProfile": "9:10"}, QUEUE,
         "dynamicTimeProfile", "length:step"),
        ({**WAITING, "notificationMode": "Reset"}, QUEUE, "notificationMode", "is of now and has none"),
        ({**WAITING, "notificationMode": "Periodical"}, QUEUE, "notificationFrequency", "needs the seconds"),
        ({**WAITING, "category": "TotalNumberInTimeRange", "timeRangeLeft": 30, "timeRangeRight": 20}, QUEUE,
         "timeRangeRight", "ends (20 s) before it begins (30 s)"),
        ({**SHARE, "category": "TotalCustomValue"}, QUEUE, "category", "needs a formula"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_told_at_the_field_that_has_to_change(
    definition: dict[str, Any], types: tuple[str, ...], key: str, reason: str
) -> None:
    found = dict(find_problems(definition, types))
    assert reason in found.get(key, "")


def test_a_state_is_of_the_unit_state_and_nothing_else_is() -> None:
    state = {"category": "CurrentState", "subject": "DNAction", "mainMask": "*"}
    assert "could not be read" in dict(find_problems(state, ("Agent",), "count"))["unit"]
    assert "could not be read" in dict(find_problems(WAITING, QUEUE, "state"))["unit"]
    assert find_problems(state, ("Agent",), "state") == []


@pytest.mark.parametrize(
    ("category", "unit"),
    [("CurrentNumber", "count"), ("TotalNumberInTimeRange", "count"), ("AverageTime", "seconds"),
     ("ServiceFactor1", "percent"), ("TotalNumberInTimeRangePercentage", "percent"), ("CurrentState", "state"),
     ("AverageNumberPerRelativeHour", "number"), ("TotalTimeInTimeRange", "seconds")],
)  # fmt: skip
def test_each_category_has_its_usual_unit(category: str, unit: str) -> None:
    assert usual_unit(category) == unit


def test_only_what_means_something_applies() -> None:
    assert not applying(WAITING) & {"intervalType", "dynamicTimeProfile", "relativeMask", "timeRangeLeft"}
    assert "notificationFrequency" not in applying(WAITING)
    assert applying(SHARE) >= {"relativeMask", "intervalType", "dynamicTimeProfile"}
    level = applying({"category": "ServiceFactor1", "subject": "DNAction"})
    assert level >= {"timeRangeLeft", "timeRangeRight2"}
    assert "mainMask" not in level
    assert "dynamicTimeProfile" not in applying({**SHARE, "intervalType": "SinceLogin"})


def test_the_words_of_a_mask_are_those_that_all_types_know() -> None:
    both = common_words("DNAction", ("Agent", "Queue"))
    assert "CallAnswered" in both
    assert "CallWait" not in both
    assert "CallWait" in common_words("DNAction", ("Queue", "RoutePoint"))
    assert common_words("AgentStatus", ("Queue",)) == []


@pytest.mark.parametrize(
    ("definition", "types", "objects", "key", "words"),
    [
        (WAITING, QUEUE, 40, "notificationMode", "each call is a notification"),
        ({**WAITING, "notificationMode": "Periodical", "notificationFrequency": 2}, QUEUE, 340, "notificationFrequency",
         "170 notifications a second"),
        ({**WAITING, "notificationMode": "NoNotification"}, QUEUE, 0, "notificationMode", "only when it is read"),
        ({**WAITING, "category": "CurrentTime", "subject": "DNStatus"}, ("Agent",), 0, "category", "with every tick"),
    ],
)  # fmt: skip
def test_what_is_dear_is_said_with_what_it_costs(
    definition: dict[str, Any], types: tuple[str, ...], objects: int, key: str, words: str
) -> None:
    assert words in dict(find_costs(definition, types, objects))[key]


def test_what_suits_a_wallboard_costs_nothing() -> None:
    modest = {**WAITING, "notificationMode": "Periodical", "notificationFrequency": 10, "insensitivity": 1}
    assert find_costs(modest, QUEUE, 500) == []
