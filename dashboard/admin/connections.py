"""Connections, with their history of changes; what the bridge knows of them is in ``statsbridge.admin``."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from dashboard.admin.fieldhelp import FieldHelp
from dashboard.admin.histories import HistoryPages
from dashboard.configfile.changelog import record
from dashboard.configfile.diff import Change
from dashboard.configfile.document import items_of
from statsbridge.admin import ConnectionAdmin
from statsbridge.models import Connection

admin.site.unregister(Connection)


@admin.register(Connection)
class RecordedConnectionAdmin(FieldHelp[Connection], HistoryPages[Connection], ConnectionAdmin):
    def log_change(self, request: HttpRequest, obj: Connection, message: Any) -> Any:
        if isinstance(message, str):
            # It was tested; forms send lists, and what they change is recorded by itself.
            item = items_of("connections", [obj.pk])[obj.pk]
            change = Change("connections", obj.name, item, item, (f"test: {message}",))
            # How it ended is known after the request that middleware tells the history of.
            record([change], {("connections", obj.name): obj.pk}, request.user)
        return super().log_change(request, obj, message)
