"""What tokens did, counted in memory and written by the handful: a thousand viewers of a portal are one row.

Nothing of a token is kept but the id of its key, and that only where there is such a key.
"""

import asyncio
import logging
from collections import Counter
from typing import Any
from weakref import WeakKeyDictionary

import jwt
from channels.db import database_sync_to_async
from django.db import Error as DatabaseFailure

from dashboard.embed import UNREADABLE
from dashboard.guard.records import Kind, record
from dashboard.models import EmbedKey

logger = logging.getLogger(__name__)

WRITE_SECONDS = 5.0
#: Different things between two writes; a flood of invented keys is counted as one.
DIFFERENT_MOST = 500
KEY_MOST = 32

#: kind, id of the key, details
Event = tuple[str, str, str]


class Tally:
    """Counts for one event loop, and writes what it counted ``WRITE_SECONDS`` after the first."""

    def __init__(self) -> None:
        self._counts: Counter[Event] = Counter()
        self._due: asyncio.TimerHandle | None = None
        self._writing: set[asyncio.Task[None]] = set()

    def admitted(self, key: str, wallboard: str) -> None:
        self._add((Kind.TOKEN_ADMITTED, key, wallboard))

    def refused(self, token: str, word: str, wallboard: str) -> None:
        """``word`` says why, as in the error frame."""
        logger.info("Token for %s refused: %s", wallboard, word)
        self._add((Kind.TOKEN_REFUSED, key_named_in(token), word))

    def _add(self, event: Event) -> None:
        if event not in self._counts and len(self._counts) >= DIFFERENT_MOST:
            event = (event[0], "", "")
        self._counts[event] += 1
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(WRITE_SECONDS, self._write_later)

    def _write_later(self) -> None:
        task = asyncio.ensure_future(self.write())
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def write(self) -> None:
        """Write down what was counted."""
        if self._due is not None:
            self._due.cancel()
            self._due = None
        counts, self._counts = self._counts, Counter()
        try:
            await database_sync_to_async(_write)(counts)
        except DatabaseFailure as error:
            # The log has each of them; a database that is away must not fill the memory.
            logger.warning("The record of %d tokens could not be written: %s", counts.total(), type(error).__name__)


def _write(counts: Counter[Event]) -> None:
    teams = dict(EmbedKey.objects.filter(pk__in={key for _, key, _ in counts}).values_list("pk", "team"))
    known: Counter[Event] = Counter()
    for (kind, key, detail), count in counts.items():
        known[kind, key if key in teams else "", detail] += count
    for (kind, key, detail), count in known.items():
        record(kind, key=key, team=teams.get(key), detail=detail, count=count)


def key_named_in(token: str) -> str:
    """The id of the key that a token claims to be signed with; empty where it claims none."""
    try:
        kid: Any = jwt.get_unverified_header(token).get("kid")
    except UNREADABLE:
        return ""
    return kid if isinstance(kid, str) and len(kid) <= KEY_MOST and kid.isalnum() else ""


_tallies: WeakKeyDictionary[asyncio.AbstractEventLoop, Tally] = WeakKeyDictionary()


def tally() -> Tally:
    """The one of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _tallies:
        _tallies[loop] = Tally()
    return _tallies[loop]
