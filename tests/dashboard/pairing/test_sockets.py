"""What a TV hears over its sockets, and what closes them."""

from typing import Any

import pytest
from django.utils import timezone

from dashboard.models import Rotation, RotationStep, Wallboard
from dashboard.pairing import orders
from dashboard.pairing.codes import pair
from dashboard.pairing.desk import Desk
from dashboard.pairing.models import PairedScreen, WaitingScreen
from tests.dashboard.floor import FakeBridge, Floor, Wall
from tests.dashboard.pairing.conftest import REVOKED, SWITCHED, Tv, change, code_on, database, screen_frame, status


def this(screen: PairedScreen) -> Any:
    return PairedScreen.objects.filter(pk=screen.pk)


# -- before it is paired --------------------------------------------------------------------------------------------


async def test_a_tv_shows_a_code_with_the_address_where_it_is_entered(floor: Floor, desk: Desk, tv: Tv) -> None:
    await database(tv.ask)()
    wall = Wall("/ws/screen/", cookie=tv.cookie)
    wall.scope["client"] = ["192.0.2.7", 50_000]
    await wall.open()
    frame = await wall.next()
    assert frame["type"] == "code"
    assert len(frame["code"]) == 7
    assert frame["address"] == "http://wall.localhost/screens/pair/"
    assert frame["qr"].startswith("data:image/svg+xml")
    assert 590 <= frame["seconds"] <= 600
    assert (await database(WaitingScreen.objects.get)()).place == "192.0.2.7"
    await wall.leave()


async def test_a_code_that_is_entered_anywhere_reaches_its_tv(floor: Floor, desk: Desk, tv: Tv) -> None:
    await database(tv.ask)()
    wall = await tv.control()
    code = await code_on(wall)
    row = PairedScreen(name="Hall", place="Ground floor", team=floor.sales, wallboard=floor.board)
    await database(pair)(floor.users["maya"], code, row)
    frame = await screen_frame(wall)
    await wall.send_to(status())
    assert (frame["name"], frame["place"], frame["number"]) == ("Hall", "Ground floor", row.pk)
    assert frame["shows"] == {
        "title": "Sales floor",
        "steps": [{"wallboard": "sales", "url": "/screen/wallboards/sales/", "seconds": 86_400}],
        "left_out": 0,
        "why": "",
    }
    before = tv.secret
    assert await database(tv.ask)()
    assert tv.secret != before, "what was there before anybody trusted it is changed first"
    await wall.leave()


async def test_whoever_reads_the_code_off_the_wall_gains_nothing(floor: Floor, desk: Desk, tv: Tv) -> None:
    await database(tv.ask)()
    wall = await tv.control()
    code = await code_on(wall)
    await database(pair)(floor.users["maya"], code, PairedScreen(name="Hall", team=floor.sales, wallboard=floor.board))
    thief = await Wall("/ws/screen/wallboards/sales/", cookie=f"screen={code}").open()
    assert (await thief.closed())[0] == 4401
    await wall.leave()


async def test_a_code_that_is_over_is_replaced_on_the_open_page(floor: Floor, desk: Desk, tv: Tv) -> None:
    await database(tv.ask)()
    wall = await tv.control()
    first = await code_on(wall)
    await database(WaitingScreen.objects.update)(expires_at=timezone.now())
    assert await code_on(wall) != first
    await wall.leave()


@pytest.mark.parametrize("path", ["/ws/screen/", "/ws/screen/wallboards/sales/"])
async def test_a_person_is_no_screen_and_no_other_site_may_ask(floor: Floor, desk: Desk, tv: Tv, path: str) -> None:
    session = await database(floor.cookie)("root")
    person = await Wall(path, cookie=session).open()
    assert (await person.closed())[0] == 4401
    await database(tv.paired)(floor)
    foreign = await Wall(path, cookie=tv.cookie, origin="https://evil.example.com").open()
    assert (await foreign.closed())[0] == 4403


