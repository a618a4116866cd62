"""The page about configuration leaves nothing out."""

from typing import Any

import pytest
from django.conf import settings

from dashboard.configfile.load import load
from dashboard.configfile.schema import SECTIONS, TileItem
from dashboard.definitions import definition_doubts
from dashboard.environment import Environment
from dashboard.tiles import KINDS
from statsbridge.simulator.definition import read_definition
from statsbridge.vocabulary import (
    CATEGORIES,
    DEFINITION_KEYS,
    INTERVAL_TYPES,
    NOTIFICATION_MODES,
    OBJECT_TYPES,
    SUBJECTS,
    mask_words,
)
from tests.dashboard.configfile.files import apply

PAGE = (settings.BASE_DIR / "docs/configuration.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", Environment.model_fields)
def test_every_variable_is_described(name: str) -> None:
    assert f"`{name.upper()}`" in PAGE


def test_every_key_of_the_file_is_described() -> None:
    keys = {key for model in SECTIONS.values() for key in model.model_fields}
    keys |= {key for key in TileItem.model_fields if key != "options"}
    keys |= {key for kind in KINDS.values() for key in kind.options.model_fields}
    assert not [key for key in keys if f"`{key}`" not in PAGE]


@pytest.mark.django_db
def test_its_example_can_be_applied() -> None:
    example = "version: 1" + PAGE.split("```yaml\nversion: 1")[1].split("```")[0]
    names = ("GENESYS_API_KEY", "GENESYS_CLIENT_SECRET", "GENESYS_PASSWORD")
    assert apply(example, dict.fromkeys(names, "sample")).changes


def ad_hoc() -> dict[str, dict[str, Any]]:
    """The page's examples of definitions, by unit."""
    text = PAGE.split("```yaml\nstatistics:\n")[1].split("```")[0]
    return {one["unit"]: one for one in load(f"statistics:\n{text}", "page").data["statistics"]}


def test_every_key_of_a_definition_is_described() -> None:
    assert not [key for key in DEFINITION_KEYS if f"`{key}`" not in PAGE]


def test_a_number_a_time_and_a_percentage_are_shown_and_beyond_doubt() -> None:
    assert set(ad_hoc()) == {"count", "seconds", "percent"}
    assert not [doubt for one in ad_hoc().values() for doubt in definition_doubts(one["definition"])]


@pytest.mark.parametrize(("unit", "kind"), [("count", "Queue"), ("seconds", "Agent"), ("percent", "Queue")])
def test_its_definitions_are_taken_by_a_service(unit: str, kind: str) -> None:
    assert read_definition(ad_hoc()[unit]["definition"], kind).category


@pytest.mark.django_db
def test_its_definitions_can_be_applied_without_a_note() -> None:
    text = PAGE.split("```yaml\nstatistics:\n")[1].split("```")[0]
    assert not apply(f"version: 1\nstatistics:\n{text}").notes


def test_every_word_of_the_vocabulary_is_listed() -> None:
    masks = {word for subject in SUBJECTS for kind in OBJECT_TYPES for word in mask_words(subject, kind)}
    words = {*CATEGORIES, *SUBJECTS, *INTERVAL_TYPES, *NOTIFICATION_MODES, *masks}
    assert not [word for word in words if f"`{word}`" not in PAGE]
