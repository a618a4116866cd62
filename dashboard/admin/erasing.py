"""An action on objects that erases a person, after showing what goes."""

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.privacy import erase, of_objects
from statsbridge.models import MonitoredObject


class ErasingPages(admin.ModelAdmin[MonitoredObject]):
    actions = ("erase_people",)

    @admin.action(description=gettext_lazy("Erase persons: samples, values, names and history"), permissions=["delete"])
    def erase_people(self, request: HttpRequest, queryset: QuerySet[MonitoredObject]) -> HttpResponse | None:
        chosen = list(queryset.filter(type__in=("Agent", "Place")))
        if not chosen:
            messages.error(request, _("Only agents and places are persons."))
            return None
        erasure = of_objects(chosen)
        if "confirmed" in request.POST:
            erase(erasure)
            messages.success(request, _("Erased. Backups and configuration files that name the person are yours."))
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Erase persons"),
            "opts": self.opts,
            "lines": erasure.lines(),
            "chosen": chosen,
            "checkbox": helpers.ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/erase_people.html", context)
