"""Many objects at once: paste or upload, look at what would happen, then save the good lines."""

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dashboard import bulk
from dashboard.configfile.problems import ConfigurationRefused
from dashboard.wording import in_words
from statsbridge.models import Connection, MonitoredObject
from statsbridge.vocabulary import OBJECT_TYPES

BYTES_MOST = 2_000_000


class BulkForm(forms.Form):
    connection = forms.ModelChoiceField(Connection.objects.all(), empty_label=None, label=gettext_lazy("connection"))
    type = forms.ChoiceField(choices=[(name, name) for name in OBJECT_TYPES], label=gettext_lazy("type"))
    text = forms.CharField(
        required=False,
        label=gettext_lazy("lines"),
        widget=forms.Textarea({"rows": 10, "cols": 80, "class": "code", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One object per line, cells apart by tab, comma or semicolon: id, title, name, type. A first line of "
            "column names says another order; columns are id, title, name, type, connection, tags, teams "
            "(several apart by |)."
        ),
    )
    file = forms.FileField(required=False, label=gettext_lazy("or a CSV file"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if upload := data.get("file"):
            if upload.size > BYTES_MOST:
                raise forms.ValidationError(_("The file is too large; split it."))
            try:
                data["text"] = upload.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                raise forms.ValidationError(_("The file is not UTF-8 text; save it as “CSV UTF-8”.")) from None
        if not data.get("text", "").strip():
            raise forms.ValidationError(_("Paste some lines or choose a file."))
        count = bulk.count_lines(data["text"])
        if count > bulk.LINES_MOST:
            told = {"count": count, "most": bulk.LINES_MOST}
            raise forms.ValidationError(
                _(
                    "These are %(count)d lines; at most %(most)d are taken at once. Split them into several pastes or "
                    "files. None of them was read."
                )
                % told
            )
        return data


class BulkPages(admin.ModelAdmin[MonitoredObject]):
    """Adds the page to the list of objects."""

    change_list_template = "admin/objects_list.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.bulk_view)
        return [path("bulk/", view, name="statsbridge_monitoredobject_bulk"), *super().get_urls()]

    def bulk_view(self, request: HttpRequest) -> HttpResponse:
        """Preview what lines would do; with ``save`` save those that are good, and show the bad ones again."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = BulkForm(request.POST or None, request.FILES or None)
        lines: list[bulk.Line] = []
        if request.method == "POST" and form.is_valid():
            lines = self._read(form)
            good = bulk.judge(lines)
            if "save" in request.POST and good:
                try:
                    self._tell_saved(request, bulk.save(good))
                except ConfigurationRefused as refused:
                    form.add_error(None, [in_words(line) for line in refused.lines])
                else:
                    lines = [line for line in lines if line.problems]
                    if not lines:
                        return HttpResponseRedirect(reverse("admin:statsbridge_monitoredobject_changelist"))
            form = self._with_text(form, lines)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Add many objects"),
            "opts": self.opts,
            "form": form,
            "lines": [_in_words(line) for line in lines],
            "good": sum(not line.problems for line in lines),
            "bad": sum(bool(line.problems) for line in lines),
        }
        return TemplateResponse(request, "admin/objects_bulk.html", context)

    @staticmethod
    def _read(form: BulkForm) -> list[bulk.Line]:
        data = form.cleaned_data
        stored = MonitoredObject.objects.values_list("connection__name", "type", "object_id", "name")
        known = {(connection, kind, number): name for connection, kind, number, name in stored}
        return bulk.read_lines(data["text"], data["connection"].name, data["type"], known, list(known.values()))

    @staticmethod
    def _with_text(form: BulkForm, lines: list[bulk.Line]) -> BulkForm:
        """The same form with what is left to do as its text: an upload becomes lines that can be corrected."""
        text = bulk.text_of(lines, form.cleaned_data["text"])
        given = {**{name: form.data.get(name) for name in form.data}, "text": text}
        again = BulkForm(given)
        again.is_valid()
        for problem in form.non_field_errors():
            again.add_error(None, problem)
        return again

    @staticmethod
    def _tell_saved(request: HttpRequest, count: int) -> None:
        messages.success(request, ngettext("%d object saved.", "%d objects saved.", count) % count)


def _in_words(line: bulk.Line) -> bulk.Line:
    """The line as its reader is told of it."""
    return replace(line, problems=[in_words(problem) for problem in line.problems], effect=_effect(line.effect))


def _effect(word: str) -> str:
    words = {"new": _("new"), "changed": _("changed"), "as it is": _("as it is")}
    return words.get(word, word)
