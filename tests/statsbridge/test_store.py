"""The newest readings of a connection: numbered, conflated, and saved once."""

from typing import Any

from statsbridge.messages import PENDING, Link, LinkState, Reading
from statsbridge.store import Store


def new_store() -> Store:
    store = Store("main", "e1", Link(LinkState.CONNECTING, 1, ""))
    store.take()
    return store


def values(messages: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: wire for message in messages for key, wire in message.get("values", {}).items()}


def test_the_first_take_tells_the_link() -> None:
    (message,) = Store("main", "e1", Link(LinkState.CONNECTING, 1, "")).take()
    assert (message["type"], message["seq"], message["link"]["state"]) == ("bridge.link", 1, "connecting")


def test_only_the_last_of_several_changes_goes_out() -> None:
    store = new_store()
    for number in range(1000):
        store.put(1, Reading(number, number))
    assert values(store.take()) == {"1": [999, 999, "ok"]}
    assert store.take() == []


def test_a_reading_that_says_nothing_new_is_dropped() -> None:
    store = new_store()
    store.put(1, Reading(1, 1))
    store.take()
    store.put(1, Reading(1, 1))
    assert not store.changed.is_set()
    assert store.take() == []


def test_every_message_has_the_next_number() -> None:
    store = new_store()
    store.put(1, PENDING)
    store.put_link(Link(LinkState.LIVE, 2, ""))
    assert [(one["type"], one["seq"]) for one in store.take()] == [("bridge.values", 2), ("bridge.link", 3)]
    assert store.snapshot()["seq"] == 3


def test_a_snapshot_holds_everything() -> None:
    store = new_store()
    store.put(1, Reading(1, 1))
    store.take()
    store.put(2, PENDING)
    assert store.snapshot()["values"] == {"1": [1, 1, "ok"], "2": [None, None, "pending"]}


def test_a_dropped_series_is_nowhere() -> None:
    store = new_store()
    store.put(1, Reading(1, 1))
    store.drop(1)
    assert store.take() == []
    assert store.take_unsaved() == []
    assert store.snapshot()["values"] == {}


def test_what_could_not_be_saved_is_saved_next_time_unless_it_changed() -> None:
    store = new_store()
    store.put(1, Reading(1, 1))
    store.put(2, PENDING)
    rows = store.take_unsaved()
    assert sorted(rows, key=lambda row: row[0]) == [(1, Reading(1, 1)), (2, PENDING)]
    store.put(1, Reading(5, 5))
    store.drop(2)
    store.give_back(rows)
    assert store.take_unsaved() == [(1, Reading(5, 5))]


def test_that_nothing_is_known_any_more_is_saved_over_what_was() -> None:
    store = new_store()
    store.put(1, Reading(1, 1))
    store.take_unsaved()
    store.put(1, PENDING)
    assert store.take_unsaved() == [(1, PENDING)]


def test_what_the_database_lost_is_saved_again() -> None:
    store = new_store()
    store.put(1, Reading(1, 1))
    store.take_unsaved()
    store.save_again({1, 2})
    assert store.take_unsaved() == [(1, Reading(1, 1))]
