"""What is said of values as links, the bridge and time change; and the bridge's numbering."""

from dashboard.readings import BridgeState, Readings, bridge_state
from statsbridge.messages import Link, LinkState, Reading, ValueState

NOW = 1_700_000_000_000
MINUTE = 60_000
LIVE = Link(LinkState.LIVE, NOW)


def ok(value: object, at: int = NOW) -> Reading:
    return Reading(value, at)


def fed(*, link: Link = LIVE) -> Readings:
    """Readings with series 1 at 17 and series 2 rejected, as a bridge that is at number 4 told them."""
    readings = Readings()
    values = {1: ok(17), 2: Reading(None, None, ValueState.REJECTED, "Statistic not found")}
    readings.take_snapshot("main", "b1", 4, values, link, NOW, wall=NOW)
    return readings


def test_a_value_on_a_live_link_is_ok() -> None:
    assert fed().see(1, "main", NOW) == ok(17)


def test_a_series_without_a_reading_is_pending() -> None:
    assert fed().see(9, "main", NOW).to_wire() == [None, None, "pending"]


def test_a_rejected_statistic_stays_rejected_whatever_the_link_does() -> None:
    readings = fed(link=Link(LinkState.DOWN, NOW, "unreachable"))
    assert readings.see(2, "main", NOW + 60 * MINUTE).to_wire() == [None, None, "rejected", "Statistic not found"]


def test_a_late_link_makes_values_late() -> None:
    readings = fed(link=Link(LinkState.LATE, NOW))
    assert readings.see(1, "main", NOW).to_wire() == [17, NOW, "late"]


def test_a_broken_link_makes_values_stale_and_after_ten_minutes_unknown() -> None:
    for state in (LinkState.CONNECTING, LinkState.UNAVAILABLE, LinkState.DOWN):
        readings = fed(link=Link(state, NOW))
        readings.take_beat("b1", {"main": 4}, NOW + 10 * MINUTE)
        assert readings.see(1, "main", NOW + 10 * MINUTE - 1).to_wire() == [17, NOW, "stale"]
        assert readings.see(1, "main", NOW + 10 * MINUTE).to_wire() == [None, NOW, "unknown"]


def test_the_ten_minutes_run_on_while_a_broken_link_tries_again() -> None:
    readings = fed(link=Link(LinkState.DOWN, NOW))
    readings.take_link(
        "main", "b1", 5, Link(LinkState.CONNECTING, NOW + 9 * MINUTE), NOW + 9 * MINUTE, wall=NOW + 9 * MINUTE
    )
    assert readings.see(1, "main", NOW + 11 * MINUTE).state is ValueState.UNKNOWN


def test_times_of_others_become_moments_of_our_own_clock() -> None:
    readings = Readings()
    down = Link(LinkState.DOWN, NOW - 9 * MINUTE)
    readings.take_snapshot("main", "b1", 4, {1: ok(17)}, down, 5 * MINUTE, wall=NOW)
    readings.take_beat("b1", {"main": 4}, 6 * MINUTE)
    assert readings.see(1, "main", 6 * MINUTE - 1).state is ValueState.STALE
    assert readings.see(1, "main", 6 * MINUTE).state is ValueState.UNKNOWN


def test_a_link_whose_clock_is_ahead_of_ours_broke_now() -> None:
    readings = fed()
    readings.take_link("main", "b1", 5, Link(LinkState.DOWN, NOW + 60 * MINUTE), NOW, wall=NOW)
    assert readings.see(1, "main", NOW + 10 * MINUTE).state is ValueState.UNKNOWN


def test_a_link_that_is_live_again_makes_values_ok() -> None:
    readings = fed(link=Link(LinkState.DOWN, NOW))
    readings.take_link("main", "b1", 5, Link(LinkState.LIVE, NOW + 5), NOW + 5, wall=NOW + 5)
    assert readings.see(1, "main", NOW + 5).state is ValueState.OK


def test_without_the_bridge_values_are_stale_by_our_own_clock() -> None:
    readings = fed()
    readings.take_beat("b1", {"main": 4}, NOW)
    assert readings.see(1, "main", NOW + 11_999).state is ValueState.OK
    assert readings.see(1, "main", NOW + 12_000).state is ValueState.STALE
    assert readings.see(1, "main", NOW + 12_000 + 10 * MINUTE).state is ValueState.UNKNOWN


def test_ageing_names_the_series_once_per_change() -> None:
    readings = fed()
    used = {"main": [1, 2]}
    readings.aged(used, NOW)
    assert readings.aged(used, NOW + 1000) == set()
    assert readings.aged(used, NOW + 12_000) == {1, 2}
    assert readings.aged(used, NOW + 13_000) == set()


def test_stored_values_are_stale_until_the_bridge_spoke() -> None:
    readings = Readings()
    readings.remember({1: ok(5)}, {"main": (Link(LinkState.LIVE, NOW), NOW)}, 0, now=NOW, wall=NOW)
    assert readings.see(1, "main", NOW).to_wire() == [5, NOW, "stale"]
    readings.take_snapshot("main", "b1", 0, {1: ok(5)}, LIVE, NOW, wall=NOW)
    assert readings.see(1, "main", NOW).to_wire() == [5, NOW, "ok"]


def test_stored_values_of_a_bridge_long_gone_are_unknown() -> None:
    readings = Readings()
    seen = NOW - 11 * MINUTE
    readings.remember({1: ok(5)}, {"main": (Link(LinkState.LIVE, seen), seen)}, 11 * MINUTE, now=NOW, wall=NOW)
    assert readings.see(1, "main", NOW).state is ValueState.UNKNOWN


