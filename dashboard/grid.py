"""Whether tiles fit on a wallboard's grid. Pure; the admin and the configuration file share it."""

from collections.abc import Iterator, Sequence
from typing import Any

from dashboard.models import ROWS_MOST


def place_problems(tiles: Sequence[dict[str, Any]], columns: int) -> Iterator[tuple[str, str]]:
    """The ids of tiles outside the grid or on top of others, with the reason; each has ``id`` and ``position``."""
    taken: dict[tuple[int, int], str] = {}
    for tile in tiles:
        x, y, w, h = (tile["position"][key] for key in "xywh")
        if x + w > columns:
            yield tile["id"], f"the tile ends at column {x + w}, but the wallboard has {columns} columns"
        if y + h > ROWS_MOST:
            yield tile["id"], f"the tile ends at row {y + h}; a wallboard has at most {ROWS_MOST} rows"
        w, h = min(w, columns), min(h, ROWS_MOST)
        cells = [(column, row) for column in range(x, x + w) for row in range(y, y + h)]
        others = {taken[cell] for cell in cells if cell in taken}
        for other in sorted(others):
            yield tile["id"], f"the tile overlaps the tile “{other}”"
        taken.update(dict.fromkeys(cells, tile["id"]))


def close_up(places: Sequence[dict[str, int]], columns: int) -> tuple[list[dict[str, int]], int]:
    """Places without the room that tiles left which are not shown, and how many columns there are then.

    Rows and columns in which nothing stands go; into other free cells their neighbours grow, a line at a time each.
    """
    xs = sorted({x for one in places for x in range(one["x"], one["x"] + one["w"])})
    ys = sorted({y for one in places for y in range(one["y"], one["y"] + one["h"])})
    closed = [one | {"x": xs.index(one["x"]), "y": ys.index(one["y"])} for one in places]
    taken = {cell for one in closed for cell in _cells(one)}
    grew = bool(closed)
    while grew:
        grew = False
        for index, one in enumerate(closed):
            for wider in _wider(one, len(xs), len(ys)):
                new = _cells(wider) - _cells(one)
                if not new & taken:
                    closed[index] = one = wider
                    taken |= new
                    grew = True
                    break
    return closed, len(xs) or columns


def _cells(place: dict[str, int]) -> set[tuple[int, int]]:
    x, y, w, h = (place[key] for key in "xywh")
    return {(column, row) for column in range(x, x + w) for row in range(y, y + h)}


def _wider(place: dict[str, int], columns: int, rows: int) -> Iterator[dict[str, int]]:
    x, y, w, h = (place[key] for key in "xywh")
    if x + w < columns:
        yield place | {"w": w + 1}
    if x > 0:
        yield place | {"x": x - 1, "w": w + 1}
    if y + h < rows:
        yield place | {"h": h + 1}
    if y > 0:
        yield place | {"y": y - 1, "h": h + 1}
