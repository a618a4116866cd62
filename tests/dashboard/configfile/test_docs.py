"""The page about configuration leaves nothing out."""

import pytest
from django.conf import settings

from dashboard.configfile.schema import SECTIONS, TileItem
from dashboard.environment import Environment
from dashboard.tiles import KINDS
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
