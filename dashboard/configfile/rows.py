"""Many rows at a time: what a file of thousands of items would otherwise cost in single queries."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import models

#: Well below the number of parameters that any database takes.
CHUNK = 500


def ids_by_name(model: Any, key: str = "name") -> dict[str, int]:
    """The ids of all rows by their names."""
    return dict(model.objects.order_by().values_list(key, "pk"))


def upsert(rows: Sequence[models.Model], key: str) -> dict[str, int]:
    """Insert the rows, or update those whose ``key`` is there already; the ids of these rows by key.

    All fields are written; they are compared and validated before.
    """
    if not rows:
        return {}
    model: Any = type(rows[0])
    fields = [one.name for one in model._meta.concrete_fields if not one.primary_key and one.name != key]
    model.objects.bulk_create(rows, batch_size=CHUNK, update_conflicts=True, unique_fields=[key], update_fields=fields)
    names = {getattr(row, key) for row in rows}
    return {name: pk for name, pk in ids_by_name(model, key).items() if name in names}


def links(through: Any, of: str, to: str) -> Callable[[int, int], models.Model]:
    """Makes unsaved rows of a relation's table."""
    return lambda one, other: through(**{of: one, to: other})


def replace_links(
    through: Any, of: str, wanted: Mapping[int, Sequence[int]], make: Callable[[int, int], models.Model]
) -> None:
    """Make the rows of ``through`` that belong to the keys of ``wanted`` exactly these."""
    keys = list(wanted)
    for start in range(0, len(keys), CHUNK):
        through.objects.filter(**{f"{of}__in": keys[start : start + CHUNK]}).delete()
    through.objects.bulk_create(
        [make(key, other) for key, others in wanted.items() for other in others], batch_size=CHUNK
    )
