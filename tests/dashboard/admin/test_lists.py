"""Lists stay fast: the same few queries however many rows there are."""

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dashboard.models import EmbedKey, Rotation, Team, Wallboard
from statsbridge.models import Connection, LastValue, MonitoredObject, Sample, Series, StatisticDefinition
from tests.dashboard.admin.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]
LISTS = (
    "statsbridge_monitoredobject", "statsbridge_statisticdefinition", "statsbridge_series", "statsbridge_connection",
    "statsbridge_lastvalue", "statsbridge_sample", "dashboard_team", "dashboard_wallboard", "dashboard_rotation",
    "dashboard_embedkey", "auditlog_logentry", "auth_user",
)  # fmt: skip
FEW, MANY = 10, 20_000


def grow(count: int) -> None:
    """Add objects, series with values, and one further row of everything else for each hundred of them."""
    start, tenant, team = MonitoredObject.objects.count(), Connection.objects.get(), Team.objects.get(name="sales")
    state = StatisticDefinition.objects.get(name="agent-state")
    numbers = range(start, start + count)
    objects = MonitoredObject.objects.bulk_create(
        MonitoredObject(name=f"x-{n}", title=f"X {n}", connection=tenant, type="Agent", object_id=f"x{n}")
        for n in numbers
    )
    series = Series.objects.bulk_create(Series(definition=state, monitored_object=one, wanted=True) for one in objects)
    LastValue.objects.bulk_create(LastValue(series=one, value=7, at=1490830620000, state="ok") for one in series)
    Sample.objects.bulk_create(Sample(series=one, at=1490830620000, value=7) for one in series)
    others = range(start, start + max(1, count // 100))
    Wallboard.objects.bulk_create(Wallboard(slug=f"x-{n}", title="X", team=team) for n in others)
    Rotation.objects.bulk_create(Rotation(slug=f"x-{n}", title="X", team=team) for n in others)
    StatisticDefinition.objects.bulk_create(
        StatisticDefinition(name=f"x-{n}", title="X", statistic="X", unit="state") for n in others
    )
    EmbedKey.objects.bulk_create(EmbedKey(id=f"x{n}", team=team, secret="x" * 43) for n in others)


def queries(client: Client) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in LISTS:
        with CaptureQueriesContext(database) as captured:
            assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200
        found[name] = len(captured)
    return found


def test_a_list_takes_the_same_few_queries_for_20000_rows_as_for_10(owner: Client) -> None:
    grow(FEW)
    editor = client_of("maria")
    boards = reverse("admin:dashboard_wallboard_changelist")
    few = queries(owner)
    assert max(few.values()) <= 14
    with CaptureQueriesContext(database) as as_editor:
        assert editor.get(boards).status_code == 200
    grow(MANY)
    assert queries(owner) == few
    with CaptureQueriesContext(database) as again:
        assert editor.get(boards).status_code == 200
    assert len(again) == len(as_editor)
