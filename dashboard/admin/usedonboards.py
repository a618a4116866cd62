"""What the lists and pages of definitions and objects have in common: where one is used, and what becomes of it."""

from typing import Any, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dashboard import access, wanted, whereused
from dashboard.admin.scope import ScopedAdmin
from dashboard.configfile.problems import ConfigurationRefused
from dashboard.configfile.usage import boards_bereft
from dashboard.names import unknown_name
from dashboard.plain import parse_id
from dashboard.wording import in_words
from statsbridge.admin import moment, state_badge
from statsbridge.clock import Clock
from statsbridge.models import Connection, Series

ModelT = TypeVar("ModelT", bound=models.Model)
OFFERED_MOST = 300


class StateFilter(admin.SimpleListFilter):
    """What an operator looks for."""

    title = gettext_lazy("state")
    parameter_name = "is"
    STATES = ("rejected", "silent", "used", "unused")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("rejected", gettext_lazy("Rejected by Genesys")),
            ("silent", gettext_lazy("Silent for an hour")),
            ("used", gettext_lazy("On a wallboard")),
            ("unused", gettext_lazy("On no wallboard")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        state = self.value()
        if state not in dict(self.lookup_choices):
            return queryset
        section = {"monitoredobject": "objects"}.get(str(queryset.model._meta.model_name), "statistics")
        return whereused.in_state(queryset, section, state, Clock().now(), _within(request))


class _BySeries(admin.SimpleListFilter):
    """By what is measured, not by what a row says itself; a state is then asked of these series alone."""

    #: The look-up of ``Series``.
    path: str

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in dict(self.lookup_choices) or request.GET.get("is") in StateFilter.STATES:
            return queryset
        return queryset.filter(Exists(Series.objects.filter(**{self.path: self.value()}, definition=OuterRef("pk"))))


class ByConnection(_BySeries):
    title = gettext_lazy("connection")
    parameter_name = "connection"
    path = "monitored_object__connection"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(pk), name) for pk, name in Connection.objects.values_list("pk", "name")]


class ByTeam(_BySeries):
    """Of the boards of a team."""

    title = gettext_lazy("on wallboards of")
    parameter_name = "team"
    path = "tiles__wallboard__team"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(team.pk), team.title) for team in access.teams_of(request.user, access.EDITORS)]


def _within(request: HttpRequest) -> dict[str, int]:
    """Of which series a state is asked; the boards of other teams are none of a person's business."""
    connection, team = (parse_id(request.GET.get(name, "")) for name in ("connection", "team"))
    within = {ByConnection.path: connection} if connection is not None else {}
    if team is not None and access.teams_of(request.user, access.EDITORS).filter(pk=team).exists():
        within[ByTeam.path] = team
    return within


class UsedOnBoards(ScopedAdmin[ModelT]):
    """Rows that wallboards show: deleted where no wallboard would be spoiled, or another takes the place."""

    #: The section of the configuration file.
    section: str

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelT]:
        return whereused.with_state(super().get_queryset(request), self.section)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        to_delete, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, lacking, [*protected, *boards_bereft(self.section, {one.name for one in objs})]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> ModelT | None:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            # ``where_used`` is only given the row.
            found.looked_at_by = request.user  # type: ignore[attr-defined]
        return found

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row: Any = self.get_object(request, unquote(object_id))
        shown = whereused.uses(self.section, [row.pk]) if row is not None else []
        if row is None or not shown:
            return super().delete_view(request, object_id, extra_context)
        if not self.has_delete_permission(request, row):
            raise PermissionDenied
        problems: list[str] = []
        given = request.POST.get("replacement", "").strip()
        if request.method == "POST":
            problems = (
                self._replace_and_delete(request, row, given) if given else boards_bereft(self.section, {row.name})
            )
            if given and not problems:
                return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))
            if not given and not problems:
                return super().delete_view(request, object_id, extra_context)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Delete %(name)s, which is in use") % {"name": row.title},
            "opts": self.opts,
            "object": row,
            "uses": shown,
            "problems": problems,
            "given": given,
            "offered": self._candidates(row)[:OFFERED_MOST],
            "spoiled": boards_bereft(self.section, {row.name}),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/delete_in_use.html", context)

    def _candidates(self, row: Any) -> QuerySet[Any]:
        others: QuerySet[Any] = self.model._default_manager.exclude(pk=row.pk).order_by("name")
        same = {"type": row.type, "connection": row.connection_id} if self.section == "objects" else {"unit": row.unit}
        return others.filter(**same)

    def _replace_and_delete(self, request: HttpRequest, row: Any, name: str) -> list[str]:
        other: Any = self.model._default_manager.filter(name=name).exclude(pk=row.pk).first()
        if other is None:
            names = list(self.model._default_manager.exclude(pk=row.pk).values_list("name", flat=True))
            return [in_words(unknown_name(whereused.REFERENCE[self.section][0], name, names))]
        try:
            with wanted.deferred():
                whereused.replace(self.section, row, other)
                self.log_deletions(request, self.model._default_manager.filter(pk=row.pk))
                row.delete()
        except ConfigurationRefused as refused:
            return [in_words(problem.reason) for problem in refused.problems] or list(refused.lines)
        text = _("“%(old)s” is deleted; its wallboards show “%(new)s”.") % {"old": row.title, "new": other.title}
        messages.success(request, text)
        return []

    @admin.display(description=gettext_lazy("where it is used"))
    def where_used(self, row: Any) -> SafeString | str:
        shown = whereused.uses(self.section, [row.pk]) if row.pk else []
        if not shown:
            return _("On no wallboard.")
        known = set(access.known_wallboards(row.looked_at_by).values_list("slug", flat=True))
        links = [
            (reverse("wallboard", args=[use.slug]), use.wallboard, use.tile, use.team)
            for use in shown
            if use.slug in known
        ]
        listed = format_html_join("", '<li><a href="{}">{}</a> · {} <small>({})</small></li>', links)
        others = len({use.slug for use in shown} - known)
        if others:
            text = ngettext("On %d wallboard of other teams.", "On %d wallboards of other teams.", others) % others
            listed += format_html("<li>{}</li>", text)
        limits = ""
        if self.section == "statistics" and row.thresholds:
            mine, own = whereused.threshold_uses(shown)
            limits = _("Its thresholds judge %(mine)d tiles; %(own)d have their own.") % {"mine": mine, "own": own}
        return format_html('<ul class="uses">{}</ul>{}', listed, limits)

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: Any) -> SafeString:
        word, reason = whereused.state_in_words(row, Clock().now())
        badge = state_badge(word, reason)
        if word == "rejected":
            count = ngettext("%d series", "%d series", row.rejected) % row.rejected
            return format_html("{} <small>{}: {}</small>", badge, count, reason)
        if word == "silent":
            since = _("since %s") % moment(row.newest) if row.newest else _("never a value")
            return format_html("{} <small>{}</small>", badge, since)
        return badge

    @admin.display(description=gettext_lazy("last value"), ordering="newest")
    def latest(self, row: Any) -> SafeString | str:
        return format_html('<span title="{}">{}</span>', moment(row.newest), whereused.value_in_words(row.latest))

    @admin.display(description=gettext_lazy("wallboards"), ordering="board_count")
    def boards(self, row: Any) -> int:
        return int(row.board_count)
