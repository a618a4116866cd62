"""``manage.py serve``: web and bridge in one process, for one machine."""

import asyncio
from pathlib import Path
from typing import Any

from channels.layers import get_channel_layer
from channels.routing import get_default_application
from daphne.endpoints import build_endpoint_description_strings  # type: ignore[import-untyped]
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from twisted.internet import defer, reactor

from statsbridge.serving import LimitedServer, use_all_descriptors
from statsbridge.worker import BridgeWorker

#: Bytes of a WebSocket message.
MESSAGE_MOST = 65_536


class Command(BaseCommand):
    help = "Serves the wallboards and runs the bridge, in one process, until SIGTERM or Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="the port to listen on (8000)")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        if not 0 < port < 65536:
            raise CommandError(f"--port {port}: a port is a number from 1 to 65535.")
        check_migrations()
        check_static_files()
        layer = get_channel_layer()
        if layer is None:
            raise CommandError("There is no channel layer in the settings.")
        worker = BridgeWorker(layer)
        server = LimitedServer(
            connections=settings.CONNECTIONS_MOST or use_all_descriptors(),
            body_most=settings.BODY_BYTES_MOST,
            application=get_default_application(),
            endpoints=build_endpoint_description_strings(host=host, port=port),
            # Daphne would cut each screen's socket after a day.
            websocket_timeout=-1,
            # Screens send little; more is not even collected.
            websocket_max_message_size=MESSAGE_MOST,
            websocket_max_frame_size=MESSAGE_MOST,
            ready_callable=lambda: self._ready(worker, host, port),
            verbosity=0,
        )
        server.run()
        if server.failure:
            raise CommandError(
                f"Cannot listen on {host} port {port}: {server.failure} Choose another with --host or --port, "
                "or end the program that uses it."
            )

    def _ready(self, worker: BridgeWorker, host: str, port: int) -> None:
        loop = asyncio.get_event_loop()
        serving = loop.create_task(worker.serve())

        def stop() -> defer.Deferred[Any]:
            return defer.Deferred.fromFuture(asyncio.ensure_future(_stop(worker, serving), loop=loop))

        reactor.addSystemEventTrigger("before", "shutdown", stop)  # type: ignore[arg-type]
        shown = f"[{host}]" if ":" in host else host
        self.stdout.write(f"Serving on http://{shown}:{port}/ - Ctrl-C ends it.")
        self.stdout.flush()


async def _stop(worker: BridgeWorker, serving: "asyncio.Task[None]") -> None:
    await worker.stop()
    await serving


def check_migrations() -> None:
    """Stop before the first page fails.

    Raises:
        CommandError: the database cannot be reached, or is behind the code.
    """
    try:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise CommandError(f"The database cannot be used: {error}") from error
    if behind:
        raise CommandError("The database is not up to date. Run first: python manage.py migrate")


def check_static_files() -> None:
    """Raises CommandError when pages would lack their styles and scripts."""
    if not isinstance(staticfiles_storage, ManifestFilesMixin) and not hasattr(staticfiles_storage, "manifest_name"):
        return
    manifest = Path(settings.STATIC_ROOT) / str(staticfiles_storage.manifest_name)
    if not manifest.exists():
        raise CommandError(
            "The static files were not collected. Run first: python manage.py collectstatic --noinput"
            " (or set DEBUG=1 while developing)"
        )
