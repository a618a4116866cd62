"""``manage.py simulator``: the Genesys stand-in, until interrupted."""

import asyncio
import contextlib
import signal
from argparse import ArgumentTypeError
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management.base import BaseCommand, CommandError, CommandParser

from statsbridge.simulator.server import Options, SimulatorServer
from statsbridge.simulator.tokens import Credentials
from statsbridge.statisticnames import STATISTICS


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ArgumentTypeError(f"{name!r} is no time zone; expected a name like Europe/Berlin") from None
    return name


class Command(BaseCommand):
    help = "Runs a simulated contact centre that answers like the Genesys Authentication and Statistics APIs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        sample = Credentials()
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8090, help="0 takes a free one (default: 8090)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed on the same day gives the same floor")
        parser.add_argument("--agents", type=int, default=40)
        parser.add_argument("--queues", type=int, default=6)
        parser.add_argument("--timezone", type=_timezone, default="UTC", help="the tenant's (default: UTC)")
        parser.add_argument("--api-key", default=sample.api_key, help="empty: none is asked for")
        parser.add_argument("--client-id", default=sample.client_id)
        parser.add_argument("--client-secret", default=sample.client_secret)
        parser.add_argument("--username", default=sample.username)
        parser.add_argument("--password", default=sample.password)
        parser.add_argument("--token-life", type=int, default=43199, help="seconds (default: 43199)")

        parser.add_argument(
            "--redirect-uri",
            action="append",
            default=[],
            metavar="URI",
            help="one that is registered for the client, to which a sign-in may lead back; may be given more than once "
            "(default: any)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        keys = ("api_key", "client_id", "client_secret", "username", "password")
        same = ("host", "port", "seed", "agents", "queues", "timezone", "token_life")
        chosen = Options(
            credentials=Credentials(**{key: options[key] for key in keys}),
            redirect_uris=tuple(options["redirect_uri"]),
            **{key: options[key] for key in same},
        )
        try:
            server = SimulatorServer(chosen)
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(self._serve(server))

    async def _serve(self, server: SimulatorServer) -> None:
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        try:
            async with server:
                self._describe(server)
                await ended.wait()
        except OSError as problem:
            raise CommandError(f"The simulator cannot listen: {problem}") from problem

    def _describe(self, server: SimulatorServer) -> None:
        credentials = server.options.credentials
        people = server.tokens.users.names()
        lines = [
            f"Simulated contact centre at {server.url} (sample data; Ctrl-C ends it)",
            f"  API key        {credentials.api_key or '(none)'}",
            f"  client id      {credentials.client_id}",
            f"  client secret  {credentials.client_secret}",
            f"  user name      {credentials.username}",
            f"  password       {credentials.password}",
            "  people who may sign in, with the same password",
            *(f"    {login:<25} {', '.join(roles) or '(no authority)'}" for login, roles in people),
            "  objects",
        ]
        lines += [f"    {o.type:<12} {o.object_id:<24} {o.title}" for o in server.roster.objects]
        lines.append(f"  statistics by name: {', '.join(STATISTICS)}")
        self.stdout.write("\n".join(lines))
        self.stdout.flush()
