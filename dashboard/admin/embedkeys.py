"""The keys with which portals sign embed tokens."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dashboard.access import MANAGERS, can_manage, teams_of
from dashboard.admin.embedpages import embed_address
from dashboard.admin.scope import OwnTeams, ScopedAdmin
from dashboard.embed import create_key, revoke_key, rotate_key
from dashboard.models import EmbedKey
from statsbridge.admin import state_badge, time_of
from statsbridge.statewords import word_of

#: How many wallboards a key's row leads to.
BOARDS_MOST = 5


class InUse(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("active", word_of("active")), ("revoked", word_of("revoked"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(revoked_at__isnull=self.value() == "active")


@admin.register(EmbedKey)
class EmbedKeyAdmin(ScopedAdmin[EmbedKey]):
    list_display = ("id", "team", "note", "state", "boards", "created", "revoked")
    list_filter = (InUse, ("team", OwnTeams))
    list_select_related = ("team",)
    search_fields = ("id", "note", "team__name", "team__title")
    fields = ("team", "note")
    actions = ("revoke", "rotate")

    def rows_of(self, request: HttpRequest, rows: QuerySet[EmbedKey]) -> QuerySet[EmbedKey]:
        return rows.filter(team__in=teams_of(request.user, MANAGERS))

    def get_queryset(self, request: HttpRequest) -> QuerySet[EmbedKey]:
        return super().get_queryset(request).prefetch_related("team__wallboards")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Tokens name the key, so it never changes hands; it is revoked and another one made.
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "team":
            kwargs["queryset"] = teams_of(request.user, MANAGERS)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_fields(self, request: HttpRequest, obj: EmbedKey | None = None) -> Any:
        return ("id", "team", "note", "state", "created", "revoked") if obj else self.fields

    def save_model(self, request: HttpRequest, obj: EmbedKey, form: forms.ModelForm[EmbedKey], change: bool) -> None:
        obj.pk, obj.secret = create_key(obj.team, obj.note)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One button: whatever is pressed, the secret comes next, once."""
        one = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().add_view(request, form_url, {**one, **(extra_context or {})})

    def response_add(self, request: HttpRequest, obj: EmbedKey, post_url_continue: str | None = None) -> HttpResponse:
        """Show the secret on the very answer: a message would put it into a cookie or the session."""
        return self._show_secret(request, obj)

    def _show_secret(self, request: HttpRequest, key: EmbedKey) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "title": _("New embed key"), "key": key, "opts": self.opts}
        return TemplateResponse(request, "admin/embedkey_created.html", context)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return can_manage(request.user, None)

    @admin.action(
        description=gettext_lazy("Revoke: boards opened with the key close within seconds"), permissions=["revoke"]
    )
    def revoke(self, request: HttpRequest, queryset: QuerySet[EmbedKey]) -> None:
        count = sum(revoke_key(key) for key in queryset.values_list("pk", flat=True))
        messages.success(request, ngettext("%d key revoked.", "%d keys revoked.", count) % count)

    @admin.action(
        description=gettext_lazy("Rotate: revoke the key and show the secret of its successor"), permissions=["revoke"]
    )
    def rotate(self, request: HttpRequest, queryset: QuerySet[EmbedKey]) -> HttpResponse | None:
        chosen = list(queryset.select_related("team"))
        if len(chosen) != 1 or chosen[0].revoked_at is not None:
            messages.error(request, _("Choose one key that is active: the new secret is shown once."))
            return None
        pk, _secret = rotate_key(chosen[0])
        successor = EmbedKey.objects.select_related("team").get(pk=pk)
        self.log_change(request, chosen[0], _("Rotated: its successor is %s.") % pk)
        return self._show_secret(request, successor)

    @admin.display(description=gettext_lazy("code and doctor"))
    def boards(self, key: EmbedKey) -> SafeString | str:
        if key.revoked_at:
            return "–"
        boards = list(key.team.wallboards.all())
        links = [(embed_address(board, key=key.pk), board.title) for board in boards[:BOARDS_MOST]]
        more = " …" if len(boards) > BOARDS_MOST else ""
        return format_html("{}{}", format_html_join(" · ", '<a href="{}">{}</a>', links) or "–", more)

    @admin.display(description=gettext_lazy("state"), ordering="revoked_at")
    def state(self, key: EmbedKey) -> str:
        return state_badge("revoked" if key.revoked_at else "active")

    @admin.display(description=gettext_lazy("created at"), ordering="created_at")
    def created(self, key: EmbedKey) -> str:
        return time_of(key.created_at)

    @admin.display(description=gettext_lazy("revoked at"), ordering="revoked_at")
    def revoked(self, key: EmbedKey) -> str:
        return time_of(key.revoked_at)
