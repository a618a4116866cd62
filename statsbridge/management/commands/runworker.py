"""``manage.py runworker statsbridge``: the bridge as a worker of its own, beside any number of web processes."""

from typing import Any

from channels.layers import get_channel_layer
from channels.management.commands.runworker import Command as ChannelsCommand
from django.conf import settings
from django.core.management.base import CommandError
from prometheus_client import start_http_server

from statsbridge.messages import COMMANDS
from statsbridge.worker import BridgeWorker


class Command(ChannelsCommand):
    help = "Runs the bridge (runworker statsbridge) until SIGTERM or Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        if options["channels"] != [COMMANDS]:
            raise CommandError(f"This project has one worker: manage.py runworker {COMMANDS}")
        layer = get_channel_layer(options["layer"])
        if layer is None:
            raise CommandError(f"There is no channel layer “{options['layer']}”; leave --layer out.")
        if settings.CHANNEL_LAYERS[options["layer"]]["BACKEND"].endswith("InMemoryChannelLayer"):
            raise CommandError(
                "REDIS_URL is not set: a worker of its own reaches the web processes through Redis only. "
                "Set it for all of them, or run everything in one process: manage.py serve"
            )
        if settings.METRICS_PORT:
            serve_metrics(settings.METRICS_PORT, settings.METRICS_HOST)
        self.stdout.write("The bridge is running; Ctrl-C ends it.")
        BridgeWorker(layer).run()


def serve_metrics(port: int, host: str) -> None:
    """Answer Prometheus in a thread of its own, so that figures can be had of a loop that hangs.

    Raises:
        CommandError: the port is taken.
    """
    try:
        start_http_server(port, host)
    except OSError as error:
        raise CommandError(
            f"METRICS_PORT {port} on {host} cannot be used: {error.strerror or error}. Choose another port, "
            "one for each worker of this machine."
        ) from error
