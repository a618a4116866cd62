"""Who came in by what means, and who was refused; managers read what concerns their team's embed keys."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from dashboard.access import MANAGERS, can_manage, teams_of
from dashboard.admin.scope import ReadOnly
from dashboard.guard.models import AccessRecord
from dashboard.guard.records import forget_old
from statsbridge.admin import time_of

#: Why a token was refused, by the word of the error frame; other details, such as a wallboard, are shown as they are.
WORDS = {
    "no such account": gettext_lazy("no such account"),
    "token_invalid": gettext_lazy("not a good token: form, signature or claims"),
    "token_expired": gettext_lazy("expired"),
    "token_clock": gettext_lazy("from the future: the portal's clock"),
    "token_lifetime": gettext_lazy("valid for longer than 24 hours"),
    "key_unknown": gettext_lazy("key unknown or revoked"),
    "forbidden": gettext_lazy("for another wallboard or team"),
    "not_found": gettext_lazy("no such wallboard"),
    "view_unsupported": gettext_lazy("no such view"),
}


@admin.register(AccessRecord)
class AccessRecordAdmin(ReadOnly[AccessRecord]):
    list_display = ("last", "what", "person", "key", "team", "details", "address", "count")
    list_display_links = None
    list_filter = ("kind",)
    list_select_related = ("user", "team")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("user__username", "key", "address")
    ordering = ("-last_at", "-pk")

    def rows_of(self, request: HttpRequest, rows: QuerySet[AccessRecord]) -> QuerySet[AccessRecord]:
        return rows.filter(team__in=teams_of(request.user, MANAGERS)).exclude(key="")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if getattr(request.user, "is_superuser", False):
            return True
        if obj is not None:
            return bool(obj.key) and obj.team is not None and can_manage(request.user, obj.team)
        return can_manage(request.user, None)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessRecord]:
        # Nothing that is past its time is shown, however long nobody signed in.
        forget_old()
        return super().get_queryset(request)

    @admin.display(description=gettext_lazy("last"), ordering="last_at")
    def last(self, record: AccessRecord) -> str:
        return time_of(record.last_at)

    @admin.display(description=gettext_lazy("what"), ordering="kind")
    def what(self, record: AccessRecord) -> str:
        return record.get_kind_display()

    @admin.display(description=gettext_lazy("person"), ordering="user__username")
    def person(self, record: AccessRecord) -> str | None:
        return record.user.get_username() if record.user is not None else None

    @admin.display(description=gettext_lazy("details"), ordering="detail")
    def details(self, record: AccessRecord) -> str:
        return str(WORDS.get(record.detail, record.detail))
