"""What the members of agent groups are called: the service names them by id, the configuration by title."""

from collections.abc import Iterable

from django.db.models import Q

from dashboard.redaction import TEAM_TYPES, People
from dashboard.tiles.base import SeriesInfo
from dashboard.tiles.donut import GROUP_TYPES
from statsbridge.models import MonitoredObject

#: Under which types of object a member's id may be configured.
MEMBER_TYPES = ("Agent", "AgentPlace", "Place")


def member_titles(team: int | None, listed: Iterable[SeriesInfo]) -> dict[int, dict[str, str]]:
    """Titles by id of whoever may be a member, by those of the series ``listed`` that are a group's.

    They are for the server alone: a screen gets those of the members that its values name (``redaction.Veil``). Objects
    that are reserved for other teams than ``team`` have none. Without a group the database is asked nothing.
    """
    groups = [info for info in listed if info.object_type in GROUP_TYPES]
    if not groups:
        return {}
    known: dict[str, dict[str, str]] = {info.connection: {} for info in groups}
    members = MonitoredObject.objects.filter(
        Q(teams=None) | Q(teams=team), connection__name__in=known, type__in=MEMBER_TYPES
    )
    for connection, key, title in members.values_list("connection__name", "object_id", "title").distinct():
        known[connection][key] = title
    return {info.id: known[info.connection] for info in groups}


def unnamed(view: str) -> People:
    """Whose names a ``view`` takes out of texts: everybody's who is configured, of whatever team and connection."""
    if view == "full":
        return People()
    people = MonitoredObject.objects.exclude(type__in=TEAM_TYPES)
    return People.of(people.order_by("pk").values_list("title", "name", "object_id"))
