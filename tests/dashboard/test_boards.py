"""Wallboards as streams read them."""

import pytest

from dashboard import wanted
from dashboard.boards import read_board
from dashboard.models import Tile, TileSeries
from statsbridge.models import Connection, MonitoredObject, StatisticDefinition
from tests.dashboard.floor import Floor

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_series_has_the_zone_of_its_contact_centre_and_the_board_its_own(floor: Floor) -> None:
    floor.board.timezone = "Europe/Berlin"
    floor.board.save()
    Connection.objects.update(timezone="America/New_York")
    board = read_board(floor.board.pk)
    assert board is not None
    assert board.wallboard["timezone"] == "Europe/Berlin"
    assert {info["timezone"] for info in board.series.values()} == {"America/New_York"}


def test_members_of_a_group_have_the_titles_of_agents_that_the_team_may_use(floor: Floor) -> None:
    connection = Connection.objects.get()
    group = MonitoredObject.objects.create(
        name="sales-team", title="Sales team", connection=connection, type="GroupAgents", object_id="Sales_Team"
    )
    for name, title in (("maria", "Maria L."), ("ben", "Ben K."), ("omar", "Omar H.")):
        MonitoredObject.objects.create(
            name=name, title=title, connection=connection, type="Agent", object_id=f"{name}@sample"
        )
    floor.sales.monitored_objects.add(MonitoredObject.objects.get(name="ben"))
    floor.service.monitored_objects.add(MonitoredObject.objects.get(name="omar"))
    state = StatisticDefinition.objects.create(
        name="state", title="State", statistic="CurrentStateReasons", unit="state"
    )
    tile = Tile.objects.create(wallboard=floor.board, key="people", kind="agents", x=0, y=4)
    TileSeries.objects.create(tile=tile, series=wanted.series_for(state, group))
    board = read_board(floor.board.pk)
    assert board is not None
    series = wanted.series_for(state, group).pk
    assert board.titles == {series: {"maria@sample": "Maria L.", "ben@sample": "Ben K."}}
    for name in ("Maria", "Ben", "Omar"):
        assert name not in str((board.wallboard, board.series))
