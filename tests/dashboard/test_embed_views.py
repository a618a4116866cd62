"""What leaves the server for an embed that may not show everything: the raw frames, over a whole run."""

import time

import pytest
from channels.db import database_sync_to_async

from dashboard import embed
from statsbridge.messages import LinkState
from tests.dashboard.floor import FakeBridge, Floor
from tests.dashboard.people import INITIALS, EmbedWall, PeoplesBoard


@pytest.fixture
def key(floor: Floor) -> tuple[str, str]:
    return embed.create_key(floor.sales)


@pytest.fixture
def board(floor: Floor) -> PeoplesBoard:
    return PeoplesBoard(floor)


async def run(wall: EmbedWall, board: PeoplesBoard, bridge: FakeBridge) -> None:
    """Everything that a screen can hear in its life."""
    seen = board.floor.waiting.pk
    await bridge.publish(board.values())
    await wall.value_of(seen, 3)
    await bridge.publish(board.values("NotReadyForNextCall", 7))
    await wall.value_of(seen, 7)
    await wall.send_json_to({"type": "resync"})
    await wall.next("snapshot")
    await bridge.set_link(LinkState.DOWN, "the user maria.lopez@sample may not sign in")
    await wall.next("link")
    await wall.value_of(seen, "stale", at=2)
    await wall.send_json_to({"type": "resync", "history": False})
    await wall.next("snapshot")
    await bridge.set_link(LinkState.LIVE)
    await wall.value_of(seen, "ok", at=2)
    await wall.next("heartbeat", timeout=10)
    await database_sync_to_async(change)(board)
    await wall.next("snapshot")


def change(board: PeoplesBoard) -> None:
    board.floor.board.title = "The floor of Maria López"
    board.floor.board.save()


async def opened(key: tuple[str, str], view: str, query: str = "") -> EmbedWall:
    wall = EmbedWall(key, query)
    await wall.open()
    await wall.show_token(view=view)
    return wall


async def test_a_full_view_holds_the_names_that_the_others_are_searched_for(
    key: tuple[str, str], board: PeoplesBoard, bridge: FakeBridge
) -> None:
    wall = await opened(key, "full")
    await run(wall, board, bridge)
    assert set(wall.told()) >= {"maria", "müller", "jürgen", "49152", "zoe.quist", "dn7001"}
    await wall.leave()


async def test_no_frame_of_a_lobby_holds_anybodys_name_or_id(
    key: tuple[str, str], board: PeoplesBoard, bridge: FakeBridge
) -> None:
    wall = await opened(key, "lobby")
    snapshot = await wall.next("snapshot")
    await run(wall, board, bridge)
    assert wall.told() == []
    assert not any(f'"{one}"' in wall.heard for one in INITIALS)
    kinds = {tile["id"]: tile["kind"] for tile in snapshot["wallboard"]["tiles"]}
    assert kinds == {
        "waiting": "number", "level": "gauge", "states": "donut", "hour": "trend", "compared": "bars",
        "table": "table", "news": "text",
    }  # fmt: skip
    series = {str(one.pk) for one in (board.group, board.answered, board.floor.waiting, board.floor.level)}
    assert set(snapshot["series"]) == set(snapshot["values"]) == series
    await wall.leave()


async def test_a_lobby_counts_the_states_of_a_team_and_judges_its_numbers(
    key: tuple[str, str], board: PeoplesBoard, bridge: FakeBridge
) -> None:
    wall = await opened(key, "lobby")
    await wall.next("snapshot")
    await bridge.publish(board.values("CallInbound", 7))
    told = await wall.value_of(board.group.pk, {"state": "CallInbound", "counts": {"CallInbound": 3}})
    assert told["values"][str(board.answered.pk)][0] == 70
    assert told["levels"]["compared"] == {
        str(board.answered.pk): ["warning", told["levels"]["compared"][str(board.answered.pk)][1]]
    }
    await wall.leave()


