"""Statistics are right: recomputed by brute force from the events, and a name agrees with its definition."""

from itertools import product
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from statsbridge.simulator.contact import ContactCentre
from statsbridge.simulator.events import EventLog
from statsbridge.simulator.roster import Roster, build_roster
from statsbridge.simulator.subscriptions import Subscriptions
from statsbridge.statisticnames import STATISTICS
from tests.statsbridge.simulator.brute import Brute
from tests.statsbridge.simulator.support import MORNING

SEED = 20_261
ROUTE_POINT = "9001@SIP_Switch"
CALLS = ["CallInbound", "CallOutbound", "CallInternal", "CallConsult", "CallUnknown"]
STATES = [*CALLS, "CallOnHold", "WaitForNextCall", "NotReadyForNextCall", "AfterCallWork", "CallRinging", "LoggedOut"]
OF_AGENTS = [
    *(*CALLS, "CallOnHold", "CallOnHoldInbound", "WaitForNextCall", "NotReadyForNextCall", "AfterCallWork"),
    *("CallRinging", "CallForwarded", "CallMissed", "CallTransferMade", "CallTransferTaken", "CallHeld"),
    *("CallInboundCompleted", "CallInboundStarted", "CallAbandonedFromRinging", "LoggedIn", "AgentLogin"),
]
OF_QUEUES = ["CallWait", "CallEntered", "CallAnswered", "CallAbandoned", "CallDistributed", "CallMissed"]
TIMED = ["TotalTime", "TotalAdjustedTime", "AverageTime", "MaxTime", "AverageNumberPerRelativeHour"]
ANY = ["CurrentNumber", "CurrentTime", "CurrentMaxTime", "TotalNumber", *TIMED, "TotalNumberInTimeRange"]
LONG = ["TotalTime", "TotalAdjustedTime", "MaxTime"]
SUBJECTS = {
    **dict.fromkeys(["Agent", "GroupAgents"], ("DNAction", "DNStatus", "AgentStatus")),
    **dict.fromkeys(["Queue", "RoutePoint", "GroupQueues"], ("DNAction",)),
}
FOR_QUEUES = [*ANY, "RelativeNumberPercentage", "ServiceFactor1", "ServiceFactor1", "EstimWaitTime"]


def draw_mask(random: Random, words: list[str]) -> str:
    dice = random.random()
    if dice < 0.15:
        return "*"
    if dice < 0.35:
        return "*," + ",".join(f"~{word}" for word in random.sample(words, random.randint(1, 3)))
    return random.choice([",", ", "]).join(random.sample(words, random.randint(1, 4)))


def draw_definition(random: Random, kind: str) -> dict[str, Any]:
    if kind in ("Agent", "GroupAgents"):
        subject = random.choice(["DNAction", "DNStatus", "AgentStatus"])
        words = STATES if subject != "DNAction" else OF_AGENTS + (OF_QUEUES[:5] if kind == "GroupAgents" else [])
        category = random.choice([*ANY, "RelativeNumberPercentage"])
    else:
        subject, words, category = "DNAction", OF_QUEUES, random.choice(FOR_QUEUES)
    d: dict[str, Any] = {"category": category, "subject": subject, "mainMask": draw_mask(random, words)}
    if random.random() < 0.4 or category in ("RelativeNumberPercentage", "AverageNumberPerRelativeHour"):
        d["relativeMask"] = draw_mask(random, words)
    d |= {"timeRangeLeft": random.randint(0, 10), "timeRangeRight": str(random.randint(11, 90))}
    d |= {"timeRangeLeft2": 0, "timeRangeRight2": random.randint(0, 15)}
    window = random.choice(["GrowingWindow", "SlidingWindow", "SinceLogin" if kind == "Agent" else "GrowingWindow"])
    profiles = {"GrowingWindow": ["00:00", "0:00", "0:00 +0:15", "8:00, 10:00"], "SlidingWindow": ["3600:10", "900:5"]}
    d |= {"intervalType": window, "dynamicTimeProfile": random.choice(profiles.get(window, [""]))}
    if random.random() < 0.5:
        d["dynamicFilter"] = random.choice(["MediaType=voice", "Media=voice", "MediaType=chat"])
    d["notificationMode"] = "NoNotification"
    return d


