"""How long to wait between attempts."""

from collections.abc import Callable, Iterator

from statsbridge.backoff import MOST_SECONDS

Pauses = Callable[[], Iterator[float]]


class Pace:
    """Attempts since the last proof of life.

    Reaching the service, or shaking hands with it, proves nothing: a link that loses its cookie can do both hundreds of
    times a second. Only a message, or a poll that was held, calls ``reset()``.
    """

    def __init__(self, backoff: Pauses) -> None:
        self._backoff = backoff
        self._delays: Iterator[float] | None = None
        self._lost = False

    def reset(self) -> None:
        self._delays, self._lost = None, False

    def failed(self) -> float:
        """Seconds to wait after a failure."""
        if self._delays is None:
            self._delays = iter(self._backoff())
        return next(self._delays, MOST_SECONDS)

    def lost(self) -> float:
        """Seconds to wait after the service has forgotten the session: none for the first time.

        That is also how a service answers that was away and is back.
        """
        if self._lost:
            return self.failed()
        self._lost = True
        if self._delays is None:
            self._delays = iter(self._backoff())
        return 0.0
