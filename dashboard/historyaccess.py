"""Who may read and take back what of the history of changes; ``dashboard.access`` decides everything else."""

from collections.abc import Mapping
from typing import Any

from auditlog.models import LogEntry
from django.db.models import Exists, OuterRef, Q, QuerySet

from dashboard.access import EDITORS, MANAGERS, has_role, is_active, teams_of
from dashboard.models import Rotation, Team, Wallboard
from statsbridge.models import MonitoredObject

#: The sections of the configuration file whose items belong to teams.
OWNED_SECTIONS = ("wallboards", "rotations")
#: What belongs to teams and is no part of the file: their managers' business.
MANAGED_SECTIONS = ("embedkeys", "screens")


def visible_changes(user: Any, among: QuerySet[LogEntry] | None = None) -> QuerySet[LogEntry]:
    """The history, or those entries of it, that the person may read; for a superuser all.

    Editors: of what belongs to the teams that they edit for, of statistics, and of the objects that they may use
    now, from when these teams might use them already. Managers also of their teams' embed keys and screens.
    """
    entries = (LogEntry.objects.all() if among is None else among).filter(additional_data__has_key="section")
    if is_active(user) and user.is_superuser:
        return entries
    teams = dict(teams_of(user, EDITORS).values_list("pk", "name"))
    managed = list(teams_of(user, MANAGERS).values_list("name", flat=True))
    theirs = Q(additional_data__section__in=OWNED_SECTIONS, additional_data__team__in=list(teams.values()))
    theirs |= Q(additional_data__section__in=MANAGED_SECTIONS, additional_data__team__in=managed)
    if teams:
        theirs |= Q(additional_data__section="statistics") | _of_objects(teams)
    return entries.filter(theirs)


def _of_objects(teams: Mapping[int, str]) -> Q:
    """What ``access.usable_objects`` says, asked for each entry: a list of all objects would be read for each."""
    claims = Team.monitored_objects.through.objects.filter(monitoredobject=OuterRef("object_id"))
    found = Q(additional_data__section="objects")
    found &= Q(Exists(MonitoredObject.objects.filter(pk=OuterRef("object_id"))))
    found &= ~Q(Exists(claims)) | Q(Exists(claims.filter(team__in=list(teams))))
    for state in ("before", "after"):
        key = f"additional_data__{state}"
        usable = Q(**{key: None}) | Q(**{f"{key}__teams": []})
        for team in teams.values():
            # The list as text: not every database can look into one.
            usable |= Q(**{f"{key}__teams__icontains": f'"{team}"'})
        found &= usable
    return found


def readable_sections(user: Any) -> set[str]:
    """The kinds of things of whose history the person may read something."""
    if is_active(user) and user.is_superuser:
        return {*OWNED_SECTIONS, *MANAGED_SECTIONS, *("connections", "objects", "statistics", "teams", "people")}
    managed = set(MANAGED_SECTIONS) if has_role(user, None, MANAGERS) else set()
    return {*OWNED_SECTIONS, "objects", "statistics"} | managed if has_role(user, None, EDITORS) else set()


def may_revert_section(user: Any, section: str) -> bool:
    """Whether the person may take back a change of that kind at all; ``can_revert`` asks about the very change."""
    return bool(is_active(user) and (user.is_superuser or section in OWNED_SECTIONS))


def told_changes(user: Any, entry: LogEntry) -> dict[str, Any]:
    """Of an entry that the person may read, the changed keys and their values; not who else may use an object."""
    changes: dict[str, Any] = entry.changes or {}
    if (entry.additional_data or {}).get("section") != "objects" or (is_active(user) and user.is_superuser):
        return changes
    return {key: values for key, values in changes.items() if key != "teams"}


def can_revert(user: Any, entry: LogEntry) -> bool:
    """Whether the person may take a change back: they edit for each team that has, had or gets what was changed."""
    if not is_active(user):
        return False
    if user.is_superuser:
        return True
    data = entry.additional_data or {}
    if not may_revert_section(user, data.get("section", "")):
        return False
    model = Wallboard if data["section"] == "wallboards" else Rotation
    states = [state for state in (data.get("before"), data.get("after")) if state]
    theirs = Q(pk=entry.object_id)
    if not data.get("after"):
        # Somebody else may have given the name of what was deleted to something of their own.
        theirs |= Q(slug__in=[state["slug"] for state in states])
    now = model.objects.filter(theirs).values_list("team__name", flat=True)
    return {*now, *(state["team"] for state in states)} <= set(teams_of(user, EDITORS).values_list("name", flat=True))
