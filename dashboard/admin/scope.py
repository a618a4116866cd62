"""What the pages of this administration have in common."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django import forms
from django.contrib import admin
from django.contrib.admin import helpers
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from dashboard import wanted
from dashboard.access import EDITORS, teams_of
from dashboard.admin.fieldhelp import FieldHelp
from dashboard.admin.histories import HistoryPages
from dashboard.configfile.changelog import section_of
from dashboard.configfile.recording import touch
from dashboard.configfile.usage import Changes, boards_spoiled

ModelT = TypeVar("ModelT", bound=models.Model)


class ScopedAdmin(FieldHelp[ModelT], HistoryPages[ModelT]):
    """Asks ``dashboard.access`` about the very row, and changes what is wanted once per request."""

    def rows_of(self, request: HttpRequest, rows: QuerySet[ModelT]) -> QuerySet[ModelT]:
        """Those that a person who is no superuser gets to see."""
        return rows.none()

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelT]:
        rows = super().get_queryset(request)
        return rows if getattr(request.user, "is_superuser", False) else self.rows_of(request, rows)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> ModelT | None:
        """The row; another team's is refused, not called missing."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            self._refuse_foreign([object_id])
        return found

    def _refuse_foreign(self, pks: Sequence[str]) -> None:
        try:
            wanted_pks = [self.opts.pk.clean(pk, None) for pk in pks]
        except ValidationError:
            return
        if self.model._default_manager.filter(pk__in=wanted_pks).exists():
            raise PermissionDenied

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[ModelT], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        chosen = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
        own = {str(pk) for pk in queryset.filter(pk__in=chosen).values_list("pk", flat=True)}
        self._refuse_foreign([pk for pk in chosen if pk not in own])
        return super().response_action(request, queryset, *args, **kwargs)

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
        with wanted.deferred():
            return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with wanted.deferred():
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ModelT]) -> None:
        with wanted.deferred():
            if section := section_of(self.model):
                # All at once: the signals would read them one by one.
                touch(section, list(queryset.values_list("pk", flat=True)))
            super().delete_queryset(request, queryset)


class SparesBoards(forms.ModelForm[ModelT]):
    """A form of such a row: what would spoil a wallboard is refused with the list of boards."""

    def board_changes(self) -> Changes:
        """What saving would change, by the names as they are stored."""
        raise NotImplementedError

    def stored_name(self) -> str:
        """The row's name before this form may change it."""
        return str(self.initial["name"])

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # where Django lets the model have its say
        if self.instance.pk and not self.errors:
            for reason in boards_spoiled(self.board_changes()):
                self.add_error(None, reason)


class OwnTeams(admin.RelatedFieldListFilter):
    """Offers the teams that a person works for; the names of the others are none of their business."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        own = set(teams_of(request.user, EDITORS).values_list("pk", flat=True))
        choices: Any = super().field_choices(field, request, model_admin)
        return [(pk, title) for pk, title in choices if pk in own]


class ReadOnly(ScopedAdmin[ModelT]):
    """A list to look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Not by itself, but along with what it belongs to: Django asks here then, from the other row's page.
        match = request.resolver_match
        here = f"{self.opts.app_label}_{self.opts.model_name}_"
        return obj is not None and match is not None and not str(match.url_name).startswith(here)
