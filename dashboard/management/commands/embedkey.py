import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dashboard.embed import create_key, revoke_key
from dashboard.models import Team
from dashboard.names import unknown_name


class Command(BaseCommand):
    help = "Creates and revokes the keys with which a team's portal signs embed tokens."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help='Print a new key as {"id", "secret"}; the secret is shown only now.')
        create.add_argument("--team", required=True, help="The team's name.")
        create.add_argument("--note", default="", help="Where the key is used.")
        revoke = actions.add_parser("revoke", help="End a key; boards opened with it close within seconds.")
        revoke.add_argument("id")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if action == "create":
            self._create(options["team"], options["note"])
        elif revoke_key(options["id"]):
            self.stdout.write(f"The key {options['id']} is revoked.")
        else:
            raise CommandError(f"There is no key “{options['id']}” that could be revoked.")

    def _create(self, name: str, note: str) -> None:
        team = Team.objects.filter(name=name).first()
        if team is None:
            reason = unknown_name("team", name, list(Team.objects.values_list("name", flat=True)))
            raise CommandError(reason[:1].upper() + reason[1:])
        key, secret = create_key(team, note)
        self.stdout.write(json.dumps({"id": key, "secret": secret}))
