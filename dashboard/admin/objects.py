"""Agents, groups, queues and route points."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.access import EDITORS, has_role, usable_objects
from dashboard.admin.bulkpages import BulkPages
from dashboard.admin.erasing import ErasingPages
from dashboard.admin.fields import LinesField
from dashboard.admin.scope import OwnTeams, SparesBoards
from dashboard.admin.usedonboards import StateFilter, UsedOnBoards
from dashboard.configfile.usage import Changes
from dashboard.models import Team
from statsbridge.models import MonitoredObject


class ObjectForm(SparesBoards[MonitoredObject]):
    tags = LinesField(label=gettext_lazy("tags"), help_text=gettext_lazy("One per line."))
    only_for = forms.ModelMultipleChoiceField(
        Team.objects.all(),
        required=False,
        label=gettext_lazy("only for"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The teams whose wallboards may show it; none: all."),
    )

    class Meta:
        model = MonitoredObject
        fields = ("title", "name", "connection", "type", "object_id", "tags")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["only_for"] = [team.pk for team in self.instance.teams.all()]

    def board_changes(self) -> Changes:
        teams = sorted(team.name for team in self.cleaned_data["only_for"])
        return {"objects": {self.stored_name(): {"type": self.instance.type, "teams": teams}}}


@admin.register(MonitoredObject)
class ObjectAdmin(BulkPages, ErasingPages, UsedOnBoards[MonitoredObject]):
    section = "objects"
    form = ObjectForm
    list_display = ("title", "type", "object_id", "state", "latest", "boards", "restricted", "connection", "name")
    list_filter = (StateFilter, ("type", admin.AllValuesFieldListFilter), "connection", ("teams", OwnTeams))
    list_select_related = ("connection",)
    search_fields = ("name", "title", "object_id")
    prepopulated_fields = {"name": ("title",)}
    readonly_fields = ("where_used",)
    fieldsets = (
        (None, {"fields": ("title", "name", "connection", "type", "object_id")}),
        (gettext_lazy("Who may use it"), {"fields": ("only_for", "tags")}),
        (gettext_lazy("Use"), {"fields": ("where_used",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[MonitoredObject]:
        return super().get_queryset(request).prefetch_related("teams")

    def rows_of(self, request: HttpRequest, rows: QuerySet[MonitoredObject]) -> QuerySet[MonitoredObject]:
        return rows.filter(pk__in=usable_objects(request.user).values("pk"))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or has_role(request.user, None, EDITORS)

    def get_fieldsets(self, request: HttpRequest, obj: MonitoredObject | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        looked_at = (gettext_lazy("Who may use it"), {"fields": ("restricted", "tags")})
        return [fieldsets[0], looked_at, fieldsets[2]]

    def get_readonly_fields(self, request: HttpRequest, obj: MonitoredObject | None = None) -> Any:
        return (*self.readonly_fields, "restricted")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return {} if obj or not self.has_add_permission(request) else super().get_prepopulated_fields(request, obj)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """Pickers that know which types fit say so."""
        rows, duplicates = super().get_search_results(request, queryset, search_term)
        types = [word for word in request.GET.get("types", "").split(",") if word]
        return (rows.filter(type__in=types) if types else rows), duplicates

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.instance.teams.set(form.cleaned_data["only_for"])

    @admin.display(description=gettext_lazy("only for"))
    def restricted(self, monitored: MonitoredObject) -> str:
        return ", ".join(team.title for team in monitored.teams.all()) or _("all")
