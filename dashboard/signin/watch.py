"""Open sockets of people who signed in with Genesys: their sessions are asked about beside the hub's own work."""

import asyncio
import logging
from collections.abc import Collection
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async

from dashboard.access import Grant, revoked
from dashboard.protocol import Refusal
from dashboard.signin.sessions import State, check, due

logger = logging.getLogger(__name__)

#: One per event loop: a service that hangs holds up nothing else.
_asking: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[None]] = WeakKeyDictionary()


async def revoked_now(grants: Collection[Grant]) -> dict[Grant, Refusal]:
    """Which of these no longer hold. Genesys is asked about those that are due meanwhile; what it says counts later."""
    lost, waiting = await database_sync_to_async(_look)(set(grants))
    loop = asyncio.get_running_loop()
    if waiting and (loop not in _asking or _asking[loop].done()):
        _asking[loop] = asyncio.ensure_future(_ask(waiting))
    return lost


def _look(grants: set[Grant]) -> tuple[dict[Grant, Refusal], list[int]]:
    return revoked(grants), due({grant.session for grant in grants if grant.session})


async def _ask(waiting: list[int]) -> None:
    try:
        await database_sync_to_async(_check_each, thread_sensitive=False)(waiting)
    except Exception as error:  # noqa: BLE001  # the database may be away; they are due again
        logger.warning("Sessions cannot be checked with Genesys: %s", type(error).__name__)


def _check_each(waiting: list[int]) -> None:
    for pk in waiting:
        if check(pk) is State.UNANSWERED:
            # The others would only wait for the same.
            return
