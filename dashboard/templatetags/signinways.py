"""How people may sign in here."""

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from dashboard.signin.views import own_path

register = template.Library()


@register.simple_tag(takes_context=True)
def genesys_sign_in(context: template.RequestContext) -> str:
    """Where a sign-in with Genesys starts, with the page that was asked for; empty where there is none."""
    if not settings.GENESYS_SIGN_IN:
        return ""
    request: HttpRequest = context["request"]
    after = own_path(request, str(context.get("next") or ""))
    return reverse("genesys_start") + (f"?{urlencode({'next': after})}" if after else "")


@register.simple_tag
def local_sign_in() -> str:
    """Who may sign in with a password: ``on`` (everybody), ``superusers`` or ``off``."""
    return str(settings.LOCAL_SIGN_IN)
