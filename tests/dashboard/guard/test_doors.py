"""Sockets that flood, crowd or come from elsewhere."""

import time

import jwt
import pytest
from channels.db import database_sync_to_async
from pytest_django import Settings

from dashboard.consumers import FRAMES_AT_ONCE, RENEWALS_AT_ONCE, own_origin
from dashboard.embed import create_key
from dashboard.models import Team
from tests.dashboard.floor import HOST, FakeBridge, Floor, Wall


def fresh_token(team: Team, lifetime: int = 600) -> str:
    key, secret = create_key(team)
    now = int(time.time())
    claims = {"wallboard": "sales", "iat": now, "exp": now + lifetime}
    return jwt.encode(claims, secret, algorithm="HS256", headers={"kid": key})


@pytest.mark.parametrize("frame", [{"type": "ack", "seq": 0}, {"type": "resync"}])
async def test_a_flood_of_good_frames_is_closed_with_words(
    floor: Floor, bridge: FakeBridge, frame: dict[str, object]
) -> None:
    cookie = await database_sync_to_async(floor.cookie)("ben")
    wall = await Wall("/ws/wallboards/sales/", cookie=cookie).open()
    await wall.next("snapshot")
    for _ in range(FRAMES_AT_ONCE + 100):
        await wall.send_json_to(frame)
    code, error = await wall.closed()
    assert (code, error["code"]) == (4408, "too_many_frames")


async def test_a_flood_of_renewals_is_closed_with_words(floor: Floor, bridge: FakeBridge) -> None:
    token = await database_sync_to_async(fresh_token)(floor.sales)
    wall = await Wall("/ws/embed/sales/", origin=None).open()
    for _ in range(RENEWALS_AT_ONCE + 3):
        await wall.send_json_to({"type": "auth", "token": token})
    code, error = await wall.closed()
    assert (code, error["code"]) == (4408, "too_many_frames")


async def test_a_screen_with_a_token_is_let_in_however_many_wait_without(
    floor: Floor, bridge: FakeBridge, settings: Settings
) -> None:
    settings.SOCKETS_WAITING = 5
    token = await database_sync_to_async(fresh_token)(floor.sales)
    idle = [await Wall("/ws/embed/sales/", origin=None).open() for _ in range(12)]
    screen = await Wall("/ws/embed/sales/", origin=None).open()
    await screen.send_json_to({"type": "auth", "token": token})
    assert (await screen.next())["type"] == "snapshot"
    for wall in idle[:8]:
        code, error = await wall.closed()
        assert (code, error["code"]) == (4408, "crowded")
    for wall in [*idle[8:], screen]:
        await wall.leave()


@pytest.mark.parametrize(
    ("origin", "public", "own"),
    [
        (f"http://{HOST}", "", True),
        (f"http://{HOST}:80", "", True),
        (f"HTTP://{HOST.upper()}", "", True),
        (f"https://{HOST}", f"https://{HOST}", True),
        (f"http://{HOST}:8000", "", False),
        (f"http://{HOST}", f"https://{HOST}", False),
        (f"ftp://{HOST}", "", False),
        ("https://evil.example.com", "", False),
        (f"https://{HOST}.evil.example.com", f"https://{HOST}", False),
        (f"https://evil.example.com@{HOST}:99999", "", False),
        ("null", "", False),
        ("", "", False),
        (None, "", False),
        ("http://", "", False),
    ],
)
def test_only_pages_of_this_site_open_sockets_of_people(
    settings: Settings, origin: str | None, public: str, own: bool
) -> None:
    settings.ALLOWED_HOSTS, settings.PUBLIC_URL = [HOST], public
    headers = [(b"host", HOST.encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    assert own_origin({"headers": headers}) is own