async def test_tvs_that_only_wait_make_room_for_others_and_paired_ones_do_not(
    floor: Floor, desk: Desk, tv: Tv, settings: Any
) -> None:
    settings.SOCKETS_WAITING = settings.SOCKETS_WAITING_OF_ADDRESS = 3
    await database(tv.paired)(floor)
    wall = await tv.control()
    await screen_frame(wall)
    strangers = [await Wall("/ws/screen/", cookie=f"screen=.{number}").open() for number in range(5)]
    assert [(await one.closed())[0] for one in strangers[:2]] == [4408, 4408]
    for one in strangers[2:]:
        await code_on(one)
        await one.leave()
    await wall.send_to(status())
    assert await wall.receive_nothing()
    await wall.leave()


# -- once it is ------------------------------------------------------------------------------------------------------


async def test_a_paired_tv_is_told_at_once_and_its_board_is_live(
    floor: Floor, bridge: FakeBridge, desk: Desk, tv: Tv
) -> None:
    await database(tv.paired)(floor)
    wall = await tv.control()
    assert (await screen_frame(wall))["shows"]["title"] == "Sales floor"
    bridge.values_message({floor.waiting.pk: 3})
    board = await tv.board()
    assert (await board.next())["type"] == "snapshot"
    await bridge.publish({floor.waiting.pk: 17})
    await board.value_of(floor.waiting.pk, 17)
    await board.leave()
    await wall.leave()


async def test_its_credential_opens_no_other_board_and_no_page_of_people(
    floor: Floor, bridge: FakeBridge, desk: Desk, tv: Tv
) -> None:
    await database(tv.paired)(floor)
    await database(Wallboard.objects.create)(slug="orders", title="Orders", team=floor.sales)
    assert (await (await tv.board("orders")).closed())[0] == 4403
    assert (await (await tv.board("no-such")).closed())[0] == 4404
    people = await Wall("/ws/wallboards/sales/", cookie=tv.cookie).open()
    assert (await people.closed())[0] == 4401


async def test_a_move_reaches_the_screen_and_the_old_board_is_closed(
    floor: Floor, bridge: FakeBridge, desk: Desk, tv: Tv
) -> None:
    screen = await database(tv.paired)(floor)
    other = await database(Wallboard.objects.create)(slug="orders", title="Orders", team=floor.sales)
    wall, board = await tv.control(), await tv.board()
    await screen_frame(wall)
    await board.next("snapshot")
    await change(screen, wallboard=other)
    assert (await screen_frame(wall))["shows"]["steps"][0]["wallboard"] == "orders"
    assert (await board.closed(REVOKED))[0] == 4403
    await (await tv.board("orders")).next("snapshot")


async def test_a_rotation_is_told_with_what_its_team_may_not_see_left_out(floor: Floor, desk: Desk, tv: Tv) -> None:
    @database
    def rotate() -> None:
        rotation = Rotation.objects.create(slug="hall", title="Hall", team=floor.sales)
        theirs = Wallboard.objects.create(slug="theirs", title="Theirs", team=floor.service)
        for order, one in enumerate((floor.board, theirs)):
            RotationStep.objects.create(rotation=rotation, wallboard=one, seconds=7, order=order)
        tv.paired(floor, rotation=rotation)

    await rotate()
    wall = await tv.control()
    shows = (await screen_frame(wall))["shows"]
    assert [(step["wallboard"], step["seconds"]) for step in shows["steps"]] == [("sales", 7)]
    assert (shows["title"], shows["left_out"]) == ("Hall", 1)
    assert (await (await tv.board("theirs")).closed())[0] == 4403
    await wall.leave()


