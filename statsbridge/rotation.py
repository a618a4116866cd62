"""Refresh tokens that a service replaces: the new one is the only way in, so it must never be lost."""

import logging
from dataclasses import replace

from statsbridge import persistence
from statsbridge.configuration import ConnectionSettings
from statsbridge.persistence import in_thread

logger = logging.getLogger(__name__)

#: For configurations that were read before the newest token was saved.
SPENT_KEPT = 10


class Rotation:
    """The newest refresh token of one connection, until it is saved and beyond; and those that it replaced."""

    def __init__(self, connection: int, name: str) -> None:
        self._connection = connection
        self._name = name
        self._spent: list[str] = []
        self._newest = ""
        self._pending = self._failing = False

    async def keep(self, spent: str, token: str) -> None:
        """The service gave ``token`` for ``spent``. A save that fails is tried again with each ``save``."""
        self._spent.append(spent)
        self._newest = token
        self._pending = True
        await self.save()

    def apply(self, settings: ConnectionSettings) -> ConnectionSettings:
        """The settings with the newest token instead of a spent one; a token that somebody entered is left alone."""
        if settings.credentials.refresh_token not in self._spent:
            return settings
        return replace(settings, credentials=replace(settings.credentials, refresh_token=self._newest))

    async def save(self) -> None:
        """Write the token if that has not been done yet."""
        if not self._pending:
            return
        token = self._newest
        try:
            await in_thread(persistence.keep_rotated_token, self._connection, token, tuple(self._spent))
        except Exception as error:  # noqa: BLE001 - whatever it is, the token is not saved
            if not self._failing:
                logger.error("connection %s: the new refresh token could not be saved: %s", self._name, error)
            self._failing = True
            return
        if token == self._newest:
            self._pending = self._failing = False
            del self._spent[:-SPENT_KEPT]
