"""How long to wait between attempts."""

import random
from collections.abc import Callable, Iterator

Backoff = Callable[[], Iterator[float]]

FIRST = 0.5
LONGEST = 30.0


def full_jitter() -> Iterator[float]:
    """Seconds: each a random part of 0.5, 1, 2, … 30, so that many clients do not come back at once."""
    limit = FIRST
    while True:
        yield random.uniform(0, limit)  # noqa: S311 - spreads load, protects nothing
        limit = min(limit * 2, LONGEST)


class Pace:
    """Attempts since the last proof of life.

    Reaching the service, or shaking hands with it, proves nothing: a link that loses its cookie can do both hundreds of
    times a second. Only a message, or a poll that was held, calls ``reset()``.
    """

    def __init__(self, backoff: Backoff) -> None:
        self._backoff = backoff
        self._delays: Iterator[float] | None = None

    def reset(self) -> None:
        self._delays = None

    def failed(self) -> float:
        """Seconds to wait after a failure."""
        if self._delays is None:
            self._delays = iter(self._backoff())
        return next(self._delays, LONGEST)

    def lost(self) -> float:
        """Seconds to wait after the service has forgotten the session: none, if that is the first thing to go wrong."""
        if self._delays is None:
            self._delays = iter(self._backoff())
            return 0.0
        return self.failed()
