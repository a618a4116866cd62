"""How much of a request is read at all."""

import asyncio
from typing import Any

import pytest

from dashboard.bodies import LimitedBodies

REFUSED = 413


class Reader:
    """An application that reads everything and answers with its length, and notes how it ended."""

    def __init__(self) -> None:
        self.read = b""
        self.gone = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        more = scope["type"] == "http"
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.gone = True
                return
            self.read += message["body"]
            more = message["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(len(self.read)).encode()})


async def ask(app: Any, *parts: bytes, kind: str = "http", length: bytes | None = None) -> list[Any]:
    """What was sent; the request is in ``parts``, and says its length only if one is given."""
    messages = [
        {"type": "http.request", "body": part, "more_body": number < len(parts)} for number, part in enumerate(parts, 1)
    ]
    answers: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        answers.append(message)

    headers = [] if length is None else [(b"content-length", length)]
    await LimitedBodies(app, 10)({"type": kind, "headers": headers}, receive, send)
    return answers


async def test_what_is_within_the_limit_passes() -> None:
    answers = await ask(Reader(), b"12345", b"67890")
    assert (answers[0]["status"], answers[1]["body"]) == (200, b"10")


async def test_what_is_sent_in_chunks_is_counted() -> None:
    reader = Reader()
    answers = await ask(reader, b"12345", b"67890", b"1", b"never read")
    assert [one.get("status") for one in answers] == [REFUSED, None]
    assert (reader.read, reader.gone) == (b"1234567890", True)


@pytest.mark.parametrize(("length", "status"), [(b"10", 200), (b"11", REFUSED), (b"9" * 30, REFUSED), (b"x", 200)])
async def test_what_says_that_it_is_too_large_is_not_read(length: bytes, status: int) -> None:
    reader = Reader()
    answers = await ask(reader, b"1", length=length)
    assert answers[0]["status"] == status
    assert bool(reader.read) is (status == 200)


async def test_an_answer_that_was_begun_is_not_followed_by_another() -> None:
    async def hasty(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await receive()
        await send({"type": "http.response.body", "body": b""})

    assert [one["type"] for one in await ask(hasty, b"x" * 11)] == ["http.response.start"]


async def test_a_body_that_never_ends_is_given_up_as_if_the_sender_had_gone() -> None:
    reader = Reader()
    began = asyncio.Event()

    async def receive() -> Any:
        if began.is_set():
            await asyncio.Event().wait()
        began.set()
        return {"type": "http.request", "body": b"1", "more_body": True}

    async def send(message: Any) -> None:
        raise AssertionError(message)

    await asyncio.wait_for(LimitedBodies(reader, 10, 0.01)({"type": "http", "headers": []}, receive, send), 5)
    assert (reader.read, reader.gone) == (b"1", True)


async def test_an_answer_may_take_longer_than_the_body() -> None:
    left = asyncio.Event()

    async def patient(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        gone = asyncio.create_task(receive())
        await asyncio.wait([gone], timeout=0.05)
        assert not gone.done(), "nobody left"
        left.set()
        assert (await gone)["type"] == "http.disconnect"

    messages = [{"type": "http.request", "body": b"1", "more_body": False}]

    async def receive() -> Any:
        if messages:
            return messages.pop()
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        raise AssertionError(message)

    await LimitedBodies(patient, 10, 0.01)({"type": "http", "headers": []}, receive, send)


async def test_sockets_are_not_its_business() -> None:
    assert (await ask(Reader(), kind="websocket", length=b"11"))[0]["status"] == 200