def members(roster: Roster) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Object id -> the agents behind it, each with the media they have."""
    agents = {agent.employee_id: [(agent.employee_id, agent.media)] for agent in roster.agents}
    for team in ("Sales", "Service"):
        agents[team] = [(agent.employee_id, agent.media) for agent in roster.agents if agent.team == team]
    return agents | {"All_Agents": [(agent.employee_id, agent.media) for agent in roster.agents]}


def lines(roster: Roster) -> dict[str, list[str]]:
    """Object id -> the queues or the route point behind it."""
    queues = {queue.object_id: [queue.object_id] for queue in roster.queues} | {ROUTE_POINT: [ROUTE_POINT]}
    queues |= {team: [q.object_id for q in roster.queues if q.team == team] for team in ("Sales", "Service")}
    return queues | {name: [q.object_id for q in roster.queues] for name in ("All_Queues", "All_Agents")}


def draw_statistics(random: Random, roster: Roster) -> list[dict[str, Any]]:
    objects = [("Agent", agent.employee_id) for agent in roster.agents]
    objects += [("GroupAgents", name) for name in ("Sales", "Service", "All_Agents")] * 2
    objects += [("Queue", queue.object_id) for queue in roster.queues] * 3
    objects += [("RoutePoint", ROUTE_POINT), ("GroupQueues", "All_Queues")] * 2
    drawn = [(*place, draw_definition(random, place[0])) for place in random.choices(objects, k=200)]
    for kind, name in objects[::2]:  # what begins before its window and goes on within it is easily got wrong
        for subject, category, profile in product(SUBJECTS[kind], LONG, ("60:5", "900:5")):
            definition = {"category": category, "subject": subject, "mainMask": "*", "intervalType": "SlidingWindow"}
            definition |= {"dynamicTimeProfile": profile, "notificationMode": "NoNotification"}
            drawn.append((kind, name, definition))
    return [
        {"statisticId": str(i), "objectType": kind, "objectId": name, "definition": definition}
        for i, (kind, name, definition) in enumerate(drawn)
    ]


def test_two_hundred_random_definitions_agree_with_brute_force() -> None:
    log, roster, start = EventLog(), build_roster(10, 3), MORNING * 1000 + 1234
    subscriptions = Subscriptions(ContactCentre(roster, SEED, start, ZoneInfo("UTC"), log))
    asked = draw_statistics(Random(SEED), roster)
    subscription, failures = subscriptions.open_subscription("S", "session", "", asked)
    assert [failure.refused.message for failure in failures] == []

    nonzero = 0
    for later in (0, 7_003, 613_000, 4_000_500):
        now = start + later
        subscriptions.step(now)
        brute = Brute(members(roster), lines(roster), log.events)
        for item in asked:
            got = subscription.statistics[item["statisticId"]].measure.read(now).number
            expected = brute.value(item["objectType"], item["objectId"], item["definition"], now)
            assert got == pytest.approx(expected, abs=1e-4), (later, item)
            nonzero += bool(expected)
    assert nonzero > 400


@pytest.fixture(scope="module")
def contact() -> ContactCentre:
    """One floor for the tests of this file; each moves it on a little."""
    return ContactCentre(build_roster(10, 3), SEED, MORNING * 1000, ZoneInfo("UTC"))


@pytest.mark.parametrize("name", sorted(STATISTICS))
def test_a_name_and_its_ad_hoc_twin_agree(contact: ContactCentre, name: str) -> None:
    subscriptions = Subscriptions(contact)
    types, definition = STATISTICS[name]
    asked = []
    for i, listed in enumerate(listed for listed in contact.roster.objects if listed.type in types):
        place = {"objectType": listed.type, "objectId": listed.object_id}
        asked += [{"statisticId": f"{i}n", "name": name, **place}]
        asked += [{"statisticId": f"{i}d", "definition": dict(definition), **place}]
    subscription, failures = subscriptions.open_subscription("S", "session", "", asked)
    assert not failures
    assert subscription.statistics
    for later in (0, 30_000, 300_000):
        subscriptions.step(contact.now + later)
        pairs = [statistic.measure.read(contact.now).plain() for statistic in subscription.statistics.values()]
        assert pairs[::2] == pairs[1::2]


def test_a_status_in_progress_counts_towards_time_and_an_action_does_not(contact: ContactCentre) -> None:
    subscriptions = Subscriptions(contact)

    def opened(id: str, subject: str, category: str) -> dict[str, Any]:
        definition = {"category": category, "subject": subject, "mainMask": "CallInbound"}
        return {"statisticId": id, "objectType": "GroupAgents", "objectId": "All_Agents", "definition": definition}

    subscription, _ = subscriptions.open_subscription(
        "S",
        "session",
        "",
        [
            *(opened("status", "DNStatus", "TotalTime"), opened("action", "DNAction", "TotalTime")),
            *(opened("adjusted", "DNAction", "TotalAdjustedTime"), opened("now", "DNStatus", "CurrentNumber")),
        ],
    )

    def read(id: str) -> float:
        return subscription.statistics[id].measure.read(contact.now).number or 0

    before = {id: read(id) for id in subscription.statistics}
    assert before["now"] > 0
    contact.advance(min(contact.next_at - 1, contact.now + 1000))
    while contact.next_at - contact.now < 1500:  # a second and a half in which nothing happens
        contact.advance(contact.next_at)
    before = {id: read(id) for id in subscription.statistics}
    contact.advance(contact.now + 1500)
    assert read("status") > before["status"]
    assert read("adjusted") > before["adjusted"]
    assert read("action") == before["action"]
