"""Many objects at once, as people have them in a spreadsheet: pasted lines or a CSV file. Pure but for the judging."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.text import slugify

from dashboard.configfile.apply import apply_data
from dashboard.configfile.export import file_item
from dashboard.configfile.problems import ConfigurationRefused
from dashboard.names import nearest

COLUMNS = ("id", "title", "name", "type", "connection", "tags", "teams")
#: What people call the columns in the files they have.
ALIASES = {
    "genesys id": "id",
    "employee id": "id",
    "number": "id",
    "display name": "title",
    "tag": "tags",
    "team": "teams",
}
LINES_MOST = 10_000
#: (connection, type, Genesys id) -> the name of the object that has it.
Stored = Mapping[tuple[str, str, str], str]


@dataclass(slots=True)
class Line:
    """One line of the paste: where it begins, its cells, the item it makes, what is wrong, and what it would do."""

    number: int
    cells: Sequence[str]
    item: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    effect: str = ""

    @property
    def text(self) -> str:
        """Its cells, for people."""
        return "\t".join(self.cells)


def read_lines(text: str, connection: str, kind: str, stored: Stored, names: Sequence[str]) -> list[Line]:
    """Read a paste; a first line of column names says the order, else it is id, title, name, type.

    Args:
        connection: That of lines that name none; ``kind`` likewise is the type.
        stored: Objects there are: a line with the id of one changes it.
        names: All names in use.
    """
    _delimiter, header, rows = _parse(text)
    columns: Sequence[str] = [_column(cell) for cell in header] or COLUMNS[:4]
    taken = set(names)
    lines = [_line(number, cells, columns, connection, kind) for number, cells in rows]
    for line in lines:
        item = line.item
        if item and not item.get("name"):
            known = stored.get((item["connection"], item["type"], item["id"]))
            item["name"] = known or _free(slugify(item["title"]) or slugify(item["id"]) or "object", taken)
        taken.add(item.get("name", ""))
    return lines


def count_lines(text: str) -> int:
    """How many lines of a paste ``read_lines`` would read: those with something in them, without the header."""
    return len(_parse(text).rows)


def text_of(lines: Sequence[Line], text: str) -> str:
    """These lines of the paste ``text`` as a paste of their own: its header, its delimiter, and the same cells."""
    given = _parse(text)
    header, rows = given.header, [line.cells for line in lines]
    written = _written([header, *rows] if header else rows, given.delimiter)
    again = _parse(written)
    if (again.delimiter, again.header) != (given.delimiter, header):
        # Without the lines before them they would be read otherwise.
        written = _written([header or list(COLUMNS[:4]), *rows], given.delimiter)
    return written


def _written(rows: Sequence[Sequence[str]], delimiter: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue().removesuffix("\r\n")


class _Parsed(NamedTuple):
    delimiter: str
    header: list[str]
    rows: list[tuple[int, list[str]]]


def _parse(text: str) -> _Parsed:
    """Cells by the number of the line they begin at; only line feeds and carriage returns end a line."""
    text = text.lstrip("\ufeff")
    ends = re.compile(r"\r\n|\r|\n")
    first = next((line for line in ends.split(text) if line.strip()), "")
    delimiter = max("\t;,", key=first.count)
    try:
        found = _read(text, delimiter)
    except csv.Error:
        # A cell too long to be one and the like: the lines as they are.
        found = [(number, line.split(delimiter)) for number, line in enumerate(ends.split(text), 1)]
    rows = [(number, [cell.strip() for cell in row]) for number, row in found]
    rows = [(number, cells) for number, cells in rows if any(cells)]
    if rows and "id" in map(_column, rows[0][1]):
        return _Parsed(delimiter, rows[0][1], rows[1:])
    return _Parsed(delimiter, [], rows)


def _read(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    found: list[tuple[int, list[str]]] = []
    begins = 1
    for row in reader:
        found.append((begins, row))
        begins = reader.line_num + 1
    return found


def _column(cell: str) -> str:
    word = cell.strip().lower()
    return ALIASES.get(word, word)


def _line(number: int, cells: Sequence[str], columns: Sequence[str], connection: str, kind: str) -> Line:
    line = Line(number, cells)
    unknown = [column for column in columns if column and column not in COLUMNS]
    if unknown:
        line.problems.append(f"unknown column “{unknown[0]}”{nearest(unknown[0], COLUMNS)}")
    if len(cells) > len(columns):
        line.problems.append(f"there are {len(cells)} cells, but {len(columns)} columns: {', '.join(columns)}")
    given = {column: cell for column, cell in zip(columns, cells, strict=False) if column in COLUMNS and cell}
    if not given.get("id"):
        line.problems.append("the Genesys id is missing")
        return line
    line.item = {
        "name": given.get("name", ""),
        "title": given.get("title") or given["id"],
        "connection": given.get("connection") or connection,
        "type": given.get("type") or kind,
        "id": given["id"],
    }
    for column in ("tags", "teams"):
        if column in given:
            line.item[column] = [part for part in re.split(r"\s*[|,]\s*", given[column]) if part]
    return line


def _free(base: str, taken: set[str]) -> str:
    name, number = base[:95], 1
    while name in taken:
        number += 1
        name = f"{base[:95]}-{number}"
    return name


def judge(lines: Sequence[Line]) -> list[Line]:
    """Say of each line what is wrong with it, or what it would do; returns the good ones. Nothing is saved.

    Lines are judged as a file is, without those that are wrong already.
    """
    good = [line for line in lines if line.item and not line.problems]
    while good:
        try:
            outcome = apply_data({"objects": [_escaped(line.item) for line in good]}, "pasted lines", dry_run=True)
        except ConfigurationRefused as refused:
            _blame(good, refused)
            good = [line for line in good if not line.problems]
            continue
        effects = {change.name: "new" if change.before is None else "changed" for change in outcome.changes}
        for line in good:
            line.effect = effects.get(line.item["name"], "as it is")
        return good
    return []


def _blame(lines: Sequence[Line], refused: ConfigurationRefused) -> None:
    blamed = False
    for problem in refused.problems:
        if problem.path[:1] == ("objects",) and len(problem.path) > 1:
            key = f"{problem.path[2]}: " if len(problem.path) > 2 else ""
            lines[int(problem.path[1])].problems.append(f"{key}{problem.reason}")
            blamed = True
    if not blamed:
        for line in lines:
            line.problems += [problem.reason for problem in refused.problems] or list(refused.lines)


def save(lines: Sequence[Line]) -> int:
    """Save lines that were judged to be good, all or nothing; how many objects are new or changed by that.

    Raises:
        ConfigurationRefused: they are not good any more.
    """
    return len(apply_data({"objects": [_escaped(line.item) for line in lines]}, "pasted lines").changes)


def _escaped(item: dict[str, Any]) -> dict[str, Any]:
    return file_item("objects", item)
