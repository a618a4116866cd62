"""Wallboards as streams read them."""

import pytest

from dashboard.boards import read_board
from statsbridge.models import Connection
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
