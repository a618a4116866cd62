"""The published schema says what the reader does."""

import json
from typing import Any

import jsonschema
import pytest
import yaml
from django.conf import settings
from django.core.management import call_command

from dashboard.configfile.jsonschema import json_schema, schema_text
from dashboard.configfile.load import load
from tests.dashboard.configfile.files import SAMPLE, apply, refusal

PUBLISHED = settings.BASE_DIR / "static/dashboard/configuration.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def complaints(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(load(text, "wallboard.yaml").data)]


def test_the_published_file_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("configschema")
    assert capsys.readouterr().out == schema_text() == PUBLISHED.read_text(encoding="utf-8")


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text()))


def test_good_files_satisfy_it() -> None:
    assert complaints(SAMPLE) == []
    assert complaints((settings.BASE_DIR / "dashboard/demo/demo.yaml").read_text(encoding="utf-8")) == []


@pytest.mark.django_db
def test_an_export_satisfies_it() -> None:
    from dashboard.configfile import export_text

    apply()
    assert complaints(export_text()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("type: Agent", "type: Robot"),
        ("name: maria,", "name: maria lopez,"),
        ("unit: count", "unit: calls"),
        ("window: 30", "window: 0"),
        ("goal: 3", "goals: 3"),
        ("kind: trend", "kind: tend"),
        ("role: editor", "role: boss"),
        ("{x: 0, y: 0, w: 3, h: 2}", "{x: 0, y: 0, w: 0, h: 2}"),
        ("critical: 10, clear", "critical: many, clear"),
        ("version: 1", "version: 2"),
        ("category: TotalAdjustedTime, ", ""),
    ],
)
def test_what_it_refuses_the_reader_refuses_or_doubts(old: str, new: str) -> None:
    text = SAMPLE.replace(old, new, 1)
    assert complaints(text)
    if "category" not in old:
        assert refusal(text)


def test_a_variable_may_stand_for_any_text() -> None:
    text = SAMPLE.replace("type: Agent", "type: '${KIND}'").replace("name: maria,", "name: 'm-${NAME}',")
    assert complaints(text) == []


def test_plain_yaml_tools_see_the_same_data() -> None:
    plain: dict[str, Any] = yaml.safe_load(SAMPLE.replace("3600:10", '"3600:10"'))
    assert [error.message for error in VALIDATOR.iter_errors(plain)] == []
