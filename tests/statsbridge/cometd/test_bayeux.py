"""Bodies and messages, by value."""

import json
import math
from typing import Any

import pytest

from statsbridge.cometd import CometdError, bayeux

ADVICE = {"timeout": 20000, "interval": 0}


def test_it_reads_an_array_of_messages() -> None:
    assert bayeux.read(b'[{"channel": "/a", "data": 1}]') == [{"channel": "/a", "data": 1}]


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
    (message,) = bayeux.read(b'[{"channel": "/a", "data": {"value": NaN, "text": "\\ud800"}}]')
    assert math.isnan(message["data"]["value"])
    assert message["data"]["text"] == "\ud800"
