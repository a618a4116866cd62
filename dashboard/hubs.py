"""The hub of each event loop; a web process has one loop, tests have many."""

import asyncio
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer

from dashboard.hub import Hub
from statsbridge.clock import Clock

_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def _forget(hub: Hub) -> None:
    for loop, one in list(_hubs.items()):
        if one is hub:
            del _hubs[loop]


def running_hub() -> Hub:
    """The hub of the running event loop, started with the first call."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub(get_channel_layer(), Clock(), _forget)
        hub.start()
    return hub
