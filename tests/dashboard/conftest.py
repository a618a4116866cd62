"""Fixtures of the live side."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from channels.db import database_sync_to_async
from channels.layers import channel_layers, get_channel_layer
from pytest_django import Settings

from dashboard.hubs import running_hub
from tests.dashboard.floor import HOST, FakeBridge, Floor, build_floor


@pytest.fixture
def floor(transactional_db: None, settings: Settings) -> Floor:
    settings.ALLOWED_HOSTS = [HOST, "testserver"]
    return build_floor()


@pytest_asyncio.fixture
async def bridge(floor: Floor) -> AsyncIterator[FakeBridge]:
    """A bridge that just started, and afterwards the end of the hub that the test's sockets made."""
    channel_layers.backends.clear()
    async with FakeBridge(get_channel_layer()) as one:
        await database_sync_to_async(_beat)()
        yield one
        await running_hub().stop()
    channel_layers.backends.clear()


def _beat() -> None:
    from statsbridge.models import Worker
    from tests.dashboard.floor import now_ms

    Worker.objects.create(name="worker", started_at=now_ms(), beat_at=now_ms())
