"""The limits of the server of one machine; time and the network are Twisted's own test doubles."""

import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from statsbridge.serving import (
    BODIES_MOST,
    BODY_ALWAYS,
    BODY_SECONDS,
    DESCRIPTORS_FREE,
    HEADERS_SECONDS,
    LimitedFactory,
)

HEAD = b"GET / HTTP/1.1\r\nHost: sample\r\n"


class Server:
    """What Daphne's requests want of their server; a request that is complete is only noted."""

    proxy_forwarded_address_header = None
    root_path = server_name = ""
    request_buffer_size = 8192

    def __init__(self) -> None:
        self.scopes: list[Any] = []
        self.ws_factory = Factory.forProtocol(Protocol)

    def protocol_connected(self, protocol: Any) -> None: ...

    def protocol_disconnected(self, protocol: Any) -> None: ...

    def log_action(self, protocol: Any, action: str, details: Any) -> None: ...

    def create_application(self, protocol: Any, scope: Any) -> None:
        self.scopes.append(scope)


class Peer(StringTransport):
    """A connection's other end."""

    aborted = False

    def abortConnection(self) -> None:
        self.aborted = True

    @property
    def over(self) -> bool:
        return self.aborted or self.disconnecting


class House:
    def __init__(self, connections: int = 100, body_most: int = 1000) -> None:
        self.server = Server()
        self.clock = Clock()
        self.factory = LimitedFactory(self.server, connections=connections, body_most=body_most)
        self.factory.reactor = self.clock
        self.channels: list[Any] = []

    def connect(self) -> tuple[Any, Peer]:
        peer = Peer()
        channel = self.factory.buildProtocol(peer.getPeer())
        channel.makeConnection(peer)
        self.channels.append(channel)
        return channel, peer

    def close(self) -> None:
        for channel in self.channels:
            channel.connectionLost(Failure(ConnectionDone()))


MakeHouse = Callable[..., House]


@pytest.fixture
def make_house() -> Iterator[MakeHouse]:
    houses: list[House] = []

    def make(**limits: int) -> House:
        houses.append(House(**limits))
        return houses[-1]

    yield make
    for house in houses:
        house.close()


def test_a_connection_without_a_byte_is_ended_in_time(make_house: MakeHouse) -> None:
    house = make_house()
    _, peer = house.connect()
    house.clock.advance(HEADERS_SECONDS - 1)
    assert not peer.over
    house.clock.advance(2)
    assert peer.over


def test_headers_that_come_byte_by_byte_have_no_more_time_than_others(make_house: MakeHouse) -> None:
    house = make_house()
    channel, peer = house.connect()
    channel.dataReceived(HEAD)
    for _ in range(int(HEADERS_SECONDS) + 1):
        channel.dataReceived(b"x")
        house.clock.advance(1)
    assert peer.over
    assert peer.value().startswith(b"HTTP/1.1 408 ")


def test_a_body_that_comes_byte_by_byte_has_a_time_too(make_house: MakeHouse) -> None:
    house = make_house()
    channel, peer = house.connect()
    channel.dataReceived(b"POST / HTTP/1.1\r\nHost: sample\r\nContent-Length: 900\r\n\r\n")
    for _ in range(int(BODY_SECONDS) + 1):
        channel.dataReceived(b"x")
        house.clock.advance(1)
    assert peer.over
    assert house.server.scopes == []


def test_an_answer_may_take_as_long_as_it_likes(make_house: MakeHouse) -> None:
    house = make_house()
    channel, peer = house.connect()
    channel.dataReceived(HEAD + b"\r\n")
    house.clock.advance(10 * BODY_SECONDS)
    assert len(house.server.scopes) == 1
    assert not peer.over


def test_when_there_are_too_many_the_one_that_has_asked_nothing_for_longest_goes(make_house: MakeHouse) -> None:
    house = make_house(connections=3)
    asking, silent, later = (house.connect() for _ in range(3))
    asking[0].dataReceived(HEAD + b"\r\n")
    for _ in range(2):
        house.connect()
    assert [peer.over for _, peer in (asking, silent, later)] == [False, True, True]