async def test_no_frame_of_a_floor_holds_a_full_name_or_an_id(
    key: tuple[str, str], board: PeoplesBoard, bridge: FakeBridge
) -> None:
    wall = await opened(key, "floor")
    snapshot = await wall.next("snapshot")
    await run(wall, board, bridge)
    assert wall.told() == []
    assert all(f'"{one}"' in wall.heard for one in INITIALS)
    ids = {tile["id"] for tile in snapshot["wallboard"]["tiles"]}
    calls = f"tile.{(await board.floor.board.tiles.aget(key='maria-lopez')).pk}"
    assert ids == {"waiting", "level", "who", "team", "states", calls, "hour", "compared", "table", "news"}
    await wall.leave()


@pytest.mark.parametrize("view", ["floor", "lobby"])
async def test_texts_alone_name_nobody_either(
    key: tuple[str, str], board: PeoplesBoard, bridge: FakeBridge, view: str
) -> None:
    wall = await opened(key, view, "?tiles=news")
    (news,) = (await wall.next("snapshot"))["wallboard"]["tiles"]
    assert wall.told() == []
    assert "J. M." in news["options"]["text"]
    await wall.leave()


async def test_a_tile_that_is_hidden_is_not_sent(key: tuple[str, str], board: PeoplesBoard, bridge: FakeBridge) -> None:
    for view in ("floor", "lobby"):
        wall = await opened(key, view)
        await wall.next("snapshot")
        assert "For the team only" not in wall.heard
        await wall.leave()


async def test_the_grid_is_whole_without_the_tiles_that_are_left_out(
    key: tuple[str, str], board: PeoplesBoard, bridge: FakeBridge
) -> None:
    wall = await opened(key, "lobby")
    shown = (await wall.next("snapshot"))["wallboard"]
    cells = [
        (x, y)
        for place in (tile["position"] for tile in shown["tiles"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    rows = max(y for _, y in cells) + 1
    assert len(cells) == len(set(cells)) == shown["columns"] * rows
    await wall.leave()


async def test_a_single_tile_is_the_whole_board(key: tuple[str, str], board: PeoplesBoard, bridge: FakeBridge) -> None:
    wall = await opened(key, "full", "?tiles=compared")
    shown = (await wall.next("snapshot"))["wallboard"]
    (tile,) = shown["tiles"]
    assert (tile["position"]["x"], tile["position"]["y"], tile["position"]["w"]) == (0, 0, shown["columns"])
    await wall.leave()


async def test_the_address_narrows_the_view_and_never_widens_it(
    key: tuple[str, str], board: PeoplesBoard, bridge: FakeBridge
) -> None:
    narrowed = await opened(key, "full", "?view=lobby")
    widened = await opened(key, "lobby", "?view=full")
    first, second = [await wall.next("snapshot") for wall in (narrowed, widened)]
    # One stream for both: it is encoded once.
    assert first["epoch"] == second["epoch"]
    await bridge.publish(board.values())
    for wall in (narrowed, widened):
        await wall.value_of(board.floor.waiting.pk, 3)
        assert wall.told() == []
        await wall.leave()


async def test_a_renewal_with_another_view_switches_what_is_seen(
    key: tuple[str, str], board: PeoplesBoard, bridge: FakeBridge
) -> None:
    wall = await opened(key, "full")
    await bridge.publish(board.values())
    await wall.value_of(board.floor.waiting.pk, 3)
    assert wall.told()
    wall.heard = ""
    await wall.show_token(view="lobby", exp=int(time.time()) + 7200)
    await wall.next("snapshot")
    # What was on its way belongs to the old view; nothing of it comes after the lobby's snapshot.
    wall.heard = wall.heard[wall.heard.rindex('{"type":"snapshot"') :]
    await bridge.publish(board.values("CallInbound", 9))
    await wall.value_of(board.floor.waiting.pk, 9)
    assert wall.told() == []
    await wall.leave()


@pytest.mark.parametrize("query", ["?view=everything", "?view=lobby&view=x"])
async def test_an_address_with_a_view_that_there_is_not_is_refused(
    key: tuple[str, str], board: PeoplesBoard, bridge: FakeBridge, query: str
) -> None:
    wall = await opened(key, "full", query)
    code, error = await wall.closed()
    assert (code, error["code"]) == (4403, "view_unsupported")
