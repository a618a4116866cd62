"""One stream: what is sent when, by an injected clock and without a socket."""

import json
from dataclasses import replace
from typing import Any

from dashboard.access import Grant
from dashboard.boards import Board
from dashboard.protocol import UNREAD_MOST
from dashboard.readings import Readings
from dashboard.screens import Screen
from dashboard.streams import Stream, StreamKey
from dashboard.thresholds import Thresholds
from dashboard.trails import Trail
from statsbridge.clock import Clock
from statsbridge.messages import Link, LinkState, Reading

START = 1_700_000_000_000


class HandClock(Clock):
    def __init__(self) -> None:
        self.ms = START

    def now(self) -> int:
        return self.ms

    def monotonic(self) -> float:
        return self.ms / 1000

    def pass_ms(self, ms: int) -> None:
        self.ms += ms


class Bench:
    """A stream of a board with series 1 and 2, and a bridge that tells values directly."""

    def __init__(self, thresholds: Thresholds | None = None) -> None:
        self.clock = HandClock()
        self.readings = Readings()
        series = {one: {"connection": "main", "title": f"Series {one}"} for one in (1, 2)}
        self.board = Board(
            1, "sales", {"slug": "sales", "tiles": []}, series, {("t", 1): thresholds} if thresholds else {}, {1: 60}
        )
        values = {1: Reading(1, START), 2: Reading(2, START)}
        self.readings.take_snapshot("main", "b", 0, values, Link(LinkState.LIVE, START), START, wall=START)
        self.bridge_seq = 0
        self.stream = Stream(StreamKey(1), self.board, self.readings, self.clock, "1.0", 4)
        self.stream.show(self.board, {1: Trail(60, 10, [[START - 60_000, 9.0]])})

    def screen(self) -> tuple[Screen, list[dict[str, Any]]]:
        frames: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            frames.append(json.loads(message["text"]))

        screen = Screen(send, Grant(1, user=1), self.clock.monotonic(), "a screen")
        self.stream.join(screen)
        return screen, frames

    def tell(self, values: dict[int, Any]) -> None:
        self.bridge_seq += 1
        readings = {one: Reading(value, self.clock.now()) for one, value in values.items()}
        self.stream.touch(self.readings.take_values("main", "b", self.bridge_seq, readings, self.clock.now()))

    def run(self) -> bool:
        """Flush if it is due, as the hub does; whether it was."""
        due = self.stream.due()
        if due is None or due > self.clock.monotonic():
            return False
        self.stream.flush()
        return True


def test_a_screen_gets_the_titles_of_those_who_are_members_and_no_others() -> None:
    bench = Bench()
    titles = {"maria@sample": "Maria L.", "ben@sample": "Ben K.", "omar@sample": "Omar H."}
    bench.stream.show(replace(bench.board, titles={1: titles}), {})
    maria = {"id": "maria@sample", "state": "WaitForNextCall", "since": START}
    bench.tell({1: {"state": "x", "agents": [maria]}, 2: {"state": "x", "agents": [maria]}})
    bench.run()
    _, frames = bench.screen()
    assert frames[0]["values"]["1"][0]["agents"] == [{**maria, "title": "Maria L."}]
    assert frames[0]["values"]["2"][0]["agents"] == [maria]
    ben, guest = {"id": "ben@sample", "state": "x", "since": 1}, {"id": "guest", "state": "x", "since": 1}
    bench.clock.pass_ms(1000)
    bench.tell({1: {"state": "x", "agents": [maria, ben, guest]}})
    assert bench.run()
    named = frames[-1]["values"]["1"][0]["agents"]
    assert [one.get("title") for one in named] == ["Maria L.", "Ben K.", None]
    assert "Omar" not in json.dumps(frames)


def test_a_screen_that_joins_gets_everything() -> None:
    bench = Bench(Thresholds(warning=1))
    _, frames = bench.screen()
    (snapshot,) = frames
    assert list(snapshot) == [
        "type", "epoch", "seq", "version", "bridge", "wallboard", "series", "values", "levels", "history", "links",
    ]  # fmt: skip
    assert snapshot["values"] == {"1": [1, START, "ok"], "2": [2, START, "ok"]}
    assert snapshot["levels"] == {"t": {"1": ["warning", START]}}
    assert snapshot["history"] == {"1": [[START - 60_000, 9.0], [START, 1]]}
    assert snapshot["links"] == {"main": {"state": "live", "since": START, "reason": ""}}