def test_whoever_comes_while_all_others_are_busy_gets_to_ask(make_house: MakeHouse) -> None:
    house = make_house(connections=3)
    for _ in range(3):
        house.connect()[0].dataReceived(HEAD + b"\r\n")
    channel, peer = house.connect()
    assert not peer.over
    channel.dataReceived(HEAD + b"\r\n")
    assert len(house.server.scopes) == 4


def test_a_request_that_was_sent_ahead_is_worked_on_however_many_come(make_house: MakeHouse) -> None:
    house = make_house(connections=1)
    channel, peer = house.connect()
    channel.dataReceived((HEAD + b"\r\n") * 2)
    channel.requests[0].finish()
    assert len(house.server.scopes) == 2
    house.connect()
    assert not peer.over


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 1500\r\n\r\n" + b"x" * 1500,
        b"Transfer-Encoding: chunked\r\n\r\n"
        + b"2ee\r\n"
        + b"x" * 750
        + b"\r\n2ee\r\n"
        + b"x" * 750
        + b"\r\n0\r\n\r\n",
    ],
)
def test_a_body_that_is_too_large_is_refused_and_not_kept(make_house: MakeHouse, body: bytes) -> None:
    house = make_house(body_most=1000)
    channel, peer = house.connect()
    channel.dataReceived(b"POST / HTTP/1.1\r\nHost: sample\r\n" + body)
    assert peer.value().startswith(b"HTTP/1.1 413 ")
    assert peer.over
    assert house.server.scopes == []
    assert house.factory.bodies <= 1000


def test_whoever_goes_on_sending_is_cut_off(make_house: MakeHouse) -> None:
    house = make_house(body_most=1000)
    channel, peer = house.connect()
    channel.dataReceived(b"POST / HTTP/1.1\r\nHost: sample\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(50):
        channel.dataReceived(b"64\r\n" + b"x" * 100 + b"\r\n")
    assert peer.aborted


def test_a_body_within_the_limit_arrives_and_is_let_go(make_house: MakeHouse) -> None:
    house = make_house(body_most=1000)
    channel, _ = house.connect()
    channel.dataReceived(b"POST / HTTP/1.1\r\nHost: sample\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000)
    assert len(house.server.scopes) == 1
    assert house.factory.bodies == 1000
    house.close()
    house.channels.clear()
    assert house.factory.bodies == 0


def test_bodies_that_are_held_back_keep_no_form_out(make_house: MakeHouse) -> None:
    house = make_house(body_most=1_000_000)
    house.factory.bodies = BODIES_MOST
    large, form = house.connect(), house.connect()
    for (channel, _), size in ((large, BODY_ALWAYS + 1), (form, BODY_ALWAYS)):
        channel.dataReceived(b"POST / HTTP/1.1\r\nHost: sample\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size)
    assert large[1].value().startswith(b"HTTP/1.1 503 ")
    assert not form[1].over
    assert len(house.server.scopes) == 1


def test_a_socket_begins_without_a_body_and_nothing_is_kept_of_one(make_house: MakeHouse) -> None:
    house = make_house(body_most=1000)
    channel, peer = house.connect()
    channel.dataReceived(HEAD + b"Upgrade: WebSocket\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000)
    assert peer.value().startswith(b"HTTP/1.1 400 ")
    assert peer.over
    assert house.factory.bodies == 0
    channel, _ = house.connect()
    channel.dataReceived(b"POST / HTTP/1.1\r\nHost: sample\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000)
    assert len(house.server.scopes) == 1


def test_the_soft_limit_of_descriptors_is_raised_to_the_hard_one() -> None:
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (512, 1024));"
        "from statsbridge.serving import use_all_descriptors;"
        "print(use_all_descriptors(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    )
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] >= 1024
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True, timeout=60)
    assert done.stdout.split() == [str(1024 - DESCRIPTORS_FREE), "1024"]
