"""Agents, groups, queues and route points."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from dashboard.access import EDITORS, has_role, teams_of
from dashboard.admin.fields import LinesField
from dashboard.admin.scope import OwnTeams, SparesBoards, UsedOnBoards
from dashboard.configfile.usage import Changes
from dashboard.models import Team
from statsbridge.models import MonitoredObject


class ObjectForm(SparesBoards[MonitoredObject]):
    tags = LinesField(help_text="One per line.")
    only_for = forms.ModelMultipleChoiceField(
        Team.objects.all(),
        required=False,
        label="only for",
        widget=forms.CheckboxSelectMultiple,
        help_text="The teams whose wallboards may show it; none: all.",
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


class Usage(admin.SimpleListFilter):
    title = "use"
    parameter_name = "used"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "On a wallboard"), ("no", "On none")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(boards__gt=0) if self.value() == "yes" else queryset.filter(boards=0)


@admin.register(MonitoredObject)
class ObjectAdmin(UsedOnBoards[MonitoredObject]):
    section = "objects"
    form = ObjectForm
    list_display = ("title", "type", "object_id", "connection", "restricted", "boards", "name")
    list_filter = (Usage, "type", "connection", ("teams", OwnTeams))
    list_select_related = ("connection",)
    search_fields = ("name", "title", "object_id")
    prepopulated_fields = {"name": ("title",)}
    fieldsets = (
        (None, {"fields": ("title", "name", "connection", "type", "object_id")}),
        ("Who may use it", {"fields": ("only_for", "tags")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[MonitoredObject]:
        boards = Count("series__tiles__wallboard", distinct=True)
        return super().get_queryset(request).annotate(boards=boards).prefetch_related("teams")

    def rows_of(self, request: HttpRequest, rows: QuerySet[MonitoredObject]) -> QuerySet[MonitoredObject]:
        mine = teams_of(request.user, EDITORS).values("pk")
        return rows.filter(Q(teams__isnull=True) | Q(pk__in=MonitoredObject.objects.filter(teams__in=mine)))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or has_role(request.user, None, EDITORS)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return {} if obj or not self.has_add_permission(request) else super().get_prepopulated_fields(request, obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.instance.teams.set(form.cleaned_data["only_for"])

    @admin.display(description="only for")
    def restricted(self, monitored: MonitoredObject) -> str:
        return ", ".join(team.title for team in monitored.teams.all()) or "all"

    @admin.display(description="wallboards", ordering="boards")
    def boards(self, monitored: Any) -> int:
        return int(monitored.boards)
