"""Checking a password costs a processor's third of a second on purpose; only a few are checked at a time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

#: Half of the processors go on serving screens.
AT_ONCE = max(1, (os.cpu_count() or 1) // 2)
WAIT_SECONDS = 10.0


class Busy(Exception):  # noqa: N818  # an answer, not a failure
    """There are more sign-ins than can be checked now."""


class Turns:
    """Lets ``at_once`` threads of this process work at a time; others wait ``seconds`` and then get Busy."""

    def __init__(self, at_once: int = AT_ONCE, seconds: float = WAIT_SECONDS) -> None:
        self._free = BoundedSemaphore(at_once)
        self._seconds = seconds

    @contextmanager
    def turn(self) -> Iterator[None]:
        if not self._free.acquire(timeout=self._seconds):
            raise Busy
        try:
            yield
        finally:
            self._free.release()
