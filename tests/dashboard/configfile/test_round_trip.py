import random

import pytest
from django.contrib.auth import get_user_model

from dashboard.configfile import export_text
from dashboard.models import Rotation, Team, Tile, TileSeries, Wallboard
from statsbridge.models import Connection, MonitoredObject, Series, StatisticDefinition
from tests.dashboard.configfile.files import ENVIRONMENT, apply

pytestmark = pytest.mark.django_db


def empty() -> None:
    for model in (Rotation, Wallboard, MonitoredObject, StatisticDefinition, Team, Connection, get_user_model()):
        model.objects.all().delete()


def test_what_was_exported_is_no_difference() -> None:
    apply()
    assert not apply(export_text(), {}, dry_run=True).changes
    assert not apply(export_text(), {}, dry_run=True, prune=True).changes


def test_export_apply_to_an_empty_database_and_export_again_are_the_same_bytes() -> None:
    apply()
    first = export_text()
    empty()
    assert (
        export_text()
        == "version: 1\nconnections: []\nobjects: []\nstatistics: []\nteams: []\nwallboards: []\nrotations: []\n"
    )
    apply(first, ENVIRONMENT)
    assert export_text() == first


def test_the_export_of_nothing_can_be_applied() -> None:
    assert not apply(export_text()).changes


@pytest.mark.parametrize(
    "text",
    ["yes", "1e3", "1_000", "0x1F", "3600:10", "2026-01-01", "null", "~", " room ", "a: b", "- x", "#1", "'", '"',
     "€ 5", "${NOT_SET}", "$${X}", "two\nlines", "two\nlines\n", "trailing \nspace", "\ttab", "=", "<<", "😀", "\x7f",
     "\u2028", "a" * 199, "0o17", "1.", ".5", "+1", "!tag", "&a", "*a", "%", "@", "`", "{}", "[]", "|", ">", "---"],
)  # fmt: skip
def test_any_text_comes_back_as_it_was(text: str) -> None:
    Team.objects.create(name="sales", title=text)
    StatisticDefinition.objects.create(name="x", title="X", definition={"category": text, "n": [text, 1.5, True, None]})
    first = export_text()
    empty()
    apply(first, {})
    assert Team.objects.get().title == text
    assert StatisticDefinition.objects.get().definition == {"category": text, "n": [text, 1.5, True, None]}
    assert export_text() == first


def test_the_order_of_rows_in_the_database_does_not_show() -> None:
    apply()
    first = export_text()
    connection = Connection.objects.get()
    names = [f"extra-{number}" for number in range(8)]
    exports = set()
    for seed in range(3):
        random.Random(seed).shuffle(names)
        for name in names:
            MonitoredObject.objects.create(name=name, title=name, connection=connection, type="Agent", object_id=name)
        exports.add(export_text())
        MonitoredObject.objects.filter(name__in=names).delete()
    assert len(exports) == 1
    assert export_text() == first


def test_tiles_keep_their_order_and_ids() -> None:
    apply()
    last = Tile.objects.get(key="tile-4")
    Tile.objects.filter(pk=last.pk).update(order=0, key="news")
    Tile.objects.exclude(pk=last.pk).update(order=5)
    first = export_text()
    empty()
    apply(first)
    assert Tile.objects.all()[0].key == "news"
    assert export_text() == first


def test_a_large_configuration_is_exported_too() -> None:
    apply()
    team, definition = Team.objects.get(name="sales"), StatisticDefinition.objects.get(name="calls-waiting")
    connection = Connection.objects.get()
    objects = MonitoredObject.objects.bulk_create(
        MonitoredObject(name=f"x-{n}", title="X", connection=connection, type="Queue", object_id=f"x-{n}")
        for n in range(1100)
    )
    series = Series.objects.bulk_create(Series(definition=definition, monitored_object=one) for one in objects)
    board = Wallboard.objects.create(slug="large", title="Large", team=team)
    tiles = [Tile.objects.create(wallboard=board, key=f"t{n}", kind="table", y=8 * n, w=12, h=8) for n in range(3)]
    TileSeries.objects.bulk_create(
        TileSeries(tile=tiles[n // 400], series=one, order=n % 400) for n, one in enumerate(series)
    )
    exported = export_text()
    assert exported.count("object: x-") == 1100
    assert not apply(exported, {}, dry_run=True).changes
