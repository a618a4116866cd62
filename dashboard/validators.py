"""Checks of single values that the admin and the configuration file share."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dashboard.hours import week_ranges
from dashboard.wording import in_words

_ORIGIN = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")


def validate_origin(value: str) -> None:
    """An exact origin as browsers send it: ``scheme://host`` or ``scheme://host:port``, in small letters."""
    if not isinstance(value, str) or not _ORIGIN.fullmatch(value):
        raise ValidationError(
            _(
                "“%(value)s” is no origin; give exactly scheme://host[:port], in small letters and without a path, "
                "such as https://portal.example.com"
            ),
            params={"value": value},
        )


def validate_origins(value: Any) -> None:
    """A list of origins, each once."""
    if not isinstance(value, list):
        raise ValidationError(_("Give a list of origins."))
    for origin in value:
        validate_origin(origin)
    if len(set(value)) < len(value):
        raise ValidationError(_("An origin is there twice."))


def validate_hours(value: Any) -> None:
    """A list of lines such as ``mon-fri 08:00-20:00``."""
    if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
        raise ValidationError(_("Give a list of days and hours."))
    try:
        week_ranges(value)
    except ValueError as error:
        raise ValidationError(in_words(str(error))) from None
