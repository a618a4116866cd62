import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dashboard.configfile.changelog import via
from dashboard.embed import create_key, revoke_key
from dashboard.models import EmbedKey, Team
from dashboard.names import sentence, unknown_name


class Command(BaseCommand):
    help = "Creates, lists and revokes the keys with which a team's portal signs embed tokens."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help='Print a new key as {"id", "secret"}; the secret is shown only now.')
        create.add_argument("--team", required=True, help="The team's name.")
        create.add_argument("--note", default="", help="Where the key is used.")
        revoke = actions.add_parser("revoke", help="End a key; boards opened with it close within seconds.")
        revoke.add_argument("id")
        listing = actions.add_parser("list", help="Print the keys, newest first; never their secrets.")
        listing.add_argument("--team", help="Only this team's.")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        with via(f"embedkey {action}"):
            self._do(action, options)

    def _do(self, action: str, options: dict[str, Any]) -> None:
        if action == "create":
            self._create(options["team"], options["note"])
        elif action == "list":
            self._list(options["team"])
        elif revoke_key(options["id"]):
            self.stdout.write(f"The key {options['id']} is revoked.")
        else:
            raise CommandError(f"There is no key “{options['id']}” that could be revoked.")

    def _create(self, name: str, note: str) -> None:
        key, secret = create_key(_team(name), note)
        self.stdout.write(json.dumps({"id": key, "secret": secret}))

    def _list(self, team: str | None) -> None:
        keys = EmbedKey.objects.order_by("-created_at", "id")
        if team is not None:
            keys = keys.filter(team=_team(team))
        # Values, because whole rows would be decrypted, and nobody is to see a secret here.
        found = keys.values_list("id", "team__name", "created_at", "revoked_at", "note")
        rows = [(key, name, _moment(made), _moment(ended), note) for key, name, made, ended, note in found]
        if not rows:
            self.stdout.write("There are no embed keys.")
            return
        rows.insert(0, ("id", "team", "created", "revoked", "note"))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            self.stdout.write("  ".join(map(str.ljust, row, widths)).rstrip())


def _team(name: str) -> Team:
    team = Team.objects.filter(name=name).first()
    if team is None:
        names = list(Team.objects.values_list("name", flat=True))
        raise CommandError(sentence(unknown_name("team", name, names)))
    return team


def _moment(at: datetime | None) -> str:
    """ISO 8601 in UTC, to the second; a dash for never."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else "-"
