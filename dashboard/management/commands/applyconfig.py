from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dashboard.configfile import ConfigurationRefused, apply_file


class Command(BaseCommand):
    help = "Applies a configuration file (docs/configuration.md), all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="Print the difference and change nothing; exit status 2 if any."
        )
        parser.add_argument("--prune", action="store_true", help="Also remove what the file does not name.")

    def handle(self, *args: Any, file: Path, dry_run: bool, prune: bool, **options: Any) -> None:
        try:
            outcome = apply_file(file, dry_run=dry_run, prune=prune)
        except ConfigurationRefused as refused:
            raise CommandError(f"{refused}\nNothing was changed.") from None
        for line in (*outcome.changes, *outcome.notes):
            self.stdout.write(str(line))
        if not outcome.changes:
            self.stdout.write("No difference.")
        elif dry_run:
            raise SystemExit(2)