async def test_a_board_that_is_no_longer_shared_leaves_the_screen_with_the_reason(
    floor: Floor, bridge: FakeBridge, desk: Desk, tv: Tv
) -> None:
    theirs = await database(Wallboard.objects.create)(slug="theirs", title="Theirs", team=floor.service)
    await database(theirs.shared_with.add)(floor.sales)
    await database(tv.paired)(floor, wallboard=theirs)
    wall, board = await tv.control(), await tv.board("theirs")
    assert (await screen_frame(wall))["shows"]["title"] == "Theirs"
    await board.next("snapshot")
    await database(theirs.shared_with.clear)()
    shows = (await screen_frame(wall))["shows"]
    assert (shows["why"], shows["steps"], shows["title"]) == ("not_shared", [], "")
    assert (await board.closed(REVOKED))[0] == 4403
    await wall.leave()


@pytest.mark.parametrize(("what", "why"), [("disable", "disabled"), ("delete", "nothing"), ("take away", "nothing")])
async def test_a_screen_without_a_board_says_why(floor: Floor, desk: Desk, tv: Tv, what: str, why: str) -> None:
    screen = await database(tv.paired)(floor)
    wall = await tv.control()
    await screen_frame(wall)
    if what == "disable":
        await database(Wallboard.objects.update)(enabled=False)
    elif what == "delete":
        await database(floor.board.delete)()
    else:
        await change(screen, wallboard=None)
    assert (await screen_frame(wall))["shows"]["why"] == why
    await wall.leave()


async def test_orders_reach_the_screen_and_one_that_comes_back_still_gets_what_is_not_over(
    floor: Floor, desk: Desk, tv: Tv
) -> None:
    screen = await database(tv.paired)(floor)
    wall = await tv.control()
    first = await screen_frame(wall)
    assert (first["identify"], first["message"], first["reloads"]) == (0, None, 0)
    await database(orders.identify)(this(screen))
    # Ten seconds and one for the way, less what the way took.
    assert 11 - 2 * SWITCHED < (await screen_frame(wall))["identify"] <= 11
    await database(orders.show_message)(this(screen), "Fire drill", 5)
    told = (await screen_frame(wall))["message"]
    assert told["text"] == "Fire drill"
    assert 290 < told["seconds"] <= 300
    await database(orders.reload)(this(screen))
    assert (await screen_frame(wall))["reloads"] == 1
    await wall.leave()
    again = await tv.control()
    assert (await screen_frame(again))["message"]["text"] == "Fire drill"
    await database(orders.show_message)(this(screen), "", 5)
    assert (await screen_frame(again))["message"] is None
    await again.leave()


async def test_the_status_of_a_screen_is_kept(floor: Floor, desk: Desk, tv: Tv) -> None:
    screen = await database(tv.paired)(floor)
    wall = await tv.control()
    await screen_frame(wall)
    await wall.send_to(status(ratio=1.5, sound="blocked", freshness="late"))
    # Leaving writes what was said last, so nothing has to be waited for.
    assert await wall.receive_nothing()
    await wall.leave()
    await database(screen.refresh_from_db)()
    assert (screen.width, screen.height, screen.pixel_ratio) == (1920, 1080, 1.5)
    assert (screen.sound, screen.freshness, screen.showing, screen.version) == ("blocked", "late", "sales", "1")
    assert screen.online


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"type": "ack", "seq": 1}',
        status(width="x"),
        status(width=-1),
        status(height=True),
        status(ratio=0),
        status(ratio="1"),
        status(sound="loud"),
        status(freshness=7),
        status(showing="x" * 51),
        status(version="x\0"),
        "x" * 9000,
    ],
)
async def test_anything_but_a_status_closes_the_socket(floor: Floor, desk: Desk, tv: Tv, text: str) -> None:
    await database(tv.paired)(floor)
    wall = await tv.control()
    await wall.send_to(text)
    assert (await wall.closed())[0] == 4400


async def test_a_binary_frame_closes_the_socket(floor: Floor, desk: Desk, tv: Tv) -> None:
    await database(tv.ask)()
    wall = await tv.control()
    await wall.send_input({"type": "websocket.receive", "bytes": b"x"})
    assert (await wall.closed())[0] == 4400
