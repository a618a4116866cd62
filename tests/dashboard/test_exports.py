"""CSV that any spreadsheet reads and none runs."""

import csv
import io
from typing import Any

import pytest

from dashboard.exports import HEAD, Row, harmless, numeric_rows, state_rows, to_csv

NOON = 1_763_722_800_000  # 12:00 in Berlin, winter time
HEAD_ROW = Row(NOON, "Sales, „Süd“", "Calls waiting", None, "count")


def lines(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_it_begins_with_a_mark_and_a_head_and_ends_its_lines_as_the_rfc_asks() -> None:
    text = to_csv([], "UTC")
    assert text == "\ufeff" + ",".join(HEAD) + "\r\n"


def test_times_bear_their_offset_and_numbers_stay_numbers() -> None:
    rows = numeric_rows([[NOON, 3.0], [NOON + 10_000, -2.5], [NOON + 20_000, None]], HEAD_ROW)
    _, *found = lines(to_csv(rows, "Europe/Berlin"))
    assert found == [
        ["2025-11-21T12:00:00+01:00", "Sales, „Süd“", "Calls waiting", "3", "count", ""],
        ["2025-11-21T12:00:10+01:00", "Sales, „Süd“", "Calls waiting", "-2.5", "count", ""],
        ["2025-11-21T12:00:20+01:00", "Sales, „Süd“", "Calls waiting", "", "count", ""],
    ]


def test_quotes_and_breaks_survive_the_way() -> None:
    row = Row(NOON, 'The "best"\nqueue', "a,b", 1, "count")
    assert lines(to_csv([row], "UTC"))[1][1:3] == ['The "best"\nqueue', "a,b"]


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1"])
def test_no_text_begins_like_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"
    cells = lines(to_csv([Row(NOON, text, text, text, "text", text)], "UTC"))[1]
    assert all(cells[index].startswith("'") for index in (1, 2, 3, 5))


@pytest.mark.parametrize("text", ["Sales", "Süd = Nord", "", "1 - 1"])
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def state(word: str, **more: Any) -> dict[str, Any]:
    return {"state": word, "since": NOON - 60_000} | more


def test_a_state_is_a_row_since_when_with_its_reason() -> None:
    (row,) = state_rows(state("NotReadyForNextCall", reason="=Lunch"), HEAD_ROW)
    assert (row.at, row.value, row.reason) == (NOON - 60_000, "NotReadyForNextCall", "=Lunch")


def test_members_of_a_group_are_a_row_each_but_for_those_that_the_board_does_not_name() -> None:
    group = {"state": "X", "agents": [{"id": "maria", **state("LoggedOut")}, {"id": "ben", **state("AfterCallWork")}]}
    rows = list(state_rows(group, HEAD_ROW, ("LoggedOut",)))
    assert [(row.object, row.value) for row in rows] == [("ben", "AfterCallWork")]
    assert list(state_rows(state("LoggedOut"), HEAD_ROW, ("LoggedOut",))) == []
