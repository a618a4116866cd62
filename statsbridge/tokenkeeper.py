"""The access token of one life of a connection: sent with each request, renewed ahead and when it is refused."""

import asyncio
import logging
from contextvars import ContextVar

from statsbridge import metrics
from statsbridge.auth import Authenticator, Token
from statsbridge.backoff import Backoff
from statsbridge.clock import Clock
from statsbridge.errors import BridgeError, SignInRefused

logger = logging.getLogger(__name__)

#: Of the request under way: polls and other requests overlap, and only a token that was really refused is dead.
_token_sent: ContextVar[Token | None] = ContextVar("token_sent", default=None)


class TokenKeeper:
    """``failure`` is why the service refused to renew it, which ends the connection's life."""

    def __init__(self, name: str, auth: Authenticator, clock: Clock) -> None:
        self.failure: BridgeError | None = None
        self._name, self._auth, self._clock = name, auth, clock
        self._failed = asyncio.Event()

    def headers(self) -> dict[str, str]:
        """Those of a request that is about to be sent."""
        _token_sent.set(self._auth.token)
        return self._auth.headers()

    async def renew(self) -> None:
        """For the CometD side, after a 401 or 403.

        Raises:
            SignInRefused: the session ends, and says why.
        """
        try:
            await self._auth.renew(_token_sent.get())
        except SignInRefused as error:
            self.failure = error
            self._failed.set()
            raise

    async def keep(self) -> None:
        """Renew it ahead, for ever.

        Raises:
            SignInRefused: that is not to be had any more.
        """
        backoff = Backoff()
        while True:
            await self._clock.sleep(min(max(self._auth.refresh_due_in(), 1.0), 15.0))
            metrics.TOKEN_AGE.labels(self._name).set(self._auth.age())
            try:
                await self._auth.ensure()
            except SignInRefused:
                raise
            except BridgeError as error:
                logger.debug("connection %s: %s", self._name, type(error).__name__)
                await self._clock.sleep(backoff.next())
            else:
                backoff.reset()

    async def end(self) -> None:
        """Wait for the refusal and raise it."""
        await self._failed.wait()
        if self.failure is not None:
            raise self.failure
