"""The form of what a statistic measures: a name, or an ad hoc definition by its parts. Also used unsaved, to try it."""
# ruff: noqa: N815 - fields are named as the keys of a definition

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from dashboard.admin import choices
from dashboard.admin.fieldhelp import Suggestions
from dashboard.admin.parts import CHOSEN, KEYS, join, split
from dashboard.combinations import applying, find_problems
from dashboard.names import sentence
from statsbridge.statisticnames import STATISTICS
from statsbridge.vocabulary import MEDIA_TYPES

NAMED, ADHOC = "named", "adhoc"


class PrettyJSON(json.JSONEncoder):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "indent": 2, "sort_keys": False})


def _mask(label: Any, help_text: Any) -> forms.CharField:
    widget = forms.TextInput({"class": "vLargeTextField mask", "spellcheck": "false", "autocomplete": "off"})
    return forms.CharField(label=label, required=False, help_text=help_text, widget=widget)


def _seconds(label: Any, help_text: Any = "", least: int = 0) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=least, max_value=10**7, help_text=help_text)


class DefinitionFields(forms.Form):
    """Everything about what is measured. ``before`` is the stored definition; ``descriptor`` what the form says."""

    how = forms.ChoiceField(label=_("measured"), choices=choices.HOW, widget=forms.RadioSelect, initial=NAMED)
    statistic = forms.CharField(
        label=_("name of the statistic"),
        required=False,
        max_length=200,
        help_text=_("As the contact centre has it, letter by letter. Names differ from one to the next."),
        widget=Suggestions(sorted(STATISTICS)),
    )
    types = forms.MultipleChoiceField(
        label=_("measured on"),
        required=False,
        choices=choices.TYPES,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Decides which subjects and masks fit. It is not sent to the service."),
    )
    category = forms.ChoiceField(label=_("category"), required=False, choices=choices.CATEGORY)
    subject = forms.ChoiceField(label=_("subject"), required=False, choices=choices.SUBJECT)
    mainMask = _mask(_("main mask"), _("Which actions or statuses count: a list, * for all, ~X for not X."))
    relativeMask = _mask(_("relative mask"), _("What it is divided by; the same words."))
    intervalType = forms.ChoiceField(label=_("interval"), required=False, choices=choices.INTERVAL)
    dynamicTimeProfile = forms.CharField(
        label=_("time profile"),
        required=False,
        max_length=200,
        help_text=_(
            "Of a growing window the times of day at which it starts anew, in the tenant's time zone: 0:00, or "
            "0:00 +0:15. Of a sliding window its length and step in seconds: 3600:10."
        ),
        widget=Suggestions(["0:00", "0:00 +0:15", "0:00 +1:00", "3600:10", "1800:10", "900:10"]),
    )
    timeRangeLeft = _seconds(_("from"), _("Seconds; without a range 0 to 20."))
    timeRangeRight = _seconds(_("to"))
    timeRangeLeft2 = _seconds(_("abandoned from"), _("Who gives up so early does not count against the service level."))
    timeRangeRight2 = _seconds(_("abandoned to"))
    dynamicFilter = forms.CharField(
        label=_("filter"),
        required=False,
        max_length=1000,
        help_text=_('Which interactions count: MediaType=voice, or PairExists("Key","Value") on attached data.'),
        widget=Suggestions([f"MediaType={media}" for media in MEDIA_TYPES]),
    )
    notificationMode = forms.ChoiceField(label=_("notified"), required=False, choices=choices.MODE)
    notificationFrequency = _seconds(_("every"), _("Seconds; 10 suits a wallboard."), least=1)
    insensitivity = _seconds(_("insensitivity"), _("The least change that is notified, in the statistic's own unit."))
    maskType = forms.ChoiceField(label=_("mask type"), required=False, choices=choices.MASK_TYPE)
    intervalLength = _seconds(_("interval length"), _("Seconds, where the profile does not say."))
    further = forms.JSONField(
        label=_("further keys"),
        required=False,
        encoder=PrettyJSON,
        widget=forms.Textarea({"rows": 3, "class": "vLargeTextField code", "spellcheck": "false"}),
        help_text=_('As the service takes them, for example {"saveHistory": true}.'),
    )

    before: Mapping[str, Any] | None = None

    def begin_with(self, statistic: str, definition: Mapping[str, Any] | None, in_use: list[str]) -> None:
        """What is stored becomes the form's initial values; words that no list has are offered as they are stored."""
        self.before = definition
        how = ADHOC if definition is not None else NAMED
        self.initial.update({"how": how, "statistic": statistic, **split(definition or {}, in_use)})
        for one in self.fields.values():
            one.label = capfirst(one.label)
        for key in CHOSEN:
            field: Any = self.fields[key]
            word = self.initial.get(key)
            if word and word not in choices.flat(field.choices):
                field.choices = [*field.choices, (word, word)]

    @property
    def measured(self) -> dict[str, Any]:
        """The cleaned values of the definition's parts."""
        data = self.cleaned_data
        return {key: data.get(key) for key in (*KEYS, "types", "further")}

    @property
    def applies(self) -> list[str]:
        """The keys that mean something in what the form holds, sent or stored; none of a statistic by name."""
        held = {**self.initial, **getattr(self, "cleaned_data", {})}
        return [] if held.get("how") == NAMED else sorted(applying(held))

    @property
    def descriptor(self) -> dict[str, Any]:
        """``{"name": …}`` or ``{"definition": …}``, of a form that was cleaned."""
        if self.cleaned_data.get("how") == NAMED:
            return {"name": self.cleaned_data.get("statistic", "")}
        return {"definition": join(self.measured, self.before)}

    def clean_further(self) -> dict[str, Any] | None:
        further = self.cleaned_data["further"]
        if further in (None, {}):
            return None
        if not isinstance(further, dict):
            raise forms.ValidationError(now('Give a JSON object: {"key": "value"}.'))
        own = [key for key in further if key in KEYS]
        if own:
            raise forms.ValidationError(now("“%s” has a field of its own.") % own[0])
        return further

    def check_definition(self, unit: str) -> None:
        """Refuse what cannot work, at the field that has to change. What was stored already is not judged anew."""
        self._keep_what_was_not_sent()
        self._forget_what_means_nothing()
        data = self.cleaned_data
        if data.get("how") == NAMED:
            if not data.get("statistic") and "statistic" not in self.errors:
                self.add_error("statistic", now("Give the name of the statistic."))
            return
        if any(key in self.errors for key in (*KEYS, "further")):
            return
        unchanged = self.before is not None and self.descriptor["definition"] == self.before
        for key, reason in [] if unchanged else find_problems(self._whole(), data.get("types") or [], unit):
            self.add_error(key if key in self.fields else None, sentence(reason))

    def _keep_what_was_not_sent(self) -> None:
        """A field that was emptied is sent as empty; one that is missing says nothing about what is stored."""
        for key in (*KEYS, "further") if self.before is not None else ():
            if self.fields[key].widget.value_omitted_from_data(self.data, self.files, self.add_prefix(key)):
                self.cleaned_data[key] = self.initial.get(key)

    def _forget_what_means_nothing(self) -> None:
        """Parts that do not apply are sent, but not shown: nobody could correct them."""
        named = self.cleaned_data.get("how") == NAMED
        for key in (*KEYS, "further") if named else {*KEYS} - applying(self.measured):
            self.errors.pop(key, None)
            self.cleaned_data[key] = None

    def _whole(self) -> dict[str, Any]:
        return {**(self.cleaned_data.get("further") or {}), **{key: self.cleaned_data.get(key) for key in KEYS}}
