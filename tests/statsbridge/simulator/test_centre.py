"""The model: reproducible by seed, in any number of steps, and a plausible floor at any hour."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from statsbridge.simulator.contact import ContactCentre
from statsbridge.simulator.definition import read_definition
from statsbridge.simulator.events import EventLog
from statsbridge.simulator.named import find_named
from statsbridge.simulator.roster import build_roster
from statsbridge.statisticnames import STATISTICS
from tests.statsbridge.simulator.support import MORNING

UTC_ZONE = ZoneInfo("UTC")


def record(seed: int, now: int, *steps: int) -> EventLog:
    log = EventLog()
    contact = ContactCentre(build_roster(8, 3), seed, now * 1000, UTC_ZONE, log)
    for step in steps:
        contact.advance(now * 1000 + step)
    return log


def test_the_same_seed_and_clock_give_the_same_events() -> None:
    assert record(7, MORNING).events == record(7, MORNING).events
    assert record(7, MORNING).events != record(8, MORNING).events


def test_it_does_not_matter_in_how_many_steps_time_passes() -> None:
    small = record(7, MORNING, *range(0, 600_001, 777), 600_000)
    assert small.events == record(7, MORNING, 600_000).events
    assert small.events == record(7, MORNING + 600).events


def test_events_come_in_order_and_every_end_has_its_begin() -> None:
    events = record(7, MORNING, 3_600_000).events
    assert all(a.at <= b.at for a, b in pairwise(events))
    begun: set[tuple[str, str, str, str]] = set()
    for event in events:
        key = (event.who, event.word, event.media, event.key)
        if event.what == "begin":
            assert key not in begun
            begun.add(key)
        elif event.what == "end":
            begun.remove(key)


def value(contact: ContactCentre, name: str, object_type: str, object_id: str) -> float:
    definition = read_definition(find_named(name, object_type), object_type)
    return contact.measure(object_type, object_id, definition).read(contact.now).number or 0


@pytest.mark.parametrize("hour", [0, 3, 11, 23])
def test_the_floor_works_at_any_hour(hour: int) -> None:
    now = int(datetime(2026, 11, 19, hour, 10, tzinfo=UTC).timestamp() * 1000)
    contact = ContactCentre(build_roster(40, 6), 1, now, UTC_ZONE)
    levels, waiting = [], []
    for minute in range(30):
        contact.advance(now + minute * 60_000)
        assert value(contact, "CurrentLoggedInAgents", "GroupAgents", "All_Agents") >= 20
        assert value(contact, "CurrentNumberInCall", "GroupAgents", "All_Agents") >= 3
        waiting += [value(contact, "CurrentInQueue", "Queue", q.object_id) for q in contact.roster.queues]
        levels += [value(contact, "ServiceLevel", "Queue", q.object_id) for q in contact.roster.queues]
    assert max(waiting) <= 15
    assert sum(levels) / len(levels) > 60
    assert min(value(contact, "CallsEntered", "Queue", q.object_id) for q in contact.roster.queues) > 0


def test_a_floor_forgets_what_no_window_reaches() -> None:
    now = MORNING * 1000
    contact = ContactCentre(build_roster(8, 3), 1, now, UTC_ZONE)
    answered = contact.floor.tracks["8001@SIP_Switch", "queue", "CallAnswered", "voice"]
    definition = read_definition(find_named("Total_Calls_Answered_In_Threshold", "Queue"), "Queue")
    kept = contact.measure("Queue", "8001@SIP_Switch", definition)
    kept.read(contact.now)
    day = 86_400_000
    for step in range(1, 61):
        contact.advance(now + step * day // 20)
        kept.read(contact.now)
    assert 0 < answered.forgotten < answered.total_ended  # three days on, the first day is gone
    fresh = ContactCentre(contact.roster, 1, now, UTC_ZONE)
    fresh.advance(contact.now)
    assert kept.read(contact.now).number == fresh.measure("Queue", "8001@SIP_Switch", definition).read(fresh.now).number


def test_every_spelling_of_the_names_is_known() -> None:
    spellings = {
        *("CurrentAgentState", "TimeInCurrentState", "TimeInCurrentStateVoice", "AverageHandlingTime"),
        *("InboundCalls", "OutboundCalls", "InternalCalls", "ConsultCalls", "MissedCalls", "RefusedCalls"),
        *("InteractionTransferred", "InteractionTransfered", "TalkDuration", "HoldDuration", "WrapDuration"),
        *("ReadyDuration", "NotReadyDuration", "LoginDuration", "Productivity", "CurrentGroupState"),
        *("CurrentLoggedInAgents", "CurrentReadyAgents", "CurrentNotReadyAgents", "CurrentNumberInCall"),
        *("CurrNumberACWStatuses", "CurrNumberInboundStatuses", "CurrNumberOutboundStatuses", "LongestIdleTime"),
        *("CurrentInQueueAG", "CurrMaxCallWaitingTimeAG", "AverageWaitingTimeAG", "TotalAnsweredAG"),
        *("TotalAbandonedAG", "CurrentInQueue", "Current_In_Queue", "CurrentNumberWaitingCalls"),
        *("CurrNumberWaitingCalls", "CurrMaxCallWaitingTime", "AverageWaitingTime", "AverageDistributionTime"),
        *("CallsEntered", "Total_Calls_Entered", "TotalAnswered", "Total_Answered", "TotalAbandoned"),
        *("Total_Abandoned", "TotalDistributed", "ServiceLevel", "Total_Calls_Answered_In_Threshold"),
        *("AbandonRate", "ExpectedWaitTime"),
    }
    assert set(STATISTICS) == spellings


def test_a_larger_roster_begins_with_the_smaller_one() -> None:
    large, small = build_roster(240, 30), build_roster(40, 6)
    assert large.agents[:40] == small.agents
    assert large.queues[:6] == small.queues
    assert len({agent.employee_id for agent in large.agents}) == 240
    with pytest.raises(ValueError, match="at least 2 agents"):
        build_roster(1, 1)
