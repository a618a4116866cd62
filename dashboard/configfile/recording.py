"""Notices what forms and scripts change, for the history; ``write`` records what it writes by itself.

Before the first change to a row its item is read; when the change is complete (``wanted.deferred`` ends, or a request
saves a single row) it is read again, and the difference is recorded.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save

from dashboard import wanted
from dashboard.configfile import changelog
from dashboard.configfile.diff import Change
from dashboard.configfile.document import items_of
from dashboard.configfile.schema import name_key
from dashboard.configfile.unfiled import UNFILED, new_password, unfiled_items
from dashboard.models import Membership, RotationStep, Team, Tile, TileSeries, Wallboard
from dashboard.signin.models import TeamRule
from statsbridge.models import Connection

Touched = tuple[str, Any]


@dataclass(slots=True)
class _Noted:
    before: dict[Touched, dict[str, Any] | None] = field(default_factory=dict)
    notes: dict[Touched, list[str]] = field(default_factory=dict)


_noted: ContextVar[_Noted | None] = ContextVar("recording_noted", default=None)
_paused: ContextVar[bool] = ContextVar("recording_paused", default=False)


@contextmanager
def paused() -> Iterator[None]:
    """Within, changes are somebody else's to record."""
    token = _paused.set(True)
    try:
        yield
    finally:
        _paused.reset(token)


def _is_recorded() -> bool:
    """Whether a person or a command makes the changes of now; fixtures and the bridge are nobody's history."""
    return bool(wanted.is_deferred() or changelog.means() or changelog.actor())


def touch(section: str, pks: Iterable[Any]) -> None:
    """Say that these rows are about to be changed; needed where no signal tells, such as before an ``update``."""
    if _paused.get() or not _is_recorded():
        return
    noted = _noted.get()
    if noted is None:
        noted = _Noted()
        _noted.set(noted)
    new = [pk for pk in pks if pk is not None and (section, pk) not in noted.before]
    if new:
        items = _items(section, new)
        noted.before |= {(section, pk): items.get(pk) for pk in new}


@contextmanager
def changing(section: str, *pks: Any, note: str = "") -> Iterator[None]:
    """Within, these rows are changed without a signal; ``note`` is told beside what becomes of them."""
    touch(section, pks)
    if note and (noted := _noted.get()) is not None:
        for pk in pks:
            noted.notes.setdefault((section, pk), []).append(note)
    try:
        yield
    except BaseException:
        forget()
        raise
    _settle_single()


def _items(section: str, pks: list[Any]) -> dict[Any, dict[str, Any]]:
    return unfiled_items(section, pks) if section in UNFILED else items_of(section, pks)


def settle(**kwargs: Any) -> None:
    """Record what became of the rows that were touched."""
    noted = _noted.get()
    if noted is None:
        return
    _noted.set(None)
    after: dict[Touched, dict[str, Any]] = {}
    for section in {section for section, _ in noted.before}:
        items = _items(section, [pk for of, pk in noted.before if of == section])
        after |= {(section, pk): item for pk, item in items.items()}
    changes: list[Change] = []
    pks: dict[tuple[str, str], Any] = {}
    for (section, pk), before in noted.before.items():
        now = after.get((section, pk))
        if before is None and now is None:
            continue
        name = str((now or before or {})[name_key(section)])
        changes.append(Change(section, name, before, now, tuple(noted.notes.get((section, pk), ()))))
        pks[(section, name)] = pk
    changelog.record(changes, pks)


def forget(**kwargs: Any) -> None:
    """What was noted did not happen."""
    _noted.set(None)


def _settle_single() -> None:
    if not wanted.is_deferred():
        settle()


def _owner(instance: Any) -> tuple[str, Any]:
    """The item that a row belongs to."""
    match instance:
        case Membership() | TeamRule():
            return "teams", instance.team_id
        case Tile():
            return "wallboards", instance.wallboard_id
        case TileSeries():
            return "wallboards", Tile.objects.filter(pk=instance.tile_id).values_list("wallboard", flat=True).first()
        case RotationStep():
            return "rotations", instance.rotation_id
        case _:
            return changelog.section_of(type(instance)) or "", instance.pk


def _before(instance: Any, raw: bool = False, **kwargs: Any) -> None:
    if raw or _paused.get() or kwargs.get("update_fields") == frozenset({"last_login"}):
        return
    section, pk = _owner(instance)
    touch(section, [pk])
    if isinstance(instance, Team) and "update_fields" not in kwargs and pk is not None:
        # It goes, and with it what says that objects are only for it.
        touch("objects", instance.monitored_objects.values_list("pk", flat=True))
    noted = _noted.get()
    if noted is not None and (section, pk) in noted.before and (news := _new_secrets(instance)):
        noted.notes.setdefault((section, pk), []).extend(news)


def _new_secrets(instance: Any) -> list[str]:
    if isinstance(instance, get_user_model()):
        return new_password(instance)
    return _secrets_of(instance) if isinstance(instance, Connection) else []


def _secrets_of(connection: Connection) -> list[str]:
    stored = Connection.objects.filter(pk=connection.pk).first()
    names = Connection.SECRET_FIELDS if stored else ()
    changed = [name for name in names if getattr(stored, name) and getattr(connection, name) != getattr(stored, name)]
    return [f"{name}: a new value" for name in changed if getattr(connection, name)]


def _after(instance: Any, created: bool = False, raw: bool = False, **kwargs: Any) -> None:
    if raw or _paused.get():
        return
    section, pk = _owner(instance)
    noted = _noted.get()
    if created and pk is not None and _is_recorded():
        if noted is None:
            noted = _Noted()
            _noted.set(noted)
        if not isinstance(instance, Membership | TeamRule | Tile | TileSeries | RotationStep):
            noted.before.setdefault((section, pk), None)
    _settle_single()


def _relation(sender: Any, instance: Any, action: str, pk_set: set[int] | None, **kwargs: Any) -> None:
    if _paused.get():
        return
    if action.startswith("post_"):
        _settle_single()
    elif isinstance(instance, Wallboard):
        touch("wallboards", [instance.pk])
    elif sender is Wallboard.shared_with.through:
        touch("wallboards", pk_set or instance.wallboards_shared.values_list("pk", flat=True))
    elif isinstance(instance, Team):
        touch("objects", pk_set or instance.monitored_objects.values_list("pk", flat=True))
    else:
        touch("objects", [instance.pk])


def connect() -> None:
    """Listen to all that is recorded; once, when the application is ready."""
    parts = (Membership, TeamRule, Tile, TileSeries, RotationStep)
    for model in (*changelog.RECORDED.values(), *parts):
        name = f"recording.{model.__name__}"
        for signal, receiver in (
            (pre_save, _before),
            (pre_delete, _before),
            (post_save, _after),
            (post_delete, _after),
        ):
            signal.connect(receiver, sender=model, dispatch_uid=name)
    for relation in (Wallboard.shared_with, Team.monitored_objects):
        through = relation.through
        m2m_changed.connect(_relation, sender=through, dispatch_uid=f"recording.{through.__name__}")
    wanted.settled.connect(settle, dispatch_uid="recording")
    wanted.abandoned.connect(forget, dispatch_uid="recording")
