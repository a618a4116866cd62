"""The tutorial's project: ``daphne benchmarks.baseline.asgi:application``.

``LAYER`` in the environment chooses the channel layer: ``memory`` (the default), ``core`` or ``pubsub`` with
``REDIS_URL``. The capacity is the one that lets the in-memory layer hold a burst for each socket.
"""

import os
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings

LAYERS: dict[str, dict[str, Any]] = {
    "memory": {"BACKEND": "channels.layers.InMemoryChannelLayer"},
    "core": {"BACKEND": "channels_redis.core.RedisChannelLayer"},
    "pubsub": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer"},
}
kind = os.environ.get("LAYER", "memory")
layer = LAYERS[kind]
if kind != "memory":
    layer = {**layer, "CONFIG": {"hosts": [os.environ["REDIS_URL"]]}}

settings.configure(
    SECRET_KEY="of-the-baseline-only",
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["channels"],
    CHANNEL_LAYERS={"default": layer},
)

from django.core.asgi import get_asgi_application  # noqa: E402
from django.urls import re_path  # noqa: E402

django_application = get_asgi_application()

from benchmarks.baseline.consumers import ChatConsumer  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": URLRouter([re_path(r"ws/chat/(?P<room_name>\w+)/$", ChatConsumer.as_asgi())]),
    }
)
