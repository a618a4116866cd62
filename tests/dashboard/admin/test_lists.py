"""Lists stay fast: the same few queries however many rows there are, in every list of the administration."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dashboard.guard.models import AccessRecord
from dashboard.models import EmbedKey, Membership, Rotation, RotationStep, Team, Tile, TileSeries, Wallboard
from dashboard.pairing.models import PairedScreen
from statsbridge.models import (
    Connection,
    LastValue,
    LinkStatus,
    MonitoredObject,
    OpenSubscription,
    Sample,
    Series,
    StatisticDefinition,
    Worker,
)
from tests.dashboard.admin.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]
FEW, MANY = 10, 20_000
AT = 1490830620000
Rows = Iterator[Any]


def sales() -> Team:
    return Team.objects.get(name="sales")


def some(model: Any) -> list[Any]:
    return list(model.objects.order_by("-pk")[:20])


def objects(new: range) -> Rows:
    tenant = Connection.objects.get(name="main")
    for n in new:
        yield MonitoredObject(name=f"x-{n}", title=f"X {n}", connection=tenant, type="Agent", object_id=f"x{n}")


def series(new: range) -> Rows:
    state = StatisticDefinition.objects.get(name="agent-state")
    for one in MonitoredObject.objects.filter(name__startswith="x-", series=None):
        yield Series(definition=state, monitored_object=one, wanted=True)


def definitions(new: range) -> Rows:
    return (StatisticDefinition(name=f"x-{n}", title="X", statistic="X", unit="state") for n in new)


def connections(new: range) -> Rows:
    return (Connection(name=f"x-{n}", api_url="https://gws.example.com", client_id="x") for n in new)


def links(new: range) -> Rows:
    return (LinkStatus(connection=one, state="live", reason="x") for one in Connection.objects.filter(link_status=None))


def values(new: range) -> Rows:
    return (LastValue(series=one, value=7, at=AT, state="ok") for one in Series.objects.filter(last_value=None))


def entries(new: range) -> Rows:
    kind, pk = ContentType.objects.get_for_model(Wallboard), Wallboard.objects.values_list("pk", flat=True)[0]
    told = {
        "section": "wallboards",
        "name": "sales",
        "team": "sales",
        "before": {"title": "a"},
        "after": {"title": "b"},
    }
    owner = get_user_model().objects.get(username="owner")
    for _ in new:
        yield LogEntry(
            content_type=kind, object_pk=str(pk), object_id=pk, object_repr="Sales", action=LogEntry.Action.UPDATE,
            changes={"title": ["a", "b"]}, actor=owner, additional_data=told,
        )  # fmt: skip


def accesses(new: range) -> Rows:
    """Each by another person, where a list that asks row by row would show."""
    now, team, people = timezone.now(), sales(), some(get_user_model())
    for n in new:
        yield AccessRecord(
            group=f"x-{n}", kind="token_admitted", at=now, last_at=now, user=people[n % len(people)], team=team,
            key="k1", detail="sales", address="198.51.100.7",
        )  # fmt: skip


#: How a list grows: of what there may be thousands, and in the order in which rows need each other.
THOUSANDS: dict[Any, Callable[[range], Rows]] = {
    MonitoredObject: objects,
    Series: series,
    LastValue: values,
    Sample: lambda new: (Sample(series=one, at=AT, value=7) for one in Series.objects.all()),
    LogEntry: entries,
    AccessRecord: accesses,
}
HUNDREDS: dict[Any, Callable[[range], Rows]] = {
    StatisticDefinition: definitions,
    Connection: connections,
    LinkStatus: links,
    OpenSubscription: lambda new: (
        OpenSubscription(connection=Connection.objects.get(name="main"), subscription_id=f"x{n}", opened_at=AT)
        for n in new
    ),
    Worker: lambda new: (Worker(name=f"x-{n}", started_at=AT, beat_at=AT) for n in new),
    get_user_model(): lambda new: (get_user_model()(username=f"x-{n}", password="!") for n in new),
    Team: lambda new: (Team(name=f"x-{n}", title="X") for n in new),
    Wallboard: lambda new: (Wallboard(slug=f"x-{n}", title="X", team=sales()) for n in new),
    Rotation: lambda new: (Rotation(slug=f"x-{n}", title="X", team=sales()) for n in new),
    PairedScreen: lambda new: (
        PairedScreen(name=f"x-{n}", team=sales(), wallboard=Wallboard.objects.order_by("-pk")[n % 5]) for n in new
    ),
    EmbedKey: lambda new: (EmbedKey(id=f"x{n}", team=sales(), secret="x" * 43) for n in new),
}
#: There is one row of each.
SINGLE = {"statsbridge.revision", "dashboard.appliedfile"}


def grow(count: int) -> None:
    """Add rows of everything, and for the newest of them what a list shows of other tables."""
    start = MonitoredObject.objects.count()
    for rows, new in (
        (THOUSANDS, range(start, start + count)),
        (HUNDREDS, range(start, start + max(10, count // 100))),
    ):
        for model, make in rows.items():
            model.objects.bulk_create(make(new), batch_size=1000)
    teams, boards = some(Team), some(Wallboard)
    for person in get_user_model().objects.order_by("-pk")[:20]:
        Membership.objects.bulk_create(
            [Membership(team=team, user=person) for team in teams[:3]], ignore_conflicts=True
        )
    for board in boards:
        board.shared_with.add(*teams[:3])
        tile = Tile.objects.create(wallboard=board, key="tile-x", kind="number")
        TileSeries.objects.bulk_create(
            [TileSeries(tile=tile, series=one) for one in Series.objects.order_by("definition__name", "-pk")[:3]]
        )
    for rotation in some(Rotation):
        RotationStep.objects.bulk_create(RotationStep(rotation=rotation, wallboard=board) for board in boards[:3])
    for team in teams:
        team.monitored_objects.add(*some(MonitoredObject)[:3])
    # PostgreSQL does so by itself where rows are committed; a plan for empty tables is none for 20,000 rows.
    with database.cursor() as cursor:
        cursor.execute("ANALYZE")


def queries(client: Client, names: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in names:
        with CaptureQueriesContext(database) as captured:
            assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200
        found[name] = len(captured)
    return found


def every_list() -> list[str]:
    return [f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry]


def test_every_list_has_rows_that_grow() -> None:
    known = {model._meta.label_lower for model in (*THOUSANDS, *HUNDREDS)} | SINGLE
    assert {model._meta.label_lower for model in admin.site._registry} == known


def test_every_list_takes_the_same_few_queries_for_20000_rows_as_for_10(owner: Client) -> None:
    grow(FEW)
    editor = client_of("maria")
    names = every_list()
    theirs = [name for name in names if editor.get(reverse(f"admin:{name}_changelist")).status_code == 200]
    assert len(theirs) == 6
    few, few_of_editor = queries(owner, names), queries(editor, theirs)
    assert max(few.values()) <= 16, few
    grow(MANY)
    assert LogEntry.objects.count() > MANY < Series.objects.count()
    assert queries(owner, names) == few
    assert queries(editor, theirs) == few_of_editor
