"""What differs from the configuration file that was applied last, and the configuration to download."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _

from dashboard.admin.scope import ReadOnly
from dashboard.configfile import export_text
from dashboard.configfile.applied import difference
from dashboard.configfile.schema import WORD
from dashboard.models import AppliedFile

EXTRA_MOST = 100


@admin.register(AppliedFile)
class ConfigurationAdmin(ReadOnly[AppliedFile]):
    """One page instead of a list: there is one file."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/", view, name="dashboard_appliedfile_export"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = difference()
        extra = [f"{_(WORD[section])} {name}" for section, name in found.extra] if found else []
        context = {
            **self.admin_site.each_context(request),
            "title": _("Configuration file"),
            "opts": self.opts,
            "difference": found,
            "changes": [str(change) for change in found.changes] if found else [],
            "extra": extra[:EXTRA_MOST],
            "extra_more": max(0, len(extra) - EXTRA_MOST),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/configuration.html", context)

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """The whole configuration as a file; it names every team's boards, so it is for superusers."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        headers = {"Content-Disposition": 'attachment; filename="wallboard.yaml"'}
        return HttpResponse(export_text(), content_type="application/yaml; charset=utf-8", headers=headers)
