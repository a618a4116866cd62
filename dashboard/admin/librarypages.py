"""The library of ready definitions in the administration: look, choose, add."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboard import library
from dashboard.library.entries import GROUPS
from statsbridge.models import StatisticDefinition

NAME = "statsbridge_statisticdefinition_library"


class LibraryPages(admin.ModelAdmin[StatisticDefinition]):
    """Adds the page, and the way to it from the list."""

    change_list_template = "admin/statsbridge/statisticdefinition/change_list.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.library_view)
        return [path("library/", view, name=NAME), *super().get_urls()]

    def library_view(self, request: HttpRequest) -> HttpResponse:
        """All entries; POST adds those named in ``entry``, or all with ``all``."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            every = "all" in request.POST
            self._add(request, [entry.name for entry in library.ENTRIES] if every else request.POST.getlist("entry"))
            return redirect(reverse(f"admin:{NAME}"))
        there = library.present()
        groups = [
            (title, [{"entry": one, "pk": there.get(one.name), "words": library.in_words(one)} for one in entries])
            for title, entries in GROUPS
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Library of statistics"),
            "opts": self.opts,
            "groups": groups,
            "missing": len(library.ENTRIES) - len(there),
        }
        return TemplateResponse(request, "admin/statsbridge/statisticdefinition/library.html", context)

    def _add(self, request: HttpRequest, names: list[str]) -> None:
        made = library.add(names)
        for one in made:
            self.log_addition(request, one, [{"added": {}}])
        if made:
            text = ngettext("%(count)d statistic added.", "%(count)d statistics added.", len(made))
            messages.success(request, text % {"count": len(made)})
        elif names:
            messages.info(request, _("Nothing to add: what you chose is there already."))
        else:
            messages.warning(request, _("Choose the statistics to add."))
