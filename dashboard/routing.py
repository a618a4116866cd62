"""The routes of WebSockets."""

from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from django.urls import path, re_path

from dashboard.consumers import DIRECT_SEND, EmbedConsumer, UnknownConsumer, WallboardConsumer
from dashboard.pairing.consumers import ControlConsumer, ScreenBoardConsumer


class DirectSend:
    """Hands the server's own ``send`` through, for frames: the session's would look at the session with each one."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await self._application({**scope, DIRECT_SEND: send}, receive, send)


# The stubs know routes to views only.
signed_in: Any = DirectSend(AuthMiddlewareStack(WallboardConsumer.as_asgi()))
routes: list[Any] = [
    path("ws/wallboards/<slug:slug>/", signed_in),
    path("ws/embed/<slug:slug>/", EmbedConsumer.as_asgi()),
    path("ws/screen/", ControlConsumer.as_asgi()),
    path("ws/screen/wallboards/<slug:slug>/", ScreenBoardConsumer.as_asgi()),
    re_path(r"", UnknownConsumer.as_asgi()),
]
websockets = URLRouter(routes)
