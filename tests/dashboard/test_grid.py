"""Places on a wallboard's grid."""

import pytest

from dashboard.grid import close_up


def place(x: int, y: int, w: int, h: int) -> dict[str, int]:
    return {"x": x, "y": y, "w": w, "h": h}


def test_one_tile_alone_is_the_whole_grid() -> None:
    assert close_up([place(3, 4, 3, 2)], 12) == ([place(0, 0, 3, 2)], 3)


def test_rows_and_columns_in_which_nothing_stands_are_closed() -> None:
    assert close_up([place(0, 0, 4, 2), place(8, 6, 4, 2)], 12) == ([place(0, 0, 8, 2), place(0, 2, 8, 2)], 8)


def test_neighbours_share_the_room_of_a_tile_that_is_not_shown() -> None:
    closed, columns = close_up([place(0, 0, 2, 1), place(6, 0, 2, 1), place(0, 1, 8, 1)], 8)
    assert columns == 8
    assert closed == [place(0, 0, 4, 1), place(4, 0, 4, 1), place(0, 1, 8, 1)]


def test_no_tile_is_left_of_no_tile() -> None:
    assert close_up([], 12) == ([], 12)


@pytest.mark.parametrize("gone", range(6))
def test_tiles_never_overlap_and_no_cell_stays_empty(gone: int) -> None:
    tiles = [
        place(0, 0, 3, 2),
        place(3, 0, 6, 2),
        place(9, 0, 3, 4),
        place(0, 2, 3, 4),
        place(3, 2, 6, 4),
        place(9, 4, 3, 2),
    ]
    closed, columns = close_up([one for index, one in enumerate(tiles) if index != gone], 12)
    cells = [(x, y) for p in closed for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])]
    assert len(cells) == len(set(cells)) == columns * 6
