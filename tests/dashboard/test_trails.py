"""Recent points, by value; times in ms."""

from dashboard.trails import POINTS_MOST, Trail

MINUTE = 60_000


def test_it_continues_what_the_database_had() -> None:
    trail = Trail(60, 10, [[1000, 5.0], [11_000, 6.0]])
    trail.add(21_000, 7)
    assert trail.points(21_000) == [[1000, 5.0], [11_000, 6.0], [21_000, 7]]


def test_points_within_the_interval_replace_each_other() -> None:
    trail = Trail(60, 10, [[0, 1.0]])
    for second in range(1, 31):
        trail.add(second * 1000, second)
    assert [at for at, _ in trail.points(30_000)] == [0, 10_000, 20_000, 30_000]


def test_the_last_point_before_the_window_stands_at_its_beginning() -> None:
    trail = Trail(1, 10, [[0, 1.0], [10_000, 2.0]])
    assert trail.points(5 * MINUTE) == [[4 * MINUTE, 2.0]]


def test_a_gap_begins_once() -> None:
    trail = Trail(60, 10, [[0, 1.0]])
    trail.add(1000, None)
    trail.add(2000, None)
    trail.add(3000, 4)
    assert trail.points(3000) == [[0, 1.0], [1000, None], [3000, 4]]


def test_a_long_window_has_at_most_360_points() -> None:
    trail = Trail(480, 10)
    for tick in range(3 * 360 * 8):
        trail.add(tick * 10_000, tick)
    assert len(trail.points(3 * 360 * 8 * 10_000)) <= POINTS_MOST


def test_a_value_that_comes_and_goes_needs_bounded_memory() -> None:
    trail = Trail(60, 10)
    for tick in range(10_000):
        trail.add(tick, tick if tick % 2 else None)
    assert len(trail.points(10_000)) <= POINTS_MOST
