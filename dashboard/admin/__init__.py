"""The administration: one module per family of models. Who may do what is decided in ``dashboard.access``."""

from dashboard.admin import (
    accessrecords,
    changes,
    configuration,
    connections,
    embedkeys,
    objects,
    people,
    records,
    rotations,
    screens,
    series,
    staff,
    statistics,
    teams,
    wallboards,
)

__all__ = [
    "accessrecords",
    "changes",
    "configuration",
    "connections",
    "embedkeys",
    "objects",
    "people",
    "records",
    "rotations",
    "screens",
    "series",
    "staff",
    "statistics",
    "teams",
    "wallboards",
]
