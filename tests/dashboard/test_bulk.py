"""Pasted lines: what is left of them is the same cells again."""

import pytest

from dashboard.bulk import Line, count_lines, read_lines, text_of


def read(text: str) -> list[Line]:
    return read_lines(text, "main", "Queue", {}, [])


@pytest.mark.parametrize(
    "text",
    [
        'id;title\r\n1;"Sales;\r\nnight"\r\n2;Service\r\n3;"a ""b"""',
        "id,title\n1,one\x0btwo\x0cthree\n2,next\x85line\u2028and\u2029more\n3,last",
        "1\tSales, North, East\n2\tA, B, C\n3\td",
        "1\tone\n2\tid\n3\tx",
        "title,id\rone,1\rtwo,2\rthree,3",
        "id\n1\n2\n3",
    ],
    ids=["quoted", "separators", "commas in a tab", "like a header", "carriage returns", "one column"],
)
def test_what_is_left_is_read_as_the_same_lines(text: str) -> None:
    lines = read(text)
    assert len(lines) == 3
    for left in (lines, lines[1:], lines[2:]):
        again = read(text_of(left, text))
        assert [list(one.cells) for one in again] == [list(one.cells) for one in left]
        assert [(one.item["id"], one.item["title"]) for one in again] == [
            (one.item["id"], one.item["title"]) for one in left
        ]


def test_a_line_is_told_where_it_begins() -> None:
    assert [line.number for line in read('id,title\n\n1,"a\nb"\n2,c\n')] == [3, 5]


def test_no_line_is_left_out_however_many_there_are() -> None:
    text = "id\n" + "".join(f"{number}\n" for number in range(10_001))
    assert count_lines(text) == len(read(text)) == 10_001
