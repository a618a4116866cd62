from typing import Any

from django.core.management.base import BaseCommand

from dashboard.configfile.jsonschema import schema_text


class Command(BaseCommand):
    help = "Prints the JSON Schema of the configuration file, for editors: static/dashboard/configuration.schema.json."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(schema_text(), ending="")
