"""Frames and the acknowledgement window, by value."""

import json

import pytest

from dashboard.protocol import (
    WINDOW,
    Ack,
    Auth,
    CloseCode,
    Malformed,
    Resync,
    Window,
    error_frame,
    heartbeat_frame,
    link_frame,
    read_frame,
    snapshot_frame,
    update_frame,
)
from statsbridge.messages import Link, LinkState


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ('{"type": "auth", "token": "a.b.c"}', Auth("a.b.c")),
        ('{"type": "ack", "seq": 7}', Ack(7)),
        ('{"type": "resync"}', Resync(history=True)),
        ('{"type": "resync", "history": false}', Resync(history=False)),
        ('{"type": "ack", "seq": 7, "later": "ignored"}', Ack(7)),
    ],
)
def test_it_reads_the_frames_of_clients(text: str, frame: object) -> None:
    assert read_frame(text) == frame


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{",
        "[]",
        '"ack"',
        "[" * 5000,
        '{"type": "unheard of"}',
        '{"type": ["ack"]}',
        '{"seq": 1}',
        '{"type": "ack"}',
        '{"type": "ack", "seq": "1"}',
        '{"type": "ack", "seq": true}',
        '{"type": "ack", "seq": 1.0}',
        '{"type": "auth", "token": 1}',
        '{"type": "auth", "token": ""}',
        '{"type": "resync", "history": 0}',
        '{"type": "ack", "seq": ' + "9" * 5000 + "}",
        '{"type": "resync", "filler": "' + "x" * 9000 + '"}',
    ],
)
def test_anything_else_is_malformed(text: str | None) -> None:
    with pytest.raises(Malformed) as refusal:
        read_frame(text)
    assert refusal.value.code is CloseCode.MALFORMED


def test_every_frame_starts_with_its_type() -> None:
    link = Link(LinkState.DOWN, 5, "unreachable")
    frames = [
        snapshot_frame({"epoch": "e", "seq": 1}, [("values", "{}")]),
        update_frame("e", 2, {3: [1, 2, "ok"]}, {}),
        link_frame("e", 3, "main", link),
        heartbeat_frame("e", 3, 9, "live"),
        error_frame("malformed", "…"),
    ]
    types = [text[: text.index(",")] for text in frames]
    assert types == ['{"type":"' + kind + '"' for kind in ("snapshot", "update", "link", "heartbeat", "error")]


def test_a_snapshot_is_put_together_from_parts_encoded_before() -> None:
    text = snapshot_frame({"epoch": "e", "seq": 1}, [("series", '{"3":{}}'), ("values", "{}")])
    assert json.loads(text) == {"type": "snapshot", "epoch": "e", "seq": 1, "series": {"3": {}}, "values": {}}


def test_an_update_names_only_what_changed() -> None:
    assert json.loads(update_frame("e", 2, {3: [1, 2, "ok"]}, {})) == {
        "type": "update",
        "epoch": "e",
        "seq": 2,
        "values": {"3": [1, 2, "ok"]},
    }
    assert json.loads(update_frame("e", 2, {}, {"t": {3: ["warning", 7]}}))["levels"] == {"t": {"3": ["warning", 7]}}


def test_text_that_is_no_valid_unicode_still_makes_a_frame() -> None:
    update_frame("e", 2, {3: ["\ud800", 2, "ok"]}, {}).encode("ascii")


def test_the_window_admits_64_frames_without_an_acknowledgement() -> None:
    window = Window()
    window.restart(100)
    for seq in range(101, 101 + WINDOW):
        assert window.admits(seq)
        window.sent = seq
    assert not window.admits(101 + WINDOW)


def test_an_acknowledgement_opens_the_window_again() -> None:
    window = Window()
    window.restart(0)
    window.sent = WINDOW
    assert window.acknowledge(32)
    assert window.admits(WINDOW + 32)
    assert not window.admits(WINDOW + 33)


@pytest.mark.parametrize("seq", [-1, 9, 41, 2**80])
def test_an_acknowledgement_of_an_unknown_number_is_ignored(seq: int) -> None:
    window = Window(sent=40, acked=10)
    assert not window.acknowledge(seq)
    assert window.acked == 10


def test_after_a_withheld_frame_only_a_snapshot_goes_on() -> None:
    window = Window(behind=True)
    assert not window.admits(1)
    window.restart(500)
    assert window.admits(501)
