"""The Statistics API's REST calls, answered in its ``status`` envelope."""

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aiohttp import web

from statsbridge.simulator.chaos import Chaos
from statsbridge.simulator.refusals import Refused
from statsbridge.simulator.subscriptions import Failure, Subscriptions

BASE = "/statistics/v3"
SESSION = web.RequestKey("session", str)


def envelope(code: int, message: str = "", http: int = 200, **parts: Any) -> web.Response:
    status: dict[str, Any] = {"code": code}
    if message:
        status["message"] = message
    return web.json_response({"status": status, **parts}, status=http)


class Malformed(Exception):  # noqa: N818 - the word of the field
    """A request that the service answers with 400."""


async def read_body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise Malformed("The body is not JSON") from None
    if not isinstance(body, dict):
        raise Malformed("The body must be an object")
    return body


def read_statistics(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    data = body.get("data")
    statistics = data.get("statistics") if isinstance(data, Mapping) else None
    if not isinstance(statistics, list) or not statistics:
        raise Malformed("data.statistics must be a list with at least one statistic")
    if not all(isinstance(item, Mapping) for item in statistics):
        raise Malformed("data.statistics must hold objects")
    return statistics


class StatisticsApi:
    """``client_of(session)``: the Bayeux client that a subscription of this HTTP session lives and dies with.

    ``tell_ids``: put the statisticId into an error's ``detail``; the service is not known to, so it is off.
    """

    def __init__(
        self, subscriptions: Subscriptions, chaos: Chaos, client_of: Callable[[str], str], *, tell_ids: bool = False
    ) -> None:
        self.subscriptions, self.chaos, self.tell_ids = subscriptions, chaos, tell_ids
        self._client_of = client_of

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(f"{BASE}/subscriptions", self._guarded(self.subscribe)),
            web.delete(f"{BASE}/subscriptions/{{id}}", self.unsubscribe),
            web.get(f"{BASE}/subscriptions/{{id}}/statistic-values", self._guarded(self.values)),
            web.post(f"{BASE}/operations/get-statistic-ex", self._guarded(self.peek_many)),
            web.get(f"{BASE}/statistic-values/{{name}}", self._guarded(self.peek)),
        ]

    def _guarded(self, handler: Callable[[web.Request], Any]) -> Callable[[web.Request], Any]:
        async def guarded(request: web.Request) -> web.Response:
            if not self.chaos.available:
                return envelope(503, "Service is not connected to the backend", 503, path=request.path)
            try:
                answer: web.Response = await handler(request)
            except Malformed as malformed:
                return envelope(400, str(malformed), 400, path=request.path)
            return answer

        return guarded

    def _verbose(self, request: web.Request) -> bool:
        verbose = request.query.get("verbose", "INFO").upper()
        if verbose not in ("INFO", "OFF"):
            raise Malformed("verbose must be INFO or OFF")
        return verbose == "INFO"

    def _errors(self, failures: Iterable[Failure]) -> list[dict[str, Any]]:
        errors = []
        for failure in failures:
            status = failure.refused.status()
            if self.tell_ids and failure.statistic_id:
                status["detail"] = {"statisticId": failure.statistic_id}
            errors.append({"status": status})
        return errors

    # ---- subscriptions ----

    async def subscribe(self, request: web.Request) -> web.Response:
        verbose = self._verbose(request)
        body = await read_body(request)
        operation = body.get("operationId")
        if operation is not None and not isinstance(operation, str):
            raise Malformed("operationId must be a string")
        subscription_id = operation or str(uuid.uuid4())
        session = request[SESSION]
        subscription, failures = self.subscriptions.open_subscription(
            subscription_id, session, self._client_of(session), read_statistics(body)
        )
        errors = self._errors(failures)
        if not subscription.statistics:
            return envelope(400, failures[0].refused.message, 400, errors=errors, path=request.path)
        data: dict[str, Any] = {"subscriptionId": subscription_id}
        if operation:
            data["operationId"] = operation
        data["statistics"] = [s.item(s.told, verbose=verbose) for s in subscription.statistics.values()]
        return envelope(2, data=data, errors=errors) if errors else envelope(0, data=data)

    async def unsubscribe(self, request: web.Request) -> web.Response:
        self.subscriptions.close(request.match_info["id"])
        return envelope(0)

    async def values(self, request: web.Request) -> web.Response:
        verbose = self._verbose(request)
        subscription = self.subscriptions.open.get(request.match_info["id"])
        if subscription is None:
            return envelope(500, "Subscription not found", 500, path=request.path)
        wanted = [part for text in request.query.getall("statisticIds", []) for part in text.split(",") if part]
        statistics = list(subscription.statistics.values())
        if wanted:
            statistics = [subscription.statistics[key] for key in wanted if key in subscription.statistics]
        unknown = [Failure(key, Refused("Statistic not found")) for key in wanted if key not in subscription.statistics]
        if unknown and not statistics:
            return envelope(500, "Statistic not found", 500, errors=self._errors(unknown), path=request.path)
        now = self.subscriptions.contact.now
        items = [s.item(s.measure.read(now), verbose=verbose) for s in statistics]
        data = {"subscriptionId": subscription.subscription_id, "statistics": items}
        return envelope(2, data=data, errors=self._errors(unknown)) if unknown else envelope(0, data=data)

    # ---- values without a subscription, by name only ----

    def _peek(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        if not asked.get("name"):
            raise Refused("The statistic has no name; definitions are only taken in subscriptions")
        measure, _ = self.subscriptions.resolve({key: asked.get(key) for key in ("name", "objectType", "objectId")})
        value = measure.read(self.subscriptions.contact.now)
        return {"value": value.to_wire(), "timestamp": value.at}

    async def peek_many(self, request: web.Request) -> web.Response:
        statistics, failures = [], []
        for asked in read_statistics(await read_body(request)):
            try:
                ids = {key: asked.get(key) for key in ("name", "objectType", "objectId")}
                statistics.append({**ids, **self._peek(asked)})
            except Refused as refused:
                failures.append(Failure("", refused))
        errors = self._errors(failures)
        if not statistics:
            return envelope(400, failures[0].refused.message, 400, errors=errors, path=request.path)
        data = {"statistics": statistics}
        return envelope(2, data=data, errors=errors) if errors else envelope(0, data=data)

    async def peek(self, request: web.Request) -> web.Response:
        for key in ("objectId", "objectType"):
            if not request.query.get(key):
                raise Malformed(f"The parameter {key} is required")
        asked = {"name": request.match_info["name"], **request.query}
        try:
            return envelope(0, data={"statistic": self._peek(asked)})
        except Refused as refused:
            http = 404 if refused.missing else 400
            return envelope(http, refused.message, http, path=request.path)
