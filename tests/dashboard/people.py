"""A board with people in every place where one can be named, and an embed's socket that keeps what it heard."""

import json
import time
from typing import Any

import jwt

from dashboard import wanted
from dashboard.models import Tile, TileSeries
from statsbridge.messages import Reading, ValueState
from statsbridge.models import Connection, MonitoredObject, Series, StatisticDefinition
from tests.dashboard.floor import Floor, Wall

#: Parts of names and ids that only full views may hold, in lower case. Zoë is a member that nobody configured.
SECRETS = ("maria", "lopez", "müller", "jürgen", "49152", "zoe.quist", "quist", "dn7001")
#: What the initials of the three look like.
INITIALS = ("M. L.", "J. M.", "Z. Q.")

PEOPLE = {"maria-lopez": ("Maria López", "maria.lopez@sample"), "juergen": ("Jürgen Müller", "49152")}


class EmbedWall(Wall):
    """``heard`` is everything that the server sent, as it was sent."""

    def __init__(self, key: tuple[str, str], query: str = "", slug: str = "sales") -> None:
        super().__init__(f"/ws/embed/{slug}/{query}", origin="https://portal.example.com")
        self.key = key
        self.heard = ""

    async def receive_output(self, timeout: float = 1) -> Any:
        message = await super().receive_output(timeout)
        self.heard += message.get("text") or ""
        return message

    async def show_token(self, **claims: Any) -> str:
        """A token of now for an hour; returns it."""
        now = int(time.time())
        whole = {"wallboard": "sales", "iat": now, "exp": now + 3600} | claims
        token = jwt.encode(whole, self.key[1], headers={"kid": self.key[0]})
        await self.send_json_to({"type": "auth", "token": token})
        return token

    def told(self) -> list[str]:
        """The secrets that were heard, also where they were escaped."""
        plain = self.heard.lower() + json.loads(f'"{json.dumps(self.heard)[1:-1]}"').lower()
        plain += self.heard.encode().decode("unicode_escape").lower()
        return [one for one in SECRETS if one in plain or one.encode("ascii", "ignore").decode() == one in plain]


class PeoplesBoard:
    """The floor's board with further tiles; the attributes are series."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        connection = Connection.objects.get()
        self.people = {
            name: MonitoredObject.objects.create(
                name=name, title=title, connection=connection, type="Agent", object_id=key
            )
            for name, (title, key) in PEOPLE.items()
        }
        self.team = MonitoredObject.objects.create(
            name="sales-team", title="Sales team", connection=connection, type="GroupAgents", object_id="Sales_Team"
        )
        state = StatisticDefinition.objects.create(name="state", title="State", statistic="AgentState", unit="state")
        calls = StatisticDefinition.objects.create(
            name="calls", title="Calls", statistic="Calls", thresholds={"direction": "above", "warning": 5}
        )
        login = StatisticDefinition.objects.create(name="login", title="Login", statistic="Login", unit="text")
        maria, juergen = self.people.values()
        self.maria = wanted.series_for(state, maria)
        self.juergen = wanted.series_for(state, juergen)
        self.group = wanted.series_for(state, self.team)
        self.calls = wanted.series_for(calls, maria)
        self.answered = wanted.series_for(calls, self.team)
        self.login = wanted.series_for(login, juergen)
        self._tiles()

    def _tiles(self) -> None:
        queue = self.floor.waiting
        self.add("who", "agents", self.maria, self.juergen)
        self.add("team", "agents", self.group)
        self.add("states", "donut", self.group, title="States")
        self.add("maria-lopez", "number", self.calls, title="Calls of Maria López")
        self.add("hour", "trend", self.calls, self.answered)
        self.add("compared", "bars", self.calls, self.answered)
        self.add("table", "table", self.calls, self.answered, self.maria, queue)
        self.add("login", "number", self.login)
        self.add("news", "text", options={"text": "Ask **Jürgen Müller** (49152)"})
        self.add("secret", "number", queue, title="For the team only", hidden_from=["floor"])

    def add(self, key: str, kind: str, *series: Series, **given: Any) -> Tile:
        order = Tile.objects.count()
        tile = Tile.objects.create(
            wallboard=self.floor.board, key=key, kind=kind, order=order, x=order % 4 * 3, y=order // 4 * 2, **given
        )
        for place, one in enumerate(series):
            TileSeries.objects.create(tile=tile, series=one, order=place)
        return tile

    def values(self, word: str = "CallInbound", number: int = 3) -> dict[int, Any]:
        """A value of each series, with people in all of them."""
        at = int(time.time() * 1000) - 60_000
        ids = [*(key for _, key in PEOPLE.values()), "zoe.quist"]
        state = {
            "state": word,
            "since": at,
            "reason": "Coaching by Jürgen Müller",
            "channels": [{"media": "dn7001", "state": word, "since": at}],
        }
        return {
            self.maria.pk: state,
            self.juergen.pk: Reading(None, None, ValueState.REJECTED, "Object 49152 not found"),
            self.group.pk: {"state": word, "agents": [{"id": one, "state": word, "since": at} for one in ids]},
            self.calls.pk: number,
            self.answered.pk: 10 * number,
            self.login.pk: "maria.lopez@sample",
            self.floor.waiting.pk: number,
        }
