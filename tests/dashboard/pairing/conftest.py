"""A TV that asks for its pages, and what managers do meanwhile."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from channels.db import database_sync_to_async
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from dashboard.pairing import desk as desks
from dashboard.pairing.codes import spelled
from dashboard.pairing.credential import CHANGED_EVERY, cookie_name, digest
from dashboard.pairing.desk import Desk, running_desk
from dashboard.pairing.models import PairedScreen
from tests.dashboard.floor import HOST, ORIGIN, Floor, Wall

database = database_sync_to_async
#: From a manager's click to the screen; and from a revocation to the code.
SWITCHED = 3
REVOKED = 5


@pytest.fixture(autouse=True)
def _plain_static(settings: Settings) -> None:
    # Hashed names need collected files.
    settings.STORAGES = django_settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest_asyncio.fixture
async def desk(floor: Floor) -> AsyncIterator[Desk]:
    """The desk of the test's event loop; it ends with it."""
    yield running_desk()
    await running_desk().stop()
    desks._desks.clear()


@dataclass
class Tv:
    """A browser without anybody in front of it."""

    client: Client

    def ask(self, *, starting: bool = True) -> bool:
        """Whether it is paired; it keeps the cookie that it is given."""
        address = f"/screen/credential/{'?starting' if starting else ''}"
        response = self.client.post(address, headers={"origin": ORIGIN, "host": HOST})
        assert response.status_code == 200
        return bool(response.json()["paired"])

    @property
    def secret(self) -> str:
        return str(self.client.cookies[cookie_name()].value)

    @property
    def cookie(self) -> str:
        return f"{cookie_name()}={self.secret}"

    def paired(self, floor: Floor, name: str = "Hall", **given: object) -> PairedScreen:
        """As if its code had been entered; it shows the board of sales if nothing else is given."""
        self.ask()
        shows = given or {"wallboard": floor.board}
        row = PairedScreen(name=name, team=floor.sales, credential=digest(self.secret), **shows)
        row.credential_since -= CHANGED_EVERY
        row.save()
        return row

    async def control(self) -> Wall:
        return await Wall("/ws/screen/", cookie=self.cookie).open()

    async def board(self, slug: str = "sales") -> Wall:
        return await Wall(f"/ws/screen/wallboards/{slug}/", cookie=self.cookie).open()


@pytest.fixture
def tv() -> Tv:
    return Tv(Client())


async def code_on(wall: Wall) -> str:
    """The code that it shows."""
    frame = await wall.next("code")
    return spelled(frame["code"])


def status(**changes: Any) -> str:
    said = {"version": "1", "width": 1920, "height": 1080, "ratio": 1, "sound": "on", "freshness": "live"}
    return json.dumps({"type": "status", "showing": "sales"} | said | changes)


async def screen_frame(wall: Wall, timeout: float = SWITCHED) -> dict[str, Any]:
    return await wall.next("screen", timeout=timeout)


@database
def change(screen: PairedScreen, **fields: Any) -> None:
    PairedScreen.objects.filter(pk=screen.pk).update(**fields)
