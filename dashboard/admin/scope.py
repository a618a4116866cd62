"""What the pages of this administration have in common."""

from typing import Any, TypeVar

from django.contrib import admin
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from dashboard import wanted

ModelT = TypeVar("ModelT", bound=models.Model)


class ScopedAdmin(admin.ModelAdmin[ModelT]):
    """Asks ``dashboard.access`` about the very row, and changes what is wanted once per request."""

    def rows_of(self, request: HttpRequest, rows: QuerySet[ModelT]) -> QuerySet[ModelT]:
        """Those that a person who is no superuser gets to see."""
        return rows.none()

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelT]:
        rows = super().get_queryset(request)
        return rows if getattr(request.user, "is_superuser", False) else self.rows_of(request, rows)

    def _may(self, request: HttpRequest, verb: str, obj: Any = None) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.{verb}_{self.opts.model_name}", obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) or self.has_add_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view", obj) or self.has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete", obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic(), wanted.deferred():
            return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with transaction.atomic(), wanted.deferred():
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ModelT]) -> None:
        with transaction.atomic(), wanted.deferred():
            super().delete_queryset(request, queryset)


class ReadOnly(ScopedAdmin[ModelT]):
    """A list to look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
