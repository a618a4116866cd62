import json
from typing import Any

import plotly.graph_objects as go
import pytest
from pydantic import ValidationError

from dashboard.tiles import KINDS, describe, find_problems
from tests.dashboard.tiles.samples import FITTING, series, tile

LIMITS = {"direction": "above", "warning": 5, "critical": 10}
DRAWN = ("number", "trend", "gauge", "bars", "donut")


def test_it_knows_the_eight_kinds() -> None:
    assert list(KINDS) == ["number", "trend", "gauge", "bars", "donut", "agents", "table", "text"]


@pytest.mark.parametrize(
    ("kind", "defaults"),
    [
        ("number", {"goal": None, "sparkline": True}),
        ("trend", {"window": 60, "min": None, "max": None}),
        ("gauge", {"goal": None, "min": 0, "max": 100}),
        ("bars", {"sort": "value", "limit": 12}),
        ("donut", {"limit": 6}),
        ("agents", {"limits": {}, "hide": [], "sort": "exceptions"}),
        ("table", {"limit": 8}),
        ("text", {"text": ""}),
    ],
)
def test_a_tile_without_options_gets_the_documented_defaults(kind: str, defaults: dict[str, Any]) -> None:
    assert describe(tile(kind), FITTING[kind], "UTC", "en")["options"] == defaults


@pytest.mark.parametrize("kind", KINDS)
def test_a_description_has_all_keys_and_travels_as_json(kind: str) -> None:
    entry = describe(tile(kind, thresholds=LIMITS), FITTING[kind], "UTC", "de")
    keys = {"id", "kind", "title", "position", "series", "thresholds", "decimals", "options", "figure"}
    assert keys <= entry.keys()
    assert "problems" not in entry
    assert entry["id"] == "waiting"
    assert entry["position"] == {"x": 0, "y": 0, "w": 3, "h": 2}
    assert entry["series"] == [one.id for one in FITTING[kind]]
    assert json.loads(json.dumps(entry)) == entry


@pytest.mark.parametrize("kind", DRAWN)
def test_a_figure_is_valid_plotly_without_values_colours_or_template(kind: str) -> None:
    figure = describe(tile(kind, thresholds=LIMITS), FITTING[kind], "UTC", "en")["figure"]
    go.Figure(figure)
    assert "template" not in figure["layout"]
    assert "#" not in json.dumps(figure)
    assert "bdata" not in json.dumps(figure)
    for trace in figure["data"]:
        assert trace.get("x", []) == []
        assert trace.get("values", []) == []
        assert trace.get("y", []) in ([], [0])  # the one row of the bullet


@pytest.mark.parametrize("kind", ["agents", "table", "text"])
def test_a_kind_of_plain_text_has_no_figure(kind: str) -> None:
    assert describe(tile(kind), FITTING[kind], "UTC", "en")["figure"] is None


def test_a_tile_without_title_is_named_after_its_statistic() -> None:
    assert describe(tile("number", title=""), [series()], "UTC", "en")["title"] == "Calls waiting"


def test_a_tile_takes_the_thresholds_and_decimals_of_its_statistic() -> None:
    entry = describe(tile("number"), [series(thresholds=LIMITS, decimals=1)], "UTC", "en")
    assert (entry["thresholds"], entry["decimals"]) == (LIMITS, 1)


def test_a_tiles_own_thresholds_and_decimals_go_first() -> None:
    own = {"direction": "below", "warning": 3}
    entry = describe(tile("number", thresholds=own, decimals=0), [series(thresholds=LIMITS, decimals=1)], "UTC", "en")
    assert (entry["thresholds"], entry["decimals"]) == (own, 0)


def test_limits_of_one_statistic_are_not_drawn_for_another() -> None:
    several = [series(1, thresholds=LIMITS), series(2)]
    assert describe(tile("trend"), several, "UTC", "en")["thresholds"] is None


