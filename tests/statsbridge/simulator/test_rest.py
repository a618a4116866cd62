"""The Statistics API's REST calls: envelopes, partial success, and what is refused."""

from typing import Any

import pytest

from tests.statsbridge.simulator.support import SALES_QUEUE, Client, HandClock, another, defined, named, small_simulator

TWIN = {"category": "CurrentNumber", "subject": "DNAction", "mainMask": "CallWait", "notificationMode": "Immediate"}


@pytest.fixture(autouse=True)
async def _joined(client: Client) -> None:
    await client.join()


async def test_a_subscription_answers_with_first_values(client: Client) -> None:
    status, body = await client.open(named("CallsEntered", id="a"), defined("b", TWIN))
    assert (status, body["status"]) == (200, {"code": 0})
    assert body["data"]["subscriptionId"] == body["data"]["operationId"] == "S1"
    first, second = body["data"]["statistics"]
    assert (first["statisticId"], first["name"], first["objectType"]) == ("a", "CallsEntered", "Queue")
    assert first["objectId"] == SALES_QUEUE
    assert "name" not in second
    value = first["value"]
    assert set(value) == {"intValue", "stringValue", "tag", "intervalLength", "timestamp"}
    assert value["stringValue"] == str(value["intValue"])
    assert (value["tag"], value["timestamp"]) == (-1, first["timestamp"])
    assert value["intValue"] > 0
    assert value["intervalLength"] == 1.5 * 3600


async def test_verbose_off_leaves_only_ids_and_values(client: Client) -> None:
    _, body = await client.open(named("CallsEntered", id="a"), verbose="OFF")
    assert set(body["data"]["statistics"][0]) == {"statisticId", "value", "timestamp"}
    _, body = await client.ask("GET", "/statistics/v3/subscriptions/S1/statistic-values?verbose=off")
    assert set(body["data"]["statistics"][0]) == {"statisticId", "value", "timestamp"}
    assert (await client.open(named("CallsEntered"), verbose="MAYBE"))[0] == 400


async def test_averages_are_decimal_strings(client: Client) -> None:
    _, body = await client.open(named("AverageWaitingTime", id="a"), named("ServiceLevel", id="b"))
    for item in body["data"]["statistics"]:
        assert "." in item["value"]["stringValue"]
        assert item["value"]["intValue"] == int(float(item["value"]["stringValue"]))


async def test_agent_states_have_a_place_and_a_status_per_medium(client: Client) -> None:
    jonas = named("CurrentAgentState", "Agent", "jonas.weber", id="a")
    group = named("CurrentGroupState", "GroupAgents", "Sales", id="b")
    _, body = await client.open(jonas, group)
    state = body["data"]["statistics"][0]["value"]["stateValue"]
    assert (state["objectType"], state["agentId"], state["loginId"]) == ("Agent", "jonas.weber", "5004")
    assert state["place"]["placeId"] == "Place_5004"
    media = [(dn["dnId"], dn["switchId"]) for dn in state["place"]["dnStatuses"]]
    assert media == [("5004", "SIP_Switch"), ("chat_5004", None), ("email_5004", None)]
    group_state = body["data"]["statistics"][1]["value"]["stateValue"]
    assert (group_state["objectType"], group_state["groupId"], group_state["agentCount"]) == ("GroupAgents", "Sales", 5)
    assert group_state["agents"][0]["agentId"] == "maria.lopez"


async def test_what_is_refused_is_missing_and_has_an_error(client: Client) -> None:
    good = named("CallsEntered", id="good")
    status, body = await client.open(good, named("Nonsense", id="bad"))
    assert (status, body["status"]["code"]) == (200, 2)
    assert [item["statisticId"] for item in body["data"]["statistics"]] == ["good"]
    assert [error["status"]["message"] for error in body["errors"]] == ["Statistic 'Nonsense' not found"]
    assert "detail" not in body["errors"][0]["status"]


@pytest.mark.parametrize(
    ("statistic", "message"),
    [
        (named("Nonsense"), "Statistic 'Nonsense' not found"),
        (named("InboundCalls"), "not valid for object type Queue"),
        (named("CallsEntered", object_id="8099@SIP_Switch"), "Object '8099@SIP_Switch' of type Queue not found"),
        (named("CallsEntered", object_type="Unicorn"), "Invalid object type"),
        (named("CallsEntered") | {"definition": TWIN}, "not both"),
        ({"statisticId": "a", "objectType": "Queue", "objectId": SALES_QUEUE}, "one of them"),
        (defined("a", {**TWIN, "category": "Nonsense"}), "Invalid category"),
        (defined("a", {**TWIN, "subject": "AgentStatus"}), "Invalid subject"),
        (defined("a", {**TWIN, "mainMask": "Nonsense"}), "Invalid mask"),
        (defined("a", TWIN, "Agent", "maria.lopez"), "Invalid mask"),
        ({"statisticId": "a", "name": "CallsEntered", "objectType": "Queue"}, "has no objectId"),
        ({"name": "CallsEntered", "objectType": "Queue", "objectId": SALES_QUEUE}, "has no statisticId"),
    ],
)
async def test_all_refused_is_an_error(client: Client, statistic: dict[str, Any], message: str) -> None:
    status, body = await client.open(statistic)
    assert (status, body["status"]["code"]) == (400, 400)
    assert message in body["errors"][0]["status"]["message"]
    assert body["path"] == "/statistics/v3/subscriptions"


