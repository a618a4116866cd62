"""Sockets of signed-in people, from the handshake to the close."""

from channels.db import database_sync_to_async

from tests.dashboard.floor import FakeBridge, Floor, Wall

PATH = "/ws/wallboards/sales/"


async def open_wall(floor: Floor, person: str = "ben", path: str = PATH) -> Wall:
    cookie = await database_sync_to_async(floor.cookie)(person)
    return await Wall(path, cookie=cookie).open()


async def test_a_screen_gets_a_snapshot_and_then_what_changes(floor: Floor, bridge: FakeBridge) -> None:
    bridge.values_message({floor.waiting.pk: 3})
    wall = await open_wall(floor)
    snapshot = await wall.next()
    assert next(iter(snapshot)) == "type"
    assert snapshot["type"] == "snapshot"
    assert snapshot["values"][str(floor.waiting.pk)][0] == 3
    await bridge.publish({floor.waiting.pk: 17})
    update = await wall.next("update")
    assert update["values"] == {str(floor.waiting.pk): [17, update["values"][str(floor.waiting.pk)][1], "ok"]}
    await wall.leave()
