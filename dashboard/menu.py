"""The administration's menu: in the order of the work, in the words of the product."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dashboard.guard.site import GuardedSite

#: Model -> what it is called in the menu, in the order that leads from a connection to a wall.
SECTIONS: tuple[tuple[str, Any, dict[str, Any]], ...] = (
    (
        "measured",
        _("What is measured"),
        {
            "statsbridge.connection": _("Connections"),
            "statsbridge.monitoredobject": _("Objects"),
            "statsbridge.statisticdefinition": _("Statistics"),
            "statsbridge.series": _("Measured values"),
        },
    ),
    (
        "shown",
        _("What is shown"),
        {
            "dashboard.team": _("Teams"),
            "dashboard.wallboard": _("Wallboards"),
            "dashboard.rotation": _("Rotations"),
            "dashboard.embedkey": _("Embed keys"),
            "dashboard.pairedscreen": _("Screens"),
        },
    ),
    (
        "kept",
        _("People and changes"),
        {
            "auth.user": _("People"),
            "auditlog.logentry": _("History"),
            "dashboard.accessrecord": _("Sign-ins and tokens"),
            "dashboard.appliedfile": _("Configuration file"),
        },
    ),
)
#: What the bridge keeps for itself: to look at when something is to be found out.
INSIDE = (
    "inside",
    _("Inside"),
    {
        "statsbridge.linkstatus": _("States of links"),
        "statsbridge.lastvalue": _("Last values"),
        "statsbridge.sample": _("Points of trends"),
        "statsbridge.opensubscription": _("Open subscriptions"),
        "statsbridge.worker": _("Processes of the bridge"),
        "statsbridge.revision": _("Count of changes"),
    },
)
WORDS = {label: word for _key, _title, models in (*SECTIONS, INSIDE) for label, word in models.items()}


class Administration(GuardedSite):
    """Django's, with one menu instead of a list by application."""

    site_header = "Wallboards"
    site_title = "Wallboards"
    index_title = _("Administration")
    site_url = "/"
    empty_value_display = "–"

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The sections of which the person may see something; with an application, only what is its."""
        offered: dict[str, Any] = {
            model["model"]._meta.label_lower: model
            for app in self._build_app_dict(request, app_label).values()
            for model in app["models"]
        }
        # What nobody gave a place is seen all the same.
        others = {label: model["name"] for label, model in offered.items() if label not in WORDS}
        sections = (*SECTIONS, ("others", _("Others"), others), INSIDE)
        return [
            {
                "name": title,
                "app_label": key,
                "app_url": "",
                "has_module_perms": True,
                "collapsed": key == INSIDE[0],
                "models": found,
            }
            for key, title, models in sections
            if (found := [offered[label] | {"name": word} for label, word in models.items() if label in offered])
        ]
