"""Form fields for what the models keep as JSON."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError as FormError
from django.forms.renderers import get_default_renderer
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from dashboard.plain import plain_thresholds
from dashboard.thresholds import Thresholds
from dashboard.validators import validate_hours, validate_origins
from dashboard.wording import in_words

_NAMES = ("direction", "warning", "critical", "clear", "hold")
_LABELS = tuple(map(gettext_lazy, _NAMES))
_DIRECTIONS = [("above", gettext_lazy("above")), ("below", gettext_lazy("below"))]


class ThresholdsWidget(forms.MultiWidget):
    """Five small inputs, each with its name."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        number = {"step": "any", "size": "6"}
        super().__init__(
            {
                "direction": forms.Select(choices=_DIRECTIONS),
                "warning": forms.NumberInput(number),
                "critical": forms.NumberInput(number),
                "clear": forms.NumberInput({**number, "min": "0"}),
                "hold": forms.NumberInput({**number, "min": "0"}),
            },
            attrs,
        )

    def decompress(self, value: Any) -> list[Any]:
        value = value if isinstance(value, dict) else {}
        return [value.get(name) for name in _NAMES]

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        parts = self.get_context(name, value, attrs)["widget"]["subwidgets"]
        draw = renderer or get_default_renderer()
        inputs = [mark_safe(draw.render(part["template_name"], {"widget": part})) for part in parts]  # noqa: S308
        labelled = format_html_join(
            "", "<label><span>{}</span>{}</label>", zip(map(capfirst, _LABELS), inputs, strict=True)
        )
        return format_html('<span class="thresholds">{}</span>', labelled)


class ThresholdsField(forms.MultiValueField):
    """Thresholds as in the configuration file; nothing where neither limit is given."""

    widget = ThresholdsWidget

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text",
            gettext_lazy(
                "The value is reached at the limit itself. Clear: how far back it must go before the level falls. "
                "Hold: for how many seconds it must stay beyond a limit before the level rises."
            ),
        )
        kwargs = {key: value for key, value in kwargs.items() if key not in ("encoder", "decoder")}
        optional = [forms.FloatField(required=False) for _ in _NAMES[1:]]
        super().__init__(
            fields=[forms.ChoiceField(choices=_DIRECTIONS, required=False), *optional],
            require_all_fields=False,
            required=False,
            **kwargs,
        )

    def compress(self, data_list: Any) -> dict[str, Any] | None:
        given = {name: value for name, value in zip(_NAMES, data_list or [], strict=False) if value not in (None, "")}
        if not given.keys() - {"direction"}:
            return None
        try:
            return plain_thresholds(Thresholds.model_validate(given))
        except ValidationError as error:
            raise FormError([in_words(item["msg"].removeprefix("Value error, ")) for item in error.errors()]) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(plain_thresholds(initial) != self.clean(data))
        except FormError:
            return True


class LinesField(forms.CharField):
    """A list of texts, one per line."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", forms.Textarea({"rows": 3, "class": "vLargeTextField"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(str(item) for item in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))


class OriginsField(LinesField):
    default_validators = [validate_origins]

    def run_validators(self, value: Any) -> None:
        validate_origins(value)


class HoursField(LinesField):
    def run_validators(self, value: Any) -> None:
        validate_hours(value)