def test_a_quiet_stream_tells_a_change_at_once() -> None:
    bench = Bench()
    _, frames = bench.screen()
    bench.tell({1: 5})
    assert bench.run()
    assert frames[-1]["values"] == {"1": [5, START, "ok"]}
    assert frames[-1]["seq"] == frames[0]["seq"] + 1


def test_a_busy_stream_tells_the_latest_values_four_times_a_second() -> None:
    bench = Bench()
    _, frames = bench.screen()
    for value in range(100):
        bench.tell({1: value})
        bench.run()
        bench.clock.pass_ms(10)
    bench.clock.pass_ms(250)
    bench.run()
    assert len(frames) - 1 == 5
    assert frames[-1]["values"]["1"][0] == 99


def test_values_that_did_not_change_make_no_frame() -> None:
    bench = Bench()
    _, frames = bench.screen()
    bench.stream.touch({1, 2})
    bench.run()
    assert len(frames) == 1


def test_one_frame_is_encoded_once_for_all_screens() -> None:
    bench = Bench()
    messages: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    for _ in range(3):
        bench.stream.join(Screen(send, Grant(1), 0, "a screen"))
    bench.tell({1: 5})
    bench.run()
    assert len({id(message) for message in messages[:3]}) == 1, "the snapshot"
    assert len({id(message) for message in messages[3:]}) == 1, "the update"


def test_a_hold_that_ends_raises_the_level_without_a_new_value() -> None:
    bench = Bench(Thresholds(warning=5, hold=10))
    _, frames = bench.screen()
    bench.tell({1: 6})
    bench.run()
    assert "levels" not in frames[-1]
    bench.clock.pass_ms(9_999)
    assert not bench.run()
    bench.clock.pass_ms(1)
    assert bench.run()
    assert frames[-1]["values"] == {}
    assert frames[-1]["levels"] == {"t": {"1": ["warning", START + 10_000]}}


def test_a_link_that_breaks_is_told_and_makes_the_values_stale() -> None:
    bench = Bench()
    _, frames = bench.screen()
    bench.readings.take_link("main", "b", 1, Link(LinkState.DOWN, START, "unreachable"), START, wall=START)
    bench.stream.tell_link("main")
    bench.stream.touch({1, 2})
    bench.run()
    assert [frame["type"] for frame in frames] == ["snapshot", "link", "update"]
    assert [frame["seq"] for frame in frames] == [0, 1, 2]
    assert frames[1]["state"] == "down"
    assert {wire[2] for wire in frames[2]["values"].values()} == {"stale"}


def test_a_stale_value_keeps_its_level_and_draws_a_gap() -> None:
    bench = Bench(Thresholds(warning=1))
    bench.clock.pass_ms(20_000)
    bench.stream.touch({1, 2})
    bench.run()
    _, frames = bench.screen()
    assert frames[0]["bridge"] == "down"
    assert frames[0]["values"]["1"] == [1, START, "stale"]
    assert frames[0]["levels"] == {"t": {"1": ["warning", START]}}
    assert frames[0]["history"]["1"][-1] == [START + 20_000, None]


def test_a_screen_that_does_not_acknowledge_is_skipped_after_64_frames_and_gets_a_snapshot_with_its_ack() -> None:
    bench = Bench()
    screen, frames = bench.screen()
    for value in range(100):
        bench.tell({1: value + 1000})
        bench.run()
        bench.clock.pass_ms(250)
    assert len(frames) == 1 + 64
    bench.stream.heartbeat()
    assert frames[-1]["type"] == "heartbeat"
    assert frames[-1]["seq"] == 100
    assert screen.window.acknowledge(64)
    bench.stream.bring_up_to_date(screen, history=True)
    assert frames[-1]["type"] == "snapshot"
    assert frames[-1]["values"]["1"][0] == 1099
    bench.tell({1: 5})
    bench.run()
    assert frames[-1]["type"] == "update"
    assert frames[-1]["seq"] == 101


