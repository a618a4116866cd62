"""The list of open subscriptions that outlives the process, so that the next life can delete what this one left."""

import logging
from collections.abc import Sequence

from django.db import Error as DatabaseFailure

from statsbridge import persistence
from statsbridge.clock import Clock
from statsbridge.persistence import in_thread

logger = logging.getLogger(__name__)


class Ledger:
    """The subscriptions of one connection in the database. A database that fails delays nothing but tidiness."""

    def __init__(self, connection: int, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    async def remember(self, subscriptions: Sequence[str]) -> None:
        """Note subscriptions that are about to be opened."""
        if not subscriptions:
            return
        try:
            await in_thread(persistence.remember, self._connection, subscriptions, self._clock.now())
        except DatabaseFailure as error:
            logger.warning("open subscriptions could not be noted: %s", error)

    async def forget(self, subscriptions: Sequence[str]) -> None:
        """Strike out subscriptions that are deleted."""
        if not subscriptions:
            return
        try:
            await in_thread(persistence.forget, subscriptions)
        except DatabaseFailure as error:
            logger.warning("deleted subscriptions could not be struck out: %s", error)

    async def remembered(self) -> list[str]:
        """What earlier lives opened and did not delete."""
        try:
            return await in_thread(persistence.remembered, self._connection)
        except DatabaseFailure as error:
            logger.warning("open subscriptions could not be read: %s", error)
            return []
