"""The administration: one module per family of models. Who may do what is decided in ``dashboard.access``."""

from dashboard.admin import (
    changes,
    configuration,
    embedkeys,
    objects,
    people,
    records,
    rotations,
    series,
    staff,
    statistics,
    teams,
    wallboards,
)

__all__ = [
    "changes",
    "configuration",
    "embedkeys",
    "objects",
    "people",
    "records",
    "rotations",
    "series",
    "staff",
    "statistics",
    "teams",
    "wallboards",
]
