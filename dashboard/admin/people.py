"""Accounts. What somebody may do follows from roles in teams; Django's groups and permissions decide nothing here."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
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

    readonly_fields = ("password_link", "roles", "last_login", "date_joined")
    # Django's own has the hash of the password in it, and groups and permissions, which decide nothing here.
    fieldsets = (
        (None, {"fields": ("username", "password_link")}),
        (_("Person"), {"fields": (("first_name", "last_name"), "email")}),
        (_("What the account may do"), {"fields": ("roles", "is_active", "is_staff", "is_superuser")}),
        (_("Dates"), {"fields": (("last_login", "date_joined"),)}),
    )

    @admin.display(description=_("password"))
    def password_link(self, person: User) -> SafeString | str:
        known = person.has_usable_password()
        said = _("Set.") if known else _("None: the account cannot sign in with one.")
        url = reverse("admin:auth_user_password_change", args=[person.pk])
        return format_html('{} <a href="{}">{}</a>', said, url, _("Change it") if known else _("Set one"))
