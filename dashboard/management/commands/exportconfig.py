from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dashboard.configfile import export_text


class Command(BaseCommand):
    help = "Writes the stored configuration as a file for applyconfig; secrets stand in it as ${NAME}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="Where to write; standard output without it.")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        text = export_text()
        if file is None:
            self.stdout.write(text, ending="")
            return
        try:
            file.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{file}: cannot be written: {error.strerror or error}") from None
