"""Objects by statistics, figures aligned, cells coloured by exception."""

from typing import Any

from pydantic import Field

from dashboard.tiles.base import Kind, Options, SeriesInfo, TileContext


class TableOptions(Options):
    """``limit`` is the most rows of a page, of which a screen shows no more than stay readable, and never over 8.

    Further rows, and columns beyond five, come on further pages.
    """

    limit: int = Field(default=8, ge=1, le=50)


class Table(Kind):
    """``table``: any series; rows are objects, columns statistics, both in the order named."""

    name = "table"
    options = TableOptions
    series_most = None

    def figure(self, options: TableOptions, context: TileContext) -> None:
        return None

    def extra(self, options: TableOptions, context: TileContext) -> dict[str, Any]:
        """``rows`` ``[{"title", "series": [id or None per column]}]`` and ``columns`` ``[{"title", "unit"}]``."""
        columns: dict[str, SeriesInfo] = {}
        rows: dict[str, dict[str, int]] = {}
        titles: dict[str, str] = {}
        for one in context.series:
            columns.setdefault(one.statistic, one)
            rows.setdefault(one.object_name, {})[one.statistic] = one.id
            titles[one.object_name] = one.object_title
        return {
            "columns": [{"title": one.title, "unit": one.unit} for one in columns.values()],
            "rows": [
                {"title": titles[name], "series": [cells.get(statistic) for statistic in columns]}
                for name, cells in rows.items()
            ],
        }
