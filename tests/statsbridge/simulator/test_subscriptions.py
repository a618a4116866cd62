"""When a statistic is told: each notification mode, frequency and insensitivity, on a clock turned by hand."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from statsbridge.simulator.contact import ContactCentre
from statsbridge.simulator.profiles import midnight
from statsbridge.simulator.roster import build_roster
from statsbridge.simulator.subscriptions import Subscriptions
from tests.statsbridge.simulator.support import MORNING

UTC_ZONE = ZoneInfo("UTC")
READY = {"category": "TotalAdjustedTime", "subject": "DNStatus", "mainMask": "WaitForNextCall"}
ENTERED = {"category": "TotalNumber", "subject": "DNAction", "mainMask": "CallEntered"}
WAITING = {"category": "CurrentNumber", "subject": "DNAction", "mainMask": "CallWait"}
CALLS = {"category": "CurrentNumber", "subject": "DNStatus", "mainMask": "CallInbound"}


@pytest.fixture(scope="module")
def contact() -> ContactCentre:
    return ContactCentre(build_roster(10, 3), 5, MORNING * 1000, UTC_ZONE)


@pytest.fixture
def subscriptions(contact: ContactCentre) -> Iterator[Subscriptions]:
    one = Subscriptions(contact)
    yield one
    one.close_all()


def open_one(subscriptions: Subscriptions, definition: dict[str, Any], object_type: str = "GroupQueues") -> Any:
    object_id = {"GroupQueues": "All_Queues", "GroupAgents": "All_Agents"}[object_type]
    asked = {"statisticId": "a", "objectType": object_type, "objectId": object_id, "definition": definition}
    subscription, failures = subscriptions.open_subscription("S", "session", "", [asked])
    assert not failures
    return subscription.statistics["a"]


def told(subscriptions: Subscriptions, seconds: float, step: float = 0.1) -> list[tuple[int, float]]:
    """(time, value) of everything that is told while time passes in small steps."""
    seen, now = [], subscriptions.contact.now
    for i in range(1, round(seconds / step) + 1):
        for statistics in subscriptions.step(now + round(i * step * 1000)).values():
            seen += [(statistic.told.at, statistic.told.number) for statistic in statistics]
    return seen


def test_immediate_tells_every_change_when_it_happens(subscriptions: Subscriptions) -> None:
    statistic = open_one(subscriptions, {**ENTERED, "notificationMode": "Immediate"})
    first, opened = statistic.told.number, subscriptions.contact.now
    seen = told(subscriptions, 600)
    assert [value for _, value in seen] == list(range(first + 1, first + 1 + len(seen)))
    assert len(seen) > 3
    assert any((at - opened) % 100 for at, _ in seen)  # at the event, not at the step
    assert statistic.told.number == statistic.measure.read(subscriptions.contact.now).number


def test_immediate_times_are_told_once_a_second_while_they_run(subscriptions: Subscriptions) -> None:
    longest = {"category": "CurrentMaxTime", "subject": "AgentStatus", "mainMask": "*", "notificationMode": "Immediate"}
    open_one(subscriptions, longest, "GroupAgents")
    assert 9 <= len(told(subscriptions, 10)) <= 25


def test_periodical_tells_changes_at_its_frequency_only(subscriptions: Subscriptions) -> None:
    opened = subscriptions.contact.now
    open_one(subscriptions, {**READY, "notificationMode": "Periodical", "notificationFrequency": 7}, "GroupAgents")
    seen = told(subscriptions, 70)
    assert len(seen) > 5
    assert all((at - opened) % 7000 == 0 for at, _ in seen)


def test_periodical_without_a_change_is_silent_unless_insensitivity_is_zero(subscriptions: Subscriptions) -> None:
    never = {"category": "TotalNumber", "subject": "DNAction", "mainMask": "CallTreatmentStarted"}
    periodical = {**never, "notificationMode": "Periodical", "notificationFrequency": 10}
    open_one(subscriptions, {**periodical, "insensitivity": 1})
    assert told(subscriptions, 60) == []
    open_one(subscriptions, {**periodical, "insensitivity": 0})
    assert [value for _, value in told(subscriptions, 60)] == [0] * 6


def test_insensitivity_waits_for_a_change_of_that_size(subscriptions: Subscriptions) -> None:
    statistic = open_one(subscriptions, {**ENTERED, "notificationMode": "Immediate", "insensitivity": 4})
    first = statistic.told.number
    seen = told(subscriptions, 900)
    assert [value for _, value in seen] == [first + 4 * i for i in range(1, len(seen) + 1)]
    assert len(seen) > 2


def test_no_notification_tells_nothing_but_can_be_read(subscriptions: Subscriptions) -> None:
    statistic = open_one(subscriptions, {**ENTERED, "notificationMode": "NoNotification"})
    first = statistic.told.number
    assert told(subscriptions, 600) == []
    assert statistic.told.number == first
    assert statistic.measure.read(subscriptions.contact.now).number > first


def test_reset_tells_the_last_value_of_each_interval(subscriptions: Subscriptions) -> None:
    quarters = {**ENTERED, "intervalType": "GrowingWindow", "dynamicTimeProfile": "0:00 +0:15"}
    statistic = open_one(subscriptions, {**quarters, "notificationMode": "Reset"})
    seen = told(subscriptions, 1800, step=1)
    assert len(seen) == 2
    assert all(at % 900_000 == 0 and value > 0 for at, value in seen)
    assert statistic.told.length == 900


def test_growing_statistics_fall_to_zero_at_midnight() -> None:
    now = (MORNING // 86_400 + 1) * 86_400_000 - 30_000
    subscriptions = Subscriptions(ContactCentre(build_roster(8, 3), 5, now, UTC_ZONE))
    statistic = open_one(subscriptions, {**ENTERED, "notificationMode": "Immediate"})
    assert statistic.told.number > 100
    told(subscriptions, 31, step=1)
    assert statistic.told.number <= 1
    assert statistic.told.at >= midnight(now + 60_000, UTC_ZONE)


def test_a_group_state_is_told_when_a_member_changes(subscriptions: Subscriptions) -> None:
    state = {"category": "CurrentState", "subject": "GroupStatus", "mainMask": "*"}
    statistic = open_one(subscriptions, state, "GroupAgents")
    before = statistic.told.state
    assert len(told(subscriptions, 60)) > 1
    assert statistic.told.state != before
    assert statistic.told.state["agentCount"] == len(statistic.told.state["agents"]) == 10


def test_several_changes_between_two_steps_are_told_as_the_last(subscriptions: Subscriptions) -> None:
    statistic = open_one(subscriptions, {**CALLS, "notificationMode": "Immediate"}, "GroupAgents")
    told_once = subscriptions.step(subscriptions.contact.now + 600_000)
    assert told_once == {"session": [statistic]}


def test_closed_statistics_are_forgotten(subscriptions: Subscriptions) -> None:
    open_one(subscriptions, {**WAITING, "notificationMode": "Immediate"})
    subscriptions.close("S")
    subscriptions.close("S")
    assert subscriptions.step(subscriptions.contact.now + 60_000) == {}
    assert subscriptions.open == {}


def test_a_live_id_is_replaced(subscriptions: Subscriptions) -> None:
    open_one(subscriptions, {**WAITING, "notificationMode": "Immediate"})
    statistic = open_one(subscriptions, {**ENTERED, "notificationMode": "Immediate"})
    assert list(subscriptions.open["S"].statistics.values()) == [statistic]
