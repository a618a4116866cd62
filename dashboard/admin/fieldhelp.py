"""What forms of this administration offer and explain, whatever they are about."""

from typing import Any, TypeVar
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

ModelT = TypeVar("ModelT", bound=models.Model)
#: Those named by their place, without the old names of countries.
ZONES = ["UTC", *sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))]
LETTERS = gettext_lazy("Only a to z, A to Z, 0 to 9, - and _; no spaces or umlauts. For example: service-berlin")


class Suggestions(forms.TextInput):
    """A text with suggestions, which the browser offers while it is typed."""

    def __init__(self, suggestions: list[str]) -> None:
        super().__init__({"class": "vTextField", "autocomplete": "off", "spellcheck": "false"})
        self.suggestions = suggestions

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        listed = f"{name}-suggestions"
        entry = super().render(name, value, {**(attrs or {}), "list": listed}, renderer)
        options = format_html_join("", '<option value="{}"></option>', ((one,) for one in self.suggestions))
        return format_html('{}<datalist id="{}">{}</datalist>', entry, listed, options)


class FieldHelp(admin.ModelAdmin[ModelT]):
    """Time zones are offered by name; a refused short name is told the letters it may have."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "timezone":
            kwargs["widget"] = Suggestions(ZONES)
        if isinstance(db_field, models.SlugField):
            kwargs["error_messages"] = {"invalid": LETTERS}
        return super().formfield_for_dbfield(db_field, request, **kwargs)
