"""Handing frames to a server that makes its caller wait, or that breaks."""

import asyncio
from typing import Any

from dashboard.access import NOT_YOURS, Grant
from dashboard.screens import Screen, text_message


class Server:
    """An ASGI server's side: takes messages at once, unless its gate is shut."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: Exception | None = None

    async def send(self, message: dict[str, Any]) -> None:
        if self.error:
            raise self.error
        await self.gate.wait()
        # Some servers give way to other tasks without waiting for anything.
        if message.get("text") == "yields":
            await asyncio.sleep(0)
        self.taken.append(message)

    def screen(self) -> Screen:
        return Screen(self.send, Grant(1), 0, "a screen")


async def others() -> None:
    """Let all other tasks come to their end."""
    await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()}, timeout=5)


async def test_a_frame_is_taken_at_once_without_a_task() -> None:
    server = Server()
    before = asyncio.all_tasks()
    assert server.screen().push(text_message("one"))
    assert server.taken == [text_message("one")]
    assert asyncio.all_tasks() == before


async def test_a_server_that_makes_wait_gets_one_frame_and_no_queue() -> None:
    server = Server()
    server.gate.clear()
    screen = server.screen()
    assert screen.offer(text_message("one"), 1)
    assert screen.busy
    assert not screen.offer(text_message("two"), 2)
    assert screen.window.behind
    server.gate.set()
    await others()
    assert not screen.busy
    assert server.taken == [text_message("one")]


async def test_a_server_that_only_gives_way_finishes_by_itself() -> None:
    server = Server()
    screen = server.screen()
    screen.push(text_message("yields"))
    await others()
    assert not screen.busy
    assert server.taken == [text_message("yields")]


async def test_a_broken_socket_costs_nobody_else_anything() -> None:
    server = Server()
    server.error = RuntimeError("websocket.send after websocket.close")
    screen = server.screen()
    assert not screen.push(text_message("one"))
    assert screen.closed


async def test_a_refused_screen_hears_why_before_the_close() -> None:
    server = Server()
    screen = server.screen()
    task = screen.refuse(NOT_YOURS)
    assert task is not None
    await task
    assert '"code":"forbidden"' in server.taken[0]["text"]
    assert server.taken[1] == {"type": "websocket.close", "code": 4403}
    assert not screen.push(text_message("late"))


async def test_a_stuck_screen_is_closed_without_waiting_for_what_is_stuck() -> None:
    server = Server()
    server.gate.clear()
    screen = server.screen()
    screen.push(text_message("stuck"))
    task = screen.refuse(NOT_YOURS)
    assert task is not None
    await asyncio.sleep(0)
    server.gate.set()
    await task
    assert [message["type"] for message in server.taken] == ["websocket.close"]
