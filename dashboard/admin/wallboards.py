"""Wallboards with their tiles."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dashboard import wanted
from dashboard.access import EDITORS, teams_of
from dashboard.admin.embedpages import EmbedPages
from dashboard.admin.fields import HoursField, OriginsField
from dashboard.admin.scope import OwnTeams, ScopedAdmin
from dashboard.admin.tiles import TileForm, TileInline, save_series
from dashboard.configfile.recording import touch
from dashboard.models import Wallboard
from statsbridge.models import Connection


class WallboardForm(forms.ModelForm[Wallboard]):
    allowed_origins = OriginsField(
        label=gettext_lazy("allowed origins"),
        help_text=gettext_lazy("Portals that may frame it, one per line: exactly scheme://host[:port]."),
    )

    opening_hours = HoursField(
        label=gettext_lazy("opening hours"),
        help_text=gettext_lazy(
            "One per line, such as “mon-fri 08:00-20:00”, in the wallboard's time zone. "
            "Screens on a wall are dimmed at other times; none: never."
        ),
    )
    quiet_hours = HoursField(
        label=gettext_lazy("quiet hours"),
        help_text=gettext_lazy("One per line, such as “daily 20:00-08:00”: when there is no sound."),
    )

    class Meta:
        model = Wallboard
        fields = (
            "title", "slug", "team", "shared_with", "timezone", "columns", "enabled", "allowed_origins",
            "opening_hours", "sound", "quiet_hours",
        )  # fmt: skip


@admin.register(Wallboard)
class WallboardAdmin(EmbedPages, ScopedAdmin[Wallboard]):
    form = WallboardForm
    list_display = ("title", "look", "team", "shared", "tile_count", "embedded_in", "enabled")
    list_filter = ("enabled", ("team", OwnTeams))
    list_select_related = ("team",)
    search_fields = ("title", "slug", "tiles__title", "tiles__series__definition__name")
    prepopulated_fields = {"slug": ("title",)}
    filter_horizontal = ("shared_with",)
    inlines = (TileInline,)
    actions = ("enable", "disable")
    save_on_top = True
    readonly_fields = ("editor",)
    fieldsets = (
        (None, {"fields": (("title", "slug"), ("team", "enabled"), ("timezone", "columns"), "editor")}),
        (gettext_lazy("On a wall"), {"fields": ("opening_hours", "sound", "quiet_hours"), "classes": ("collapse",)}),
        (gettext_lazy("Sharing"), {"fields": ("shared_with", "allowed_origins"), "classes": ("collapse",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Wallboard]:
        rows = super().get_queryset(request).annotate(tile_total=Count("tiles", distinct=True))
        return rows.prefetch_related("shared_with")

    def rows_of(self, request: HttpRequest, rows: QuerySet[Wallboard]) -> QuerySet[Wallboard]:
        return rows.filter(team__in=teams_of(request.user, EDITORS))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "team":
            kwargs["queryset"] = teams_of(request.user, EDITORS)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for tile_form in formset.forms:
            if isinstance(tile_form, TileForm) and tile_form.instance.pk and tile_form not in formset.deleted_forms:
                save_series(tile_form.instance, tile_form.pairs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        zones = set(Connection.objects.values_list("timezone", flat=True))
        alone = {"timezone": zones.pop()} if len(zones) == 1 else {}
        return {**alone, **super().get_changeform_initial_data(request)}

    def response_add(self, request: HttpRequest, obj: Wallboard, post_url_continue: str | None = None) -> HttpResponse:
        response = super().response_add(request, obj, post_url_continue)
        stays = {"_continue", "_addanother", IS_POPUP_VAR} & {*request.POST}
        return (
            response
            if stays or obj.tiles.exists()
            else HttpResponseRedirect(reverse("edit_wallboard", args=[obj.slug]))
        )

    @admin.action(description=gettext_lazy("Enable"), permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[Wallboard]) -> None:
        self._switch(request, queryset, enabled=True)

    @admin.action(
        description=gettext_lazy("Disable: open screens are told, values are no longer asked for"),
        permissions=["change"],
    )
    def disable(self, request: HttpRequest, queryset: QuerySet[Wallboard]) -> None:
        self._switch(request, queryset, enabled=False)

    def _switch(self, request: HttpRequest, queryset: QuerySet[Wallboard], *, enabled: bool) -> None:
        with transaction.atomic():
            chosen = list(queryset.values_list("pk", flat=True))
            with wanted.deferred():
                touch("wallboards", chosen)
                Wallboard.objects.filter(pk__in=chosen).update(enabled=enabled)
        count = len(chosen)
        if enabled:
            text = ngettext("%d wallboard enabled.", "%d wallboards enabled.", count)
        else:
            text = ngettext("%d wallboard disabled.", "%d wallboards disabled.", count)
        messages.success(request, text % count)

    @admin.display(description=gettext_lazy("page"))
    def look(self, board: Wallboard) -> SafeString:
        page = format_html('<a href="{}">/wallboards/{}/</a>', board.get_absolute_url(), board.slug)
        return format_html("{} · {}", page, _editor_link(board, _("Edit tiles")))

    @admin.display(description=gettext_lazy("tiles on the grid"))
    def editor(self, board: Wallboard) -> SafeString | str:
        if not board.pk:
            return _("Save the wallboard first; then you put tiles on it in the editor.")
        return _editor_link(board, _("Open the editor"))

    @admin.display(description=gettext_lazy("shared with"))
    def shared(self, board: Wallboard) -> str:
        return ", ".join(team.title for team in board.shared_with.all()) or "–"

    @admin.display(description=gettext_lazy("tiles"), ordering="tile_total")
    def tile_count(self, board: Any) -> int:
        return int(board.tile_total)

    @admin.display(description=gettext_lazy("framed by"))
    def embedded_in(self, board: Wallboard) -> str:
        return ", ".join(board.allowed_origins) or _("nobody")


def _editor_link(board: Wallboard, text: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("edit_wallboard", args=[board.slug]), text)