def test_a_stored_tile_that_no_longer_fits_is_described_with_its_problems() -> None:
    entry = describe(tile("trend", options={"windows": 5}), [series()], "UTC", "en")
    assert entry["problems"] == ["a trend tile has no option 'windows'; its options are window, min, max"]
    assert entry["figure"] is None


@pytest.mark.parametrize(
    ("kind", "options", "reason"),
    [
        ("speedometer", {}, "there is no tile kind 'speedometer'; the kinds are number, trend,"),
        ("number", {"goal": "many"}, "goal: Input should be a valid number"),
        ("number", {"goal": float("nan")}, "goal: Input should be a finite number"),
        ("trend", {"window": 0}, "window: Input should be greater than or equal to 1"),
        ("trend", {"window": 4000}, "window: Input should be less than or equal to 2880"),
        ("trend", {"min": 3, "max": 3}, "min (3) must be smaller than max (3)"),
        ("gauge", {"min": 100}, "min (100) must be smaller than max (100)"),
        ("gauge", {"goal": 120}, "goal (120) must lie between min (0) and max (100)"),
        ("bars", {"sort": "size"}, "sort: Input should be 'value', 'title' or 'none'"),
        ("bars", {"limit": 0}, "limit: Input should be greater than or equal to 1"),
        ("donut", {"limit": 7}, "limit: Input should be less than or equal to 6"),
        (
            "agents",
            {"limits": {"NotReadyForNextCall": 0}},
            "limits.NotReadyForNextCall: Input should be greater than 0",
        ),
        ("agents", {"sort": "age"}, "sort: Input should be 'exceptions', 'state' or 'title'"),
        ("table", {"rows": 3}, "a table tile has no option 'rows'; its options are limit"),
        ("text", {"text": 3}, "text: Input should be a valid string"),
    ],
)
def test_wrong_options_are_refused_in_words(kind: str, options: dict[str, Any], reason: str) -> None:
    (problem,) = find_problems(kind, options, FITTING.get(kind, []))
    assert problem.startswith(reason)


@pytest.mark.parametrize(
    ("kind", "several", "reason"),
    [
        ("number", [], "a number tile takes exactly 1 series, not 0"),
        ("number", [series(1), series(2)], "a number tile takes exactly 1 series, not 2"),
        ("trend", [], "a trend tile needs at least 1 series, not 0"),
        ("trend", [series(n) for n in range(7)], "a trend tile takes at most 6 series, not 7"),
        ("trend", [series(1, "state")], "a trend tile draws numbers, but calls-waiting of queue-1 has the unit state"),
        ("gauge", [series(1, "text")], "a gauge tile draws numbers, but calls-waiting of queue-1 has the unit text"),
        ("bars", [series(1), series(2, "seconds")], "bars compare lengths, so their series must have one unit"),
        ("donut", [series(1)], "a donut tile shows several numeric series, or the one state of an agent group"),
        ("donut", [series(1), series(2, "percent")], "the slices of a donut must have one unit"),
        ("donut", [series(1), series(2, "state")], "a donut of several series adds numbers"),
        ("agents", [series(1)], "an agents tile shows states, but calls-waiting of queue-1 has the unit count"),
        ("text", [series(1)], "a text tile takes no series; leave series out"),
    ],
)
def test_series_that_do_not_fit_the_kind_are_refused_in_words(kind: str, several: Any, reason: str) -> None:
    assert find_problems(kind, {}, several)[0].startswith(reason)


def test_a_donut_takes_the_state_of_one_agent_group() -> None:
    assert find_problems("donut", {}, [series(1, "state", object_type="GroupAgents")]) == []


def test_options_cannot_be_changed_once_checked() -> None:
    options = KINDS["gauge"].options()
    with pytest.raises(ValidationError):
        options.min = 3  # type: ignore[attr-defined]


def test_only_kinds_with_lines_ask_for_history() -> None:
    minutes = {name: kind.history_minutes(kind.options()) for name, kind in KINDS.items()}
    assert {name: count for name, count in minutes.items() if count} == {"number": 60, "trend": 60}
    number = KINDS["number"]
    assert number.history_minutes(number.options(sparkline=False)) == 0
