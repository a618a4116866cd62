"""The statistics that the simulated contact centre knows by name."""

from typing import Any

from statsbridge.simulator.definition import canonical_type
from statsbridge.simulator.refusals import Refused
from statsbridge.statisticnames import STATISTICS


def find_named(name: str, object_type: str) -> dict[str, Any]:
    """The definition behind a name. Raises ``Refused`` for a name nobody configured, or not for such objects."""
    if name not in STATISTICS:
        raise Refused(f"Statistic {name!r} not found", missing=True)
    types, definition = STATISTICS[name]
    if canonical_type(object_type) not in types:
        raise Refused(f"Statistic {name!r} is not valid for object type {object_type}")
    return definition
