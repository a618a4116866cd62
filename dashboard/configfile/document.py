"""The stored configuration in the file's terms: the form that export prints and a file is compared with.

A document is ``{section: {name: item}}``; items have the file's keys, always all of them. Secrets stand as the text
``${NAME}`` they are exported as, or as the empty text; a tile's own options are under ``options``.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any
from urllib.parse import urlsplit

from dashboard.configfile.substitute import SECRET_FIELDS
from dashboard.models import Membership, Rotation, RotationStep, Team, Tile, TileSeries, Wallboard
from dashboard.plain import plain_options, plain_thresholds
from dashboard.redaction import plain_views
from dashboard.signin.models import TeamRule
from statsbridge.models import Connection, MonitoredObject, StatisticDefinition

Document = dict[str, dict[str, dict[str, Any]]]


def stored_document() -> Document:
    """Read everything that the file can hold from the database, items in the order of their names."""
    # Whole tables are joined here and not by prefetching, whose lists of ids grow beyond what SQLite takes.
    only_for = _grouped(Team.monitored_objects.through.objects.values_list("monitoredobject", "team__name"))
    viewers = _grouped(Wallboard.shared_with.through.objects.values_list("wallboard", "team__name"))
    series = _grouped_pairs()
    tiles: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for tile in Tile.objects.all():
        tiles[tile.wallboard_id].append(_tile(tile, series[tile.pk]))
    members: dict[int, list[Membership]] = defaultdict(list)
    for member in Membership.objects.filter(by_rule=False).select_related("user"):
        members[member.team_id].append(member)
    rules: dict[int, list[TeamRule]] = defaultdict(list)
    for rule in TeamRule.objects.all():
        rules[rule.team_id].append(rule)
    objects = _ordered(MonitoredObject.objects.select_related("connection"))
    wallboards = sorted(Wallboard.objects.select_related("team"), key=lambda one: one.slug)
    steps: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for step in RotationStep.objects.select_related("wallboard"):
        steps[step.rotation_id].append(_step(step))
    # One whose wallboards were all deleted shows nothing, and a file could not hold it.
    rotations = sorted(
        (one for one in Rotation.objects.select_related("team") if steps[one.pk]), key=lambda one: one.slug
    )
    return {
        "connections": {one.name: _connection(one) for one in _ordered(Connection.objects.all())},
        "objects": {one.name: _object(one, only_for[one.pk]) for one in objects},
        "statistics": {one.name: _statistic(one) for one in _ordered(StatisticDefinition.objects.all())},
        "teams": {one.name: _team(one, members[one.pk], rules[one.pk]) for one in _ordered(Team.objects.all())},
        "wallboards": {one.slug: _wallboard(one, viewers[one.pk], tiles[one.pk]) for one in wallboards},
        "rotations": {one.slug: _rotation(one, steps[one.pk]) for one in rotations},
    }


def items_of(section: str, pks: Collection[int]) -> dict[int, dict[str, Any]]:
    """The items of these rows as they are stored, by the rows' ids."""
    rows: Any
    match section:
        case "connections":
            return {one.pk: _connection(one) for one in Connection.objects.filter(pk__in=pks)}
        case "objects":
            rows = MonitoredObject.objects.filter(pk__in=pks).select_related("connection").prefetch_related("teams")
            return {one.pk: _object(one, sorted(team.name for team in one.teams.all())) for one in rows}
        case "statistics":
            return {one.pk: _statistic(one) for one in StatisticDefinition.objects.filter(pk__in=pks)}
        case "teams":
            rows = Team.objects.filter(pk__in=pks).prefetch_related("memberships__user", "rules")
            return {one.pk: _team(one, list(one.memberships.all()), list(one.rules.all())) for one in rows}
        case "rotations":
            rows = Rotation.objects.filter(pk__in=pks).select_related("team").prefetch_related("steps__wallboard")
            return {one.pk: _rotation(one, [_step(step) for step in one.steps.all()]) for one in rows}
    rows = (
        Wallboard.objects.filter(pk__in=pks)
        .select_related("team")
        .prefetch_related(
            "shared_with", "tiles__tile_series__series__definition", "tiles__tile_series__series__monitored_object"
        )
    )
    return {one.pk: _whole_wallboard(one) for one in rows}


def _whole_wallboard(one: Wallboard) -> dict[str, Any]:
    tiles = []
    for tile in one.tiles.all():
        shown = [link.series for link in tile.tile_series.all()]
        series = [{"statistic": each.definition.name, "object": each.monitored_object.name} for each in shown]
        tiles.append(_tile(tile, series))
    return _wallboard(one, sorted(team.name for team in one.shared_with.all()), tiles)


def _step(step: RotationStep) -> dict[str, Any]:
    return {"wallboard": step.wallboard.slug, "seconds": step.seconds}


