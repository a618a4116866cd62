"""Two workers on one Redis, seen from the service's side: one of them keeps the connection, whatever happens to it."""

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest
import redis

from tests.chaos.site import SERIES, Site
from tests.chaos.twice import Twice
from tests.e2e.installation import deadline

TAKEOVER_SECONDS = 10.0


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("leaders"))
    try:
        site.prepare()
        yield site
    finally:
        site.stop()


@pytest.fixture
def site(installed: Site) -> Site:
    """Two workers, of which one leads; whoever ended in the test before has a successor that is ready."""
    while (running := sum(worker.poll() is None for worker in installed.workers)) < 2:
        with redis.Redis.from_url(installed.redis.url) as client:
            before = {one["id"] for one in client.client_list()}
            installed.start_worker()
            for _ in deadline(30):
                if {one["id"] for one in client.client_list()} - before:
                    break
        if not running:
            installed.wait_for_leader()
    return installed


def watch(site: Site, twice: Twice, condition: Callable[[list[str]], bool], seconds: float) -> float:
    """Look at the service until its subscriptions fit the condition; returns how long that took."""
    began = time.monotonic()
    for _ in deadline(seconds, pause=0.1):
        state = site.state()
        twice.look(state)
        complete = sum(len(held["statistics"]) for held in state["subscriptions"]) == SERIES
        if complete and condition([held["id"] for held in state["subscriptions"]]):
            return time.monotonic() - began
    raise AssertionError(f"{site.state()['subscriptions']}\n{site.log.read_text(errors='replace')}")


def settle(site: Site, twice: Twice) -> list[str]:
    watch(site, twice, lambda names: True, 30)
    return [held["id"] for held in site.state()["subscriptions"]]


def test_a_second_worker_opens_nothing(site: Site) -> None:
    twice = Twice()
    before = settle(site, twice)
    for _ in deadline(5, pause=0.25):
        state = site.state()
        twice.look(state)
        assert [held["id"] for held in state["subscriptions"]] == before
    assert twice.longest == 0


def test_a_killed_leader_is_followed_within_ten_seconds(site: Site) -> None:
    twice = Twice()
    before, leader = settle(site, twice), site.leader()
    os.kill(leader, signal.SIGKILL)
    took = watch(site, twice, lambda names: not set(names) & set(before), TAKEOVER_SECONDS)
    assert site.wait_for_leader(other_than=leader)
    assert twice.longest < 5
    print(f"taken over from a killed leader in {took:.1f} s")  # noqa: T201


def test_a_paused_leader_is_followed_and_does_no_harm_when_it_wakes(site: Site) -> None:
    twice = Twice()
    before, leader = settle(site, twice), site.leader()
    os.kill(leader, signal.SIGSTOP)
    took = watch(site, twice, lambda names: not set(names) & set(before), TAKEOVER_SECONDS)
    print(f"taken over from a paused leader in {took:.1f} s")  # noqa: T201
    after = [held["id"] for held in site.state()["subscriptions"]]
    os.kill(leader, signal.SIGCONT)
    for _ in deadline(15, pause=0.25):
        state = site.state()
        twice.look(state)
        assert [held["id"] for held in state["subscriptions"]] == after
    assert site.leader() != leader
    assert twice.longest < 5


def test_a_leader_that_ends_hands_over_at_once(site: Site) -> None:
    twice = Twice()
    before, leader = settle(site, twice), site.leader()
    began = time.monotonic()
    os.kill(leader, signal.SIGTERM)
    ended = next(one for one in site.workers if one.pid == leader)
    assert ended.wait(10) == 0
    assert time.monotonic() - began < 5
    took = watch(site, twice, lambda names: not set(names) & set(before), 5)
    assert twice.longest < 1
    print(f"handed over in {time.monotonic() - began:.1f} s, {took:.1f} s after the end")  # noqa: T201
