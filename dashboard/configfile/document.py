"""The stored configuration in the file's terms: the form that export prints and a file is compared with.

A document is ``{section: {name: item}}``; items have the file's keys, always all of them. Secrets stand as the text
``${NAME}`` they are exported as, or as the empty text; a tile's own options are under ``options``.
"""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from dashboard.configfile.substitute import SECRET_FIELDS
from dashboard.models import Team, Tile, Wallboard
from dashboard.thresholds import Thresholds
from dashboard.tiles import KINDS
from statsbridge.models import Connection, MonitoredObject, StatisticDefinition

Document = dict[str, dict[str, dict[str, Any]]]


def stored_document() -> Document:
    """Read everything that the file can hold from the database, items in the order of their names."""
    wallboards = Wallboard.objects.select_related("team").prefetch_related(
        "shared_with",
        "tiles__tile_series__series__definition",
        "tiles__tile_series__series__monitored_object",
    )
    return {
        "connections": {one.name: _connection(one) for one in _ordered(Connection.objects.all())},
        "objects": {
            one.name: _object(one)
            for one in _ordered(MonitoredObject.objects.select_related("connection").prefetch_related("teams"))
        },
        "statistics": {one.name: _statistic(one) for one in _ordered(StatisticDefinition.objects.all())},
        "teams": {one.name: _team(one) for one in _ordered(Team.objects.prefetch_related("memberships__user"))},
        "wallboards": {one.slug: _wallboard(one) for one in sorted(wallboards, key=lambda one: one.slug)},
    }


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


def _object(one: MonitoredObject) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "connection": one.connection.name,
        "type": one.type,
        "id": one.object_id,
        "tags": list(one.tags),
        "teams": sorted(team.name for team in one.teams.all()),
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


def _team(one: Team) -> dict[str, Any]:
    members = [{"username": member.user.get_username(), "role": member.role} for member in one.memberships.all()]
    return {"name": one.name, "title": one.title, "members": sorted(members, key=lambda member: member["username"])}


def _wallboard(one: Wallboard) -> dict[str, Any]:
    return {
        "slug": one.slug,
        "title": one.title,
        "team": one.team.name,
        "shared_with": sorted(team.name for team in one.shared_with.all()),
        "timezone": one.timezone,
        "columns": one.columns,
        "enabled": one.enabled,
        "allowed_origins": list(one.allowed_origins),
        "tiles": [_tile(tile) for tile in one.tiles.all()],
    }


def _tile(one: Tile) -> dict[str, Any]:
    return {
        "id": one.key,
        "kind": one.kind,
        "title": one.title,
        "series": [
            {"statistic": link.series.definition.name, "object": link.series.monitored_object.name}
            for link in one.tile_series.all()
        ],
        "position": dict(one.position),
        "thresholds": plain_thresholds(one.thresholds),
        "decimals": one.decimals,
        "options": plain_options(one.kind, one.options),
    }


def plain_thresholds(thresholds: dict[str, Any] | Thresholds | None) -> dict[str, Any] | None:
    """Thresholds without what says nothing, whole numbers as such; what is not valid stays as it is."""
    try:
        checked = Thresholds.model_validate(thresholds) if isinstance(thresholds, dict) else thresholds
    except ValidationError:
        return dict(thresholds) if isinstance(thresholds, dict) else None
    if checked is None:
        return None
    given = {
        "warning": checked.warning,
        "critical": checked.critical,
        "clear": checked.clear or None,
        "hold": checked.hold or None,
    }
    return {"direction": checked.direction} | {key: plain_number(n) for key, n in given.items() if n is not None}


def plain_options(kind: str, options: dict[str, Any]) -> dict[str, Any]:
    """A tile's options without those at their default; what is not valid stays as it is."""
    try:
        checked = KINDS[kind].options.model_validate(options)
    except (KeyError, ValidationError):
        return dict(options)
    plain: dict[str, Any] = plain_number(checked.model_dump(mode="json", exclude_defaults=True))
    return plain


def plain_number(value: Any) -> Any:
    """3.0 as 3, so that a number looks in the file as people write it; also inside of mappings and lists."""
    if isinstance(value, dict):
        return {key: plain_number(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain_number(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