def test_stored_values_never_replace_what_the_bridge_said() -> None:
    readings = fed()
    readings.remember({1: ok(5)}, {"main": (Link(LinkState.DOWN, NOW), NOW)}, None, now=NOW, wall=NOW)
    assert readings.see(1, "main", NOW) == ok(17)


def test_the_heartbeat_is_late_after_6_and_down_after_12_seconds() -> None:
    assert bridge_state(NOW, NOW + 5_999) is BridgeState.LIVE
    assert bridge_state(NOW, NOW + 6_000) is BridgeState.LATE
    assert bridge_state(NOW, NOW + 12_000) is BridgeState.DOWN
    assert bridge_state(None, NOW) is BridgeState.DOWN


def test_another_bridge_that_lives_does_not_cover_for_the_one_that_leads() -> None:
    readings = fed()
    readings.take_beat("standby", {}, NOW + 20_000)
    assert readings.bridge(["main"], NOW + 20_000) is BridgeState.DOWN
    readings.take_snapshot("main", "standby", 0, {1: ok(18)}, LIVE, NOW + 21_000, wall=NOW + 21_000)
    assert readings.bridge(["main"], NOW + 21_000) is BridgeState.LIVE


# -- numbering ---------------------------------------------------------------------------------------------------


def test_the_next_number_is_taken_and_nothing_is_missing() -> None:
    readings = fed()
    assert readings.take_values("main", "b1", 5, {1: ok(18)}, NOW) == {1}
    assert readings.behind() == []


def test_a_number_seen_before_changes_nothing() -> None:
    readings = fed()
    assert readings.take_values("main", "b1", 4, {1: ok(99)}, NOW) == set()
    assert readings.see(1, "main", NOW) == ok(17)


def test_a_gap_is_noticed_and_healed_by_a_snapshot() -> None:
    readings = fed()
    readings.take_values("main", "b1", 6, {1: ok(19)}, NOW)
    assert readings.behind() == ["main"]
    readings.take_snapshot("main", "b1", 5, {1: ok(18), 2: ok(1)}, LIVE, NOW, wall=NOW)
    assert readings.behind() == []
    assert readings.see(1, "main", NOW) == ok(19), "the older snapshot does not undo the newer value"
    assert readings.see(2, "main", NOW) == ok(1)


def test_messages_that_come_out_of_order_close_the_gap_themselves() -> None:
    readings = fed()
    readings.take_values("main", "b1", 6, {1: ok(20)}, NOW)
    readings.take_values("main", "b1", 5, {1: ok(19), 2: ok(1)}, NOW)
    assert readings.behind() == []
    assert readings.see(1, "main", NOW) == ok(20)
    assert readings.see(2, "main", NOW) == ok(1)


def test_a_beat_ahead_shows_that_the_last_message_was_lost() -> None:
    readings = fed()
    readings.take_beat("b1", {"main": 5}, NOW)
    assert readings.behind() == ["main"]


def test_a_new_life_of_the_bridge_must_tell_everything_again() -> None:
    readings = fed()
    readings.take_values("main", "b2", 0, {1: ok(1)}, NOW)
    assert readings.behind() == ["main"]
    readings.take_snapshot("main", "b2", 0, {1: ok(1)}, LIVE, NOW, wall=NOW)
    assert readings.behind() == []


def test_a_series_that_a_snapshot_lacks_is_not_measured_any_more() -> None:
    readings = fed()
    readings.take_snapshot("main", "b1", 5, {2: ok(3)}, LIVE, NOW, wall=NOW)
    assert readings.see(1, "main", NOW).state is ValueState.PENDING


def test_workers_that_lead_different_connections_do_not_disturb_each_other() -> None:
    readings = fed()
    readings.take_snapshot("other", "b2", 1, {5: ok(3)}, LIVE, NOW, wall=NOW)
    for second in range(1, 20):
        now = NOW + second * 1000
        readings.take_beat("b1", {"main": 4}, now, {"main": 0})
        readings.take_beat("b2", {"other": 1}, now, {"other": 0})
    assert readings.behind() == []
    assert readings.bridge(("main", "other"), NOW + 19_000) is BridgeState.LIVE
    assert readings.see(1, "main", NOW + 19_000) == ok(17)


def test_a_leader_that_was_replaced_is_not_listened_to_any_more() -> None:
    readings = Readings()
    readings.take_snapshot("main", "b1", 4, {1: ok(17)}, LIVE, NOW, wall=NOW, fence=1)
    readings.take_snapshot("main", "b2", 1, {1: ok(18)}, LIVE, NOW, wall=NOW, fence=2)
    assert readings.take_values("main", "b1", 5, {1: ok(99)}, NOW, fence=1) == set()
    assert not readings.take_link("main", "b1", 6, Link(LinkState.DOWN, NOW), NOW, wall=NOW, fence=1)
    assert readings.take_snapshot("main", "b1", 7, {1: ok(99)}, LIVE, NOW, wall=NOW, fence=1) == (set(), False)
    readings.take_beat("b1", {"main": 9}, NOW, {"main": 1})
    assert readings.behind() == []
    assert readings.see(1, "main", NOW) == ok(18)


def test_a_worker_that_leads_again_must_tell_everything_again() -> None:
    readings = Readings()
    readings.take_snapshot("main", "b1", 4, {1: ok(17)}, LIVE, NOW, wall=NOW, fence=1)
    assert readings.take_values("main", "b1", 1, {1: ok(18)}, NOW, fence=3) == {1}
    assert readings.behind() == ["main"]
