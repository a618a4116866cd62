"""What watches the product asks: is it up, can it work, and its figures."""

import asyncio
import ipaddress
from collections.abc import Callable
from typing import Any

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from dashboard.readings import BridgeState, bridge_state
from dashboard.stored import beat_age

CHECK_SECONDS = 2.0

Check = dict[str, Any]

UNKNOWN: Check = {"ok": False, "detail": "not known without the database"}


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
async def readyz(request: HttpRequest) -> JsonResponse:
    """200 or 503 with what works and what does not; ``?for=web`` leaves the bridge out, for balancers."""
    checks = {"database": await _in_time(_check_database), "channel_layer": await _check_layer()}
    if request.GET.get("for") != "web":
        # What the database keeps cannot be had without it; asking it again would only take twice as long.
        checks["bridge"] = await _in_time(_check_bridge) if checks["database"]["ok"] else UNKNOWN
    ok = all(check["ok"] for check in checks.values())
    return JsonResponse({"ok": ok, "checks": checks}, status=200 if ok else 503)


def _failed(error: Exception) -> Check:
    # Messages of drivers name hosts and users; the kind of failure is enough here, the log has the rest.
    return {"ok": False, "detail": type(error).__name__}


async def _in_time(check: Callable[[], Check]) -> Check:
    """Ask in a thread of its own: one that hangs must hold up neither the answer nor anybody else."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await database_sync_to_async(check, thread_sensitive=False)()
    except TimeoutError:
        return {"ok": False, "detail": f"no answer within {CHECK_SECONDS:g} s"}


def _check_database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as error:  # noqa: BLE001  # whatever a driver raises is the answer
        return _failed(error)
    return {"ok": True, "detail": "answers"}


async def _check_layer() -> Check:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            # A group without members: the message reaches Redis and nobody.
            layer: Any = get_channel_layer()
            await layer.group_send("wallboard.ready", {"type": "ready"})
    except Exception as error:  # noqa: BLE001
        return _failed(error)
    return {"ok": True, "detail": "answers"}


def _check_bridge() -> Check:
    try:
        age = beat_age()
    except Exception as error:  # noqa: BLE001
        return _failed(error)
    if age is None:
        return {"ok": False, "detail": "no bridge has run yet"}
    ok = bridge_state(0, age) is not BridgeState.DOWN
    return {"ok": ok, "detail": f"last sign {age // 1000} s ago"}


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text, for the bearer of ``METRICS_TOKEN`` or from this machine itself."""
    if not (_has_token(request) or _is_local(request)):
        return HttpResponse("Send METRICS_TOKEN as a Bearer token.\n", status=403, content_type="text/plain")
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "")
    return bool(settings.METRICS_TOKEN) and constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}")


def _is_local(request: HttpRequest) -> bool:
    # A proxy on this machine speaks for others.
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
