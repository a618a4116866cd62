"""The five calls, against answers in every documented shape."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from statsbridge.auth import Authenticator, Credentials
from statsbridge.clock import Clock
from statsbridge.errors import Fault, Malformed, RequestRefused, ServerFault, Unauthorized, Unreachable
from statsbridge.rest import NO_REASON, StatisticsApi, read_envelope, read_faults, read_item, rejections

VENDOR = Path(__file__).parent.parent / "fixtures" / "vendor"
STATISTICS = [{"statisticId": one, "objectId": "8001", "objectType": "Queue", "name": "N"} for one in ("a", "b", "c")]


class Service:
    """Signs everybody in and answers REST calls in turn, the last answer for ever."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self.answers = list(answers)
        self.calls: list[httpx.Request] = []
        self.tokens = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/oauth/token"):
            self.tokens += 1
            return httpx.Response(200, json={"access_token": f"t{self.tokens}", "expires_in": 1000})
        self.calls.append(request)
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return httpx.Response(status, text=body) if isinstance(body, str) else httpx.Response(status, json=body)

    def api(self) -> StatisticsApi:
        client = httpx.AsyncClient(transport=httpx.MockTransport(self))
        auth = Authenticator(client, "https://gws/auth/v3", Credentials("c", api_key="k"), clock=Clock())
        return StatisticsApi(client, "https://gws/statistics/v3", auth)


def answer(code: int, *present: str, errors: list[Any] | None = None) -> dict[str, Any]:
    statistics = [{"statisticId": one, "value": {"intValue": 1}, "timestamp": 5} for one in present]
    return {"status": {"code": code}, "data": {"subscriptionId": "S", "statistics": statistics}, "errors": errors or []}


async def test_a_subscription_is_opened_under_our_own_id() -> None:
    service = Service((200, answer(0, "a", "b", "c")))
    reply = await service.api().open_subscription("S", STATISTICS)
    (call,) = service.calls
    assert (call.method, str(call.url)) == ("POST", "https://gws/statistics/v3/subscriptions?verbose=INFO")
    assert json.loads(call.content) == {"operationId": "S", "data": {"statistics": STATISTICS}}
    assert (call.headers["x-api-key"], call.headers["authorization"]) == ("k", "Bearer t1")
    first = reply.items[0]
    assert (first.statistic_id, first.value, first.timestamp) == ("a", {"intValue": 1}, 5)
    assert reply.rejected == {}


async def test_the_vendors_own_answers_are_read() -> None:
    opened = json.loads((VENDOR / "create_subscription_response.json").read_text())
    reply = await Service((200, opened)).api().open_subscription("S", [])
    assert len(reply.items) == len(opened["data"]["statistics"])
    values = json.loads((VENDOR / "subscription_values_response.json").read_text())
    assert (await Service((200, values)).api().read_subscription("S")).items
    single = json.loads((VENDOR / "statistic_value_response.json").read_text())
    assert (await Service((200, single)).api().read_statistic("N", "Agent", "jdoe")).value is not None
    several = json.loads((VENDOR / "get_statistic_ex_response.json").read_text())
    assert await Service((200, several)).api().read_statistics([])


@pytest.mark.parametrize("wrapped", [True, False], ids=["wrapped", "plain"])
async def test_a_partly_refused_subscription_names_those_that_are_missing(wrapped: bool) -> None:
    status = {"code": 500, "message": "Statistic not found", "detail": {}}
    errors = [{"status": status} if wrapped else status]
    reply = await Service((200, answer(2, "a", "c", errors=errors))).api().open_subscription("S", STATISTICS)
    assert reply.rejected == {"b": "Statistic not found"}


async def test_a_reply_that_names_no_culprit_is_resolved_by_comparing() -> None:
    reply = await Service((200, answer(1, "a"))).api().open_subscription("S", STATISTICS)
    assert reply.rejected == {"b": NO_REASON, "c": NO_REASON}


def test_texts_follow_the_named_statistic_else_the_order() -> None:
    faults = [Fault("first"), Fault("about c", "c"), Fault("second")]
    assert rejections(["a", "b", "c", "d"], ["d"], faults) == {"a": "first", "b": "second", "c": "about c"}


def test_one_text_serves_several_statistics() -> None:
    assert rejections(["a", "b"], [], [Fault("all")]) == {"a": "all", "b": "all"}


