"""Sockets of signed-in people, from the handshake to the close."""

import asyncio
import json
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session

from dashboard import wanted
from dashboard.consumers import own_origin
from dashboard.hubs import running_hub
from dashboard.models import Membership, Wallboard
from statsbridge.messages import LinkState
from tests.dashboard.floor import HOST, ORIGIN, FakeBridge, Floor, Wall

PATH = "/ws/wallboards/sales/"


async def open_wall(floor: Floor, person: str = "ben", path: str = PATH, **options: Any) -> Wall:
    cookie = await database_sync_to_async(floor.cookie)(person)
    return await Wall(path, cookie=cookie, **options).open()


# -- values ------------------------------------------------------------------------------------------------------


async def test_a_screen_gets_a_snapshot_and_then_what_changes(floor: Floor, bridge: FakeBridge) -> None:
    bridge.values_message({floor.waiting.pk: 3})
    wall = await open_wall(floor)
    snapshot = await wall.next()
    assert snapshot["type"] == "snapshot"
    assert snapshot["bridge"] == "live"
    assert snapshot["values"][str(floor.waiting.pk)][::2] == [3, "ok"]
    assert snapshot["values"][str(floor.level.pk)] == [None, None, "pending"]
    assert snapshot["wallboard"]["slug"] == "sales"
    assert [tile["id"] for tile in snapshot["wallboard"]["tiles"]] == ["waiting", "level"]
    assert snapshot["series"][str(floor.waiting.pk)]["object"] == {
        "name": "sales-queue",
        "type": "Queue",
        "id": "8001@SIP_Switch",
        "title": "Sales",
    }
    assert set(snapshot["history"]) == {str(floor.waiting.pk)}, "only the tile with a sparkline draws it"
    await bridge.publish({floor.waiting.pk: 17})
    update = await wall.next("update")
    assert update["values"][str(floor.waiting.pk)][::2] == [17, "ok"]
    assert update["levels"]["waiting"][str(floor.waiting.pk)][0] == "critical"
    assert update["seq"] == snapshot["seq"] + 1
    await wall.leave()


async def test_two_screens_of_a_board_share_its_numbers(floor: Floor, bridge: FakeBridge) -> None:
    first, second = await open_wall(floor), await open_wall(floor, "eva")
    one, two = await first.next(), await second.next()
    assert (one["epoch"], one["seq"]) == (two["epoch"], two["seq"])
    await bridge.publish({floor.waiting.pk: 4})
    assert await first.next("update") == await second.next("update")
    await first.leave()
    await second.leave()


async def test_a_broken_link_is_told_with_its_reason(floor: Floor, bridge: FakeBridge) -> None:
    bridge.values_message({floor.waiting.pk: 3})
    wall = await open_wall(floor)
    await wall.next("snapshot")
    await bridge.set_link(LinkState.UNAVAILABLE, "Genesys reports that the service is unavailable")
    link = await wall.next("link")
    assert (link["connection"], link["state"]) == ("main", "unavailable")
    assert link["reason"].startswith("Genesys")
    assert (await wall.value_of(floor.waiting.pk, "stale", at=2))["type"] == "update"
    await wall.leave()


async def test_a_lost_message_is_asked_for_again(floor: Floor, bridge: FakeBridge) -> None:
    wall = await open_wall(floor)
    await wall.next("snapshot")
    bridge.values_message({floor.level.pk: 81})
    bridge.asked.clear()
    await bridge.publish({floor.waiting.pk: 4})
    await asyncio.wait_for(bridge.asked.wait(), 5)
    await wall.value_of(floor.level.pk, 81)
    await wall.leave()


async def test_a_restarted_bridge_is_asked_for_everything(floor: Floor, bridge: FakeBridge) -> None:
    wall = await open_wall(floor)
    await wall.next("snapshot")
    bridge.epoch, bridge.seq = "bridge-2", 0
    bridge.values_message({floor.level.pk: 55, floor.waiting.pk: 1})
    await bridge.beat()
    await wall.value_of(floor.level.pk, 55)
    await wall.leave()


async def test_a_changed_board_is_a_new_snapshot_on_the_same_socket(floor: Floor, bridge: FakeBridge) -> None:
    wall = await open_wall(floor)
    first = await wall.next("snapshot")
    await database_sync_to_async(rename)(floor.board)
    second = await wall.next("snapshot")
    assert second["wallboard"]["title"] == "Renamed"
    assert second["epoch"] == first["epoch"]
    await wall.leave()


def rename(board: Wallboard) -> None:
    board.title = "Renamed"
    board.save()


# -- what clients say ----------------------------------------------------------------------------------------------


async def test_a_client_with_a_gap_gets_a_snapshot(floor: Floor, bridge: FakeBridge) -> None:
    wall = await open_wall(floor)
    await wall.next("snapshot")
    await wall.send_json_to({"type": "resync"})
    assert "history" in await wall.next("snapshot")
    await wall.send_json_to({"type": "resync", "history": False})
    assert "history" not in await wall.next("snapshot")
    await wall.leave()


async def test_an_acknowledgement_of_an_unknown_number_is_ignored(floor: Floor, bridge: FakeBridge) -> None:
    wall = await open_wall(floor)
    snapshot = await wall.next("snapshot")
    (stream,) = running_hub().streams.values()
    (screen,) = stream.screens
    await wall.send_json_to({"type": "ack", "seq": 10**6})
    await bridge.publish({floor.waiting.pk: 4})
    await wall.next("update")
    assert screen.window.acked == snapshot["seq"]
    await wall.send_json_to({"type": "ack", "seq": snapshot["seq"] + 1})
    await bridge.publish({floor.waiting.pk: 5})
    await wall.next("update")
    assert screen.window.acked == snapshot["seq"] + 1
    await wall.leave()