async def test_an_id_twice_in_one_subscription_is_refused(client: Client) -> None:
    _, body = await client.open(named("CallsEntered", id="a"), named("TotalAnswered", id="a"))
    assert "used twice" in body["errors"][0]["status"]["message"]


async def test_errors_can_carry_the_statistic_id(clock: HandClock) -> None:
    async with small_simulator(clock, tell_ids=True) as simulator, another(simulator.url) as client:
        await client.join()
        _, body = await client.open(named("CallsEntered"), named("Nonsense", id="bad"))
        assert body["errors"][0]["status"]["detail"] == {"statisticId": "bad"}


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"{}", b'{"data": {"statistics": []}}', b'{"data": {"statistics": [1]}}']
)
async def test_a_malformed_request_is_a_400(client: Client, body: bytes) -> None:
    status, answer = await client.ask("POST", "/statistics/v3/subscriptions", data=body)
    assert (status, answer["status"]["code"]) == (400, 400)


async def test_values_can_be_read_and_chosen(client: Client) -> None:
    await client.open(named("CallsEntered", id="a"), named("TotalAnswered", id="b"))
    path = "/statistics/v3/subscriptions/S1/statistic-values"
    status, body = await client.ask("GET", path)
    assert status == 200
    assert set(body["data"]) == {"subscriptionId", "statistics"}
    assert [item["statisticId"] for item in body["data"]["statistics"]] == ["a", "b"]
    for query in ("?statisticIds=b,x", "?statisticIds=b&statisticIds=x"):
        _, body = await client.ask("GET", path + query)
        assert [item["statisticId"] for item in body["data"]["statistics"]] == ["b"]
        assert body["status"]["code"] == 2
    assert (await client.ask("GET", "/statistics/v3/subscriptions/none/statistic-values"))[0] == 500


async def test_deleting_always_succeeds(client: Client) -> None:
    await client.open(named("CallsEntered"))
    for _ in range(2):
        assert await client.ask("DELETE", "/statistics/v3/subscriptions/S1") == (200, {"status": {"code": 0}})
    assert (await client.state())["subscriptions"] == []


async def test_values_without_a_subscription(client: Client) -> None:
    path = "/statistics/v3/operations/get-statistic-ex"
    asked = {"name": "CallsEntered", "objectType": "Queue", "objectId": SALES_QUEUE}
    status, body = await client.ask("POST", path, json={"data": {"statistics": [asked]}})
    assert (status, body["status"]["code"]) == (200, 0)
    item = body["data"]["statistics"][0]
    assert {key: item[key] for key in asked} == asked
    assert set(item) == {"name", "objectType", "objectId", "value", "timestamp"}
    bad = {**asked, "name": "Nonsense"}
    status, body = await client.ask("POST", path, json={"data": {"statistics": [asked, bad]}})
    assert (status, body["status"]["code"], len(body["errors"])) == (200, 2, 1)
    assert (await client.ask("POST", path, json={"data": {"statistics": [bad]}}))[0] == 400
    twin = {"definition": TWIN, "objectType": "Queue", "objectId": SALES_QUEUE}
    assert (await client.ask("POST", path, json={"data": {"statistics": [twin]}}))[0] == 400


async def test_a_single_value(client: Client) -> None:
    path = "/statistics/v3/statistic-values"
    where = {"objectType": "Queue", "objectId": SALES_QUEUE}
    status, body = await client.ask("GET", f"{path}/CallsEntered", params=where)
    assert (status, set(body["data"]["statistic"])) == (200, {"value", "timestamp"})
    assert (await client.ask("GET", f"{path}/Nonsense", params=where))[0] == 404
    assert (await client.ask("GET", f"{path}/CallsEntered", params={**where, "objectId": "x"}))[0] == 404
    assert (await client.ask("GET", f"{path}/InboundCalls", params=where))[0] == 400
    assert (await client.ask("GET", f"{path}/CallsEntered", params={"objectType": "Queue"}))[0] == 400


async def test_without_a_valid_token_nothing_is_answered(client: Client) -> None:
    client.headers["Authorization"] = "Bearer wrong"
    for path in ("/statistics/v3/subscriptions", "/statistics/v3/notifications"):
        assert (await client.ask("POST", path, json=[]))[0] == 401
    assert (await client.ask("GET", f"/statistics/v3/statistic-values/CallsEntered?objectId={SALES_QUEUE}"))[0] == 401


async def test_state_shows_the_value_now_and_the_one_notified(client: Client, clock: HandClock) -> None:
    periodical = {"category": "TotalNumber", "subject": "DNAction", "mainMask": "CallEntered"}
    seldom = {**periodical, "notificationMode": "Periodical", "notificationFrequency": 600}
    await client.open(defined("seldom", seldom, "GroupQueues", "All_Queues"))
    clock.turn(599)
    state = await client.state()
    shown = state["subscriptions"][0]["statistics"][0]
    assert shown["value"] > shown["notified"]
    assert (shown["id"], shown["objectType"], shown["objectId"]) == ("seldom", "GroupQueues", "All_Queues")
    assert shown["definition"] == seldom
    clock.turn(1)
    later = await client.state()
    shown = later["subscriptions"][0]["statistics"][0]
    assert shown["notified"] == shown["value"]
    assert later["now"] == shown["timestamp"] == clock() * 1000
    assert {"type": "Queue", "id": SALES_QUEUE, "title": "Sales"} in later["objects"]
    assert later["sessions"][0]["clientId"] == client.client_id
