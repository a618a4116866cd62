"""The five calls of the Statistics API, with its envelope and its errors in every documented shape."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from statsbridge.auth import Authenticator
from statsbridge.errors import Fault, Malformed, RequestRefused, ServerFault, Unauthorized, Unreachable
from statsbridge.http import describe, read_json
from statsbridge.text import clean
from statsbridge.values import EPOCH_MS_MOST

#: How long an answer is waited for: little at first, because a network that lost its connections in silence gives
#: none; a service that is slow for good gets the time it needs after a few tries.
PATIENCE_SECONDS = 6.0
PATIENCE_MOST_SECONDS = 60.0

OK_CODES = (0, 1)
PARTIAL_CODE = 2
SESSION_LOST_CODE = 603
NO_REASON = "The service did not open it and gave no reason."


@dataclass(frozen=True, slots=True)
class Item:
    """One statistic of an answer or an update. ``value`` is raw and ``None`` when absent; ``timestamp`` epoch ms."""

    statistic_id: str | None
    value: Any
    timestamp: int | None
    subscription_id: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An accepted answer: what it holds, and the service's text for each requested statistic that is missing."""

    items: tuple[Item, ...]
    rejected: Mapping[str, str] = field(default_factory=dict)


def encode_query(parameters: Iterable[tuple[str, str]]) -> str:
    """A query in which ``+`` and ``@`` of object ids survive."""
    return "&".join(f"{name}={quote(value, safe=',')}" for name, value in parameters)


class StatisticsApi:
    """The REST side of one connection; every call signs in once more after a 401 and is then repeated once.

    Each call raises Unreachable, ServerFault, Malformed, Unauthorized, SignInRefused or RequestRefused. ``guard`` is
    called with the subscription's id right before each request that opens or deletes it, and may raise.
    """

    def __init__(
        self, http: httpx.AsyncClient, url: str, auth: Authenticator, guard: Callable[[str], None] = lambda name: None
    ) -> None:
        self._http = http
        self._url = url.rstrip("/")
        self._auth = auth
        self._guard = guard
        self._patience = PATIENCE_SECONDS

    async def open_subscription(
        self, subscription_id: str, statistics: Sequence[Mapping[str, Any]], *, verbose: str = "INFO"
    ) -> Reply:
        """Open statistics under a subscription id of our own choice."""
        body = {"operationId": subscription_id, "data": {"statistics": list(statistics)}}
        data, faults = await self._call("POST", f"/subscriptions?verbose={verbose}", body, changes=subscription_id)
        items = _items(data.get("statistics"))
        requested = [str(statistic["statisticId"]) for statistic in statistics]
        return Reply(items, rejections(requested, [item.statistic_id for item in items], faults))

    async def close_subscription(self, subscription_id: str) -> None:
        """Delete a subscription; one that is unknown counts as deleted."""
        path = f"/subscriptions/{quote(subscription_id, safe='')}"
        await self._call("DELETE", path, changes=subscription_id)

    async def read_subscription(
        self, subscription_id: str, statistic_ids: Sequence[str] = (), *, verbose: str = "OFF"
    ) -> Reply:
        """The current values of a subscription, or of the named statistics in it."""
        query = [("statisticIds", ",".join(statistic_ids))] if statistic_ids else []
        path = f"/subscriptions/{quote(subscription_id, safe='')}/statistic-values"
        data, faults = await self._call("GET", f"{path}?{encode_query([*query, ('verbose', verbose)])}")
        items = _items(data.get("statistics"))
        return Reply(items, rejections(statistic_ids, [item.statistic_id for item in items], faults))

    async def read_statistics(self, statistics: Sequence[Mapping[str, str]]) -> tuple[Item, ...]:
        """Current values by name, each statistic ``{"name", "objectType", "objectId"}``; definitions do not work."""
        data, _ = await self._call(
            "POST", "/operations/get-statistic-ex", {"data": {"statistics": [dict(one) for one in statistics]}}
        )
        return _items(data.get("statistics"))

    async def read_statistic(self, name: str, object_type: str, object_id: str) -> Item:
        """The current value of one pre-configured statistic."""
        query = encode_query([("objectType", object_type), ("objectId", object_id)])
        data, _ = await self._call("GET", f"/statistic-values/{quote(name, safe='')}?{query}")
        found = _items([data.get("statistic")])
        if not found:
            raise Malformed("The service answers without the statistic that was asked for.")
        return found[0]

    async def _call(
        self, method: str, path: str, body: Any = None, *, changes: str = ""
    ) -> tuple[dict[str, Any], tuple[Fault, ...]]:
        response = await self._send(method, path, body, changes)
        return read_envelope(response.status_code, read_json(response))

    async def _send(self, method: str, path: str, body: Any, changes: str) -> httpx.Response:
        await self._auth.ensure()
        for last in (False, True):
            token = self._auth.token
            if changes:
                self._guard(changes)
            headers = {"Accept": "application/json", **self._auth.headers()}
            waited, began = self._patience, time.monotonic()
            try:
                async with asyncio.timeout(waited):
                    response = await self._http.request(method, self._url + path, json=body, headers=headers)
            except TimeoutError as error:
                self._patience = min(2 * waited, PATIENCE_MOST_SECONDS)
                raise Unreachable(f"The Statistics API: no answer within {waited:.0f} s.") from error
            except httpx.HTTPError as error:
                raise Unreachable(f"The Statistics API: {describe(error)}.") from error
            if time.monotonic() - began < waited / 4:
                self._patience = PATIENCE_SECONDS
            if response.status_code != 401:
                return response
            if not last:
                await self._auth.renew(token)
        raise Unauthorized("The Statistics API refuses the token although it was just renewed.")


