"""The stored configuration as a file: the same bytes for the same configuration, no secret in it."""

from typing import Any

import yaml
from django.db import transaction

from dashboard.configfile.document import stored_document
from dashboard.configfile.load import add_plain_scalars
from dashboard.configfile.schema import SECTIONS
from dashboard.configfile.substitute import SECRET_FIELDS, escape


class _Inline(dict[str, Any]):
    """A mapping that is written on one line."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if _is_block(value) else None)


def _is_block(value: str) -> bool:
    """Whether a text of several lines can be written as it is read."""
    lines = value.splitlines()
    return "\n" in value and all(line == line.rstrip() and line.isprintable() for line in lines)


_Dumper.add_representer(
    _Inline, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True)
)
_Dumper.add_representer(str, _text)
add_plain_scalars(_Dumper)


def export_text() -> str:
    """The whole stored configuration as YAML."""
    with transaction.atomic():
        document = stored_document()
    data: dict[str, Any] = {"version": 1}
    for section in SECTIONS:
        data[section] = [file_item(section, item) for item in document[section].values()]
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=False)


def file_item(section: str, item: dict[str, Any]) -> dict[str, Any]:
    """An item of a document as the file has it."""
    if section == "connections":
        # References to secrets are written as references; everything else as text.
        return {key: value if key in SECRET_FIELDS else _plain(value) for key, value in item.items()}
    plain: dict[str, Any] = _plain(item)
    if section == "statistics":
        del plain["definition" if plain["definition"] is None else "statistic"]
        if plain["thresholds"]:
            plain["thresholds"] = _Inline(plain["thresholds"])
    elif section == "teams":
        plain["members"] = [_Inline(member) for member in plain["members"]]
        plain["rules"] = [_Inline(rule) for rule in plain.get("rules", [])]
    elif section == "wallboards":
        plain["tiles"] = [_tile(tile) for tile in plain["tiles"]]
    elif section == "rotations":
        plain["steps"] = [_Inline(step) for step in plain["steps"]]
    return plain


def _tile(tile: dict[str, Any]) -> dict[str, Any]:
    """A tile without what is at its default: tiles are whole lists, so nothing stays as it was."""
    written: dict[str, Any] = {"id": tile["id"], "kind": tile["kind"]}
    if tile["title"]:
        written["title"] = tile["title"]
    if tile["series"]:
        written["series"] = [_Inline(series) for series in tile["series"]]
    written["position"] = _Inline(tile["position"])
    written |= tile["options"]
    if tile["thresholds"]:
        written["thresholds"] = _Inline(tile["thresholds"])
    if tile["decimals"] is not None:
        written["decimals"] = tile["decimals"]
    if tile["hidden_from"]:
        written["hidden_from"] = tile["hidden_from"]
    return written


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return escape(value) if isinstance(value, str) else value
