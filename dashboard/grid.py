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
