"""Which series the enabled wallboards need, kept up to date in the transaction of each change."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import Signal

from dashboard.models import Team, Tile, TileSeries, Wallboard
from statsbridge.models import Connection, MonitoredObject, Revision, Series, StatisticDefinition

_deferred: ContextVar[bool] = ContextVar("wanted_deferred", default=False)
#: Sent where ``deferred`` ends, in the transaction of the changes.
settled = Signal()
#: Sent instead where an exception ends it.
abandoned = Signal()


def sync() -> None:
    """Write ``Series.wanted`` anew and count the change, for the bridge and the hubs to see."""
    needed = TileSeries.objects.filter(tile__wallboard__enabled=True).values("series")
    with transaction.atomic():
        # First, for its row lock: of two changes at once the second one waits here, and then sees what the first did.
        Revision.bump()
        Series.objects.filter(wanted=True).exclude(pk__in=needed).update(wanted=False)
        Series.objects.filter(wanted=False, pk__in=needed).update(wanted=True)


def also(series: Collection[int]) -> None:
    """Ask for series that an unsaved wallboard shows, too. It holds until the next ``sync``, whoever causes that."""
    with transaction.atomic():
        if Series.objects.filter(pk__in=series, wanted=False).exists():
            Revision.bump()
            Series.objects.filter(pk__in=series).update(wanted=True)


@contextmanager
def deferred() -> Iterator[None]:
    """Within, changes do not sync one by one; at the end it is done once. Belongs inside the change's transaction."""
    if _deferred.get():
        yield
        return
    token = _deferred.set(True)
    try:
        yield
        settled.send(None)
    except BaseException:
        abandoned.send(None)
        raise
    finally:
        _deferred.reset(token)
    sync()


def is_deferred() -> bool:
    """Whether a change is under way that is not complete yet."""
    return _deferred.get()


def series_for(definition: StatisticDefinition, monitored_object: MonitoredObject) -> Series:
    """The one series of a definition on an object."""
    return Series.objects.get_or_create(definition=definition, monitored_object=monitored_object)[0]


def _on_change(**kwargs: Any) -> None:
    if not _deferred.get():
        sync()


def _on_relation_change(action: str, **kwargs: Any) -> None:
    if action.startswith("post_"):
        _on_change()


def _connect() -> None:
    for model in (Wallboard, Tile, TileSeries, MonitoredObject, StatisticDefinition, Connection, Team):
        for signal in (post_save, post_delete):
            signal.connect(_on_change, sender=model, dispatch_uid=f"wanted.{model.__name__}")
    for relation in (Wallboard.shared_with, Team.monitored_objects):
        through = relation.through
        m2m_changed.connect(_on_relation_change, sender=through, dispatch_uid=f"wanted.{through.__name__}")


_connect()
