"""Notifications of values, in the documented form and in others."""

import json
from typing import Any

import msgspec
import pytest

from statsbridge import lenient
from statsbridge.notifications import Update, read_content, read_updates

FULL = {
    "subscriptionId": "S",
    "statisticId": "1",
    "name": "CallsWaiting",
    "timestamp": 1_490_830_620_000,
    "value": {"tag": -1, "intValue": 4, "stringValue": "4"},
}


class Reader:
    def __init__(self) -> None:
        self.complaints: list[str] = []

    def read(self, data: Any) -> list[tuple[str, str, int | None, Any]]:
        text = data if isinstance(data, bytes) else json.dumps(data).encode()
        updates = read_updates(msgspec.Raw(text), self.complaints.append)
        return [(one.subscription_id, one.statistic_id, one.timestamp, one.read()) for one in updates]


@pytest.mark.parametrize("nested", [True, False])
def test_a_notification_is_read_nested_or_flat(nested: bool) -> None:
    content = {"statistics": [FULL, {"subscriptionId": "S", "statisticId": "2"}]}
    reader = Reader()
    assert reader.read({"topic": "t", "data": content} if nested else content) == [
        ("S", "1", 1_490_830_620_000, {"tag": -1, "intValue": 4, "stringValue": "4"}),
        ("S", "2", None, None),
    ]
    assert reader.complaints == []


@pytest.mark.parametrize("wrong", [None, "text", [], 5, {}, {"statisticId": "1"}, {**FULL, "statisticId": ["1"]}])
def test_an_element_in_no_known_shape_harms_no_others(wrong: Any) -> None:
    reader = Reader()
    (update,) = reader.read({"data": {"statistics": [wrong, FULL]}})
    assert update[1] == "1"
    assert len(reader.complaints) == 1


def test_ids_that_are_numbers_are_those_of_the_same_digits() -> None:
    (update,) = Reader().read({"data": {"statistics": [{**FULL, "statisticId": 17}]}})
    assert update[1] == "17"


@pytest.mark.parametrize(
    ("timestamp", "read"),
    [(None, None), ("soon", None), (-1, None), (10**18, None), (10**400, None), (True, None), ("7", 7), (7.0, 7)],
)
def test_a_time_that_no_calendar_has_is_none(timestamp: Any, read: int | None) -> None:
    (update,) = Reader().read({"data": {"statistics": [{**FULL, "timestamp": timestamp}]}})
    assert update[2] == read


@pytest.mark.parametrize(
    "text", [b"", b"7", b"null", b'{"data": {"statistics": {}}}', b'{"data"', b"\xff", b"[" * 10**5]
)
def test_a_notification_without_statistics_is_told_with_a_short_sample(text: bytes) -> None:
    reader = Reader()
    assert reader.read(text) == []
    (sample,) = reader.complaints
    assert len(sample) < 200


def test_what_a_strict_parser_refuses_is_read() -> None:
    text = b'{"data": {"statistics": [{"subscriptionId": "S", "statisticId": "1", "value": [Infinity, "\\ud800"]}]}}'
    assert Reader().read(text) == [("S", "1", None, [float("inf"), "\ud800"])]


def test_a_value_that_is_no_json_harms_no_others() -> None:
    # Only the value is read late: what stands around it is sound.
    wrong = b'{"data": {"statistics": [{"subscriptionId": "S", "statisticId": "1", "value": "\xff"}, %s]}}'
    first, second = Reader().read(wrong % json.dumps({**FULL, "statisticId": "2"}).encode())
    assert first == ("S", "1", None, b'"\xff"')
    assert second[1] == "2"


def test_an_update_made_by_hand_has_no_value() -> None:
    assert Update("S", "1").read() is None


def test_the_content_of_a_notification_in_no_known_shape_is_empty() -> None:
    assert read_content(lenient.encode([1])) == {}
    assert read_content(msgspec.Raw(b"{")) == {}
    assert read_content(lenient.encode({"data": {"serviceState": "AVAILABLE"}})) == {"serviceState": "AVAILABLE"}
