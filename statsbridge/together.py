"""Running coroutines: such of which none may outlive the others, and such that may never end."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from statsbridge.backoff import Backoff
from statsbridge.clock import Clock

logger = logging.getLogger(__name__)

#: A job that ran so long before it failed was well.
WELL_SECONDS = 60.0


async def run_together(*coroutines: Coroutine[Any, Any, None]) -> None:
    """Run all until one ends or fails; the others are cancelled and awaited, and its error is raised."""
    tasks = [asyncio.create_task(one) for one in coroutines]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await cancel(*tasks)
    for task in done:
        task.result()


async def supervise(what: str, job: Callable[[], Awaitable[None]], clock: Clock) -> None:
    """Run a job for good: whenever it fails it is started again after a pause.

    Of failures of the same kind in a row only the first is logged as an error.
    """
    backoff = Backoff()
    known: type[Exception] | None = None
    while True:
        began = clock.monotonic()
        try:
            await job()
        except Exception as error:
            if clock.monotonic() - began >= WELL_SECONDS:
                backoff.reset()
                known = None
            if type(error) is known:
                logger.debug("%s failed again: %s", what, error)
            else:
                logger.exception("%s failed and is started again", what)
            known = type(error)
        await clock.sleep(backoff.next())


async def cancel(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait until they are over; their errors were reported elsewhere."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
