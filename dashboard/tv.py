"""What a screen on a wall does by itself, as a snapshot tells it."""

from typing import Any

from dashboard.hours import Range, week_ranges
from dashboard.models import Wallboard


def tv_settings(wallboard: Wallboard) -> dict[str, Any]:
    """``sound`` at critical, and the ``open`` and ``quiet`` hours as minutes of the week in the wallboard's zone."""
    return {
        "sound": wallboard.sound,
        "open": _ranges(wallboard.opening_hours),
        "quiet": _ranges(wallboard.quiet_hours),
    }


def _ranges(lines: list[str]) -> list[Range]:
    try:
        return week_ranges(lines)
    except ValueError:
        # Refused wherever it can be entered; a row written by hand must not take the board down.
        return []
