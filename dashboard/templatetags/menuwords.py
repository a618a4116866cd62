"""The menu's words for what a page is about."""

from typing import Any

from django import template
from django.utils.text import capfirst

from dashboard.menu import WORDS

register = template.Library()


@register.filter
def menu_word(opts: Any) -> str:
    """What rows of a model are called in the menu, of its ``_meta``."""
    return str(WORDS.get(opts.label_lower) or capfirst(opts.verbose_name_plural))
