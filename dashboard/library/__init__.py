"""Ready statistic definitions: those that most wallboards show, to be added with one click."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import get_language

from dashboard import wanted
from dashboard.library.entries import ENTRIES
from dashboard.library.entry import Entry
from statsbridge.describe import describe
from statsbridge.models import StatisticDefinition
from statsbridge.statisticnames import STATISTICS

__all__ = ["ENTRIES", "Entry", "add", "in_words", "present", "types_of"]

#: What makes a definition still the entry's, whatever else of it was changed.
_WHAT = ("category", "subject", "mainMask")


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


def types_of(stored: Mapping[str, Any]) -> Sequence[str]:
    """The types of the objects that a stored ``{name, statistic, definition}`` is for; none where nobody knows.

    Of one by name those that contact centres usually measure it on, of one added from here those of its entry.
    """
    if stored["statistic"]:
        return STATISTICS[stored["statistic"]][0] if stored["statistic"] in STATISTICS else ()
    entry = next((one for one in ENTRIES if one.name == stored["name"]), None)
    same = entry and all((stored["definition"] or {}).get(key) == entry.definition.get(key) for key in _WHAT)
    return entry.types if entry and same else ()


def in_words(entry: Entry) -> str:
    """What it measures, in the language of the page."""
    only = entry.types[0] if len(entry.types) == 1 else ""
    return describe({"definition": entry.definition}, only, get_language() or "en")
