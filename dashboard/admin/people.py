"""Accounts. What somebody may do follows from roles in teams; Django's groups and permissions decide nothing here."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User

admin.site.unregister(Group)
admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    list_filter = ("is_staff", "is_superuser", "is_active")
    filter_horizontal = ()

    def get_fieldsets(self, request: Any, obj: Any = None) -> Any:
        """Django's own, without the two fields that would look as if they did something."""
        fieldsets = super().get_fieldsets(request, obj)
        return [(title, {**options, "fields": _meaningful(options["fields"])}) for title, options in fieldsets]


def _meaningful(fields: Any) -> tuple[Any, ...]:
    return tuple(field for field in fields if field not in ("groups", "user_permissions"))
