"""A tile's data as CSV (RFC 4180), safe to open in a spreadsheet. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.plain import plain_number

HEAD = ("time", "object", "statistic", "value", "unit", "reason")
#: Excel takes a file for UTF-8 only with this; LibreOffice, pandas and databases' loaders know to skip it.
BYTE_ORDER_MARK = "\ufeff"
#: What makes a spreadsheet take a text for a formula, full-width forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True)
class Row:
    """One value from ``at`` (epoch ms) on; ``value`` is None where from then on nothing was known."""

    at: int
    object: str
    statistic: str
    value: float | str | None
    unit: str
    reason: str = ""


def to_csv(rows: Iterable[Row], timezone: str) -> str:
    """The whole file: head, then one line each; times in ``timezone``, as ISO 8601 with their offset."""
    zone = ZoneInfo(timezone)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEAD)
    for row in rows:
        time = datetime.fromtimestamp(row.at / 1000, zone).isoformat(timespec="seconds")
        cells = (row.object, row.statistic, row.value, row.unit, row.reason)
        writer.writerow([time, *(_cell(cell) for cell in cells)])
    return BYTE_ORDER_MARK + out.getvalue()


def harmless(text: str) -> str:
    """``text`` so that no spreadsheet runs it: an apostrophe before what begins like a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cell(value: float | str | None) -> str:
    # A number stays one, a negative one as well.
    if value is None:
        return ""
    return harmless(value) if isinstance(value, str) else str(plain_number(value))


def numeric_rows(points: Sequence[Sequence[Any]], head: Row) -> Iterable[Row]:
    """One row per point ``[at ms, number or None]``; ``head`` says of what."""
    for at, value in points:
        yield Row(at, head.object, head.statistic, value, head.unit)


def state_rows(value: Any, head: Row, hidden: Sequence[str] = ()) -> Iterable[Row]:
    """What someone does now, from when on; one row for each member of a group. States in ``hidden`` are left out."""
    if isinstance(value, str):
        yield Row(head.at, head.object, head.statistic, value, head.unit)
    if not isinstance(value, dict):
        return
    members = value.get("agents")
    for one in [value] if members is None else members:
        state = str(one.get("state", ""))
        if state in hidden:
            continue
        since, reason = one.get("since") or head.at, str(one.get("reason") or "")
        # A title is there where ids are not shown.
        name = head.object if members is None else str(one.get("title") or one.get("id", ""))
        yield Row(since, name, head.statistic, state, head.unit, reason)
