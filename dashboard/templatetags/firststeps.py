"""What the pages of an installation that was just made can say beforehand."""

from typing import Any

from django import template
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext as _

from dashboard.historyaccess import visible_changes
from dashboard.models import Team, Wallboard
from statsbridge.admin import NOT_TRIED
from statsbridge.asking import newest_worker
from statsbridge.messages import LinkState
from statsbridge.models import Connection, MonitoredObject, StatisticDefinition
from statsbridge.statewords import word_of
from statsbridge.wording import in_words

register = template.Library()
LATEST_MOST = 8


@register.simple_tag
def no_account_yet() -> bool:
    """Whether nobody can sign in, because there is nobody."""
    return not get_user_model().objects.exists()


@register.simple_tag
def no_connection_yet() -> bool:
    return not Connection.objects.exists()


@register.simple_tag
def no_object_yet() -> bool:
    return not MonitoredObject.objects.exists()


@register.simple_tag
def no_team_yet() -> bool:
    return not Team.objects.exists()


@register.simple_tag
def no_wallboard_yet() -> bool:
    return not Wallboard.objects.exists()


@register.simple_tag
def latest_changes(user: Any) -> list[Any]:
    """The newest entries of the history that the person may read."""
    return list(visible_changes(user).select_related("actor").order_by("-pk")[:LATEST_MOST])


@register.simple_tag
def link_troubles(user: Any) -> list[dict[str, Any]]:
    """What keeps values from coming, for staff: ``[{title, text, url}]``; the address is for who may open it."""
    if not getattr(user, "is_staff", False) or not Connection.objects.filter(enabled=True).exists():
        return []
    if newest_worker() is None:
        return [
            {"title": _("No bridge is running"), "text": _("Nothing is asked of Genesys until it starts."), "url": ""}
        ]
    broken = Connection.objects.filter(enabled=True).exclude(link_status__state=LinkState.LIVE)
    sees = user.has_perm("statsbridge.view_connection")
    return [
        {
            "title": f"{one.name}: {word_of(link.state if link else 'unknown')}",
            "text": in_words(link.reason) if link else NOT_TRIED,
            "url": reverse("admin:statsbridge_connection_change", args=[one.pk]) if sees else "",
        }
        for one in broken.select_related("link_status")
        for link in [getattr(one, "link_status", None)]
    ]


@register.simple_tag
def first_steps(user: Any) -> list[dict[str, Any]]:
    """The way to the first wallboard, for who may go it: ``[{title, why, url, done, next}]``; empty at its end."""
    if not getattr(user, "is_superuser", False) or Wallboard.objects.exists():
        return []
    steps: list[dict[str, Any]] = [
        {
            "title": _("Add a connection"),
            "why": _("The contact centre, and how to sign in there. Its page can test it."),
            "url": reverse("admin:statsbridge_connection_add"),
            "done": Connection.objects.exists(),
        },
        {
            "title": _("Add objects"),
            "why": _("The queues, groups and agents that are measured; a spreadsheet will do."),
            "url": reverse("admin:statsbridge_monitoredobject_bulk"),
            "done": MonitoredObject.objects.exists(),
        },
        {
            "title": _("Choose statistics"),
            "why": _("What is measured; most of it is ready in the library."),
            "url": reverse("admin:statsbridge_statisticdefinition_library"),
            "done": StatisticDefinition.objects.exists(),
        },
        {
            "title": _("Add people"),
            "why": _("An account for each member of a team; it can wait until the wallboard is there."),
            "url": reverse("admin:auth_user_add"),
            "done": get_user_model().objects.count() > 1,
            "can_wait": True,
        },
        {
            "title": _("Add a team"),
            "why": _("Whose wallboard it is: who looks at it and who changes it."),
            "url": reverse("admin:dashboard_team_add"),
            "done": Team.objects.exists(),
        },
        {
            "title": _("Add a wallboard"),
            "why": _("Its title and its team; then you put tiles on it in the editor."),
            "url": reverse("admin:dashboard_wallboard_add"),
            "done": False,
        },
    ]
    following = next(step for step in steps if not step["done"] and not step.get("can_wait"))
    return [step | {"next": step is following} for step in steps]
