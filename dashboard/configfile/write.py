"""Writes changes to the database, many rows at a time, and to the history. Runs in the caller's transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import F, Value
from django.db.models.functions import Concat

from dashboard.configfile import changelog, recording
from dashboard.configfile.boardwriter import write_rotations, write_wallboards
from dashboard.configfile.diff import Change
from dashboard.configfile.rows import ids_by_name, links, replace_links, upsert
from dashboard.configfile.schema import name_key
from dashboard.configfile.secrets import SecretChange
from dashboard.configfile.substitute import SECRET_FIELDS
from dashboard.models import Membership, Team
from dashboard.signin.models import TeamRule
from statsbridge.models import Connection, MonitoredObject, StatisticDefinition

Secrets = Mapping[tuple[str, str], SecretChange]
#: Others refer to them, so they go when nobody does any more.
_LAST = ("teams", "connections")


def write(changes: Sequence[Change], secrets: Secrets) -> None:
    """Make the stored configuration what ``changes`` say, in an order that leaves no reference without its end.

    Args:
        changes: As ``diff`` orders them: what is referred to comes first.
        secrets: What to do with each (connection, field) that the file names.
    """
    before = changelog.ids_of(change for change in changes if change.before is not None)
    with recording.paused():
        _write(changes, secrets)
    changelog.record(changes, before | changelog.ids_of(change for change in changes if change.after is not None))


def _write(changes: Sequence[Change], secrets: Secrets) -> None:
    gone = [change for change in changes if change.after is None]
    # First, because what comes may have the ids of what goes.
    for section in ("rotations", "wallboards", "statistics", "objects"):
        _delete(section, [change for change in gone if change.section == section])
    kept: dict[str, list[Change]] = {section: [] for section in changelog.MODELS}
    for change in changes:
        if change.after is not None:
            kept[change.section].append(change)
    for change in kept["connections"]:
        _write_connection(change, secrets)
    for change in kept["teams"]:
        _write_team(change)
    _write_objects(kept["objects"])
    _write_statistics(kept["statistics"])
    write_wallboards(kept["wallboards"])
    write_rotations(kept["rotations"])
    for section in _LAST:
        _delete(section, [change for change in gone if change.section == section])


def _delete(section: str, gone: Sequence[Change]) -> None:
    model, key = changelog.MODELS[section], name_key(section)
    found = model.objects.in_bulk([change.name for change in gone], field_name=key) if gone else {}
    pks = [row.pk for row in found.values()]
    for start in range(0, len(pks), 500):
        model.objects.filter(pk__in=pks[start : start + 500]).delete()


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


def _write_team(change: Change) -> None:
    assert change.after is not None  # noqa: S101  # see write
    team, _ = Team.objects.update_or_create(name=change.name, defaults={"title": change.after["title"]})
    roles = {member["username"]: member["role"] for member in change.after["members"]}
    by_hand = team.memberships.filter(by_rule=False).select_related("user")
    stored = {member.user.get_username(): member for member in by_hand}
    for name in stored.keys() - roles.keys():
        stored[name].delete()
    for name, role in roles.items():
        member = stored.get(name)
        if member is None:
            Membership.objects.update_or_create(team=team, user=_user(name), defaults={"role": role, "by_rule": False})
        elif member.role != role:
            member.role = role
            member.save()
    _write_rules(team, change.after["rules"])


def _write_rules(team: Team, rules: list[dict[str, str]]) -> None:
    stored = {(rule.claim, rule.value): rule for rule in team.rules.all()}
    wanted = {(rule["claim"], rule["value"]): rule["role"] for rule in rules}
    for key in stored.keys() - wanted.keys():
        stored[key].delete()
    for (claim, value), role in wanted.items():
        TeamRule.objects.update_or_create(team=team, claim=claim, value=value, defaults={"role": role})


def _user(name: str) -> Any:
    """The user of that name; a new one cannot sign in until someone sets a password."""
    users = get_user_model()
    user = users.objects.filter(**{users.USERNAME_FIELD: name}).first()
    if user is None:
        user = users(**{users.USERNAME_FIELD: name})
        user.set_unusable_password()
        user.save()
    return user


def _write_objects(changes: Sequence[Change]) -> None:
    if not changes:
        return
    connections, teams = ids_by_name(Connection), ids_by_name(Team)
    items = [change.after for change in changes if change.after is not None]
    identity = ("connection", "type", "id")
    moved = [
        change.name
        for change in changes
        if change.before and change.after and any(change.before[key] != change.after[key] for key in identity)
    ]
    for start in range(0, len(moved), 500):
        # Two that swap their ids must not meet on the way.
        rows = MonitoredObject.objects.filter(name__in=moved[start : start + 500])
        rows.update(object_id=Concat(Value("\x7f"), F("name")))
    rows_by_name = upsert(
        [
            MonitoredObject(
                name=item["name"],
                title=item["title"],
                connection_id=connections[item["connection"]],
                type=item["type"],
                object_id=item["id"],
                tags=item["tags"],
            )
            for item in items
        ],
        "name",
    )
    changed = [change for change in changes if change.after and change.after["teams"] != _teams_before(change)]
    through = Team.monitored_objects.through
    wanted = {
        rows_by_name[change.name]: [teams[name] for name in change.after["teams"]] for change in changed if change.after
    }
    replace_links(through, "monitoredobject_id", wanted, links(through, "monitoredobject_id", "team_id"))


def _teams_before(change: Change) -> list[str]:
    return list(change.before["teams"]) if change.before else []


def _write_statistics(changes: Sequence[Change]) -> None:
    items = [change.after for change in changes if change.after is not None]
    rows = [StatisticDefinition(**{**item, "statistic": item["statistic"] or ""}) for item in items]
    upsert(rows, "name")
