"""``manage.py simulator``: it starts, says how to reach it, serves, and ends politely."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.statsbridge.simulator.support import another, basic

ROOT = Path(__file__).parents[3]


async def test_it_prints_its_credentials_and_objects_and_serves() -> None:
    command = (
        "simulator",
        "--port",
        "0",
        "--agents",
        "6",
        "--queues",
        "2",
        "--client-id",
        "sample",
        "--api-key",
        "key",
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "manage.py", *command),
        cwd=ROOT,
        env={**os.environ, "SECRET_KEY": "for-this-test-only"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        assert process.stdout is not None
        text = ""
        async with asyncio.timeout(60):
            while "statistics by name" not in text:
                line = await process.stdout.readline()
                assert line, text
                text += line.decode()
        for expected in ("key", "sample", "sim-client-secret", "tenant\\bridge", "sim-password", "maria.lopez"):
            assert expected in text
        assert "8002@SIP_Switch" in text
        found = re.search(r"http://127\.0\.0\.1:\d+", text)
        assert found
        async with another(found[0]) as client:
            client.headers["x-api-key"] = "key"
            assert (await client.token(basic(client_id="sample")))[0] == 200
    finally:
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


def test_a_floor_that_is_too_small_is_refused() -> None:
    with pytest.raises(CommandError, match="at least 2 agents"):
        call_command("simulator", "--agents", "1")
    with pytest.raises(CommandError, match="no time zone"):
        call_command("simulator", "--timezone", "Moon/Crater")
