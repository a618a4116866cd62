"""Rotations with their wallboards in turn."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.access import EDITORS, teams_of, visible_wallboards
from dashboard.admin.scope import OwnTeams, ScopedAdmin
from dashboard.models import Rotation, RotationStep, Wallboard
from dashboard.plain import parse_id


class StepFormSet(forms.BaseInlineFormSet[RotationStep, Rotation, forms.ModelForm[RotationStep]]):
    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = [form for form in self.forms if form.has_changed() or form.instance.pk]
        if not [form for form in kept if form not in self.deleted_forms]:
            raise forms.ValidationError(_("A rotation needs at least one wallboard."))


class StepInline(admin.TabularInline[RotationStep, Rotation]):
    model = RotationStep
    formset = StepFormSet
    extra = 1
    fields = ("order", "wallboard", "seconds")
    verbose_name_plural = gettext_lazy("wallboards in turn: the lowest order first")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "wallboard":
            kwargs["queryset"] = self._choices(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @staticmethod
    def _choices(request: HttpRequest) -> Any:
        """What the person may look at; and what is in the rotation already, which somebody else may have put there."""
        pk = str(request.resolver_match.kwargs.get("object_id", "")) if request.resolver_match else ""
        there = RotationStep.objects.filter(rotation__pk=parse_id(pk) or 0)
        seen = visible_wallboards(request.user).values("pk")
        return Wallboard.objects.filter(pk__in=seen) | Wallboard.objects.filter(pk__in=there.values("wallboard"))


@admin.register(Rotation)
class RotationAdmin(ScopedAdmin[Rotation]):
    list_display = ("title", "look", "team", "turns")
    list_filter = (("team", OwnTeams),)
    list_select_related = ("team",)
    search_fields = ("title", "slug", "steps__wallboard__title")
    prepopulated_fields = {"slug": ("title",)}
    fields = (("title", "slug"), "team")
    inlines = (StepInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rotation]:
        return super().get_queryset(request).prefetch_related("steps__wallboard")

    def rows_of(self, request: HttpRequest, rows: QuerySet[Rotation]) -> QuerySet[Rotation]:
        return rows.filter(team__in=teams_of(request.user, EDITORS))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "team":
            kwargs["queryset"] = teams_of(request.user, EDITORS)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    @admin.display(description=gettext_lazy("page"))
    def look(self, rotation: Rotation) -> str:
        return format_html('<a href="{}">/rotate/{}/</a>', rotation.get_absolute_url(), rotation.slug)

    @admin.display(description=gettext_lazy("wallboards"))
    def turns(self, rotation: Rotation) -> str:
        return ", ".join(str(step) for step in rotation.steps.all()) or "–"