@pytest.mark.parametrize("place", ["detail", "status", "element"])
def test_the_statistic_of_an_error_is_found_where_it_stands(place: str) -> None:
    status: dict[str, Any] = {"message": "no", "detail": {"statisticId": "x"} if place == "detail" else {"c": 1}}
    if place == "status":
        status["statisticId"] = "x"
    element: dict[str, Any] = {"status": status}
    if place == "element":
        element["statisticId"] = "x"
    assert read_faults([element, "nonsense"]) == (Fault("no", "x"),)


async def test_ids_survive_in_addresses() -> None:
    service = Service((200, {"status": {"code": 0}, "data": {"statistic": {"value": 1, "timestamp": 2}}}))
    await service.api().read_statistic("Calls Waiting/now", "Queue", "+14699123081@us-east-1")
    assert service.calls[0].url.raw_path.decode() == (
        "/statistics/v3/statistic-values/Calls%20Waiting%2Fnow?objectType=Queue&objectId=%2B14699123081%40us-east-1"
    )
    assert service.calls[0].url.params["objectId"] == "+14699123081@us-east-1"


async def test_chosen_statistics_of_a_subscription_are_read() -> None:
    service = Service((200, answer(0, "a")))
    await service.api().read_subscription("S", ["a", "b"])
    assert service.calls[0].url.query == b"statisticIds=a,b&verbose=OFF"


async def test_a_dead_token_is_renewed_once_and_the_call_repeated() -> None:
    service = Service((401, {"error": "invalid_token"}), (200, {"status": {"code": 0}}))
    await service.api().close_subscription("S")
    assert [call.headers["authorization"] for call in service.calls] == ["Bearer t1", "Bearer t2"]


async def test_a_second_401_is_an_error() -> None:
    service = Service((401, {}))
    with pytest.raises(Unauthorized):
        await service.api().close_subscription("S")
    assert len(service.calls) == 2


@pytest.mark.parametrize(
    ("status", "body", "error", "text"),
    [
        (503, {"status": {"code": 0}}, ServerFault, "HTTP 503"),
        (504, "", ServerFault, "HTTP 504"),
        (400, {"status": {"code": 400, "message": "Bad request"}}, RequestRefused, "Bad request"),
        (200, {"status": {"code": 5, "message": "No"}}, RequestRefused, "No"),
        (200, {"status": {"code": 5}, "errors": [{"message": "Inner"}]}, RequestRefused, "Inner"),
        (200, "<html>", Malformed, "no documented form"),
        (200, {"data": {}}, Malformed, "no documented form"),
        (302, "", Malformed, "HTTP 302"),
        (403, {"message": "Forbidden"}, ServerFault, "Forbidden"),
        (403, {"status": {"code": 603, "message": "Unauthorized"}}, Unauthorized, "Unauthorized"),
        (403, {"status": {"code": 403, "message": "No permission"}}, RequestRefused, "No permission"),
    ],
)
async def test_the_http_status_counts_first(status: int, body: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        await Service((status, body)).api().close_subscription("S")


def test_a_complete_answer_with_500_may_be_about_the_request() -> None:
    sample = json.loads((VENDOR / "error_response.json").read_text())
    with pytest.raises(ServerFault) as caught:
        read_envelope(500, sample)
    assert caught.value.about_request
    with pytest.raises(ServerFault) as caught:
        read_envelope(500, "<html>")
    assert not caught.value.about_request


async def test_no_answer_is_unreachable() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/oauth/token"):
            return httpx.Response(200, json={"access_token": "t", "expires_in": 9})
        raise httpx.ReadTimeout("slow", request=request)

    client = httpx.AsyncClient(transport=httpx.MockTransport(handle))
    auth = Authenticator(client, "https://gws/auth/v3", Credentials("c"), clock=Clock())
    with pytest.raises(Unreachable, match="no answer within the time limit"):
        await StatisticsApi(client, "https://gws/statistics/v3", auth).close_subscription("S")


@pytest.mark.parametrize("timestamp", [10**30, 1e300, -1, "9" * 5000, "soon", None, True])
def test_a_time_that_no_calendar_has_is_none(timestamp: Any) -> None:
    assert read_item({"statisticId": "1", "value": 1, "timestamp": timestamp}).timestamp is None


def test_the_services_words_hold_nothing_that_a_database_refuses() -> None:
    (fault,) = read_faults([{"code": 1, "message": "No\0 such\ud800 statistic"}])
    assert fault.message == "No such? statistic"
    with pytest.raises(RequestRefused, match=r"^No permission$"):
        read_envelope(403, {"status": {"code": 403, "message": "No\0 permission"}})