def test_a_changed_board_is_a_new_snapshot_on_the_same_socket() -> None:
    bench = Bench(Thresholds(warning=1))
    _, frames = bench.screen()
    changed = Board(1, "sales", {"slug": "sales", "title": "New"}, bench.board.series, bench.board.thresholds)
    bench.stream.show(changed, {})
    assert frames[-1]["type"] == "snapshot"
    assert frames[-1]["epoch"] == frames[0]["epoch"]
    assert frames[-1]["wallboard"]["title"] == "New"
    assert frames[-1]["levels"] == frames[0]["levels"], "unchanged thresholds keep their level"


def test_a_value_that_comes_back_with_an_old_time_leaves_the_outage_in_the_trend() -> None:
    bench = Bench()
    _, frames = bench.screen()
    bench.readings.take_link("main", "b", 1, Link(LinkState.DOWN, START, "unreachable"), START, wall=START)
    bench.clock.pass_ms(60_000)
    bench.stream.touch({1})
    bench.run()
    bench.clock.pass_ms(120_000)
    now = bench.clock.now()
    bench.readings.take_beat("b", {"main": 1}, now)
    bench.readings.take_link("main", "b", 2, Link(LinkState.LIVE, now), now, wall=now)
    bench.stream.touch({1})
    bench.run()
    assert frames[-1]["values"]["1"] == [1, START, "ok"]
    _, joined = bench.screen()
    assert joined[0]["history"]["1"][-3:] == [[START, 1], [START + 60_000, None], [START + 180_000, 1]]


def test_points_are_left_out_for_those_who_have_them() -> None:
    bench = Bench()
    screen, frames = bench.screen()
    bench.stream.bring_up_to_date(screen, history=False)
    assert "history" not in frames[-1]


def test_too_many_requests_for_snapshots_are_served_later() -> None:
    bench = Bench()
    screen, frames = bench.screen()
    for _ in range(50):
        bench.stream.bring_up_to_date(screen, history=False)
    assert len(frames) == 1 + 5
    assert screen.owed is False


def test_snapshots_that_nobody_acknowledges_are_not_sent_without_end() -> None:
    bench = Bench()
    screen, frames = bench.screen()
    for _ in range(100):
        screen.credit = 1
        bench.stream.bring_up_to_date(screen, history=False)
    assert len(frames) == UNREAD_MOST
    assert screen.window.acknowledge(0)
    bench.stream.bring_up_to_date(screen, history=False)
    assert len(frames) == UNREAD_MOST + 1


def test_a_new_epoch_withholds_everything_until_the_screen_has_its_snapshot() -> None:
    bench = Bench()
    screen, frames = bench.screen()
    bench.tell({1: 2})
    bench.clock.pass_ms(300)
    assert bench.stream.begin_anew() == [screen]
    bench.tell({1: 3})
    bench.stream.flush()
    bench.stream.heartbeat()
    assert [frame["type"] for frame in frames] == ["snapshot"]
    bench.stream.bring_up_to_date(screen, history=True)
    assert frames[-1]["epoch"] == bench.stream.epoch != frames[0]["epoch"]
    assert frames[-1]["values"]["1"][0] == 3
    bench.tell({1: 4})
    bench.clock.pass_ms(300)
    bench.stream.flush()
    assert frames[-1]["type"] == "update"
    assert frames[-1]["seq"] == frames[-2]["seq"] + 1


def test_a_screen_that_was_behind_before_a_new_epoch_waits_for_its_own_acknowledgement() -> None:
    bench = Bench()
    stalled, _ = bench.screen()
    stalled.window.behind = True
    assert bench.stream.begin_anew() == []


def test_a_value_that_wobbles_around_its_limit_for_ten_minutes_sends_one_warning_and_one_clear() -> None:
    bench = Bench(Thresholds(warning=5, critical=20, clear=1.5, hold=3))
    screen, frames = bench.screen()
    calm, beyond = [3] * 30, [6] * 5
    wobble = [5 + (1 if second % 2 else -1) for second in range(600)]
    for value in [*calm, *beyond, *wobble, *calm]:
        bench.tell({1: value})
        for _ in range(4):
            bench.run()
            bench.clock.pass_ms(250)
        screen.window.acknowledge(frames[-1]["seq"])
    updates = [frame for frame in frames if frame["type"] == "update"]
    assert len(updates) > 600
    said = [frame["levels"]["t"]["1"][0] for frame in updates if frame.get("levels")]
    assert said == ["warning", "normal"]