def read_envelope(status: int, body: Any) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """``data`` and ``errors`` of an answer with HTTP status ``status``.

    The HTTP status counts first and the body's own code second; they are different number spaces.

    Raises:
        ServerFault, RequestRefused, Malformed: as the two say.
    """
    envelope = body.get("status") if isinstance(body, dict) else None
    code = _integer(envelope.get("code")) if isinstance(envelope, dict) else None
    faults = read_faults(body.get("errors")) if isinstance(body, dict) else ()
    message = _message(status, envelope, body, faults)
    if status >= 500 or status == 429:
        raise ServerFault(message, faults=faults, about_request=status == 500 and code is not None)
    if status == 403 and (code is None or code == SESSION_LOST_CODE):
        # The gateway's word for a wrong key, and the services' for a session that they do not know any more.
        raise ServerFault(message) if code is None else Unauthorized(message)
    if status >= 400:
        raise RequestRefused(message, faults=faults)
    if status >= 300 or code is None:
        raise Malformed(f"The Statistics API answers HTTP {status} in no documented form.")
    if code not in (*OK_CODES, PARTIAL_CODE):
        raise RequestRefused(message, faults=faults)
    data = body.get("data")
    return (data if isinstance(data, dict) else {}), faults


def _message(status: int, envelope: Any, body: Any, faults: tuple[Fault, ...]) -> str:
    if isinstance(envelope, dict) and envelope.get("message"):
        return clean(str(envelope["message"]))
    if faults:
        return faults[0].message
    if isinstance(body, dict) and isinstance(body.get("message"), str):
        return clean(f"{body['message']} (HTTP {status})")
    return f"The Statistics API answers HTTP {status}."


def read_faults(errors: Any) -> tuple[Fault, ...]:
    """``errors`` as the reference has it (status objects) or as the generated clients do (each in ``status``)."""
    if not isinstance(errors, list):
        return ()
    return tuple(_fault(element) for element in errors if isinstance(element, dict))


def _fault(element: dict[str, Any]) -> Fault:
    inner = element.get("status")
    status: dict[str, Any] = inner if isinstance(inner, dict) else element
    detail = status.get("detail")
    about = detail.get("statisticId") if isinstance(detail, dict) else None
    about = about or status.get("statisticId") or element.get("statisticId")
    message = status.get("message") or f"Error code {status.get('code')}"
    return Fault(clean(str(message)), str(about) if about is not None else None)


def rejections(requested: Sequence[str], returned: Sequence[str | None], faults: Sequence[Fault]) -> dict[str, str]:
    """The service's text for each requested statistic that did not come back.

    Nothing in the documented answer ties an error to a statistic, so the missing ids are the truth; texts follow
    the statistic that an error names, or the order where none is named.
    """
    present = set(returned)
    missing = [statistic_id for statistic_id in requested if statistic_id not in present]
    named = {fault.statistic_id: fault.message for fault in faults if fault.statistic_id is not None}
    unnamed = [fault.message for fault in faults if fault.statistic_id is None]
    texts: dict[str, str] = {}
    for statistic_id in missing:
        if statistic_id in named:
            texts[statistic_id] = named[statistic_id]
        elif unnamed:
            # One text for several statistics serves them all.
            texts[statistic_id] = unnamed.pop(0) if len(unnamed) > 1 else unnamed[0]
        else:
            texts[statistic_id] = NO_REASON
    return texts


def _items(raw: Any) -> tuple[Item, ...]:
    if not isinstance(raw, list):
        return ()
    return tuple(read_item(element) for element in raw if isinstance(element, dict))


def read_item(element: Mapping[str, Any]) -> Item:
    """One ``StatisticValue`` of an answer or a notification."""
    return Item(
        _text(element.get("statisticId")),
        element.get("value"),
        _moment(element.get("timestamp")),
        _text(element.get("subscriptionId")),
    )


def unwrap(data: Any) -> Mapping[str, Any]:
    """The content of a notification: nested in ``data`` once more, as the service sends it, or flat."""
    if not isinstance(data, Mapping):
        return {}
    inner = data.get("data")
    return inner if isinstance(inner, Mapping) else data


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def _moment(value: Any) -> int | None:
    """Epoch ms; a moment that no calendar has is none."""
    at = _integer(value)
    return at if at is not None and 0 <= at <= EPOCH_MS_MOST else None


def _integer(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return int(value)
    except (ValueError, OverflowError):
        return None
