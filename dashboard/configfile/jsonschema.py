"""The file's format as a JSON Schema, made from the same models that read it; for editors and checks in a pipeline."""

import json
from typing import Any

from dashboard.configfile.schema import REQUIRED, SECTIONS, WORD, TileItem, name_key
from dashboard.configfile.substitute import SECRET_FIELDS
from dashboard.tiles import KINDS
from statsbridge.vocabulary import DEFINITION_KEYS, OBJECT_TYPES

#: Text that holds a variable, which the reader fills in before it looks at the value.
_VARIABLE = {"type": "string", "pattern": r"\$\{[A-Za-z_][A-Za-z0-9_]*\}"}


def json_schema() -> dict[str, Any]:
    """Draft 2020-12; every key has the type, limits and choices by which the reader judges it."""
    definitions: dict[str, Any] = {}
    sections = {section: _section(section, definitions) for section in SECTIONS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Wallboard configuration",
        "description": "What manage.py applyconfig reads; see docs/configuration.md.",
        "type": "object",
        "required": ["version"],
        "additionalProperties": False,
        "properties": {"version": {"const": 1}, **sections},
        "$defs": definitions,
    }


def schema_text() -> str:
    """The schema as the published file has it."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _section(section: str, definitions: dict[str, Any]) -> dict[str, Any]:
    schema = SECTIONS[section].model_json_schema(ref_template="#/$defs/{model}")
    definitions |= {name: _variables(one) for name, one in schema.pop("$defs", {}).items()}
    properties = schema["properties"]
    if section == "connections":
        for name in SECRET_FIELDS:
            properties[name] = {"type": ["string", "null"], "description": "Stored encrypted; best given as ${NAME}."}
    elif section == "objects":
        properties["type"] = {"type": "string", "enum": list(OBJECT_TYPES)}
    elif section == "statistics":
        properties["definition"] = _definition()
    elif section == "wallboards":
        properties["tiles"] = _list_of({"oneOf": [_tile(kind, definitions) for kind in KINDS]})
    needed = ", ".join(REQUIRED[section])
    schema["title"] = WORD[section]
    schema["description"] = f"A new one needs {needed}; what is left out of a stored one stays." if needed else ""
    schema["required"] = [name_key(section)]
    definitions[WORD[section]] = _variables({key: value for key, value in schema.items() if value != ""})
    return _list_of({"$ref": f"#/$defs/{WORD[section]}"})


def _tile(kind: str, definitions: dict[str, Any]) -> dict[str, Any]:
    name = f"tile_{kind}"
    schema = TileItem.model_json_schema(ref_template="#/$defs/{model}")
    own = KINDS[kind].options.model_json_schema(ref_template="#/$defs/{model}")
    for part in (schema, own):
        definitions |= {key: _variables(one) for key, one in part.pop("$defs", {}).items()}
    del schema["properties"]["options"]
    schema["properties"] |= {"kind": {"const": kind}} | own["properties"]
    schema["required"] = sorted({*schema["required"], *own.get("required", ())})
    definitions[name] = _variables(schema | {"title": f"{kind} tile", "description": ""})
    del definitions[name]["description"]
    return {"$ref": f"#/$defs/{name}"}


def _definition() -> dict[str, Any]:
    return {
        "type": ["object", "null"],
        "description": "An ad hoc definition, in Stat Server's words; unknown keys are passed on.",
        "required": ["category", "subject"],
        "properties": {key: {} for key in DEFINITION_KEYS},
    }


def _list_of(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": ["array", "null"], "items": items}


def _variables(schema: Any) -> Any:
    """Let a variable stand where a text has a pattern or choices, and nothing where the reader takes nothing."""
    if isinstance(schema, list):
        return [_variables(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _variables(value) for key, value in schema.items()}
    if plain.get("type") == "array" and "items" in plain:
        return plain | {"type": ["array", "null"]}
    if plain.get("type") == "string" and plain.keys() & {"pattern", "enum", "maxLength"} and plain != _VARIABLE:
        return {"anyOf": [plain, _VARIABLE]}
    return plain
