"""Texts of a service made fit for every way out of the bridge; pure."""

from typing import Any


def clean(text: str) -> str:
    """Without what PostgreSQL (NUL) or UTF-8 (half of a surrogate pair) cannot take."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def clean_all(value: Any) -> Any:
    """The same for every text in a value as JSON has it."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean_all(key): clean_all(one) for key, one in value.items()}
    if isinstance(value, list):
        return [clean_all(one) for one in value]
    return value
