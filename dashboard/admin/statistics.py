"""Statistic definitions: a name that the contact centre knows, or an ad hoc definition."""

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from dashboard.access import EDITORS, has_role
from dashboard.admin.fields import ThresholdsField
from dashboard.admin.objects import Usage
from dashboard.admin.scope import SparesBoards, UsedOnBoards
from dashboard.configfile.usage import Changes
from dashboard.definitions import definition_doubts, definition_problems
from dashboard.names import sentence
from statsbridge.models import StatisticDefinition


class PrettyJSON(json.JSONEncoder):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "indent": 2, "sort_keys": False})


class StatisticForm(SparesBoards[StatisticDefinition]):
    definition = forms.JSONField(
        required=False,
        encoder=PrettyJSON,
        widget=forms.Textarea({"rows": 12, "class": "vLargeTextField code", "spellcheck": "false"}),
        help_text='For example {"category": "CurrentNumber", "subject": "DNAction", "mainMask": "CallWait", '
        '"notificationMode": "Immediate"}.',
    )
    thresholds = ThresholdsField()

    class Meta:
        model = StatisticDefinition
        fields = ("title", "name", "description", "statistic", "definition", "unit", "decimals", "thresholds")
        widgets = {"description": forms.Textarea({"rows": 3})}

    def clean_definition(self) -> Any:
        definition = self.cleaned_data["definition"]
        if definition is None or definition == {}:
            return None
        problems = definition_problems(definition)
        if problems:
            raise forms.ValidationError(problems)
        return definition

    def board_changes(self) -> Changes:
        keys = ("unit", "decimals", "thresholds")
        return {"statistics": {self.stored_name(): {key: getattr(self.instance, key) for key in keys}}}


@admin.register(StatisticDefinition)
class StatisticAdmin(UsedOnBoards[StatisticDefinition]):
    section = "statistics"
    form = StatisticForm
    list_display = ("title", "measures", "unit", "limits", "boards", "rejected", "name")
    list_filter = (Usage, "unit")
    search_fields = ("name", "title", "statistic", "description")
    prepopulated_fields = {"name": ("title",)}
    fieldsets = (
        (None, {"fields": ("title", "name", "description")}),
        ("What is measured", {"fields": ("statistic", "definition"), "description": "Exactly one of the two."}),
        ("How it is shown", {"fields": ("unit", "decimals", "thresholds")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[StatisticDefinition]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                boards=Count("series__tiles__wallboard", distinct=True),
                rejected=Count(
                    "series", filter=Q(series__last_value__state="rejected", series__wanted=True), distinct=True
                ),
            )
        )

    def rows_of(self, request: HttpRequest, rows: QuerySet[StatisticDefinition]) -> QuerySet[StatisticDefinition]:
        return rows if has_role(request.user, None, EDITORS) else rows.none()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or has_role(request.user, None, EDITORS)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return {} if obj or not self.has_add_permission(request) else super().get_prepopulated_fields(request, obj)

    def save_model(self, request: HttpRequest, obj: StatisticDefinition, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        for key, doubt in definition_doubts(obj.definition or {}):
            messages.warning(request, sentence(f"Saved, but in {key} {doubt}"))

    @admin.display(description="measures")
    def measures(self, definition: StatisticDefinition) -> str:
        if definition.statistic:
            return definition.statistic
        parts = definition.definition or {}
        return " · ".join(str(parts[key]) for key in ("category", "mainMask") if parts.get(key))

    @admin.display(description="thresholds")
    def limits(self, definition: StatisticDefinition) -> str:
        limits = definition.thresholds or {}
        sign = "≤" if limits.get("direction") == "below" else "≥"
        marks = {"warning": "▲", "critical": "◆"}
        return "  ".join(f"{mark} {sign} {limits[name]:g}" for name, mark in marks.items() if name in limits) or "–"

    @admin.display(description="wallboards", ordering="boards")
    def boards(self, definition: Any) -> int:
        return int(definition.boards)

    @admin.display(description="rejected", ordering="rejected")
    def rejected(self, definition: Any) -> int:
        return int(definition.rejected)
