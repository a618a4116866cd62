"""Writes changes to the database. Runs in the caller's transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth import get_user_model

from dashboard.configfile.diff import Change
from dashboard.configfile.secrets import SecretChange
from dashboard.configfile.substitute import SECRET_FIELDS
from dashboard.models import Membership, Team, Tile, TileSeries, Wallboard
from dashboard.wanted import series_for
from statsbridge.models import Connection, MonitoredObject, Series, StatisticDefinition

Secrets = Mapping[tuple[str, str], SecretChange]


def write(changes: Sequence[Change], secrets: Secrets) -> None:
    """Make the stored configuration what ``changes`` say, in an order that leaves no reference without its end.

    Args:
        changes: As ``diff`` orders them: what is referred to comes first.
        secrets: What to do with each (connection, field) that the file names.
    """
    for change in changes:
        if change.after is not None:
            _WRITERS[change.section](change, secrets)
    _write_object_teams(changes)
    for change in reversed(changes):
        if change.after is None:
            _delete(change)


def _delete(change: Change) -> None:
    model: Any = {
        "connections": Connection,
        "teams": Team,
        "objects": MonitoredObject,
        "statistics": StatisticDefinition,
        "wallboards": Wallboard,
    }[change.section]
    model.objects.get(**{"slug" if model is Wallboard else "name": change.name}).delete()


def _write_connection(change: Change, secrets: Secrets) -> None:
    assert change.after is not None  # noqa: S101  # see write
    connection = Connection.objects.filter(name=change.name).first() or Connection(name=change.name)
    for key, value in change.after.items():
        if key not in SECRET_FIELDS:
            setattr(connection, key, value)
    put_secrets(connection, secrets)
    connection.save()


def put_secrets(connection: Connection, secrets: Secrets) -> None:
    """Put the file's secrets, and where they came from, into a connection that is about to be saved."""
    sources = dict(connection.secret_sources)
    for (name, field), change in secrets.items():
        if name == connection.name:
            setattr(connection, field, change.text)
            sources[field] = change.source
    connection.secret_sources = {field: source for field, source in sources.items() if source}


def _write_team(change: Change, secrets: Secrets) -> None:
    assert change.after is not None  # noqa: S101  # see write
    team, _ = Team.objects.update_or_create(name=change.name, defaults={"title": change.after["title"]})
    roles = {member["username"]: member["role"] for member in change.after["members"]}
    stored = {member.user.get_username(): member for member in team.memberships.select_related("user")}
    for name in stored.keys() - roles.keys():
        stored[name].delete()
    for name, role in roles.items():
        member = stored.get(name)
        if member is None:
            Membership.objects.create(team=team, user=_user(name), role=role)
        elif member.role != role:
            member.role = role
            member.save()


def _user(name: str) -> Any:
    """The user of that name; a new one cannot sign in until someone sets a password."""
    users = get_user_model()
    user = users.objects.filter(**{users.USERNAME_FIELD: name}).first()
    if user is None:
        user = users(**{users.USERNAME_FIELD: name})
        user.set_unusable_password()
        user.save()
    return user


def _write_object(change: Change, secrets: Secrets) -> None:
    assert change.after is not None  # noqa: S101  # see write
    after = change.after
    MonitoredObject.objects.update_or_create(
        name=change.name,
        defaults={
            "title": after["title"],
            "connection": Connection.objects.get(name=after["connection"]),
            "type": after["type"],
            "object_id": after["id"],
            "tags": after["tags"],
        },
    )


def _write_object_teams(changes: Sequence[Change]) -> None:
    for change in changes:
        if change.section == "objects" and change.after is not None:
            before = change.before["teams"] if change.before else []
            if change.after["teams"] != before:
                monitored = MonitoredObject.objects.get(name=change.name)
                monitored.teams.set(Team.objects.filter(name__in=change.after["teams"]))


def _write_statistic(change: Change, secrets: Secrets) -> None:
    assert change.after is not None  # noqa: S101  # see write
    values = {key: value for key, value in change.after.items() if key != "name"}
    values["statistic"] = values["statistic"] or ""
    StatisticDefinition.objects.update_or_create(name=change.name, defaults=values)


def _write_wallboard(change: Change, secrets: Secrets) -> None:
    assert change.after is not None  # noqa: S101  # see write
    after = change.after
    same = ("title", "timezone", "columns", "enabled", "allowed_origins")
    values = {key: after[key] for key in same} | {"team": Team.objects.get(name=after["team"])}
    wallboard, _ = Wallboard.objects.update_or_create(slug=change.name, defaults=values)
    wallboard.shared_with.set(Team.objects.filter(name__in=after["shared_with"]))
    before = {tile["id"]: (order, tile) for order, tile in enumerate(change.before["tiles"] if change.before else [])}
    wallboard.tiles.exclude(key__in=[tile["id"] for tile in after["tiles"]]).delete()
    for order, tile in enumerate(after["tiles"]):
        if before.get(tile["id"]) != (order, tile):
            _write_tile(wallboard, order, tile)


def _write_tile(wallboard: Wallboard, order: int, tile: dict[str, Any]) -> None:
    values = {key: tile[key] for key in ("kind", "title", "options", "thresholds", "decimals")} | tile["position"]
    stored, _ = Tile.objects.update_or_create(wallboard=wallboard, key=tile["id"], defaults=values | {"order": order})
    wanted = [_series(one["statistic"], one["object"]) for one in tile["series"]]
    TileSeries.objects.filter(tile=stored).delete()
    TileSeries.objects.bulk_create(
        TileSeries(tile=stored, series=series, order=place) for place, series in enumerate(wanted)
    )


def _series(statistic: str, monitored_object: str) -> Series:
    return series_for(
        StatisticDefinition.objects.get(name=statistic), MonitoredObject.objects.get(name=monitored_object)
    )


_WRITERS = {
    "connections": _write_connection,
    "teams": _write_team,
    "objects": _write_object,
    "statistics": _write_statistic,
    "wallboards": _write_wallboard,
}
