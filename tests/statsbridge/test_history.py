"""Samples on their way in and out."""

from datetime import UTC, datetime
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from statsbridge.history import Row, Sampler, close_gaps, prune, prune_changes, read_history, save_samples, thin
from statsbridge.models import Connection, MonitoredObject, Sample, Series, StatisticDefinition

T = 1_700_000_000_000


def sampler() -> Sampler:
    return Sampler(10_000)


@pytest.fixture
def series(db: Any) -> Series:
    connection = Connection.objects.create(name="main", api_url="http://gws", client_id="c")
    observed = MonitoredObject.objects.create(name="q", title="Q", connection=connection, type="Queue", object_id="1")
    definition = StatisticDefinition.objects.create(name="w", title="W", statistic="W")
    return Series.objects.create(definition=definition, monitored_object=observed)


def test_the_last_value_of_an_interval_is_kept() -> None:
    one = sampler()
    for second, value in ((0, 1), (3, 7), (9, 5), (12, 8)):
        one.record(4, value, T + second * 1000)
    assert one.take(T + 15_000) == [(4, T + 9_000, 5.0)]
    assert one.take(T + 20_000) == [(4, T + 12_000, 8.0)]


def test_an_interval_that_goes_on_is_not_written_yet() -> None:
    one = sampler()
    one.record(4, 1, T)
    assert one.take(T + 9_000) == []
    assert one.take(T + 9_000, everything=True) == [(4, T, 1.0)]


def test_texts_and_states_have_no_trend() -> None:
    one = sampler()
    for value in ("text", {"state": "Ready"}, True):
        one.record(4, value, T)
    assert one.take(T, everything=True) == []


def test_a_gap_ends_a_line_once() -> None:
    one = sampler()
    one.record(4, 2, T)
    one.gap([4, 5], T + 3_000)
    one.gap([4], T + 4_000)
    assert one.take(T + 5_000) == [(4, T, 2.0), (4, T + 3_000, None)]


def test_a_value_that_is_not_applicable_is_a_gap() -> None:
    one = sampler()
    one.record(4, 2, T)
    one.record(4, None, T + 1_000)
    assert one.take(T + 2_000) == [(4, T, 2.0), (4, T + 1_000, None)]


def test_a_series_that_never_changes_is_written_once_an_hour() -> None:
    one = sampler()
    one.record(4, 2, T)
    one.take(T + 10_000)
    assert one.take(T + 3_000_000) == []
    assert one.take(T + 3_700_000) == [(4, T + 3_700_000, 2.0)]


def test_rows_that_could_not_be_written_come_again() -> None:
    one = sampler()
    rows: list[Row] = [(4, T, 1.0)]
    one.give_back(rows)
    assert one.take(T) == rows


def test_a_line_begins_with_what_was_known_before(series: Series) -> None:
    save_samples([(series.pk, T - 60_000, 3.0), (series.pk, T + 1_000, 4.0), (series.pk, T + 9_000, None)])
    assert read_history([series.pk], T, T + 5_000) == {series.pk: [[T, 3.0], [T + 1_000, 4.0]]}
    assert read_history([series.pk], T, T + 9_000)[series.pk][-1] == [T + 9_000, None]


def test_a_line_that_ended_before_does_not_begin_again(series: Series) -> None:
    save_samples([(series.pk, T - 60_000, 3.0), (series.pk, T - 50_000, None)])
    assert read_history([series.pk, 999], T, T + 5_000) == {series.pk: [], 999: []}


def test_a_long_line_is_thinned_and_keeps_peaks_and_gaps(series: Series) -> None:
    rows: list[Row] = [(series.pk, T + second * 1000, 1.0) for second in range(2000)]
    rows[777] = (series.pk, T + 777_000, 99.0)
    rows[1500] = (series.pk, T + 1_500_000, None)
    save_samples(rows)
    line = read_history([series.pk], T, T + 2_000_000, points=100)[series.pk]
    assert len(line) <= 100
    assert [T + 777_000, 99.0] in line
    assert [T + 1_500_000, None] in line
    assert [point[0] for point in line] == sorted(point[0] or 0 for point in line)


def test_a_short_line_is_left_as_it_is() -> None:
    assert thin([[1, 1.0], [2, 2.0]], 2) == [[1, 1.0], [2, 2.0]]


def test_lines_end_where_the_last_life_was_last_seen(series: Series) -> None:
    save_samples([(series.pk, T, 3.0)])
    assert close_gaps(series.monitored_object.connection_id, T + 5_000) == 1
    assert close_gaps(series.monitored_object.connection_id, T + 9_000) == 0
    assert list(Sample.objects.order_by("at").values_list("at", "value")) == [(T, 3.0), (T + 5_000, None)]


def test_old_samples_are_deleted_in_chunks(series: Series) -> None:
    save_samples([(series.pk, T + number, float(number)) for number in range(10)])
    assert prune(T + 6, chunk=4) == 4
    assert prune(T + 6, chunk=4) == 2
    assert prune(T + 6, chunk=4) == 0
    assert Sample.objects.count() == 4


def test_samples_from_the_future_do_not_keep_old_ones(series: Series) -> None:
    save_samples([(series.pk, T + 10**9 + number, 1.0) for number in range(5)])
    save_samples([(series.pk, T - number, 1.0) for number in range(3)])
    assert prune(T + 1, chunk=4) == 3
    assert Sample.objects.count() == 5


def test_old_samples_are_found_without_reading_the_others(series: Series) -> None:
    plan = Sample.objects.filter(at__lt=T).order_by("at").values_list("pk")[:10].explain()
    assert "sample_by_time" in plan


def test_a_number_beyond_all_bounds_is_no_point() -> None:
    one = sampler()
    one.record(4, 10**400, T)
    assert one.take(T, everything=True) == []


def test_samples_of_a_deleted_series_are_left_out(series: Series) -> None:
    save_samples([(series.pk, T, 1.0), (series.pk + 1000, T, 1.0)])
    assert Sample.objects.count() == 1


@pytest.mark.django_db
def test_old_entries_of_the_history_of_changes_are_deleted_in_chunks_and_others_stay() -> None:
    for second in range(5):
        entry = LogEntry.objects.create(
            content_type=ContentType.objects.get_for_model(Connection), object_pk="1", object_repr="main", action=1
        )
        LogEntry.objects.filter(pk=entry.pk).update(timestamp=datetime.fromtimestamp(T / 1000 + second, UTC))
    assert prune_changes(T + 3_000, chunk=2) == 2
    assert prune_changes(T + 3_000, chunk=2) == 1
    assert prune_changes(T + 3_000, chunk=2) == 0
    assert LogEntry.objects.count() == 2
