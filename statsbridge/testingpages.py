"""Beside the form of a connection: how its link is, live, and a test that walks every step of it."""

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_noop, ngettext, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from statsbridge.asking import TEST_SECONDS, Answer, ask_bridge, follow_bridge, newest_worker, no_bridge, told_step
from statsbridge.configuration import settings_of
from statsbridge.models import Connection, LastValue, MonitoredObject
from statsbridge.statewords import word_of
from statsbridge.trials import seal
from statsbridge.trying import Asked
from statsbridge.wording import in_words

#: What is asked of an object that nobody measures yet: every contact centre can answer it.
PROBES: dict[str, tuple[dict[str, Any], str]] = {
    "Agent": ({"category": "CurrentState", "subject": "DNAction", "mainMask": "*"}, "state"),
    "GroupAgents": ({"category": "CurrentNumber", "subject": "AgentStatus", "mainMask": "*,~LoggedOut"}, "count"),
    "Queue": ({"category": "CurrentNumber", "subject": "DNAction", "mainMask": "CallWait"}, "count"),
    "RoutePoint": ({"category": "CurrentNumber", "subject": "DNAction", "mainMask": "CallWait"}, "count"),
}
REJECTED_MOST = 20
#: How a test ended, in the history: by the step at which it failed.
OK = gettext_noop("Tested: ok.")
FAILED = {
    "token": gettext_noop("Tested: the sign-in failed."),
    "handshake": gettext_noop("Tested: the handshake failed."),
    "subscribe": gettext_noop("Tested: the subscription failed."),
    "value": gettext_noop("Tested: no value came."),
}
#: What a page asks for that shows each step as it happens.
LINES = "application/x-ndjson"
#: A service that rotates refresh tokens takes each only once: a test must not use up the one that the bridge needs.
ONCE_ONLY = gettext_noop(
    "A refresh token may serve only once, so it is not spent on a test. Save the connection: the bridge signs in with "
    "it within seconds, and this page says how that went."
)
#: And with it goes what is stored: a test of that would say nothing of what the form has now.
SAVE_FIRST = gettext_noop(
    "You changed something here. Save first, then test: a connection with a refresh token is tested as it is saved, "
    "because the token may serve only once."
)


