"""Accounts. What somebody may do follows from roles in teams; Django's groups and permissions decide nothing here."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dashboard.admin.histories import HistoryPages
from dashboard.mail import sends_mail

admin.site.unregister(Group)
admin.site.unregister(User)

RIGHTS = ("is_active", "is_staff", "is_superuser")


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

    readonly_fields = ("password_link", "way_in", "roles", "last_login", "date_joined")
    # Django's own has the hash of the password in it, and groups and permissions, which decide nothing here.
    fieldsets = (
        (None, {"fields": ("username", "password_link", "way_in")}),
        (_("Person"), {"fields": (("first_name", "last_name"), "email")}),
        (_("What the account may do"), {"fields": ("roles", *RIGHTS)}),
        (_("Dates"), {"fields": (("last_login", "date_joined"),)}),
    )

    @admin.display(description=_("password"))
    def password_link(self, person: User) -> SafeString | str:
        known = person.has_usable_password()
        said = _("Set.") if known else _("None: the account cannot sign in with one.")
        url = reverse("admin:auth_user_password_change", args=[person.pk])
        return format_html('{} <a href="{}">{}</a>', said, url, _("Change it") if known else _("Set one"))

    @admin.display(description=_("how they get in"))
    def way_in(self, person: User) -> str:
        """What is to be done, or told the person: no mail invites anybody."""
        if not person.is_active:
            return gettext("Not at all: the account is not active.")
        address = f"{settings.PUBLIC_URL or ''}{reverse('login')}"
        genesys = gettext("With Genesys at %s.") % address if settings.GENESYS_SIGN_IN else ""
        if settings.LOCAL_SIGN_IN == "off" or (settings.LOCAL_SIGN_IN == "superusers" and not person.is_superuser):
            return genesys or gettext("Not at all: signing in with a password is switched off.")
        if not person.has_usable_password():
            return genesys or gettext("Not yet: set a password and tell the person.")
        told = gettext("Tell the person the user name, the password and the address %s; nothing is sent.") % address
        if sends_mail() and person.email:
            link = f"{settings.PUBLIC_URL or ''}{reverse('password_reset')}"
            told += " " + gettext("Or they choose a password themselves, by a link that %s sends.") % link
        return f"{genesys} {told}".strip()

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        # With it, the last superuser would lock everybody out.
        return (*self.readonly_fields, *(RIGHTS if obj is not None and obj.pk == request.user.pk else ()))

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        given = super().get_fieldsets(request, obj)
        if obj is None or obj.pk != request.user.pk:
            return given
        told = _("This is your own account: another superuser changes what it may do, or deletes it.")
        return [
            (title, {**rest, "description": told} if RIGHTS[0] in rest["fields"] else rest) for title, rest in given
        ]

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if unquote(object_id) == str(request.user.pk):
            messages.error(request, gettext("You cannot delete your own account. Another superuser can."))
            return HttpResponseRedirect(reverse("admin:auth_user_change", args=[request.user.pk]))
        return super().delete_view(request, object_id, extra_context)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        to_delete, counts, lacking, protected = super().get_deleted_objects(objs, request)
        if any(one.pk == request.user.pk for one in objs):
            protected = [*protected, gettext("You cannot delete your own account. Another superuser can.")]
        # Django's own record, which no page shows; the history of changes stays.
        counts.pop(str(LogEntry._meta.verbose_name_plural), None)
        return _without_records(to_delete), counts, lacking, protected


def _without_records(listed: list[Any]) -> list[Any]:
    """The nested list of what goes, without Django's own record."""
    begins = f"{capfirst(LogEntry._meta.verbose_name)}: "
    kept = [_without_records(one) if isinstance(one, list) else one for one in listed]
    return [one for one in kept if one and not (isinstance(one, str) and one.startswith(begins))]
