import json
import re
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest

from dashboard.tiles import KINDS, describe, themes
from dashboard.tiles.text import to_html
from dashboard.tiles.theme import ROLES
from tests.dashboard.tiles.samples import context, series, tile

ABOVE = {"direction": "above", "warning": 5, "critical": 10}
BELOW = {"direction": "below", "warning": 80, "critical": 70}
CSS = Path(__file__).parents[3] / "static" / "dashboard" / "css" / "base.css"


def figure(kind: str, *several: Any, options: dict[str, Any] | None = None, **given: Any) -> dict[str, Any]:
    chosen = KINDS[kind]
    made = chosen.figure(chosen.options(**(options or {})), context(*several, **given))
    assert made is not None
    return made


def shapes(made: dict[str, Any]) -> dict[str, Any]:
    return {shape["templateitemname"]: shape for shape in made["layout"]["shapes"]}


def test_a_line_is_stepped_and_keeps_its_gaps() -> None:
    made = figure("trend", series(1), series(2))
    assert [trace["line"]["shape"] for trace in made["data"]] == ["hv", "hv"]
    assert not any(trace["connectgaps"] for trace in made["data"])


def test_a_trend_tints_what_lies_beyond_its_limits() -> None:
    drawn = shapes(figure("trend", series(1), thresholds=ABOVE))
    assert (drawn["warning-band"]["y0"], drawn["warning-band"]["y1"]) == (5, 10)
    assert drawn["critical-band"]["y0"] == 10
    assert drawn["critical-band"]["y1"] > 1000
    assert drawn["warning"]["y0"] == drawn["warning"]["y1"] == 5


def test_a_limit_from_below_is_tinted_downwards() -> None:
    drawn = shapes(figure("trend", series(1, "percent"), thresholds=BELOW))
    assert (drawn["warning-band"]["y0"], drawn["warning-band"]["y1"]) == (80, 70)
    assert drawn["critical-band"]["y1"] < 0


def test_a_german_trend_writes_commas() -> None:
    assert figure("trend", series(1), locale="de")["layout"]["separators"] == ",."
    assert figure("trend", series(1), locale="en")["layout"]["separators"] == ".,"


def test_a_sparkline_has_no_axes() -> None:
    layout = figure("number", series(1), thresholds=ABOVE)["layout"]
    assert layout["xaxis"]["visible"] is layout["yaxis"]["visible"] is False
    assert [shape["type"] for shape in layout["shapes"]] == ["line", "line"]


def test_a_number_of_words_has_no_sparkline() -> None:
    number = KINDS["number"]
    assert number.figure(number.options(), context(series(1, "text"))) is None
    assert number.figure(number.options(sparkline=False), context(series(1))) is None


def test_a_gauge_draws_its_goal_as_a_line_over_the_whole_bullet() -> None:
    goal = shapes(figure("gauge", series(1, "percent"), options={"goal": 80}))["goal"]
    assert (goal["x0"], goal["x1"], goal["y0"], goal["y1"]) == (80, 80, 0, 1)


def test_a_gauge_leaves_out_limits_beyond_its_ends() -> None:
    drawn = shapes(figure("gauge", series(1, "percent"), options={"min": 75}, thresholds=BELOW))
    assert "warning" in drawn
    assert "critical" not in drawn


def test_a_table_has_rows_of_objects_and_columns_of_statistics_in_the_order_named() -> None:
    wait = {"statistic": "longest-wait", "title": "Longest wait"}
    several = [series(2, id=1), series(2, "seconds", id=2, **wait), series(1, id=3)]
    entry = describe(tile("table"), several, "UTC", "en")
    assert {name: entry[name] for name in ("columns", "rows")} == {
        "columns": [{"title": "Calls waiting", "unit": "count"}, {"title": "Longest wait", "unit": "seconds"}],
        "rows": [{"title": "Queue 2", "series": [1, 2]}, {"title": "Queue 1", "series": [3, None]}],
    }


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Today", "<h1>Today</h1>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("**now**", "<p><strong>now</strong></p>"),
        ("<script>alert(1)</script> *safe*", "<p><em>safe</em></p>"),
        ("<img src=x onerror=alert(1)>", "<p></p>"),
        ('<b onclick="x()">bold</b>', "<p>bold</p>"),
        ("[go](javascript:alert(1))", '<p><a rel="noopener noreferrer">go</a></p>'),
        ("[go](https://example.com)", '<p><a href="https://example.com" rel="noopener noreferrer">go</a></p>'),
    ],
)
def test_text_keeps_the_subset_and_nothing_harmful(text: str, html: str) -> None:
    assert to_html(text).strip() == html


def test_the_themes_are_valid_templates_as_json() -> None:
    both = json.loads(json.dumps(themes()))
    assert list(both) == ["dark", "light"]
    for template in both.values():
        go.layout.Template(template)
        assert template["layout"]["paper_bgcolor"] == template["layout"]["plot_bgcolor"] == "rgba(0,0,0,0)"
        assert not any(shape["visible"] for shape in template["layout"]["shapes"])


def test_every_shape_of_a_figure_is_an_item_of_the_themes() -> None:
    names = {shape["name"] for shape in themes()["dark"]["layout"]["shapes"]}
    used = set(shapes(figure("gauge", series(1, "percent"), options={"goal": 80}, thresholds=BELOW)))
    used |= set(shapes(figure("trend", series(1), thresholds=ABOVE)))
    assert used == names


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_charts_have_the_colours_of_the_page(theme: str) -> None:
    block = re.search(rf'\[data-theme="{theme}"\] \{{(.*?)\}}', CSS.read_text(), re.S)
    assert block
    page = dict(re.findall(r"--([a-z]+): (#\w+);", block[1]))
    assert {role: page[role] for role in ROLES[theme]} == {role: color.lower() for role, color in ROLES[theme].items()}
