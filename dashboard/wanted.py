"""Which series the enabled wallboards need, kept up to date in the transaction of each change."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.dispatch import Signal

from dashboard.models import Team, Tile, TileSeries, Wallboard
from statsbridge.models import Connection, LastValue, MonitoredObject, Revision, Series, StatisticDefinition

_deferred: ContextVar[bool] = ContextVar("wanted_deferred", default=False)
#: Sent where ``deferred`` ends, in the transaction of the changes.
settled = Signal()
#: Sent instead where an exception ends it.
abandoned = Signal()


def sync() -> None:
    """Write ``Series.wanted`` anew and count the change, for the bridge and the hubs to see."""
    needed = TileSeries.objects.filter(tile__wallboard__enabled=True).values("series")
    with transaction.atomic():
        # First, for its row lock: of two changes at once the second one sees what the first did.
        Revision.bump()
        for wants, changed in (
            (False, Series.objects.filter(wanted=True).exclude(pk__in=needed)),
            (True, Series.objects.filter(wanted=False, pk__in=needed)),
        ):
            # What was measured when it was wanted last is no value of now; what a draft shows is measured meanwhile.
            LastValue.objects.filter(series__in=changed.filter(wanted_until=None)).delete()
            changed.update(wanted=wants)


@contextmanager
def deferred() -> Iterator[None]:
    """One change of the configuration, in a transaction of its own or the caller's: all of it, or nothing.

    Whoever else changes it waits until this one is complete. Rows do not sync one by one; at the end it is done once.
    """
    if _deferred.get():
        yield
        return
    with transaction.atomic():
        Revision.lock()
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


def _before_change(**kwargs: Any) -> None:
    # Outside of a transaction the row is stored before its change is counted: nothing waits for anything.
    if not _deferred.get() and transaction.get_connection().in_atomic_block:
        Revision.lock()


def _on_change(**kwargs: Any) -> None:
    if not _deferred.get():
        sync()


def _on_relation_change(action: str, **kwargs: Any) -> None:
    if action.startswith("post_"):
        _on_change()
    else:
        _before_change()


def _connect() -> None:
    for model in (Wallboard, Tile, TileSeries, MonitoredObject, StatisticDefinition, Connection, Team):
        for signal in (post_save, post_delete):
            signal.connect(_on_change, sender=model, dispatch_uid=f"wanted.{model.__name__}")
        for signal in (pre_save, pre_delete):
            signal.connect(_before_change, sender=model, dispatch_uid=f"wanted.{model.__name__}")
    for relation in (Wallboard.shared_with, Team.monitored_objects):
        through = relation.through
        m2m_changed.connect(_on_relation_change, sender=through, dispatch_uid=f"wanted.{through.__name__}")


_connect()
