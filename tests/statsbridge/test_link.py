"""The state machine of a link, with time turned by hand."""

import pytest

from statsbridge.link import LinkMonitor
from statsbridge.messages import Link


class Scene:
    def __init__(self) -> None:
        self.now = 1_000_000
        self.elapsed = 0
        self.changes: list[tuple[str, str, int]] = []
        self.monitor = LinkMonitor(lambda: self.now, lambda: self.elapsed, self._note)

    def _note(self, before: Link, after: Link, lasted: int) -> None:
        self.changes.append((str(after.state), after.reason, lasted))

    def after(self, seconds: float) -> "Scene":
        """Time passes, and is looked at four times a second."""
        until = self.elapsed + int(seconds * 1000)
        while self.elapsed < until:
            step = min(250, until - self.elapsed)
            self.elapsed, self.now = self.elapsed + step, self.now + step
            self.monitor.review()
        return self

    def live(self) -> "Scene":
        self.monitor.attempt()
        self.monitor.reached()
        self.monitor.ready()
        self.changes.clear()
        return self

    @property
    def state(self) -> str:
        return str(self.monitor.link.state)


def test_it_starts_connecting() -> None:
    scene = Scene()
    assert (scene.state, scene.monitor.link.since) == ("connecting", 1_000_000)


def test_it_is_live_only_once_everything_is_open() -> None:
    scene = Scene()
    scene.monitor.attempt()
    scene.monitor.reached()
    scene.monitor.alive()
    assert scene.state == "connecting"
    scene.monitor.ready()
    assert scene.state == "live"


def test_trouble_that_ends_within_three_seconds_is_nobodys_business() -> None:
    scene = Scene().live()
    scene.monitor.trouble("cut")
    scene.monitor.trouble("cut")
    scene.after(2.9).monitor.alive()
    scene.after(5)
    assert scene.changes == []


def test_a_new_session_that_is_open_again_within_three_seconds_is_nobodys_business() -> None:
    scene = Scene().live()
    scene.monitor.restoring("new session")
    scene.after(2.5).monitor.ready()
    assert scene.changes == []


def test_a_longer_reconnect_is_connecting_and_live_again() -> None:
    scene = Scene().live()
    scene.monitor.restoring("new session")
    scene.after(5)
    assert scene.changes == [("connecting", "new session", 3000)]
    scene.monitor.ready()
    assert scene.state == "live"


def test_two_failed_tries_are_down() -> None:
    scene = Scene().live()
    scene.monitor.ended("no connection", refused=False)
    scene.after(3)
    assert scene.state == "connecting"
    scene.monitor.ended("no connection", refused=False)
    assert (scene.state, scene.monitor.link.reason) == ("down", "no connection")


def test_ten_seconds_without_an_answer_are_down() -> None:
    scene = Scene()
    scene.monitor.attempt()
    assert scene.after(9.5).state == "connecting"
    assert scene.after(0.5).state == "down"


def test_opening_many_statistics_slowly_is_not_down() -> None:
    scene = Scene().live()
    scene.monitor.restoring("new session")
    assert scene.after(30).state == "connecting"


def test_a_refused_sign_in_is_down_at_once_until_it_is_accepted() -> None:
    scene = Scene().live()
    scene.monitor.ended("The API key was refused", refused=True)
    assert (scene.state, scene.monitor.link.reason) == ("down", "The API key was refused")
    scene.monitor.attempt()
    assert scene.state == "down"
    scene.monitor.reached()
    scene.monitor.ready()
    assert scene.state == "live"


def test_unavailable_is_told_at_once_and_lasts_until_everything_is_open_again() -> None:
    scene = Scene().live()
    scene.monitor.unavailable("the service says so")
    assert scene.state == "unavailable"
    assert scene.after(60).state == "unavailable"
    scene.monitor.available()
    assert scene.state == "unavailable"
    scene.after(1).monitor.ready()
    assert [state for state, _, _ in scene.changes] == ["unavailable", "live"]


def test_no_proof_of_life_for_fifteen_seconds_is_late_and_for_a_minute_down() -> None:
    scene = Scene().live()
    assert scene.after(14.75).state == "live"
    assert scene.after(0.25).state == "late"
    assert scene.after(45).state == "down"
    scene.monitor.alive()
    assert scene.state == "live"


def test_a_quiet_half_hour_with_a_canary_is_never_late() -> None:
    scene = Scene().live()
    for _ in range(360):
        scene.after(5).monitor.proof()
    assert scene.changes == []


def test_a_connection_with_nothing_wanted_proves_life_by_connect_cycles_alone() -> None:
    scene = Scene().live()
    scene.monitor.idle = True
    for _ in range(90):
        scene.after(20).monitor.alive()
    assert scene.changes == []


def test_a_canary_does_not_hide_trouble_with_notifications() -> None:
    scene = Scene().live()
    scene.monitor.trouble("polls fail")
    for _ in range(10):
        scene.after(1).monitor.proof()
    assert scene.state == "down"


def test_since_is_the_moment_of_the_change() -> None:
    scene = Scene().live()
    scene.after(5).monitor.unavailable("gone")
    assert scene.monitor.link.since == 1_005_000


def test_connect_cycles_do_not_hide_that_nothing_can_be_read() -> None:
    scene = Scene().live()
    scene.monitor.proof()
    for _ in range(9):
        scene.monitor.unread()
        scene.after(5)
        scene.monitor.alive()
    assert [state for state, _, _ in scene.changes] == ["late"]
    scene.monitor.proof()
    assert scene.state == "live"


def test_notifications_prove_life_although_nothing_can_be_read() -> None:
    scene = Scene().live()
    for _ in range(9):
        scene.monitor.unread()
        scene.after(5)
        scene.monitor.alive(news=True)
    assert scene.changes == []


@pytest.mark.parametrize("step", [-3_600_000, 3_600_000])
def test_a_clock_that_is_set_makes_nothing_late_or_down(step: int) -> None:
    scene = Scene().live()
    scene.now += step
    scene.after(14)
    assert scene.changes == []
    scene.after(2)
    assert scene.state == "late"
    assert scene.changes == [("late", "no sign of life", 15_000)]
    assert scene.monitor.link.since == scene.now - 1_000


def test_a_clock_that_is_set_back_hides_no_trouble() -> None:
    scene = Scene().live()
    scene.monitor.trouble("cut")
    scene.now -= 3_600_000
    assert scene.after(10).state == "down"
