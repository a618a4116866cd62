"""Time as the bridge sees it, in one object that tests replace."""

import asyncio
import time


class Clock:
    """The wall clock in epoch ms, a clock that never jumps in seconds, and waiting."""

    def now(self) -> int:
        """Epoch ms."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back."""
        return time.monotonic()

    def elapsed(self) -> int:
        """``monotonic`` in whole ms, to measure ages with."""
        return round(self.monotonic() * 1000)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        """Wait for the event, at most so many seconds; whether it came."""
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return False
        return True
