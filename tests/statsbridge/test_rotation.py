"""Refresh tokens that the service replaces, until they are saved."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from asgiref.sync import sync_to_async
from channels.layers import InMemoryChannelLayer
from django.db import connection as database

from statsbridge import configuration
from statsbridge.clock import Clock
from statsbridge.configuration import Configured, ConnectionSettings
from statsbridge.keeper import Keeper
from statsbridge.leadership import Term
from statsbridge.messages import LinkState
from statsbridge.models import Connection
from statsbridge.publisher import Publisher
from statsbridge.rotation import Rotation
from statsbridge.simulator.server import SimulatorServer
from tests.statsbridge.support import until

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def database_away() -> Iterator[None]:
    """Nothing can be read from or written to the connections."""
    with database.cursor() as cursor:
        cursor.execute("ALTER TABLE statsbridge_connection RENAME TO away")
    try:
        yield
    finally:
        with database.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO statsbridge_connection")


def signed_in_with(token: str) -> Connection:
    return Connection.objects.create(
        name="main", api_url="http://gws", client_id="c", grant="refresh_token", refresh_token=token
    )


def read(pk: int) -> ConnectionSettings:
    return configuration.load()[pk].settings


async def stored() -> str:
    return (await Connection.objects.aget()).refresh_token


async def test_a_rotated_token_is_saved() -> None:
    connection = await sync_to_async(signed_in_with)("r1")
    await Rotation(connection.pk, "main").keep("r1", "r2")
    assert await stored() == "r2"


async def test_a_token_that_could_not_be_saved_is_saved_later(caplog: pytest.LogCaptureFixture) -> None:
    connection = await sync_to_async(signed_in_with)("r1")
    rotation = Rotation(connection.pk, "main")
    away = database_away()
    await sync_to_async(away.__enter__)()
    await rotation.keep("r1", "r2")
    await rotation.keep("r2", "r3")
    await sync_to_async(away.__exit__)(None, None, None)
    assert await stored() == "r1"
    await rotation.save()
    assert await stored() == "r3"
    assert len(caplog.records) == 1
    assert "r3" not in caplog.text


async def test_a_configuration_with_a_spent_token_is_signed_in_with_the_newest() -> None:
    connection = await sync_to_async(signed_in_with)("r1")
    before = await sync_to_async(read)(connection.pk)
    rotation = Rotation(connection.pk, "main")
    await rotation.keep("r1", "r2")
    assert rotation.apply(before).credentials.refresh_token == "r2"
    assert rotation.apply(before).statistics_url == before.statistics_url


async def test_a_token_that_somebody_entered_meanwhile_stays() -> None:
    connection = await sync_to_async(signed_in_with)("entered")
    rotation = Rotation(connection.pk, "main")
    await rotation.keep("r1", "r2")
    assert await stored() == "entered"
    entered = await sync_to_async(read)(connection.pk)
    assert rotation.apply(entered) == entered


def connect(simulator: SimulatorServer) -> str:
    """A connection that has nothing but this refresh token, which the service replaces at each use."""
    known = simulator.options.credentials
    token: str = simulator.tokens.issue(known.username)["refresh_token"]
    Connection.objects.create(
        name="main",
        api_url=simulator.url,
        api_key=known.api_key,
        client_id=known.client_id,
        client_secret=known.client_secret,
        grant="refresh_token",
        refresh_token=token,
    )
    return token


async def live(keeper: Keeper, session: object) -> bool:
    return keeper._session is not session and keeper.store.link.state == LinkState.LIVE


async def test_an_edit_while_the_database_is_away_does_not_lock_the_connection_out() -> None:
    async with SimulatorServer(rotate=True, agents=2, queues=1) as simulator:
        first = await sync_to_async(connect)(simulator)
        (configured,) = (await sync_to_async(configuration.load)()).values()
        publisher = Publisher(InMemoryChannelLayer())
        keeper = Keeper(configured, publisher, epoch="e", term=Term(1), sample_interval=10, clock=Clock())
        away = database_away()
        await sync_to_async(away.__enter__)()
        keeper.start()
        await until(lambda: live(keeper, None))
        session = keeper._session
        # The edit was read before the first rotation, and the rotation is not saved yet.
        edited = replace(configured.settings, authentication_url=configured.settings.authentication_url + "/")
        keeper.update(Configured(edited, configured.wanted))
        await until(lambda: live(keeper, session))
        await sync_to_async(away.__exit__)(None, None, None)
        await keeper.stop()
        newest = await stored()
        assert newest != first
        assert simulator.tokens.grant({"grant_type": "refresh_token", "refresh_token": newest})
