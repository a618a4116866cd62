"""The history of changes as a list: who changed which key of what, from what to what; one button takes it back."""

from typing import Any

from auditlog.models import LogEntry
from django.contrib import admin, messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard import access, historyaccess, wanted
from dashboard.admin.histories import Lines, told_lines
from dashboard.admin.scope import ReadOnly
from dashboard.configfile.changelog import RECORDED
from dashboard.configfile.problems import ConfigurationRefused
from dashboard.configfile.revert import can_revert, revert
from dashboard.menu import WORDS
from statsbridge.admin import time_of

admin.site.unregister(LogEntry)
LINES_MOST = 4


class KindFilter(admin.SimpleListFilter):
    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            (section, str(WORDS[model._meta.label_lower]))
            for section, model in RECORDED.items()
            if section in historyaccess.readable_sections(request.user)
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        model = RECORDED.get(self.value() or "")
        return queryset.filter(content_type=ContentType.objects.get_for_model(model)) if model else queryset


@admin.register(LogEntry)
class ChangeAdmin(ReadOnly[LogEntry]):
    list_display = ("at", "who", "what", "changed", "means")
    list_display_links = None
    list_filter = (KindFilter,)
    list_select_related = ("actor", "content_type")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("object_repr", "actor__username")
    fields = list_display
    ordering = ("-pk",)

    def rows_of(self, request: HttpRequest, rows: QuerySet[LogEntry]) -> QuerySet[LogEntry]:
        return historyaccess.visible_changes(request.user, rows)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None:
            return historyaccess.visible_changes(request.user).filter(pk=obj.pk).exists()
        return access.has_role(request.user, None, access.EDITORS)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.revert_view)
        return [path("<int:pk>/revert/", view, name="auditlog_logentry_revert"), *super().get_urls()]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        for entry in found.result_list:
            entry.read_by = request.user
        return found

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> LogEntry | None:
        entry = super().get_object(request, object_id, from_field)
        if entry is not None:
            # What is displayed is only given the row.
            entry.read_by = request.user
        return entry

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": _("History of changes"), **(extra_context or {})})

    def revert_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a change back; only by a button."""
        entry = get_object_or_404(LogEntry.objects.select_related("content_type"), pk=pk)
        if request.method != "POST":
            raise PermissionDenied
        try:
            # Nobody can change whose it is between the question and the answer.
            with wanted.deferred():
                if not historyaccess.can_revert(request.user, entry):
                    raise PermissionDenied
                if not can_revert(entry):
                    raise ConfigurationRefused([_("There is nothing in this change that could be taken back.")])
                revert(entry)
        except ConfigurationRefused as refused:
            for line in [problem.reason for problem in refused.problems] or refused.lines:
                messages.error(request, line)
        else:
            messages.success(request, _("“%s” is as it was before that change.") % entry.object_repr)
        return HttpResponseRedirect(self._page_of(entry))

    @staticmethod
    def _page_of(entry: LogEntry) -> str:
        model = entry.content_type.model_class()
        if model is not None and entry.object_pk and model._default_manager.filter(pk=entry.object_pk).exists():
            return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[entry.object_pk])
        return reverse("admin:auditlog_logentry_changelist")

    @admin.display(description=gettext_lazy("when"), ordering="pk")
    def at(self, entry: LogEntry) -> str:
        return time_of(entry.timestamp)

    @admin.display(description=gettext_lazy("who"), ordering="actor__username")
    def who(self, entry: LogEntry) -> str:
        return entry.actor.get_username() if entry.actor else "–"

    @admin.display(description=gettext_lazy("what"), ordering="object_repr")
    def what(self, entry: LogEntry) -> SafeString | str:
        model = entry.content_type.model_class()
        word = model._meta.verbose_name if model else entry.content_type.model
        if model is None or entry.action == LogEntry.Action.DELETE or not entry.object_pk:
            return f"{word} {entry.object_repr}"
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_history", args=[entry.object_pk])
        return format_html('{} <a href="{}">{}</a>', word, url, entry.object_repr)

    @admin.display(description=gettext_lazy("change"))
    def changed(self, entry: Any) -> SafeString:
        words = {LogEntry.Action.CREATE: _("added"), LogEntry.Action.DELETE: _("deleted")}
        lines = words.get(entry.action) or change_lines(told_lines(entry.read_by, entry))
        return format_html("{} {}", lines, self._back(entry))

    @admin.display(description=gettext_lazy("by means of"))
    def means(self, entry: LogEntry) -> str:
        return (entry.additional_data or {}).get("via") or _("the browser")

    @staticmethod
    def _back(entry: Any) -> SafeString | str:
        if not (
            can_revert(entry) and historyaccess.may_revert_section(entry.read_by, entry.additional_data["section"])
        ):
            return ""
        url = reverse("admin:auditlog_logentry_revert", args=[entry.pk])
        # The list is a form already; this button sends it to another address.
        return format_html('<button class="button" formmethod="post" formaction="{}">{}</button>', url, _("Take back"))


def change_lines(found: Lines) -> SafeString | str:
    """A line for each key: from what to what."""
    if not found:
        return _("who may use it")
    lines = format_html_join(
        "", "<li><b>{}</b>: <del>{}</del> → <ins>{}</ins></li>", [line for line in found[:LINES_MOST] if line[1]]
    )
    secrets = format_html_join(
        "", "<li><b>{}</b>: <ins>{}</ins></li>", [(key, new) for key, old, new in found[:LINES_MOST] if not old]
    )
    more = format_html("<li>… {}</li>", len(found) - LINES_MOST) if len(found) > LINES_MOST else ""
    return format_html('<ul class="changes">{}{}{}</ul>', lines, secrets, more)
