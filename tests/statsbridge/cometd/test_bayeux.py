"""Bodies and messages, by value."""

import json
import math
from typing import Any

import pytest

from statsbridge import lenient
from statsbridge.cometd import CometdError, Message, bayeux

ADVICE = {"timeout": 20000, "interval": 0}


def plain(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With their data read."""
    return [{**one, "data": lenient.decode(one["data"])} if "data" in one else one for one in messages]


def test_it_reads_an_array_of_messages() -> None:
    messages = [{"channel": "/a", "data": {"b": [1]}}, {"channel": "/a", "data": None}, {"channel": "/b", "id": "4"}]
    assert plain(bayeux.read(json.dumps(messages).encode())) == messages


def test_it_keeps_what_a_reply_says() -> None:
    reply = {
        "channel": "/meta/handshake",
        "id": "1",
        "successful": False,
        "error": "403::denied",
        "advice": {"reconnect": "none"},
        "clientId": "c",
        "subscription": ["/a"],
        "supportedConnectionTypes": ["long-polling"],
        "ext": {"ack": True},
    }
    assert bayeux.read(json.dumps([{**reply, "unknown": 1}]).encode()) == [reply]


def test_it_reads_a_single_message() -> None:
    assert bayeux.read(b'{"channel": "/a"}') == [{"channel": "/a"}]


def test_it_leaves_out_what_is_no_message() -> None:
    assert bayeux.read(b'[1, {"id": "1"}, {"channel": "/a"}]') == [{"channel": "/a"}]


@pytest.mark.parametrize(
    "body",
    [b"", b"<html></html>", b'[{"channel": "/meta', b"[]", b"[1]", b"null", b'"text"', b"\xff\xfe", b"[" * 100_000],
)
def test_a_body_without_messages_is_an_error(body: bytes) -> None:
    with pytest.raises(CometdError):
        bayeux.read(body)


def test_an_error_quotes_the_service() -> None:
    with pytest.raises(CometdError, match="Invalid channel id: pepe"):
        bayeux.read(b'{"status": 500, "error": "Internal Server Error", "message": "Invalid channel id: pepe"}')


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"message": "Forbidden"}, "Forbidden"),
        ({"error": "invalid_token", "error_description": "expired"}, "expired"),
        ({"error": "Unauthorized"}, "Unauthorized"),
        ({"status": {"code": 603, "message": "Unauthorized"}}, "Unauthorized"),
        ({"status": 500, "message": "x" * 1000}, "x" * 200),
        ({"message": 5}, ""),
        ([], ""),
    ],
)
def test_it_finds_the_words_of_each_kind_of_error_body(body: Any, text: str) -> None:
    assert bayeux.said(json.dumps(body).encode()) == text


def test_advice_changes_only_what_it_names() -> None:
    assert bayeux.merged(ADVICE, [{"advice": {"interval": 500}}, {}]) == {"timeout": 20000, "interval": 500}


@pytest.mark.parametrize("advice", [{"timeout": "20000"}, {"interval": -1}, {"interval": None}, {"timeout": True}, "x"])
def test_advice_that_cannot_be_followed_changes_nothing(advice: Any) -> None:
    assert bayeux.merged(ADVICE, [{"advice": advice}]) == ADVICE


@pytest.mark.parametrize(
    ("reply", "advised"),
    [({}, "retry"), ({"advice": {"reconnect": "handshake"}}, "handshake"), ({"advice": {"reconnect": 1}}, "retry")],
)
def test_without_advice_a_failed_poll_is_tried_again(reply: Any, advised: str) -> None:
    assert bayeux.reconnect(reply) == advised


def test_a_reply_may_leave_the_id_out_but_not_have_another() -> None:
    request = {"channel": "/meta/connect", "id": "4"}
    assert bayeux.answers({"channel": "/meta/connect", "successful": True}, request)
    assert bayeux.answers({"channel": "/meta/connect", "successful": True, "id": "4"}, request)
    assert not bayeux.answers({"channel": "/meta/connect", "successful": True, "id": "3"}, request)
    assert not bayeux.answers({"channel": "/meta/connect", "data": {}}, request)


def test_it_collects_the_channels_that_were_granted() -> None:
    replies = [
        {"channel": "/meta/subscribe", "successful": True, "subscription": "/a"},
        {"channel": "/meta/subscribe", "successful": True, "subscription": ["/b", "/c"]},
        {"channel": "/meta/subscribe", "successful": False, "subscription": "/d"},
        {"channel": "/meta/connect", "successful": True},
    ]
    assert bayeux.granted(replies) == {"/a", "/b", "/c"}


def test_secrets_are_cleared_the_longer_ones_first() -> None:
    assert bayeux.cleared("token abcdefgh-1 and abcdefgh", ["abcdefgh", "abcdefgh-1"]) == "token … and …"


def test_short_words_are_no_secrets() -> None:
    assert bayeux.cleared("the Bearer of", ["of"]) == "the Bearer of"


def test_a_text_of_the_service_is_fit_for_a_database() -> None:
    assert bayeux.cleared("No\0 session\ud800", []) == "No session?"


def test_it_reads_numbers_and_texts_that_a_strict_parser_refuses() -> None:
    body = b'[{"channel": "/a", "data": {"value": NaN, "text": "\\ud800"}}, 7, {"channel": "/b", "data": 1}]'
    first, second = plain(bayeux.read(body))
    assert math.isnan(first["data"]["value"])
    assert first["data"]["text"] == "\ud800"
    assert second["data"] == 1


def test_data_that_is_no_text_in_utf_8_harms_no_other_message() -> None:
    first, second = bayeux.read(b'[{"channel": "/a", "data": "\xff"}, {"channel": "/b", "data": 1}]')
    with pytest.raises(ValueError, match="utf-8"):
        assert Message("/a", first["data"]).data
    assert Message("/b", second["data"]).data == 1
