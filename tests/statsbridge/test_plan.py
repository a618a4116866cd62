"""What is opened and closed, by value."""

from statsbridge.plan import Plan, chunks, make_plan


def asked(*series: int, version: str = "a") -> dict[int, str]:
    return {one: f"{one}{version}" for one in series}


def test_nothing_wanted_and_nothing_open_is_no_work() -> None:
    assert not make_plan({}, {})


def test_what_is_wanted_is_opened_at_most_a_hundred_together() -> None:
    plan = make_plan(asked(*range(250)), {})
    assert [len(group) for group in plan.open] == [100, 100, 50]
    assert sorted(series for group in plan.open for series in group) == list(range(250))


def test_what_is_open_stays_open() -> None:
    assert not make_plan(asked(1, 2), {"x": asked(1, 2)})


def test_only_the_difference_is_opened() -> None:
    assert make_plan(asked(1, 2, 3), {"x": asked(1, 2)}) == Plan(open=((3,),))


def test_a_subscription_of_which_nothing_is_wanted_is_closed() -> None:
    assert make_plan(asked(1), {"x": asked(1), "y": asked(2, 3)}) == Plan(close=("y",))


def test_an_edited_statistic_is_opened_anew_and_the_others_are_left_alone() -> None:
    wanted = {**asked(1, 2), **asked(3, version="b")}
    assert make_plan(wanted, {"x": asked(1, 2, 3)}) == Plan(open=((3,),))


def test_one_unwanted_statistic_waits_for_a_quiet_time() -> None:
    open_now = {"x": asked(1, 2, 3)}
    assert not make_plan(asked(1, 2), open_now)
    assert make_plan(asked(1, 2), open_now, tidy=True) == Plan(open=((1, 2),), close_after=("x",))


def test_a_mostly_unwanted_subscription_is_replaced_at_once_and_without_a_gap() -> None:
    assert make_plan(asked(1), {"x": asked(1, 2, 3)}) == Plan(open=((1,),), close_after=("x",))


def test_many_small_subscriptions_are_merged_in_a_quiet_time() -> None:
    open_now = {f"s{one}": asked(one) for one in range(6)}
    assert not make_plan(asked(*range(6)), open_now)
    plan = make_plan(asked(*range(6)), open_now, tidy=True)
    assert plan.open == (tuple(range(6)),)
    assert plan.close_after == tuple(sorted(open_now))
    assert not make_plan(asked(*range(6)), {"merged": asked(*range(6))}, tidy=True)


def test_a_series_that_is_open_twice_is_kept_once() -> None:
    assert make_plan(asked(1, 2), {"x": asked(1, 2), "y": asked(2)}) == Plan(close=("y",))


def test_carrying_out_a_plan_leaves_nothing_to_do() -> None:
    wanted = asked(*range(0, 300, 2))
    open_now = {"x": asked(*range(100)), "y": asked(*range(100, 200))}
    for tidy in (False, True):
        plan = make_plan(wanted, open_now, tidy=tidy)
        for number, group in enumerate(plan.open):
            open_now[f"new{tidy}{number}"] = {one: wanted[one] for one in group}
        for name in (*plan.close, *plan.close_after):
            del open_now[name]
    assert not make_plan(wanted, open_now, tidy=True)
    assert {one for held in open_now.values() for one in held} == set(wanted)


def test_chunks_are_in_order() -> None:
    assert chunks([3, 1, 2], 2) == ((1, 2), (3,))
