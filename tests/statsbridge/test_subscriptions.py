"""Opening and closing at a service that answers as it is told, with time turned by hand."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from statsbridge.auth import Authenticator, Credentials
from statsbridge.clock import Clock
from statsbridge.configuration import WantedSeries
from statsbridge.errors import BridgeError, ServerFault, SignInRefused
from statsbridge.history import Sampler
from statsbridge.intake import Intake
from statsbridge.ledger import Ledger
from statsbridge.messages import Link, LinkState
from statsbridge.rest import StatisticsApi
from statsbridge.store import Store
from statsbridge.subscriptions import Subscriptions
from statsbridge.verdicts import Rejection

pytestmark = pytest.mark.django_db(transaction=True)

Answer = Callable[[list[str]], tuple[int, dict[str, Any]]]


class TurnedClock(Clock):
    seconds = 0.0

    def now(self) -> int:
        return int(self.seconds * 1000)

    def monotonic(self) -> float:
        self.seconds += 0.001
        return self.seconds


def wanted(*series: int, statistic: str = "N") -> dict[int, WantedSeries]:
    return {one: WantedSeries(one, "count", "Queue", f"{one}@x", {"name": statistic}) for one in series}


def opened(ids: list[str], errors: list[Any] | None = None) -> tuple[int, dict[str, Any]]:
    statistics = [{"statisticId": one, "value": {"intValue": int(one)}, "timestamp": 1} for one in ids]
    status = {"code": 2 if errors else 0}
    return 200, {"status": status, "data": {"statistics": statistics}, "errors": errors or []}


def failed(status: int, message: str = "Resource not found") -> tuple[int, dict[str, Any]]:
    return status, {"status": {"code": 500, "message": message}}


class Scene:
    """A service that opens everything until ``answer`` says otherwise."""

    def __init__(self, *series: int) -> None:
        self.answer: Answer = opened
        self.asked: list[list[str]] = []
        self.deleted: list[str] = []
        self.delete_status = 200
        self.connected, self.page = True, False
        self.clock = TurnedClock()
        store = Store("main", "e", Link(LinkState.CONNECTING, 0))
        self.intake = Intake(store, Sampler(10_000), self.clock, {})
        self.intake.change(wanted(*series))
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._handle))
        auth = Authenticator(client, "http://gws/auth/v3", Credentials("c"), clock=self.clock)
        api = StatisticsApi(client, "http://gws/statistics/v3", auth)
        self.rejected: dict[int, Rejection] = {}
        ledger = Ledger(1, self.clock)
        self.subscriptions = Subscriptions(
            "main", api, ledger, self.intake, self.clock, self.rejected, lambda: self.connected
        )

    def _handle(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/oauth/token"):
            return httpx.Response(200, json={"access_token": "t", "expires_in": 10**9})
        if request.method == "DELETE":
            self.deleted.append(request.url.path.rsplit("/", 1)[-1])
            return httpx.Response(self.delete_status, json={"status": {"code": 0}})
        ids = [one["statisticId"] for one in json.loads(request.content)["data"]["statistics"]]
        self.asked.append(ids)
        if self.page:
            return httpx.Response(500, html="<html>Internal Server Error</html>")
        status, body = self.answer(ids)
        return httpx.Response(status, json=body)

    def states(self) -> dict[int, str]:
        readings = {one: self.intake.reading(one) for one in self.intake.wanted}
        return {one: str(reading.state) for one, reading in readings.items() if reading is not None}

    def open_series(self) -> list[int]:
        return sorted(one for held in self.subscriptions.open.values() for one in held)

    async def settle(self, passes: int = 12) -> BridgeError | None:
        """Try again as often as the session would."""
        for _ in range(passes):
            failure = await self.subscriptions.reconcile()
            if failure is None:
                return None
        return failure


async def test_everything_wanted_is_opened_and_read() -> None:
    scene = Scene(1, 2)
    assert await scene.subscriptions.reconcile() is None
    assert scene.states() == {1: "ok", 2: "ok"}
    assert await scene.subscriptions.reconcile() is None
    assert len(scene.asked) == 1


async def test_updates_are_known_by_both_ids() -> None:
    scene = Scene(1)
    await scene.subscriptions.reconcile()
    (name,) = scene.subscriptions.open
    assert scene.subscriptions.series_of(name, "1") == 1
    for subscription, statistic in [("other", "1"), (name, "2"), (name, "x"), (None, None), (name, None)]:
        assert scene.subscriptions.series_of(subscription, statistic) is None


@pytest.mark.parametrize("status", [400, 404])
async def test_one_bad_statistic_is_found_in_a_refused_request(status: int) -> None:
    scene = Scene(*range(1, 9))
    scene.answer = lambda ids: failed(status, "Statistic not found") if "5" in ids else opened(ids)
    assert await scene.settle() is None
    assert [one for one, state in scene.states().items() if state == "rejected"] == [5]
    assert scene.open_series() == [1, 2, 3, 4, 6, 7, 8]


async def test_one_bad_statistic_is_found_behind_a_500_while_others_succeed() -> None:
    scene = Scene(*range(1, 9))
    scene.answer = lambda ids: failed(500) if "5" in ids else opened(ids)
    assert await scene.settle(40) is None
    assert scene.rejected[5].text == "Resource not found"
    assert scene.open_series() == [1, 2, 3, 4, 6, 7, 8]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_service_in_trouble_rejects_nothing(status: int) -> None:
    scene = Scene(*range(1, 120))
    scene.answer = lambda ids: failed(status)
    assert isinstance(await scene.settle(20), ServerFault)
    assert scene.rejected == {}
    assert scene.subscriptions.open == {}
    # The ids of refused requests are used again: nothing piles up.
    assert len(scene.subscriptions.leftovers) == 0
    scene.answer = opened
    assert await scene.settle() is None
    assert len(scene.open_series()) == 119


async def test_a_wrong_statistic_that_is_the_only_one_is_found_behind_a_500() -> None:
    scene = Scene(1)
    scene.answer = lambda ids: failed(500)
    for _ in range(2):
        assert isinstance(await scene.subscriptions.reconcile(), ServerFault)
        assert scene.subscriptions.weighing
    assert await scene.subscriptions.reconcile() is None
    assert scene.rejected[1].text == "Resource not found"
    assert not scene.subscriptions.weighing
    scene.clock.seconds += 61
    scene.answer = opened
    assert await scene.subscriptions.reconcile() is None
    assert scene.states() == {1: "ok"}


async def test_a_few_that_are_all_wrong_are_found_behind_a_500() -> None:
    scene = Scene(1, 2, 3)
    scene.answer = lambda ids: failed(500)
    assert await scene.settle(3) is None
    assert sorted(scene.rejected) == [1, 2, 3]


async def test_a_wrong_statistic_that_is_added_to_others_is_found_behind_a_500() -> None:
    scene = Scene(*range(1, 9))
    await scene.subscriptions.reconcile()
    scene.intake.change(wanted(*range(1, 10)))
    scene.answer = lambda ids: failed(500)
    assert await scene.settle(3) is None
    assert list(scene.rejected) == [9]


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_gateway_or_service_in_trouble_does_not_reject_the_only_statistic(status: int) -> None:
    scene = Scene(1)
    scene.answer = lambda ids: failed(status)
    assert isinstance(await scene.settle(20), ServerFault)
    assert (scene.rejected, scene.subscriptions.weighing) == ({}, False)


@pytest.mark.parametrize("body", [{"message": "Internal Server Error"}, {"status": 500, "error": "Internal"}, {}])
async def test_a_500_in_no_documented_form_does_not_reject_the_only_statistic(body: dict[str, Any]) -> None:
    scene = Scene(1)
    scene.answer = lambda ids: (500, body)
    assert isinstance(await scene.settle(20), ServerFault)
    assert scene.rejected == {}


@pytest.mark.parametrize("delete_status", [500, 502, 503])
async def test_a_service_that_fails_at_everything_does_not_reject_the_only_statistic(delete_status: int) -> None:
    scene = Scene(1)
    scene.answer, scene.delete_status = lambda ids: failed(500), delete_status
    assert isinstance(await scene.settle(20), ServerFault)
    assert (scene.rejected, scene.subscriptions.weighing) == ({}, False)


async def test_while_polls_fail_the_only_statistic_is_not_rejected() -> None:
    scene = Scene(1)
    scene.connected = False
    scene.answer = lambda ids: failed(500)
    assert isinstance(await scene.settle(20), ServerFault)
    assert scene.rejected == {}


async def test_an_outage_between_two_failures_makes_the_evidence_start_anew() -> None:
    scene = Scene(1)
    for status in (500, 500, 503, 500, 500):
        scene.answer = lambda ids, status=status: failed(status)  # type: ignore[misc]
        assert isinstance(await scene.subscriptions.reconcile(), ServerFault)
    assert scene.rejected == {}


async def test_a_page_of_a_proxy_does_not_reject_the_only_statistic() -> None:
    scene = Scene(1)
    scene.page = True
    assert await scene.settle(20) is not None
    assert scene.rejected == {}


async def test_a_rejected_statistic_is_tried_again_ever_more_rarely() -> None:
    scene = Scene(1)
    scene.answer = lambda ids: failed(400)
    pauses = []
    for _ in range(5):
        await scene.subscriptions.reconcile()
        pause = scene.subscriptions.next_retry()
        assert pause is not None
        pauses.append(round(pause))
        scene.clock.seconds += pause + 0.01
    assert pauses == [60, 300, 900, 3600, 3600]
    assert len(scene.asked) == 5


async def test_a_rejected_statistic_is_tried_at_once_when_it_is_edited() -> None:
    scene = Scene(1)
    scene.answer = lambda ids: failed(400)
    await scene.subscriptions.reconcile()
    scene.answer = opened
    scene.intake.change(wanted(1, statistic="Other"))
    assert scene.states() == {1: "pending"}
    await scene.subscriptions.reconcile()
    assert (scene.states(), scene.rejected) == ({1: "ok"}, {})


async def test_a_statistic_that_is_accepted_again_recovers() -> None:
    scene = Scene(1, 2)
    scene.answer = lambda ids: opened([one for one in ids if one != "2"], [{"message": "no"}])
    await scene.subscriptions.reconcile()
    assert scene.states() == {1: "ok", 2: "rejected"}
    scene.answer = opened
    scene.clock.seconds += 61
    await scene.subscriptions.reconcile()
    assert scene.states() == {1: "ok", 2: "ok"}


async def test_what_was_lost_is_deleted_and_opened_anew() -> None:
    scene = Scene(1)
    await scene.subscriptions.reconcile()
    (before,) = scene.subscriptions.open
    scene.subscriptions.lose()
    await scene.subscriptions.reconcile()
    (after,) = scene.subscriptions.open
    assert before != after
    assert scene.deleted == [before]


async def test_an_answer_that_comes_after_everything_was_lost_is_deleted() -> None:
    scene = Scene(1)

    def lose_first(ids: list[str]) -> tuple[int, dict[str, Any]]:
        scene.subscriptions.lose()
        return opened(ids)

    scene.answer = lose_first
    await scene.subscriptions.reconcile()
    assert scene.subscriptions.open == {}
    assert len(scene.deleted) + len(scene.subscriptions.leftovers) == 1


async def test_a_failed_deletion_is_done_later() -> None:
    scene = Scene(1)
    scene.subscriptions.leftovers.add("old")
    scene.delete_status = 503
    assert await scene.subscriptions.reconcile() is None
    assert scene.subscriptions.leftovers == {"old"}
    scene.delete_status = 200
    await scene.subscriptions.reconcile()
    assert scene.subscriptions.leftovers == set()


async def test_a_mostly_unwanted_subscription_is_replaced_without_a_gap() -> None:
    scene = Scene(*range(1, 11))
    await scene.subscriptions.reconcile()
    (before,) = scene.subscriptions.open
    scene.intake.change(wanted(1, 2))
    await scene.subscriptions.reconcile()
    assert scene.asked[-1] == ["1", "2"]
    assert scene.deleted == [before]
    assert scene.states() == {1: "ok", 2: "ok"}


async def test_a_probe_opens_one_statistic() -> None:
    scene = Scene(1, 2, 3)
    scene.answer = lambda ids: failed(503)
    assert not await scene.subscriptions.probe()
    scene.answer = opened
    assert await scene.subscriptions.probe()
    assert scene.open_series() == [2]


async def test_a_probe_tries_another_statistic_each_time() -> None:
    scene = Scene(1, 2, 3)
    scene.answer = lambda ids: failed(500) if ids == ["1"] else failed(503)
    for _ in range(4):
        assert not await scene.subscriptions.probe()
    assert scene.asked == [["1"], ["2"], ["3"], ["1"]]


async def test_a_service_that_refuses_the_statistic_of_a_probe_answers() -> None:
    scene = Scene(1, 2)
    scene.answer = lambda ids: failed(404)
    assert await scene.subscriptions.probe()
    assert scene.open_series() == []


@pytest.mark.parametrize("statistic_id", ["²", "9" * 5000, "-1", "1.0", ""])
async def test_an_update_with_an_id_of_nobody_is_nobodys(statistic_id: str) -> None:
    scene = Scene(1)
    await scene.subscriptions.reconcile()
    (name,) = scene.subscriptions.open
    assert scene.subscriptions.series_of(name, statistic_id) is None


async def test_a_refused_sign_in_ends_the_session() -> None:
    scene = Scene(1)
    body = {"error": "invalid_grant", "error_description": "Bad credentials"}
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda request: httpx.Response(400, json=body)))
    auth = Authenticator(client, "http://gws", Credentials("c"), clock=scene.clock)
    api = StatisticsApi(client, "http://gws", auth)
    ledger = Ledger(1, scene.clock)
    subscriptions = Subscriptions("main", api, ledger, scene.intake, scene.clock, {})
    with pytest.raises(SignInRefused):
        await subscriptions.reconcile()
