"""Lets aiocometd 0.4.5 run on Python 3.10 and newer, which took the ``loop`` argument out of asyncio.

asyncio itself stays as it is: in the three modules of aiocometd that pass ``loop``, the name ``asyncio`` is bound to a
stand-in that drops it. Without this, ``Client.open()`` ends in ``TypeError: … unexpected keyword argument 'loop'``.
"""

import asyncio
import functools
from collections.abc import Callable
from typing import Any

import aiocometd.client
import aiocometd.transports.long_polling
import aiocometd.utils

_TAKE_NO_LOOP = ("Semaphore", "sleep", "wait", "wait_for")


class AsyncioWithoutLoop:
    """asyncio, but its functions that once took a ``loop`` ignore it."""

    def __getattr__(self, name: str) -> Any:
        value = getattr(asyncio, name)
        return _dropping_loop(value) if name in _TAKE_NO_LOOP else value


def _dropping_loop(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, loop: object = None, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return call


def apply() -> None:
    """Bind the stand-in; doing it again changes nothing."""
    for module in (aiocometd.client, aiocometd.utils, aiocometd.transports.long_polling):
        module.asyncio = AsyncioWithoutLoop()  # type: ignore[attr-defined]
