"""``/_sim/state`` and ``/_sim/chaos``: looking behind the scenes, and breaking things on purpose."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from statsbridge.simulator.bayeux import SERVICE
from statsbridge.simulator.chaos import BadOrder

if TYPE_CHECKING:
    from statsbridge.simulator.server import SimulatorServer

Order = dict[str, Any]


class Control:
    def __init__(self, server: "SimulatorServer") -> None:
        self.server = server
        self._actions: dict[str, Callable[[Order], Awaitable[None] | None]] = {
            "unavailable": self._unavailable,
            "available": self._available,
            "drop_sessions": lambda order: server.bayeux.end_all(),
            "expire_tokens": lambda order: server.tokens.expire_all(),
            "revoke_refresh": lambda order: server.tokens.revoke_refresh(),
            "remove_user": lambda order: server.tokens.remove_user(
                str(order.get("username") or server.tokens.credentials.username)
            ),
            "reject": lambda order: server.subscriptions.rejected.add(_statistic(order)),
            "accept": lambda order: server.subscriptions.rejected.discard(_statistic(order)),
            "freeze": self._freeze,
            "thaw": self._thaw,
            "error": lambda order: server.chaos.order_fault(order, garbage=False),
            "garbage": lambda order: server.chaos.order_fault(order, garbage=True),
            "delay": lambda order: server.chaos.order_delay(order),
            "close_connections": self._close_connections,
            "reset": self._reset,
        }

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/_sim/state", self.state), web.post("/_sim/chaos", self.order)]

    async def state(self, request: web.Request) -> web.Response:
        server = self.server
        server.catch_up()
        objects = [
            {"type": listed.type, "id": listed.object_id, "title": listed.title} for listed in server.roster.objects
        ]
        return web.json_response(
            {
                "now": server.subscriptions.contact.now,
                "available": server.chaos.available,
                "sessions": list(server.bayeux.describe()),
                "subscriptions": list(server.subscriptions.describe()),
                "objects": objects,
            }
        )

    async def order(self, request: web.Request) -> web.Response:
        try:
            order = await request.json()
            if not isinstance(order, dict):
                raise BadOrder("expected an object")
            action = self._actions.get(str(order.get("action")))
            if action is None:
                raise BadOrder(f"unknown action {order.get('action')!r}; known: {', '.join(sorted(self._actions))}")
            self.server.catch_up()
            result = action(order)
            if result is not None:
                await result
        except (BadOrder, json.JSONDecodeError, UnicodeDecodeError) as problem:
            return web.json_response({"error": str(problem)}, status=400)
        answer = web.json_response({"ok": True, "action": order["action"]})
        # An order may cut all connections a moment later; whoever gave it must not send the next one on this one.
        answer.force_close()
        return answer

    def _unavailable(self, order: Order) -> None:
        self.server.chaos.available = False
        self.server.subscriptions.close_all()
        self.server.held.clear()
        self.server.bayeux.publish(
            SERVICE, {"name": "ServiceStateChange", "topic": SERVICE, "data": {"serviceState": "UNAVAILABLE"}}
        )

    def _available(self, order: Order) -> None:
        """The vendor's sample of this message has no leading slash in its topic."""
        self.server.chaos.available = True
        self.server.bayeux.publish(
            SERVICE,
            {"name": "ServiceStateChange", "topic": SERVICE.removeprefix("/"), "data": {"serviceState": "AVAILABLE"}},
        )

    def _freeze(self, order: Order) -> None:
        self.server.chaos.frozen = True

    def _thaw(self, order: Order) -> None:
        self.server.chaos.frozen = False
        self.server.publish_held()

    def _close_connections(self, order: Order) -> None:
        """Cut every TCP connection, as a crashing proxy does.

        After this answer is out, so that whoever ordered it hears of it; connections made from now on are left alone.
        """
        for connection in self.server.connections():
            asyncio.get_running_loop().call_later(0.05, connection.abort)

    def _reset(self, order: Order) -> None:
        if not self.server.chaos.available:
            self._available(order)
        self.server.chaos.reset()
        self.server.publish_held()
        self.server.tokens.users.removed.clear()
        self.server.subscriptions.rejected.clear()


def _statistic(order: Order) -> str:
    name = order.get("statistic")
    if not isinstance(name, str) or not name:
        raise BadOrder("statistic: expected the name of a statistic")
    return name
