from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dashboard.privacy import erase, look_up


class Command(BaseCommand):
    help = "Erases an agent (by object name or Genesys id) or a user (by user name) everywhere: see docs/privacy.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("person", help="The object's name, the agent's Genesys id, or the user name.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be removed and change nothing.")

    def handle(self, *args: Any, person: str, dry_run: bool, **options: Any) -> None:
        erasure = look_up(person)
        if not erasure.found:
            raise CommandError(f"There is no agent and no user “{person}”.")
        for line in erasure.lines():
            self.stdout.write(f"- {line}")
        if dry_run:
            self.stdout.write("Nothing was changed.")
            return
        erase(erasure)
        self.stdout.write("Erased. Backups and configuration files that name the person are yours to clean.")
