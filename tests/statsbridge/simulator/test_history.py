"""What ``/_sim/history`` tells of the past, against what was told when it was the present."""

import pytest

from statsbridge.simulator.server import SimulatorServer
from tests.statsbridge.simulator.support import SALES_QUEUE, Client, HandClock, defined, named

WAITING = {"category": "CurrentNumber", "subject": "DNAction", "mainMask": "CallWait", "notificationMode": "Immediate"}
ASKED = [
    defined("waiting", WAITING),
    named("TotalAnswered"),
    named("ServiceLevel"),
    named("CurrMaxCallWaitingTime"),
]


async def history(client: Client, **parts: object) -> tuple[int, dict[str, object]]:
    return await client.ask("POST", "/_sim/history", json={"statistics": ASKED, "step": 10, **parts})


async def test_the_past_is_what_the_present_was(client: Client, simulator: SimulatorServer, clock: HandClock) -> None:
    await client.join()
    await client.open(*ASKED)
    clock.turn(-clock.now % 10)
    since = int(clock.now * 1000)
    seen: list[list[list[object]]] = [[] for _ in ASKED]
    for _ in range(120):
        state = await client.state()
        for line, told in zip(seen, state["subscriptions"][0]["statistics"], strict=True):
            line.append([state["now"], told["value"]])
        clock.turn(10)
    clock.turn(-10)
    status, body = await history(client, since=since)
    assert status == 200
    assert body["lines"] == seen
    assert len({value for line in seen for _, value in line}) > 10


async def test_it_leaves_the_present_alone(client: Client) -> None:
    await client.join()
    await client.open(named("TotalAnswered"))
    before = await client.state()
    await history(client, since=before["now"] - 600_000)
    assert await client.state() == before


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"since": -1}, "since"),
        ({"since": 0}, "at most"),
        ({"since": 9_999_999_999_999}, "since"),
        ({"step": 0}, "step"),
        ({"statistics": "all"}, "statistics"),
        ({"statistics": [named("Nonsense")]}, "Nonsense"),
        ({"statistics": [named("CurrentAgentState", "Agent", "maria.lopez")]}, "state"),
        ({"statistics": [named("TotalAnswered", object_id="1@2")]}, "1@2"),
    ],
)
async def test_a_question_that_makes_no_sense_is_a_400(client: Client, parts: dict[str, object], told: str) -> None:
    now = (await client.state())["now"]
    status, body = await history(client, **{"since": now - 60_000, **parts})
    assert status == 400
    assert told in str(body["error"])
    assert SALES_QUEUE not in str(body["error"])
