"""Ready statistic definitions: those that most wallboards show, to be added with one click."""

from collections.abc import Iterable

from django.utils.translation import get_language

from dashboard import wanted
from dashboard.library.entries import ENTRIES
from dashboard.library.entry import Entry
from statsbridge.describe import describe
from statsbridge.models import StatisticDefinition

__all__ = ["ENTRIES", "Entry", "add", "in_words", "present"]


def present() -> dict[str, int]:
    """The entries that are there already, by name with their primary key, whoever made them."""
    names = [entry.name for entry in ENTRIES]
    return dict(StatisticDefinition.objects.filter(name__in=names).values_list("name", "pk"))


def add(names: Iterable[str]) -> list[StatisticDefinition]:
    """Make definitions of the entries with these names; one that exists is left as it is. Returns those made."""
    chosen = set(names)
    with wanted.deferred():
        there = present()
        return [_make(entry) for entry in ENTRIES if entry.name in chosen and entry.name not in there]


def _make(entry: Entry) -> StatisticDefinition:
    return StatisticDefinition.objects.create(
        name=entry.name,
        title=str(entry.title),
        description=in_words(entry),
        definition=dict(entry.definition),
        unit=entry.unit,
        decimals=entry.decimals,
    )


def in_words(entry: Entry) -> str:
    """What it measures, in the language of the page."""
    only = entry.types[0] if len(entry.types) == 1 else ""
    return describe({"definition": entry.definition}, only, get_language() or "en")
