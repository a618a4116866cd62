"""Which series the bridge is asked for."""

import pytest
from django.db import transaction

from dashboard import wanted
from dashboard.models import Tile, TileSeries, Wallboard
from statsbridge.models import LastValue, Revision, Series
from tests.dashboard.floor import Floor
from tests.e2e.postgres import on_postgresql


def wanted_ids() -> set[int]:
    return set(Series.objects.filter(wanted=True).values_list("pk", flat=True))


def test_what_a_tile_shows_is_wanted(floor: Floor) -> None:
    assert wanted_ids() == {floor.waiting.pk, floor.level.pk}


def test_what_no_tile_shows_any_more_is_not(floor: Floor) -> None:
    Tile.objects.get(key="level").delete()
    assert wanted_ids() == {floor.waiting.pk}


def test_a_disabled_board_wants_nothing(floor: Floor) -> None:
    floor.board.enabled = False
    floor.board.save()
    assert wanted_ids() == set()


def test_a_series_on_two_boards_stays_while_one_is_left(floor: Floor) -> None:
    other = Wallboard.objects.create(slug="other", title="Other", team=floor.sales)
    tile = Tile.objects.create(wallboard=other, key="t", kind="number")
    TileSeries.objects.create(tile=tile, series=floor.waiting)
    floor.board.delete()
    assert wanted_ids() == {floor.waiting.pk}


def test_what_was_measured_before_is_no_value_of_now(floor: Floor) -> None:
    for series in (floor.waiting, floor.level):
        LastValue.objects.create(series=series, value=1, at=1, state="ok")
    floor.board.save()
    assert LastValue.objects.count() == 2
    Series.objects.filter(pk=floor.level.pk).update(wanted_until=1)
    floor.board.enabled = False
    floor.board.save()
    # A draft shows it still.
    assert [one.series for one in LastValue.objects.all()] == [floor.level]
    LastValue.objects.create(series=floor.waiting, value=1, at=1, state="ok")
    floor.board.enabled = True
    floor.board.save()
    assert [one.series for one in LastValue.objects.all()] == [floor.level]


def test_every_change_is_counted(floor: Floor) -> None:
    changes = [
        floor.board.save,
        floor.sales.save,
        floor.waiting.definition.save,
        floor.waiting.monitored_object.save,
        floor.waiting.monitored_object.connection.save,
        lambda: floor.board.shared_with.add(floor.service),
        lambda: floor.sales.monitored_objects.add(floor.waiting.monitored_object),
        lambda: TileSeries.objects.all()[0].delete(),
    ]
    for change in changes:
        before = Revision.current()
        change()
        assert Revision.current() > before, change


def test_many_changes_are_counted_once(floor: Floor) -> None:
    before = Revision.current()
    with transaction.atomic(), wanted.deferred():
        Tile.objects.get(key="level").delete()
        floor.board.save()
        with wanted.deferred():
            floor.sales.save()
        assert wanted_ids() == {floor.waiting.pk, floor.level.pk}
    assert wanted_ids() == {floor.waiting.pk}
    assert Revision.current() == before + 1


def test_a_change_that_fails_is_not_counted(floor: Floor) -> None:
    def change_and_fail() -> None:
        with transaction.atomic(), wanted.deferred():
            Tile.objects.get(key="level").delete()
            raise ZeroDivisionError

    before = Revision.current()
    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert Revision.current() == before
    assert wanted_ids() == {floor.waiting.pk, floor.level.pk}
    floor.board.save()
    assert Revision.current() == before + 1


def test_a_series_is_made_once(floor: Floor) -> None:
    again = wanted.series_for(floor.waiting.definition, floor.waiting.monitored_object)
    assert again == floor.waiting


def test_of_two_changes_at_once_neither_undoes_the_other() -> None:
    done = on_postgresql("tests.dashboard.two_changes")
    assert done.stdout == "wanted\n", done.stderr


def test_a_form_and_a_file_that_change_the_same_do_not_wait_for_each_other_for_ever() -> None:
    done = on_postgresql("tests.dashboard.crossing_changes")
    assert done.stdout == "saved applied saved applied By a file\n", done.stderr
