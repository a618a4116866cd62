"""What an editor may pick from: kinds with their options, statistics, and the objects that the team may use."""

from typing import Any

from django.db.models import Q

from dashboard.editor.document import usable_objects
from dashboard.models import COLUMNS_MOST, ROWS_MOST, Wallboard
from dashboard.tiles import KINDS
from statsbridge.models import StatisticDefinition

#: What a list in the browser can hold without becoming a search of its own.
FOUND_MOST = 60


def kinds() -> dict[str, Any]:
    """By name ``{"options": JSON Schema of the options, "least", "most"}``: how many series it takes, None: any."""
    return {
        name: {
            "options": kind.options.model_json_schema(),
            "least": kind.series_least,
            "most": kind.series_most,
        }
        for name, kind in KINDS.items()
    }


def grid() -> dict[str, int]:
    return {"columns": COLUMNS_MOST, "rows": ROWS_MOST}


def statistics(words: str) -> dict[str, Any]:
    """``{"found": [{name, title, unit, description}], "total"}``: those in whose text all words are."""
    rows = StatisticDefinition.objects.order_by("title", "name")
    for word in words.split()[:8]:
        rows = rows.filter(Q(title__icontains=word) | Q(name__icontains=word) | Q(description__icontains=word))
    found = rows.values("name", "title", "unit", "description")
    return {"found": list(found[:FOUND_MOST]), "total": rows.count()}


def objects(wallboard: Wallboard, words: str) -> dict[str, Any]:
    """``{"found": [{name, title, type}], "total"}``, only of what the wallboard's team may use."""
    rows = usable_objects(wallboard).order_by("title", "name")
    for word in words.split()[:8]:
        rows = rows.filter(Q(title__icontains=word) | Q(name__icontains=word) | Q(type__iexact=word))
    return {"found": list(rows.values("name", "title", "type")[:FOUND_MOST]), "total": rows.count()}
