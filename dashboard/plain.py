"""Values as people write them: without what says nothing. Pure; the admin and the configuration file share it."""

from typing import Any

from pydantic import ValidationError

from dashboard.thresholds import Thresholds
from dashboard.tiles import KINDS


def plain_thresholds(thresholds: dict[str, Any] | Thresholds | None) -> dict[str, Any] | None:
    """Thresholds without what says nothing, whole numbers as such; what is not valid stays as it is."""
    try:
        checked = Thresholds.model_validate(thresholds) if isinstance(thresholds, dict) else thresholds
    except ValidationError:
        return dict(thresholds) if isinstance(thresholds, dict) else None
    if checked is None:
        return None
    given = {
        "warning": checked.warning,
        "critical": checked.critical,
        "clear": checked.clear or None,
        "hold": checked.hold or None,
    }
    return {"direction": checked.direction} | {key: plain_number(n) for key, n in given.items() if n is not None}


def plain_options(kind: str, options: dict[str, Any]) -> dict[str, Any]:
    """A tile's options without those at their default; what is not valid stays as it is."""
    try:
        checked = KINDS[kind].options.model_validate(options)
    except (KeyError, ValidationError):
        return dict(options)
    plain: dict[str, Any] = plain_number(checked.model_dump(mode="json", exclude_defaults=True))
    return plain


def plain_number(value: Any) -> Any:
    """3.0 as 3, so that a number looks in the file as people write it; also inside of mappings and lists."""
    if isinstance(value, dict):
        return {key: plain_number(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain_number(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def parse_id(text: str) -> int | None:
    """A primary key as it stands in an address or a form; ``None`` for anything else, such as ``abc`` or ``²``."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
