"""Definitions: what is understood however it is spelt, and what is refused and why."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from statsbridge.simulator.definition import Notification, read_definition, read_notification
from statsbridge.simulator.profiles import read_interval
from statsbridge.simulator.refusals import Refused

BERLIN = ZoneInfo("Europe/Berlin")


def read(object_type: str = "Agent", **changes: Any) -> Any:
    given = {"category": "TotalTime", "subject": "DNStatus", "mainMask": "WaitForNextCall", **changes}
    return read_definition(given, object_type)


def test_a_mask_takes_everything_but_what_it_excludes() -> None:
    words = read(mainMask="'*, ~LoggedOut,~NotMonitored'").main
    assert "WaitForNextCall" in words
    assert not {"LoggedOut", "NotMonitored"} & set(words)
    assert read(mainMask="CallInbound , CallOutbound").main == ("CallOutbound", "CallInbound")


def test_aliases_mean_the_same() -> None:
    waiting = {"mainMask": "CallWait", "category": "EstimWaitTime", "subject": "DNAction"}
    assert read("Queue", **waiting) == read("Queue", **{**waiting, "category": "EstimWaitingTime"})
    assert read("Queue", **waiting) == read("Queue", **{**waiting, "subject": "Action"})


def test_numbers_may_be_strings_and_modes_any_case() -> None:
    raw = {"notificationMode": "PERIODICAL", "notificationFrequency": "5", "insensitivity": "0"}
    assert read_notification(raw, "TotalTime") == Notification("Periodical", 5, 0.0)
    assert read_notification({}, "CurrentNumber").mode == "Immediate"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"category": "Nonsense"}, "Invalid category"),
        ({"category": "TotalCustomValue"}, "not supported"),
        ({"category": ""}, "no category"),
        ({"subject": "Agents"}, "Invalid subject"),
        ({"subject": "CampaignAction"}, "for object type Agent"),
        ({"subject": "GroupStatus"}, "for object type Agent"),
        ({"mainMask": "Sleeping"}, "Invalid mask"),
        ({"mainMask": ""}, "selects nothing"),
        ({"mainMask": "CallWait"}, "Invalid mask"),
        ({"intervalType": "SlidingSelection"}, "Invalid intervalType"),
        ({"dynamicTimeProfile": "noon"}, "Invalid dynamicTimeProfile"),
        ({"intervalType": "SlidingWindow", "dynamicTimeProfile": "10:3600"}, "window:sample"),
        ({"dynamicFilter": "Language=English"}, "Invalid dynamicFilter"),
        ({"objects": "Queue, RoutePoint"}, "not for Agent"),
        ({"category": "TotalNumberInTimeRange", "timeRangeLeft": "x"}, "Invalid timeRangeLeft"),
        ({"category": "TotalNumberInTimeRange", "timeRangeLeft": 9, "timeRangeRight": 3}, "Invalid time range"),
        ({"category": "ServiceFactor1", "subject": "DNAction"}, "takes the subject DNAction of queues"),
    ],
)
def test_what_stat_server_refuses_is_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read(**changes)


def test_since_login_needs_somebody_who_logs_in() -> None:
    with pytest.raises(Refused, match="SinceLogin"):
        read("GroupAgents", intervalType="SinceLogin")
    with pytest.raises(Refused, match="CurrentState"):
        read("Queue", category="CurrentState", subject="DNAction", mainMask="*")


def at(hour: int, minute: int, day: int = 24) -> int:
    return int(datetime(2026, 10, day, hour, minute, tzinfo=BERLIN).timestamp() * 1000)


@pytest.mark.parametrize(
    ("profile", "now", "start", "following"),
    [
        ("00:00", at(13, 7), at(0, 0), at(0, 0, day=25)),
        ("0:00 +0:15", at(13, 7), at(13, 0), at(13, 15)),
        ("8:00, 12:00", at(13, 7), at(12, 0), at(8, 0, day=25)),
        ("8:00, 12:00", at(7, 59), at(12, 0, day=23), at(8, 0)),
        # The day on which the clocks go back has 25 hours.
        ("0:00", at(23, 0, day=25), at(0, 0, day=25), at(0, 0, day=26)),
    ],
)
def test_growing_windows_restart_on_the_tenants_clock(profile: str, now: int, start: int, following: int) -> None:
    interval = read_interval("GrowingWindow", profile)
    assert interval.start(now, BERLIN, 0) == start
    assert interval.next_start(now, BERLIN) == following


def test_sliding_windows_move_by_their_sample() -> None:
    interval = read_interval("SlidingWindow", "3600:10")
    assert interval.start(3_612_345, BERLIN, 0) == 10_000
    assert interval.next_start(3_612_345, BERLIN) == 3_620_000
