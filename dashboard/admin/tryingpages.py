"""Beside the form of a statistic, while it is edited: what it measures in words, what is wrong with it, and Try."""

import json
from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.forms import ModelChoiceField
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dashboard.admin.choices import is_lasting, word_label
from dashboard.admin.definitionform import ADHOC, NAMED, DefinitionFields
from dashboard.admin.parts import guessed_types
from dashboard.combinations import common_words, usual_unit
from dashboard.costs import find_costs
from dashboard.definitions import definition_doubts
from dashboard.plain import parse_id
from dashboard.wording import in_words, listed
from statsbridge.asking import TRY_SECONDS, ask_bridge
from statsbridge.describe import describe
from statsbridge.models import MonitoredObject, Series, StatisticDefinition
from statsbridge.statisticnames import STATISTICS
from statsbridge.trying import Asked
from statsbridge.vocabulary import OBJECT_TYPE_ALIASES


class TryingPages(admin.ModelAdmin[StatisticDefinition]):
    """Adds the addresses that the form's script asks."""

    change_form_template = "admin/statsbridge/statisticdefinition/change_form.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("check/", view(require_POST(self.check_view)), name="statsbridge_statisticdefinition_check"),
            path("try/", view(require_POST(self.try_view)), name="statsbridge_statisticdefinition_try"),
            *super().get_urls(),
        ]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        stored = self.get_object(request, object_id) if object_id else None
        types = fitting_types(stored.statistic, guessed_types(stored.definition or {})) if stored else []
        given = {
            "object_picker": self._picked(request, types),
            "left_out": self._left_out(request, types),
            "check_url": reverse("admin:statsbridge_statisticdefinition_check"),
            "try_url": reverse("admin:statsbridge_statisticdefinition_try"),
            "edits": self.has_change_permission(request) if object_id else self.has_add_permission(request),
        }
        return super().changeform_view(request, object_id, form_url, {**given, **(extra_context or {})})

    def check_view(self, request: HttpRequest) -> HttpResponse:
        """What the form says so far, as JSON; nothing is saved."""
        form, stored = self._form(request)
        told = report(form, request.POST.get("unit", ""), wanted_objects(stored.pk if stored else None))
        return JsonResponse({**told, "left_out": self._left_out(request, told["fits"])})

    def try_view(self, request: HttpRequest) -> HttpResponse:
        """Open the statistic once, saved or not, on an object that this person may use."""
        form, stored = self._form(request)
        unit = request.POST.get("unit", "") if self._edits_any(request) else (stored.unit if stored else "")
        if form.errors:
            return JsonResponse({"problem": _("First correct what is marked."), "errors": form.errors})
        chosen = self._objects(request).filter(pk=_given_id(request, "object")).first()
        if chosen is None:
            return JsonResponse({"problem": _("Choose an object on which to try it."), "errors": {}})
        types = [] if form.errors else form.fits
        if types and OBJECT_TYPE_ALIASES.get(chosen.type, chosen.type) not in types:
            told = {"object": chosen.title, "type": chosen.type, "types": listed(types)}
            text = _("“%(object)s” (%(type)s) does not fit: the statistic is for %(types)s. Choose another object.")
            return JsonResponse({"problem": text % told, "errors": {}})
        asked = Asked(chosen.type, chosen.object_id, form.descriptor, unit or "count")
        answer = ask_bridge(
            "bridge.try",
            seconds=TRY_SECONDS,
            connection=chosen.connection_id,
            by=request.user.pk,
            asked=asked.to_wire(),
        )
        value = json.loads(answer.outcome.get("value", "null"))
        return JsonResponse({**answer.to_json(), "errors": {}, "value": shown(value, asked.unit)})

    def _form(self, request: HttpRequest) -> "tuple[_SentForm | _StoredForm, StatisticDefinition | None]":
        """The form as it was sent; of somebody who may not change definitions, the stored one."""
        pk = _given_id(request, "definition")
        stored = get_object_or_404(self.get_queryset(request), pk=pk) if pk else None
        if not self._edits_any(request):
            if stored is None or not self.has_view_permission(request, stored):
                raise PermissionDenied
            form: _SentForm | _StoredForm = _StoredForm(stored)
        else:
            form = _SentForm(request.POST, stored)
        form.full_clean()
        return form, stored

    def _edits_any(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request) or self.has_add_permission(request)

    def _objects(self, request: HttpRequest) -> Any:
        """Those that the person may use, as the list of objects shows them."""
        return self.admin_site.get_model_admin(MonitoredObject).get_queryset(request)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        # One set of scripts: jQuery loaded a second time would forget its plug-ins.
        context["media"] = context["media"] + self._picker().media
        if isinstance(form := context["adminform"].form, DefinitionFields):
            context["applies"] = " ".join(form.applies)
        return super().render_change_form(request, context, *args, **kwargs)

    def _picker(self) -> AutocompleteSelect:
        return AutocompleteSelect(Series._meta.get_field("monitored_object"), self.admin_site)

    def _picked(self, request: HttpRequest, types: Sequence[str]) -> str:
        field = ModelChoiceField(self._objects(request), widget=self._picker(), required=False)
        return str(field.widget.render("try_object", None, {"id": "try-object", "data-types": ",".join(types)}))

    def _left_out(self, request: HttpRequest, types: Sequence[str]) -> str:
        """How many objects of this person do not fit, and why; empty where all do."""
        count = self._objects(request).exclude(type__in=types).count() if types else 0
        if not count:
            return ""
        told = {"count": count, "types": listed(types)}
        return (
            ngettext(
                "%(count)d object is left out: the statistic is for %(types)s.",
                "%(count)d objects are left out: the statistic is for %(types)s.",
                count,
            )
            % told
        )


