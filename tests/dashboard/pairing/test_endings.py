"""A TV's sockets end with what opened them: the screen is revoked, its TV replaced, or the credential given up."""

import pytest
from django.test import Client
from django.utils import timezone

from dashboard.pairing.codes import pair
from dashboard.pairing.credential import KEPT_AFTER, revoke
from dashboard.pairing.desk import Desk
from tests.dashboard.floor import FakeBridge, Floor, Wall
from tests.dashboard.pairing.conftest import REVOKED, Tv, change, code_on, database, screen_frame, status


async def test_a_tv_that_was_replaced_loses_all_its_sockets_to_the_new_one(
    floor: Floor, bridge: FakeBridge, desk: Desk, tv: Tv
) -> None:
    screen = await database(tv.paired)(floor)
    wall, board = await tv.control(), await tv.board()
    await screen_frame(wall)
    await wall.send_to(status())
    await board.next("snapshot")
    other = Tv(Client())
    await database(other.ask)()
    new = await other.control()
    await database(pair)(floor.users["maya"], await code_on(new), screen)
    assert (await screen_frame(new))["name"] == "Hall"
    assert (await wall.closed(REVOKED))[0] == 4401
    assert (await board.closed(REVOKED))[0] == 4401
    await (await other.board()).next("snapshot")
    await wall.leave()
    assert not await database(tv.ask)()
    await database(screen.refresh_from_db)()
    assert (screen.seen_at, screen.width) == (None, 0), "the old one's last words are not the new one's"
    await new.leave()


async def test_sockets_of_a_credential_that_was_given_up_end_and_only_the_tv_comes_back(
    floor: Floor, bridge: FakeBridge, desk: Desk, tv: Tv
) -> None:
    screen = await database(tv.paired)(floor)
    stolen = tv.cookie
    wall, board = await tv.control(), await tv.board()
    await screen_frame(wall)
    await board.next("snapshot")
    assert await database(tv.ask)()
    await change(screen, credential_since=timezone.now() - KEPT_AFTER)
    assert await wall.receive_nothing()
    assert await database(tv.ask)(starting=False)
    # One after which a page tries again by itself.
    assert (await wall.closed(REVOKED))[0] == 4408
    assert (await board.closed(REVOKED))[0] == 4408
    thief = await Wall("/ws/screen/wallboards/sales/", cookie=stolen).open()
    assert (await thief.closed())[0] == 4401
    again = await tv.control()
    await screen_frame(again)
    await (await tv.board()).next("snapshot")
    await again.leave()


@pytest.mark.parametrize("how", ["revoke", "delete"])
async def test_a_revoked_screen_loses_all_its_sockets_and_is_given_a_new_code(
    floor: Floor, bridge: FakeBridge, desk: Desk, tv: Tv, how: str
) -> None:
    screen = await database(tv.paired)(floor)
    wall, board = await tv.control(), await tv.board()
    await screen_frame(wall)
    await board.next("snapshot")
    before = tv.secret
    await database(revoke)(screen) if how == "revoke" else await database(screen.delete)()
    assert (await wall.closed(REVOKED))[0] == 4401
    assert (await board.closed(REVOKED))[0] == 4401
    assert not await database(tv.ask)()
    assert tv.secret != before
    again = await tv.control()
    assert len(await code_on(again)) == 6
    await again.leave()
