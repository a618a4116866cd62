"""The history of one row on its page: who changed which key from what to what, and what can be taken back."""

from typing import Any, TypeVar

from auditlog.models import LogEntry
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from dashboard import historyaccess
from dashboard.configfile.changelog import MODELS, entries_of, section_of
from dashboard.configfile.revert import can_revert
from dashboard.configfile.substitute import SECRET_FIELDS

CHANGES_ON_PAGE = 25
ModelT = TypeVar("ModelT", bound=models.Model)
#: Whoever may open such a row may read all that happened to it.
WHOLE = ("teams", "embedkeys", "screens", "people")
#: How the empty text is written.
NOTHING = ("", '""')
Lines = list[tuple[str, str, str]]


class HistoryPages(admin.ModelAdmin[ModelT]):
    """In place of Django's own page."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        section = section_of(self.model)
        if section is None:
            return super().history_view(request, object_id, extra_context)
        row: Any = self.get_object(request, unquote(object_id))
        if row is None or not self.has_view_permission(request, row):
            raise PermissionDenied
        entries = entries_of(row)
        if section not in WHOLE:
            # What others did is in it, too, and not for everybody who sees the row.
            entries = historyaccess.visible_changes(request.user, entries)
        page = Paginator(entries, CHANGES_ON_PAGE).get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %s") % row,
            "opts": self.opts,
            "object": row,
            "page": page,
            "entries": [
                {
                    "entry": entry,
                    "lines": told_lines(request.user, entry),
                    "takes_back": can_revert(entry) and historyaccess.can_revert(request.user, entry),
                    "kept_back": kept_back(entry),
                }
                for entry in page
            ],
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/changes.html", context)


def told_lines(user: Any, entry: LogEntry) -> Lines:
    """What the person may read of a change, as (key, from, to)."""
    section = (entry.additional_data or {}).get("section")
    told: Lines = []
    for key, (old, new) in historyaccess.told_changes(user, entry).items():
        secret = (section == "connections" and key in SECRET_FIELDS) or (section == "people" and key == "password")
        if secret:
            told.append((key, "", _secret_in_words(old, new)))
        else:
            told.append((key, old or "–", _(new) if key == "test" and new else new or "–"))
    return told


def _secret_in_words(old: str, new: str) -> str:
    if new in NOTHING:
        return _("cleared")
    return _("set") if new.startswith("${") and old in NOTHING else _("changed")


def kept_back(entry: LogEntry) -> str:
    """Why a change, or a part of it, cannot be taken back; empty where all of it can."""
    section = (entry.additional_data or {}).get("section")
    if section == "embedkeys":
        return _("What was done with a key cannot be taken back: make another one.")
    if section == "people":
        return _("An account is changed on its own page; nothing of it is taken back here.")
    if section == "connections" and set(SECRET_FIELDS) & set(entry.changes or {}):
        return _("A secret is not kept, so it cannot be taken back: enter the former one in the connection.")
    return "" if section in MODELS else _("This cannot be taken back.")
