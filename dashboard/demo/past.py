"""The last hour of the demo's trends. Needs the demo's environment, with Django set up.

A bridge records from when it starts, so the trends of a new installation are empty. The demo's contact centre is
simulated and can be asked what its statistics were; a real one cannot.
"""

import time
from typing import Any

import httpx
from django.db.models import Max, QuerySet

from dashboard.demo.installation import Simulator
from dashboard.tiles.base import NUMERIC_UNITS
from statsbridge.history import Row, save_samples
from statsbridge.models import Series

SPAN_MS = 3_600_000
STEP_SECONDS = 10
#: A demo without a past is better than one that does not start.
PATIENCE_SECONDS = 20.0


def fill(simulator: Simulator) -> int:
    """Record what the simulator's statistics were in the last hour, from where each series has samples; how many."""
    hour_ago = int(time.time() * 1000) - SPAN_MS
    series = list(_wanted(simulator))
    known_until = {one.pk: max(one.newest or 0, hour_ago) for one in series}  # type: ignore[attr-defined]
    if not series:
        return 0
    body = {
        "since": min(known_until.values()),
        "step": STEP_SECONDS,
        "statistics": [_descriptor(one) for one in series],
    }
    try:
        with httpx.Client(trust_env=False, timeout=PATIENCE_SECONDS) as client:
            lines = client.post(f"{simulator.url}/_sim/history", json=body).raise_for_status().json()["lines"]
    except httpx.HTTPError:
        return 0
    rows: list[Row] = [
        (one.pk, at, float(number))
        for one, line in zip(series, lines, strict=True)
        for at, number in line
        if at > known_until[one.pk]
    ]
    save_samples(sorted(rows, key=lambda row: row[1]))
    return len(rows)


def _wanted(simulator: Simulator) -> QuerySet[Series]:
    """The numeric series on wallboards whose source is this simulator, with the time of their newest sample."""
    return (
        Series.objects.filter(
            wanted=True,
            definition__unit__in=NUMERIC_UNITS,
            monitored_object__connection__name="simulator",
            monitored_object__connection__api_url=simulator.url,
        )
        .select_related("definition", "monitored_object")
        .annotate(newest=Max("samples__at"))
        .order_by("pk")
    )


def _descriptor(series: Series) -> dict[str, Any]:
    measured = series.monitored_object
    return {**series.definition.descriptor(), "objectType": measured.type, "objectId": measured.object_id}
