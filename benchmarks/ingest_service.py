"""A service that does nothing but send: the calls that the bridge makes, and notifications as fast as they are wanted.

``python -m benchmarks.ingest_service PORT``. ``POST /_run`` with ``{"rate", "seconds"}`` sends batches at a rate, with
``{"total"}`` one batch for each poll at once; ``GET /_values`` tells the last value of each statistic.
"""

import asyncio
import json
import random
import sys
import time
from typing import Any

from aiohttp import web

BATCH = 100
HOLD_SECONDS = 20.0
TICK_SECONDS = 0.02
#: Texts of batches made beforehand for the run without pauses, so that the service is not what is measured.
READY = 400
#: A client that is slower than the changes finds many batches waiting at each poll.
PER_POLL = 20


class Service:
    def __init__(self) -> None:
        self.subscriptions: dict[str, list[str]] = {}
        self.where: dict[str, str] = {}
        self.values: dict[str, int] = {}
        self.queue: list[str] = []
        self.news, self.sent = asyncio.Event(), asyncio.Event()
        self.ready: list[tuple[str, dict[str, int]]] = []
        self.left = 0
        self.chance = random.Random(1)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/auth/v3/oauth/token", self.token),
            web.post("/statistics/v3/subscriptions", self.subscribe),
            web.delete("/statistics/v3/subscriptions/{id}", self.unsubscribe),
            web.get("/statistics/v3/subscriptions/{id}/statistic-values", self.read),
            web.post("/statistics/v3/notifications{tail:.*}", self.notify),
            web.post("/_run", self.run),
            web.get("/_values", self.tell),
        ]

    async def token(self, request: web.Request) -> web.Response:
        return web.json_response({"access_token": "sample", "expires_in": 40_000, "token_type": "bearer"})

    def item(self, name: str, at: int = 0) -> dict[str, Any]:
        value, at = self.values.setdefault(name, 0), at or now()
        return {
            "statisticId": name,
            "value": {"tag": -1, "intervalLength": 0, "timestamp": at, "stringValue": str(value), "intValue": value},
            "timestamp": at,
        }

    async def subscribe(self, request: web.Request) -> web.Response:
        body = await request.json()
        names = [one["statisticId"] for one in body["data"]["statistics"]]
        self.subscriptions[body["operationId"]] = names
        self.where.update(dict.fromkeys(names, body["operationId"]))
        return self.envelope(names)

    async def unsubscribe(self, request: web.Request) -> web.Response:
        self.subscriptions.pop(request.match_info["id"], None)
        return self.envelope([])

    async def read(self, request: web.Request) -> web.Response:
        return self.envelope(self.subscriptions[request.match_info["id"]])

    def envelope(self, names: list[str]) -> web.Response:
        return web.json_response({"status": {"code": 0}, "data": {"statistics": [self.item(one) for one in names]}})

    async def notify(self, request: web.Request) -> web.Response:
        replies = []
        for message in await request.json():
            reply = {"channel": message["channel"], "id": message.get("id"), "successful": True}
            if message["channel"] == "/meta/handshake":
                types = ["long-polling"]
                reply |= {"clientId": "c" * 30, "version": "1.0", "supportedConnectionTypes": types}
            elif message["channel"] == "/meta/subscribe":
                reply["subscription"] = message["subscription"]
            elif message["channel"] == "/meta/connect" and message.get("advice", {}).get("timeout") != 0:
                await self.hold()
            replies.append(json.dumps(reply))
        events, self.queue = self.queue, []
        return web.Response(text=f"[{','.join([*events, *replies])}]", content_type="application/json")

    async def hold(self) -> None:
        if self.left:
            for _ in range(min(self.left, PER_POLL)):
                self.left -= 1
                text, values = self.ready[self.left % len(self.ready)]
                self.values.update(values)
                self.queue.append(text)
            if not self.left:
                self.sent.set()
            return
        self.news.clear()
        if not self.queue:
            try:
                async with asyncio.timeout(HOLD_SECONDS):
                    await self.news.wait()
            except TimeoutError:
                return

    def batch(self, at: int = 0) -> tuple[str, dict[str, int]]:
        values = {name: self.chance.randrange(1_000_000) for name in self.chance.sample(list(self.where), BATCH)}
        before = {name: self.values.get(name, 0) for name in values}
        self.values.update(values)
        statistics = [{"subscriptionId": self.where[name], **self.item(name, at)} for name in values]
        self.values.update(before)
        data = {"data": {"statistics": statistics}}
        return json.dumps({"channel": "/statistics/v3/updates", "data": data}), values

    async def run(self, request: web.Request) -> web.Response:
        order = await request.json()
        if "total" in order:
            # They are sent more than once, and an older time would make them void.
            at = now()
            self.sent.clear()
            self.ready = [self.batch(at) for _ in range(READY)]
            self.left = order["total"] // BATCH
            self.news.set()
            await self.sent.wait()
            return web.json_response({"sent": order["total"]})
        began, sent = time.monotonic(), 0
        while (gone := time.monotonic() - began) < order["seconds"]:
            while sent < gone * order["rate"]:
                text, values = self.batch()
                self.values.update(values)
                self.queue.append(text)
                sent += BATCH
            self.news.set()
            await asyncio.sleep(TICK_SECONDS)
        return web.json_response({"sent": sent, "seconds": time.monotonic() - began})

    async def tell(self, request: web.Request) -> web.Response:
        return web.json_response(self.values)


def now() -> int:
    return time.time_ns() // 1_000_000


def main() -> None:
    app = web.Application()
    app.add_routes(Service().routes())
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)


if __name__ == "__main__":
    main()
