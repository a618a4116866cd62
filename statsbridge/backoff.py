"""How long to wait before the next try; pure."""

import random
from collections.abc import Callable, Iterator

LEAST_SECONDS = 0.5
MOST_SECONDS = 5.0
#: After the token endpoint refused in its documented form, trying often only locks accounts.
REFUSED_SECONDS = 60.0


def full_jitter(
    least: float = LEAST_SECONDS,
    most: float = MOST_SECONDS,
    uniform: Callable[[float, float], float] = random.uniform,
) -> Iterator[float]:
    """Endless pauses in seconds: anywhere from ``least`` to a ceiling that doubles up to ``most``.

    The whole range is used, so that many clients that failed together do not come back together.
    """
    ceiling = least * 2
    while True:
        yield uniform(least, min(ceiling, most))
        ceiling = min(ceiling * 2, most)


class Backoff:
    """Pauses that start small again after ``reset``, which is called when a message came, not on connecting."""

    def __init__(self, make: Callable[[], Iterator[float]] = full_jitter) -> None:
        self._make = make
        self._pauses = make()

    def next(self) -> float:
        """Seconds to wait before the next try."""
        return next(self._pauses)

    def reset(self) -> None:
        self._pauses = self._make()
