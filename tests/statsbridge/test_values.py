"""Values by shape: what each reads as, and what is refused."""

from typing import Any

import pytest

from statsbridge.errors import UnreadableValue
from statsbridge.values import read_value

AT = 1_490_830_620_000


def whole(number: Any, text: Any) -> dict[str, Any]:
    return {"intValue": number, "stringValue": text, "tag": -1, "intervalLength": 0, "timestamp": AT}


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (whole(12, "12"), 12),
        (whole(83, "83.3333333"), 83.3333333),
        (whole(7, ""), 7),
        (whole(7, None), 7),
        ({"intValue": 7}, 7),
        ({"stringValue": "79.5"}, 79.5),
        ({"intValue": 0, "stringValue": "N/A"}, None),
        ({"intValue": 0, "stringValue": "NaN"}, None),
        ({"intValue": 0, "stringValue": "Infinity"}, None),
        (5, 5),
        (5.25, 5.25),
        ("6", 6),
        (" 6.5 ", 6.5),
        (-3, -3),
        ({"intValue": 4, "stringValue": "4", "somethingNew": {"a": 1}}, 4),
    ],
)
@pytest.mark.parametrize("unit", ["count", "number", "seconds", "percent"])
def test_it_reads_numbers(raw: Any, value: Any, unit: str) -> None:
    read = read_value(raw, unit, timestamp=AT)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    "raw",
    [True, [], [1], {}, {"intValue": True}, "<html>", "1_000", {"stringValue": "abc"}, {"stateValue": {"status": 4}}],
)
def test_a_value_of_another_shape_is_no_number(raw: Any) -> None:
    with pytest.raises(UnreadableValue):
        read_value(raw, "count", timestamp=AT)


def agent(**changes: Any) -> dict[str, Any]:
    voice = {"dnId": "5001", "switchId": "us-east-1", "status": 8, "time": 1_490_830_500}
    chat = {"dnId": "chat_jdoe", "switchId": None, "status": 4, "time": 1_490_830_400}
    place = {"placeId": "Place_5001", "status": 8, "dnStatuses": [voice, chat]}
    state = {"objectType": "Agent", "agentId": "jdoe", "status": 8, "time": 1_490_830_500, "place": place, **changes}
    return {"tag": -1, "stringValue": None, "intValue": 0, "stateValue": state}


def test_it_reads_an_agents_state() -> None:
    assert read_value(agent(reasons={"ReasonCode": "Lunch"}), "state", timestamp=AT) == {
        "state": "NotReadyForNextCall",
        "since": 1_490_830_500_000,
        "reason": "Lunch",
        "channels": [
            {"media": "voice", "state": "NotReadyForNextCall", "since": 1_490_830_500_000},
            {"media": "chat", "state": "WaitForNextCall", "since": 1_490_830_400_000},
        ],
    }


@pytest.mark.parametrize(
    ("status", "word"), [(4, "WaitForNextCall"), ("22", "CallInbound"), ("LoggedOut", "LoggedOut"), (77, "Unknown")]
)
def test_a_status_is_a_number_or_a_name(status: Any, word: str) -> None:
    assert read_value(agent(status=status), "state", timestamp=AT)["state"] == word


@pytest.mark.parametrize(
    ("time", "since"), [(1_490_830_500, 1_490_830_500_000), (1_490_830_500_123, 1_490_830_500_123), (None, AT), (0, AT)]
)
def test_the_start_of_a_state_is_in_milliseconds(time: Any, since: int) -> None:
    assert read_value(agent(time=time), "state", timestamp=AT)["since"] == since


@pytest.mark.parametrize("reasons", ["Lunch", ["Lunch"], [{"name": "Lunch"}], {"1": "Lunch"}, [{"code": "Lunch"}]])
def test_a_reason_is_found_in_any_shape(reasons: Any) -> None:
    assert read_value(agent(reasons=reasons), "state", timestamp=AT)["reason"] == "Lunch"


def test_it_reads_a_groups_state() -> None:
    members = [agent()["stateValue"], {"agentId": "ann", "status": "CallInbound", "time": 1_490_830_000}]
    raw = {"stateValue": {"objectType": "GroupAgents", "groupId": "Sales", "status": 4, "agents": members}}
    assert read_value(raw, "state", timestamp=AT) == {
        "state": "WaitForNextCall",
        "agents": [
            {"id": "jdoe", "state": "NotReadyForNextCall", "since": 1_490_830_500_000},
            {"id": "ann", "state": "CallInbound", "since": 1_490_830_000_000},
        ],
    }


def test_a_bare_name_of_a_state_is_read() -> None:
    assert read_value({"stringValue": "CallRinging"}, "state", timestamp=AT)["state"] == "CallRinging"


@pytest.mark.parametrize("raw", [7, whole(7, "7"), "Lunch time", None, {"stateValue": {}}, {"stateValue": [1]}])
def test_a_value_of_another_shape_is_no_state(raw: Any) -> None:
    with pytest.raises(UnreadableValue):
        read_value(raw, "state", timestamp=AT)


@pytest.mark.parametrize(("raw", "text"), [("hello", "hello"), (whole(3, "three"), "three"), (whole(3, None), "3")])
def test_it_reads_text(raw: Any, text: str) -> None:
    assert read_value(raw, "text", timestamp=AT) == text


@pytest.mark.parametrize("raw", [int("9" * 400), "9" * 400 + "0", 1e300, -(2**53) - 1, whole(10**30, "1")])
def test_a_number_beyond_all_bounds_is_unreadable(raw: Any) -> None:
    with pytest.raises(UnreadableValue):
        read_value(raw, "number", timestamp=AT)


@pytest.mark.parametrize("raw", ["A\0B", "A\ud800B", {"stringValue": "A\0B"}])
def test_a_text_holds_nothing_that_a_database_refuses(raw: Any) -> None:
    text = read_value(raw, "text", timestamp=AT)
    assert text.encode() in (b"AB", b"A?B")


def test_a_state_holds_nothing_that_a_database_refuses() -> None:
    raw = {"stateValue": {"status": "Not\0Ready", "time": 10**30, "reasons": {"why": "Lunch\0"}}}
    assert read_value(raw, "state", timestamp=AT) == {
        "state": "NotReady",
        "since": AT,
        "reason": "Lunch",
        "channels": [],
    }


def test_a_state_with_a_number_that_python_does_not_read_is_unreadable() -> None:
    with pytest.raises(UnreadableValue):
        read_value({"stateValue": {"status": "9" * 5000}}, "state", timestamp=AT)
    assert read_value({"stateValue": {"status": "²"}}, "state", timestamp=AT)["state"] == "²"
