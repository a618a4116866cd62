"""Accounts. What somebody may do follows from roles in teams; Django's groups and permissions decide nothing here."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dashboard.admin.histories import HistoryPages

admin.site.unregister(Group)
admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(HistoryPages[User], UserAdmin[User]):
    list_display = ("username", "full_name", "roles", "is_active", "is_superuser", "last_login")
    list_filter = ("memberships__role", "is_staff", "is_superuser", "is_active")
    filter_horizontal = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("memberships__team")

    @admin.display(description=_("name"), ordering="last_name")
    def full_name(self, person: User) -> str:
        return person.get_full_name() or "–"

    @admin.display(description=_("roles"))
    def roles(self, person: Any) -> str:
        theirs = sorted(person.memberships.all(), key=lambda one: one.team.title)
        return ", ".join(f"{one.team.title}: {one.get_role_display()}" for one in theirs) or "–"

    def get_fieldsets(self, request: Any, obj: Any = None) -> Any:
        """Django's own, without the two fields that would look as if they did something."""
        fieldsets = super().get_fieldsets(request, obj)
        return [(title, {**options, "fields": _meaningful(options["fields"])}) for title, options in fieldsets]


def _meaningful(fields: Any) -> tuple[Any, ...]:
    return tuple(field for field in fields if field not in ("groups", "user_permissions"))
