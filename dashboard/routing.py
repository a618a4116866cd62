"""The routes of WebSockets."""

from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from django.urls import path, re_path

from dashboard.consumers import EmbedConsumer, UnknownConsumer, WallboardConsumer

# The stubs know routes to views only.
signed_in: Any = AuthMiddlewareStack(WallboardConsumer.as_asgi())
routes: list[Any] = [
    path("ws/wallboards/<slug:slug>/", signed_in),
    path("ws/embed/<slug:slug>/", EmbedConsumer.as_asgi()),
    re_path(r"", UnknownConsumer.as_asgi()),
]
websockets = URLRouter(routes)