def _given_id(request: HttpRequest, key: str) -> int | None:
    """The primary key that was sent, or ``None`` for none.

    Raises:
        Http404: it is no number.
    """
    given = request.POST.get(key, "")
    if not given:
        return None
    found = parse_id(given)
    if found is None:
        raise Http404
    return found


class _SentForm(DefinitionFields):
    """What is on the page now."""

    @property
    def fits(self) -> list[str]:
        named = self.cleaned_data.get("how") == NAMED
        return fitting_types(self.cleaned_data.get("statistic") or "" if named else "", self._types(named))

    def _types(self, named: bool) -> list[str]:
        return [] if named else self.cleaned_data.get("types") or []

    def __init__(self, data: Any, stored: StatisticDefinition | None) -> None:
        super().__init__(data)
        self.unit = str(data.get("unit", ""))
        self.begin_with(stored.statistic if stored else "", stored.definition if stored else None, [])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        # The unit is a field of the whole form: what is wrong with it is told there.
        self.check_definition("")
        return data


class _StoredForm(DefinitionFields):
    """What is stored, as if it had been sent."""

    def __init__(self, stored: StatisticDefinition) -> None:
        super().__init__({"how": NAMED, "statistic": stored.statistic} if stored.statistic else {"how": ADHOC})
        self._stored = stored

    @property
    def fits(self) -> list[str]:
        return fitting_types(self._stored.statistic, guessed_types(self._stored.definition or {}))

    @property
    def descriptor(self) -> dict[str, Any]:
        return self._stored.descriptor()


def fitting_types(name: str, types: Sequence[str]) -> list[str]:
    """The types of object that a statistic fits, in every spelling; empty where nobody knows.

    Of a name that contact centres usually have those of its usual definition, else ``types``.
    """
    known = [*STATISTICS[name][0]] if name in STATISTICS else [] if name else [*types]
    return [*known, *(other for other, usual in OBJECT_TYPE_ALIASES.items() if usual in known and other not in known)]


def wanted_objects(definition: int | None) -> int:
    """On how many objects it is measured now."""
    return Series.objects.filter(definition=definition, wanted=True).count() if definition else 0


def report(form: "_SentForm | _StoredForm", unit: str, objects: int) -> dict[str, Any]:
    """Everything that the page shows about a form that was cleaned."""
    language = get_language() or "en"
    data, errors = form.cleaned_data, {key: [str(one) for one in reasons] for key, reasons in form.errors.items()}
    named = data.get("how") == NAMED
    measured = form.measured
    types = data.get("types") or []
    words = [] if named else common_words(measured.get("subject") or "", types)
    descriptor = form.descriptor
    complete = named or (measured.get("category") and measured.get("subject"))
    costs = [] if named or not measured.get("category") else find_costs(measured, types, objects)
    doubts = [(key, in_words(f"{key}: {doubt}")) for key, doubt in definition_doubts(data.get("further") or {})]
    return {
        "sentence": describe(descriptor, types[0] if len(types) == 1 else "", language) if complete else "",
        "errors": errors,
        "warnings": [*costs, *doubts],
        "applies": form.applies,
        "fits": form.fits,
        "words": [{"word": word, "label": word_label(word, language), "lasting": is_lasting(word)} for word in words],
        "unit": usual_unit(measured["category"]) if measured.get("category") and not named else "",
        "definition": "" if named else json.dumps(descriptor["definition"], indent=2, ensure_ascii=False),
    }


def shown(value: Any, unit: str) -> str:
    """A value in one line, as a person says it."""
    if value is None:
        return "–"
    if isinstance(value, dict):
        agents = value.get("agents")
        return f"{value.get('state', '–')} · {len(agents)}" if agents is not None else str(value.get("state", "–"))
    if unit == "seconds" and isinstance(value, int | float):
        minutes, seconds = divmod(round(value), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return f"{value:g} %" if unit == "percent" and isinstance(value, int | float) else str(value)