@pytest.mark.parametrize("text", ["nonsense", '{"type": "sing"}', '{"type": "ack", "seq": "x"}', "x" * 9000])
async def test_a_malformed_frame_closes_the_socket(floor: Floor, bridge: FakeBridge, text: str) -> None:
    wall = await open_wall(floor)
    await wall.next("snapshot")
    await wall.send_to(text)
    code, error = await wall.closed()
    assert code == 4400
    assert error["code"] == "malformed"


async def test_a_binary_frame_closes_the_socket(floor: Floor, bridge: FakeBridge) -> None:
    wall = await open_wall(floor)
    await wall.send_to(bytes_data=json.dumps({"type": "resync"}).encode())
    assert (await wall.closed())[0] == 4400


# -- who may ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["ben", "eva", "maya", "root"])
async def test_the_team_and_superusers_may_look(floor: Floor, bridge: FakeBridge, person: str) -> None:
    wall = await open_wall(floor, person)
    await wall.next("snapshot")
    await wall.leave()


async def test_a_team_that_the_board_is_shared_with_may_look(floor: Floor, bridge: FakeBridge) -> None:
    await database_sync_to_async(floor.board.shared_with.add)(floor.service)
    wall = await open_wall(floor, "omar")
    await wall.next("snapshot")
    await wall.leave()


async def test_another_team_is_refused(floor: Floor, bridge: FakeBridge) -> None:
    code, error = await (await open_wall(floor, "omar")).closed()
    assert (code, error["code"]) == (4403, "forbidden")


async def test_a_board_that_does_not_exist_is_refused(floor: Floor, bridge: FakeBridge) -> None:
    assert (await (await open_wall(floor, path="/ws/wallboards/nowhere/")).closed())[0] == 4404


async def test_nobody_is_told_nothing(floor: Floor, bridge: FakeBridge) -> None:
    for path in (PATH, "/ws/wallboards/nowhere/"):
        wall = await Wall(path).open()
        assert (await wall.closed())[0] == 4401


@pytest.mark.parametrize("origin", ["https://evil.example.com", f"http://{HOST}.evil.example.com", "null", None])
async def test_a_foreign_origin_is_refused_even_with_a_session(
    floor: Floor, bridge: FakeBridge, origin: str | None
) -> None:
    code, error = await (await open_wall(floor, origin=origin)).closed()
    assert (code, error["code"]) == (4403, "foreign_origin")


@pytest.mark.parametrize("path", ["/", "/ws/", "/ws/wallboards/", "/elsewhere/sales/"])
async def test_an_unknown_path_is_closed_politely(floor: Floor, bridge: FakeBridge, path: str) -> None:
    wall = await Wall(path).open()
    code, error = await wall.closed()
    assert (code, error["type"]) == (4404, "error")


@pytest.mark.parametrize(
    ("origin", "host", "public", "own"),
    [
        (ORIGIN, HOST, "", True),
        ("http://wall.localhost:80", HOST, "", True),
        ("https://wall.localhost", f"{HOST}:443", "", True),
        ("http://wall.localhost:8000", f"{HOST}:8000", "", True),
        ("http://WALL.localhost", HOST, "", True),
        ("http://wall.localhost:8001", f"{HOST}:8000", "", False),
        ("https://wall.localhost", HOST, "", True),
        ("https://walls.example.com", "10.0.0.1", "https://walls.example.com", True),
        ("https://other.example.com", "10.0.0.1", "https://walls.example.com", False),
        ("http://rebound.example.com", "rebound.example.com", "", False),
        ("http://wall.localhost:port", HOST, "", False),
        ("file://wall.localhost", HOST, "", False),
        ("", "", "", False),
    ],
)
def test_it_knows_its_own_origin(settings: Any, origin: str, host: str, public: str, own: bool) -> None:
    settings.ALLOWED_HOSTS, settings.PUBLIC_URL = [HOST, "10.0.0.1"], public
    headers = [(b"host", host.encode()), (b"origin", origin.encode())]
    assert own_origin({"headers": headers}) is own


# -- and no longer -------------------------------------------------------------------------------------------------


def lose_membership(floor: Floor) -> None:
    Membership.objects.filter(user=floor.users["ben"]).delete()


def disable_board(floor: Floor) -> None:
    floor.board.enabled = False
    floor.board.save()


def disable_board_silently(floor: Floor) -> None:
    Wallboard.objects.update(enabled=False)
    wanted.sync()


def sign_out(floor: Floor) -> None:
    Session.objects.all().delete()


def change_password(floor: Floor) -> None:
    floor.users["ben"].set_password("another-sample-word")
    floor.users["ben"].save()


def deactivate(floor: Floor) -> None:
    floor.users["ben"].is_active = False
    floor.users["ben"].save()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lose_membership, 4403),
        (disable_board, 4404),
        (disable_board_silently, 4404),
        (sign_out, 4401),
        (change_password, 4401),
        (deactivate, 4401),
    ],
)
async def test_access_that_is_lost_closes_the_socket(floor: Floor, bridge: FakeBridge, change: Any, code: int) -> None:
    wall = await open_wall(floor)
    await wall.next("snapshot")
    await database_sync_to_async(change)(floor)
    assert (await wall.closed(timeout=5))[0] == code