def wallboard_document(
    wallboard: Wallboard, statistics: Iterable[StatisticDefinition], objects: Iterable[MonitoredObject]
) -> Document:
    """One wallboard with the given statistics and objects, as its own team sees them: other teams are left out."""
    links = TileSeries.objects.filter(tile__wallboard=wallboard).order_by("order", "pk")
    names = ("tile", "series__definition__name", "series__monitored_object__name")
    series: dict[int, list[dict[str, str]]] = defaultdict(list)
    for tile, statistic, monitored_object in links.values_list(*names):
        series[tile].append({"statistic": statistic, "object": monitored_object})
    own = wallboard.team.name
    viewers = sorted(wallboard.shared_with.values_list("name", flat=True))
    team_only = set(wallboard.team.monitored_objects.values_list("pk", flat=True))
    return {
        "connections": {},
        "objects": {one.name: _object(one, [own] if one.pk in team_only else []) for one in objects},
        "statistics": {one.name: _statistic(one) for one in statistics},
        "teams": {name: {"name": name} for name in (own, *viewers)},
        "wallboards": {
            wallboard.slug: _wallboard(
                wallboard, viewers, [_tile(tile, series[tile.pk]) for tile in wallboard.tiles.all()]
            )
        },
    }


def _grouped(pairs: Iterable[tuple[int, str]]) -> dict[int, list[str]]:
    """Sorted names by the id of the row they belong to."""
    groups: dict[int, list[str]] = defaultdict(list)
    for key, name in sorted(pairs):
        groups[key].append(name)
    return groups


def _grouped_pairs() -> dict[int, list[dict[str, str]]]:
    """The series of each tile, in order, by the tile's id."""
    groups: dict[int, list[dict[str, str]]] = defaultdict(list)
    names = ("tile", "series__definition__name", "series__monitored_object__name")
    for tile, statistic, monitored_object in TileSeries.objects.order_by("order", "pk").values_list(*names):
        groups[tile].append({"statistic": statistic, "object": monitored_object})
    return groups


def _ordered(items: Iterable[Any]) -> list[Any]:
    """By name as Python compares it: databases differ in how they collate."""
    return sorted(items, key=lambda one: str(one.name))


def variable_name(connection: str, field: str) -> str:
    """The variable that an export names for a secret that came from nowhere: ``MAIN_CLIENT_SECRET``."""
    name = re.sub(r"[^A-Z0-9]", "_", f"{connection}_{field}".upper())
    return f"_{name}" if name[0].isdigit() else name


def secret_reference(connection: Connection, field: str) -> str:
    """What stands in the file for a stored secret; the empty text where there is none.

    A proxy without a password is no secret and stands as it is, unless it came from a variable.
    """
    text = getattr(connection, field)
    variable = connection.secret_sources.get(field, {}).get("variable")
    if not text:
        return ""
    if field == "proxy" and not variable and not has_password(text):
        return str(text).replace("${", "$${")
    return "${" + (variable or variable_name(connection.name, field)) + "}"


def has_password(proxy: str) -> bool:
    return "@" in urlsplit(proxy).netloc


def _connection(one: Connection) -> dict[str, Any]:
    names = (
        "name", "api_url", "auth_url", "api_key", "client_id", "client_secret", "grant", "username", "password",
        "refresh_token", "timezone", "proxy", "ca_file", "enabled",
    )  # fmt: skip
    return {name: secret_reference(one, name) if name in SECRET_FIELDS else getattr(one, name) for name in names}


def _object(one: MonitoredObject, only_for: list[str]) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "connection": one.connection.name,
        "type": one.type,
        "id": one.object_id,
        "tags": list(one.tags),
        "teams": only_for,
    }


def _statistic(one: StatisticDefinition) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "description": one.description,
        "statistic": one.statistic or None,
        "definition": one.definition,
        "unit": one.unit,
        "decimals": one.decimals,
        "thresholds": plain_thresholds(one.thresholds),
    }


def _team(one: Team, memberships: list[Membership], rules: list[TeamRule]) -> dict[str, Any]:
    """Without the members that rules gave: who signs in with Genesys is no part of the configuration."""
    by_hand = [member for member in memberships if not member.by_rule]
    members = [{"username": member.user.get_username(), "role": member.role} for member in by_hand]
    given = [{"claim": rule.claim, "value": rule.value, "role": rule.role} for rule in rules]
    return {
        "name": one.name,
        "title": one.title,
        "members": sorted(members, key=lambda member: member["username"]),
        "rules": sorted(given, key=lambda rule: (rule["claim"], rule["value"])),
    }


def _wallboard(one: Wallboard, viewers: list[str], tiles: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "slug": one.slug,
        "title": one.title,
        "team": one.team.name,
        "shared_with": viewers,
        "timezone": one.timezone,
        "columns": one.columns,
        "enabled": one.enabled,
        "allowed_origins": list(one.allowed_origins),
        "opening_hours": list(one.opening_hours),
        "sound": one.sound,
        "quiet_hours": list(one.quiet_hours),
        "tiles": tiles,
    }


def _rotation(one: Rotation, steps: list[dict[str, Any]]) -> dict[str, Any]:
    return {"slug": one.slug, "title": one.title, "team": one.team.name, "steps": steps}


def _tile(one: Tile, series: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "id": one.key,
        "kind": one.kind,
        "title": one.title,
        "series": series,
        "position": dict(one.position),
        "thresholds": plain_thresholds(one.thresholds),
        "decimals": one.decimals,
        "hidden_from": plain_views(one.hidden_from),
        "options": plain_options(one.kind, one.options),
    }
