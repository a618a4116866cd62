"""Jobs that may never end."""

import asyncio
import logging

import pytest

from statsbridge.clock import Clock
from statsbridge.together import supervise


class TurnedClock(Clock):
    seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.seconds += seconds


class Job:
    """Fails with each of ``errors`` after so many seconds, then runs on."""

    def __init__(self, clock: TurnedClock, *errors: tuple[float, Exception]) -> None:
        self.clock = clock
        self.errors = list(errors)
        self.runs = 0
        self.well = asyncio.Event()

    async def run(self) -> None:
        self.runs += 1
        if self.errors:
            seconds, error = self.errors.pop(0)
            self.clock.seconds += seconds
            raise error
        self.well.set()
        await asyncio.Event().wait()


async def logged_by(caplog: pytest.LogCaptureFixture, *errors: tuple[float, Exception]) -> tuple[Job, list[str]]:
    clock = TurnedClock()
    job = Job(clock, *errors)
    with caplog.at_level(logging.INFO):
        supervised = asyncio.create_task(supervise("saving", job.run, clock))
        async with asyncio.timeout(5):
            await job.well.wait()
    supervised.cancel()
    await asyncio.gather(supervised, return_exceptions=True)
    return job, [record.getMessage() for record in caplog.records]


async def test_a_job_that_fails_is_started_again_and_complains_once(caplog: pytest.LogCaptureFixture) -> None:
    job, messages = await logged_by(caplog, *[(1.0, OverflowError())] * 5)
    assert job.runs == 6
    assert messages == ["saving failed and is started again"]
    assert job.clock.seconds > 5 + 5 * 0.5


async def test_another_kind_of_failure_is_told(caplog: pytest.LogCaptureFixture) -> None:
    _, messages = await logged_by(caplog, (0.0, OverflowError()), (0.0, ConnectionError()), (0.0, ConnectionError()))
    assert len(messages) == 2


async def test_a_failure_after_a_minute_without_any_is_told(caplog: pytest.LogCaptureFixture) -> None:
    _, messages = await logged_by(caplog, (0.0, OverflowError()), (60.0, OverflowError()))
    assert len(messages) == 2
