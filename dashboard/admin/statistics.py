"""Statistic definitions: a name that the contact centre knows, or an ad hoc definition."""

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from dashboard.access import EDITORS, has_role
from dashboard.admin.definitionform import DefinitionFields
from dashboard.admin.fields import ThresholdsField
from dashboard.admin.librarypages import LibraryPages
from dashboard.admin.scope import SparesBoards
from dashboard.admin.tryingpages import TryingPages, wanted_objects
from dashboard.admin.usedonboards import ByConnection, ByTeam, StateFilter, UsedOnBoards
from dashboard.configfile.usage import Changes
from dashboard.costs import find_costs
from dashboard.definitions import definition_doubts
from dashboard.wording import in_words
from statsbridge.describe import describe
from statsbridge.models import MonitoredObject, StatisticDefinition


class StatisticForm(SparesBoards[StatisticDefinition], DefinitionFields):
    thresholds = ThresholdsField(label=_("thresholds"))

    class Meta:
        model = StatisticDefinition
        fields = ("title", "name", "description", "statistic", "unit", "decimals", "thresholds")
        widgets = {"description": forms.Textarea({"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.begin_with(self.instance.statistic, self.instance.definition, types_in_use(self.instance))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.check_definition(data.get("unit", ""))
        if not self.errors:
            descriptor = self.descriptor
            data["statistic"] = descriptor.get("name", "")
            self.instance.definition = descriptor.get("definition")
        return data

    def board_changes(self) -> Changes:
        keys = ("unit", "decimals", "thresholds")
        return {"statistics": {self.stored_name(): {key: getattr(self.instance, key) for key in keys}}}


def types_in_use(definition: StatisticDefinition) -> list[str]:
    """The types of the objects on which it is measured."""
    if not definition.pk:
        return []
    used = MonitoredObject.objects.filter(series__definition=definition)
    return list(used.order_by("type").values_list("type", flat=True).distinct())


@admin.register(StatisticDefinition)
class StatisticAdmin(LibraryPages, TryingPages, UsedOnBoards[StatisticDefinition]):
    section = "statistics"
    form = StatisticForm
    list_display = ("title", "measures", "unit", "limits", "state", "latest", "boards", "name")
    list_filter = (StateFilter, ByTeam, ByConnection, "unit")
    search_fields = ("name", "title", "statistic", "description")
    prepopulated_fields = {"name": ("title",)}
    fieldsets = (
        (None, {"fields": ("title", "name", "description")}),
        (
            _("What is measured"),
            {
                "classes": ("measured",),
                "fields": (
                    *("how", "statistic", "types", "category", "subject", "mainMask", "relativeMask"),
                    *("intervalType", "dynamicTimeProfile", ("timeRangeLeft", "timeRangeRight")),
                    *(("timeRangeLeft2", "timeRangeRight2"), "dynamicFilter"),
                ),
            },
        ),
        (
            _("When it is told"),
            {"classes": ("adhoc",), "fields": ("notificationMode", ("notificationFrequency", "insensitivity"))},
        ),
        (_("How it is shown"), {"fields": (("unit", "decimals"), "thresholds")}),
        (_("Use"), {"fields": ("where_used",)}),
        (_("Seldom needed"), {"classes": ("collapse", "adhoc"), "fields": ("maskType", "intervalLength", "further")}),
    )
    looked_at = (
        (None, {"fields": ("title", "name", "description")}),
        (_("What is measured"), {"fields": ("in_words", "statistic", "as_json")}),
        (_("How it is shown"), {"fields": ("unit", "decimals", "limits")}),
        (_("Use"), {"fields": ("where_used",)}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: StatisticDefinition | None = None) -> Any:
        return self.fieldsets if self._edits(request, obj) else self.looked_at

    def get_readonly_fields(self, request: HttpRequest, obj: StatisticDefinition | None = None) -> Any:
        return ("where_used",) if self._edits(request, obj) else ("in_words", "as_json", "limits", "where_used")

    def _edits(self, request: HttpRequest, obj: StatisticDefinition | None) -> bool:
        return self.has_change_permission(request, obj) if obj else self.has_add_permission(request)

    def rows_of(self, request: HttpRequest, rows: QuerySet[StatisticDefinition]) -> QuerySet[StatisticDefinition]:
        return rows if has_role(request.user, None, EDITORS) else rows.none()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or has_role(request.user, None, EDITORS)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return {} if obj or not self.has_add_permission(request) else super().get_prepopulated_fields(request, obj)

    def save_model(self, request: HttpRequest, obj: StatisticDefinition, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        for key, doubt in definition_doubts(obj.definition or {}):
            messages.warning(request, now("Saved, but %(reason)s") % {"reason": in_words(f"{key}: {doubt}")})
        if obj.definition:
            for _key, cost in find_costs(form.measured, form.cleaned_data["types"], wanted_objects(obj.pk)):
                messages.warning(request, cost)

    @admin.display(description=_("in words"))
    def in_words(self, definition: StatisticDefinition) -> str:
        return describe(definition.descriptor(), language=get_language() or "en")

    @admin.display(description=_("definition"))
    def as_json(self, definition: StatisticDefinition) -> str:
        text = json.dumps(definition.definition, indent=2, ensure_ascii=False) if definition.definition else "–"
        return format_html('<pre class="code">{}</pre>', text)

    @admin.display(description=_("measures"))
    def measures(self, definition: StatisticDefinition) -> str:
        if definition.statistic:
            return definition.statistic
        parts = definition.definition or {}
        return " · ".join(str(parts[key]) for key in ("category", "mainMask") if parts.get(key))

    @admin.display(description=_("thresholds"))
    def limits(self, definition: StatisticDefinition) -> str:
        limits = definition.thresholds or {}
        sign = "≤" if limits.get("direction") == "below" else "≥"
        marks = {"warning": "▲", "critical": "◆"}
        return "  ".join(f"{mark} {sign} {limits[name]:g}" for name, mark in marks.items() if name in limits) or "–"
