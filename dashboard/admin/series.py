"""Which statistic of which object is open, what it says, and where it is shown."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard import whereused
from dashboard.access import EDITORS, has_role, teams_of
from dashboard.admin.scope import ReadOnly
from statsbridge.admin import moment, state_badge
from statsbridge.models import Series


@admin.register(Series)
class SeriesAdmin(ReadOnly[Series]):
    list_display = ("definition", "object_title", "state", "value", "at", "wallboards", "wanted")
    list_filter = ("wanted", "last_value__state", "monitored_object__connection", "definition")
    list_select_related = ("definition", "monitored_object__connection", "last_value")
    list_display_links = None
    list_per_page = 50
    search_fields = ("definition__name", "definition__title", "monitored_object__name", "monitored_object__title")
    ordering = ("definition__name", "monitored_object__name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Series]:
        return super().get_queryset(request).prefetch_related("tiles__wallboard")

    def rows_of(self, request: HttpRequest, rows: QuerySet[Series]) -> QuerySet[Series]:
        return rows.filter(tiles__wallboard__team__in=teams_of(request.user, EDITORS)).distinct()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or has_role(request.user, None, EDITORS)

    @admin.display(description=gettext_lazy("object"), ordering="monitored_object__title")
    def object_title(self, series: Series) -> str:
        return f"{series.monitored_object.title} ({series.monitored_object.type})"

    @admin.display(description=gettext_lazy("state"), ordering="last_value__state")
    def state(self, series: Any) -> str:
        last = getattr(series, "last_value", None)
        if not series.wanted:
            return state_badge("unused", _("No enabled wallboard shows it."))
        return state_badge(last.state, last.reason) if last else state_badge("pending")

    @admin.display(description=gettext_lazy("last value"))
    def value(self, series: Any) -> str:
        last = getattr(series, "last_value", None)
        if last is None or last.value is None:
            return last.reason if last and last.reason else "–"
        return whereused.value_in_words(last.value)

    @admin.display(description=gettext_lazy("of"), ordering="last_value__at")
    def at(self, series: Any) -> str:
        last = getattr(series, "last_value", None)
        return moment(last.at) if last else "–"

    @admin.display(description=gettext_lazy("wallboards"))
    def wallboards(self, series: Series) -> str:
        boards = {tile.wallboard for tile in series.tiles.all()}
        links = ((board.get_absolute_url(), board.title) for board in sorted(boards, key=lambda board: board.slug))
        return format_html_join(", ", '<a href="{}">{}</a>', links) or "–"
