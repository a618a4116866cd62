"""What the pages of an installation that was just made can say beforehand."""

from django import template
from django.contrib.auth import get_user_model

register = template.Library()


@register.simple_tag
def no_account_yet() -> bool:
    """Whether nobody can sign in, because there is nobody."""
    return not get_user_model().objects.exists()