class TestingPages(admin.ModelAdmin[Connection]):
    """Adds the addresses that the page's script asks."""

    change_form_template = "admin/statsbridge/connection/change_form.html"
    change_list_template = "admin/statsbridge/connection/change_list.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("test/", view(require_POST(self.test_view)), name="statsbridge_connection_test"),
            path("<int:pk>/live/", view(require_safe(self.live_view)), name="statsbridge_connection_live"),
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
        given = {
            "test_url": reverse("admin:statsbridge_connection_test"),
            "live_url": reverse("admin:statsbridge_connection_live", args=[stored.pk]) if stored else "",
            "live": live(stored) if stored else None,
            "probe_types": list(PROBES),
            "has_objects": bool(stored) and MonitoredObject.objects.filter(connection=stored).exists(),
            "series_url": reverse("admin:statsbridge_series_changelist"),
        }
        return super().changeform_view(request, object_id, form_url, {**given, **(extra_context or {})})

    def live_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How the link is now, as JSON."""
        connection = self.get_object(request, str(pk))
        if connection is None or not self.has_view_permission(request, connection):
            raise Http404
        return JsonResponse(live(connection))

    def test_view(self, request: HttpRequest) -> HttpResponseBase:
        """Walk the steps with what the form says, saved or not; secrets that were left empty are those stored."""
        pk = request.POST.get("connection") or None
        stored = self.get_object(request, pk) if pk else None
        if not (self.has_change_permission(request, stored) if stored else self.has_add_permission(request)):
            raise PermissionDenied
        before = settings_of(stored) if stored else None
        typed_token = bool(request.POST.get("refresh_token"))
        form = self.get_form(request, stored, change=bool(stored))(request.POST, instance=stored)
        if not form.is_valid():
            return JsonResponse({"problem": _("First correct what is marked."), "errors": form.errors})
        row: Connection = form.instance
        sealed: str | None = seal(settings_of(row))
        if row.grant == Connection.Grant.REFRESH_TOKEN:
            if typed_token or stored is None:
                return JsonResponse({"problem": _(ONCE_ONLY), "errors": {}})
            if settings_of(row) != before:
                return JsonResponse({"problem": _(SAVE_FIRST), "errors": {}})
            sealed = None
        asked = _typed_object(request) or _known_object(row)
        message = {
            "connection": row.pk,
            "by": request.user.pk,
            "asked": asked.to_wire() if asked else None,
            "settings": sealed,
        }
        if request.headers.get("Accept") == LINES:
            lines = self._lines(request, row, newest_worker(), message, get_language() or "en")
            return StreamingHttpResponse(lines, content_type=LINES, headers={"X-Accel-Buffering": "no"})
        answer = ask_bridge("bridge.test", seconds=TEST_SECONDS, **message)
        self._log(request, row, answer.outcome)
        return JsonResponse({**answer.to_json(), "errors": {}})

    async def _lines(
        self, request: HttpRequest, row: Connection, worker: str | None, message: dict[str, Any], language: str
    ) -> AsyncIterator[str]:
        """A line of JSON for each step as it happens, ``{"step": …}``, and last the whole answer."""
        steps = follow_bridge(worker, "bridge.test", seconds=TEST_SECONDS, **message) if worker else _nobody()
        async with aclosing(steps):
            async for one in steps:
                with override(language):
                    told = {**one.to_json(), "errors": {}} if isinstance(one, Answer) else {"step": told_step(one)}
                if isinstance(one, Answer):
                    await sync_to_async(self._log)(request, row, one.outcome)
                yield json.dumps(told, ensure_ascii=False) + "\n"

    def _log(self, request: HttpRequest, row: Connection, outcome: dict[str, Any]) -> None:
        """That it was tested belongs to what happened to a connection; with what words it failed does not."""
        if row.pk and outcome:
            self.log_change(request, row, OK if outcome["ok"] else FAILED[outcome["steps"][-1]["name"]])


async def _nobody() -> AsyncGenerator[dict[str, Any] | Answer, None]:
    yield no_bridge()


def _typed_object(request: HttpRequest) -> Asked | None:
    kind, object_id = request.POST.get("probe_type", ""), request.POST.get("probe_id", "").strip()
    return _probe(kind, object_id) if object_id and kind in PROBES else None


def _probe(kind: str, object_id: str) -> Asked:
    definition, unit = PROBES[kind]
    return Asked(kind, object_id, {"definition": {**definition, "notificationMode": "Immediate"}}, unit)


def _known_object(row: Connection) -> Asked | None:
    """A statistic that worked on this connection before, or else an object that there is."""
    if row.pk is None:
        return None
    working = LastValue.objects.filter(state="ok", series__wanted=True, series__monitored_object__connection=row.pk)
    last = working.select_related("series__definition", "series__monitored_object").order_by("series").first()
    if last is not None:
        definition, found = last.series.definition, last.series.monitored_object
        return Asked(found.type, found.object_id, definition.descriptor(), definition.unit)
    found_one = MonitoredObject.objects.filter(connection=row.pk, type__in=PROBES).order_by("pk").first()
    return _probe(found_one.type, found_one.object_id) if found_one else None


def live(connection: Connection) -> dict[str, Any]:
    """What the bridge last wrote of a link: words and numbers, times in epoch ms, the first of those rejected."""
    link = getattr(connection, "link_status", None)
    rejected = LastValue.objects.filter(
        state="rejected", series__wanted=True, series__monitored_object__connection=connection
    ).select_related("series__definition", "series__monitored_object")
    now = time.time_ns() // 1_000_000
    state = link.state if link else "unknown"
    reason = in_words(link.reason) if link else _("No bridge has tried it yet.")
    state = state if connection.enabled else "disabled"
    return {
        "state": state,
        "word": word_of(state),
        "since": link.since or None if link else None,
        "reason": reason if connection.enabled else _("The connection is switched off."),
        "token_age": lasting(now - link.token_at) if link and link.token_at else "",
        "open": link.open_statistics if link else 0,
        "rejected": link.rejected_statistics if link else 0,
        "refusals": [
            {
                "statistic": last.series.definition.title,
                "object": last.series.monitored_object.title,
                "reason": in_words(last.reason),
            }
            for last in rejected.order_by("series")[:REJECTED_MOST]
        ],
    }


def lasting(milliseconds: int) -> str:
    """A stretch of time in words, to the minute."""
    minutes = max(0, milliseconds) // 60_000
    if minutes < 1:
        return _("less than a minute")
    if minutes < 120:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    return _("%(hours)d hours %(minutes)d minutes") % {"hours": minutes // 60, "minutes": minutes % 60}
