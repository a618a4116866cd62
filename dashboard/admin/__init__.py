"""The administration: one module per family of models. Who may do what is decided in ``dashboard.access``."""

from dashboard.admin import (
    embedkeys,
    objects,
    people,
    records,
    rotations,
    series,
    site,
    staff,
    statistics,
    teams,
    wallboards,
)

__all__ = [
    "embedkeys",
    "objects",
    "people",
    "records",
    "rotations",
    "series",
    "site",
    "staff",
    "statistics",
    "teams",
    "wallboards",
]
