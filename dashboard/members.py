"""What the members of agent groups are called: the service names them by id, the configuration by title."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from dashboard.models import Tile
from dashboard.tiles.base import SeriesInfo
from dashboard.tiles.donut import GROUP_TYPES
from statsbridge.models import MonitoredObject

#: Under which types of object a member's id may be configured.
MEMBER_TYPES = ("Agent", "AgentPlace", "Place")


def add_names(team: int | None, tiles: Iterable[tuple[Tile, Sequence[SeriesInfo], dict[str, Any]]]) -> None:
    """Give the entries of ``agents`` tiles that list a group ``names``: ``{connection: {id: title}}``.

    Objects that are reserved for other teams than ``team`` keep their ids. A board without such a tile asks the
    database nothing.
    """
    listing = [
        (entry, {info.connection for info in infos if info.object_type in GROUP_TYPES})
        for tile, infos, entry in tiles
        if tile.kind == "agents"
    ]
    connections = set().union(*(names for _, names in listing))
    if not connections:
        return
    known: dict[str, dict[str, str]] = {name: {} for name in connections}
    members = MonitoredObject.objects.filter(
        Q(teams=None) | Q(teams=team), connection__name__in=connections, type__in=MEMBER_TYPES
    )
    for connection, key, title in members.values_list("connection__name", "object_id", "title").distinct():
        known[connection][key] = title
    for entry, names in listing:
        if names:
            entry["names"] = {name: known[name] for name in sorted(names)}
