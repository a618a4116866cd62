"""A wallboard in the configuration file's terms, and what its team may show on it."""

import hashlib
import json
from collections.abc import Collection, Iterable
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet

from dashboard.configfile.document import Document, wallboard_document
from dashboard.configfile.schema import SECTIONS
from dashboard.models import Wallboard
from statsbridge.models import MonitoredObject, StatisticDefinition

#: What the editor changes; everything else of a wallboard (team, sharing, framing) belongs to the administration.
EDITED = ("title", "timezone", "columns", "tiles")

#: Of one wallboard that is edited; more are no board that anybody reads.
SERIES_MOST = 2000


def usable_objects(wallboard: Wallboard) -> QuerySet[MonitoredObject]:
    """The objects that the wallboard's team may show: those of no team, and its own."""
    return MonitoredObject.objects.filter(Q(teams=None) | Q(teams=wallboard.team_id)).distinct()


def board_document(wallboard: Wallboard, tiles: Iterable[dict[str, Any]] = ()) -> Document:
    """The stored document, as far as the board and a draft's ``tiles`` need it.

    Objects of other teams are not in it, so that a draft is told no more of them than of names that nobody gave.
    """
    statistics, objects = _names(tiles)
    definitions = StatisticDefinition.objects.filter(name__in=statistics)
    usable = usable_objects(wallboard)
    found = usable.filter(name__in=objects)
    # With a name that leads nowhere, the nearest of all names is looked for.
    definitions = definitions if definitions.count() == len(statistics) else StatisticDefinition.objects.all()
    found = found if found.count() == len(objects) else usable
    document = wallboard_document(wallboard, definitions, found.select_related("connection"))
    return {section: {} for section in SECTIONS} | document


def _names(tiles: Iterable[dict[str, Any]]) -> tuple[Collection[str], Collection[str]]:
    statistics: set[str] = set()
    objects: set[str] = set()
    # A draft with more is refused whatever they are.
    for one in islice((one for tile in tiles for one in series_of(tile)), SERIES_MOST):
        if isinstance(one, dict):
            statistics.add(str(one.get("statistic")))
            objects.add(str(one.get("object")))
    return statistics, objects


def series_of(tile: Any) -> list[Any]:
    """What a tile of a draft has for its series, whatever that is."""
    series = tile.get("series") if isinstance(tile, dict) else None
    return series if isinstance(series, list) else []


def edited_part(item: dict[str, Any]) -> dict[str, Any]:
    """Of a wallboard's item what the editor changes."""
    return {key: item[key] for key in EDITED}


def revision_of(item: dict[str, Any]) -> str:
    """Names the state of a wallboard's item: another one after any change to it, wherever that was made.

    It is computed and not counted, so that no way of changing a board can forget to count.
    """
    text = json.dumps(edited_part(item), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
