"""The ASGI application: pages over HTTP, values over WebSockets."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
# Before anything that imports models.
django_application = get_asgi_application()

from django.conf import settings  # noqa: E402

from dashboard.bodies import LimitedBodies  # noqa: E402
from dashboard.guard.addresses import ClientAddresses  # noqa: E402
from dashboard.guard.requests import BoundedRequests  # noqa: E402
from dashboard.routing import websockets  # noqa: E402

pages = BoundedRequests(LimitedBodies(django_application, settings.BODY_BYTES_MOST), settings.REQUESTS_AT_ONCE)
application = ClientAddresses(ProtocolTypeRouter({"http": pages, "websocket": websockets}), settings.TRUSTED_PROXIES)
