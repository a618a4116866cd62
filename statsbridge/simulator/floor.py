"""The floor as its events tell it: who is in which state, and the indexed history of every object."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from statsbridge import vocabulary
from statsbridge.simulator import states
from statsbridge.simulator.events import BEGIN, END, STATUS, Event
from statsbridge.simulator.roster import ALL_AGENTS, ALL_PLACES, ALL_QUEUES, CHAT_QUEUE, EMAIL_QUEUE, TEAMS, Roster
from statsbridge.simulator.tracks import Track, Watcher

# What an agent group knows of calls that no agent has yet comes from the queues it serves.
GROUP_QUEUE_WORDS = frozenset(
    {"CallWait", "CallAnswered", *vocabulary.MEDIATION_MOMENTARY_ACTIONS}
    - {"CallAbandonedFromRinging", "CallForwarded", "CallMissed"}
)
# Durable actions that are simply the DN's status of that name.
STATUS_ACTIONS = frozenset(
    {"WaitForNextCall", "NotReadyForNextCall", "AfterCallWork", "CallRinging", "CallDialing", "LoggedOut"}
)
ObjectKey = tuple[str, str]
_NO_MEDIA = ("",)


class Floor:
    """Feed it events in order with ``apply``; ask it for tracks and states by (object type, object id)."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster
        self.tracks: defaultdict[tuple[str, str, str, str], Track] = defaultdict(Track)
        self.state_watchers: defaultdict[str, dict[Watcher, None]] = defaultdict(dict)
        self._agents = {agent.employee_id: states.AgentState(agent) for agent in roster.agents}
        self._scopes = self._make_scopes()
        self._fans = self._make_fans()
        self._routes: dict[tuple[str, str, str, str], tuple[Track, ...]] = {}
        self._groups: dict[ObjectKey, dict[str, Any]] = {}

    def _make_scopes(self) -> dict[ObjectKey, str]:
        scopes = {("GroupAgents", name): name for name in (*TEAMS, ALL_AGENTS)}
        scopes["GroupPlaces", ALL_PLACES] = ALL_AGENTS
        scopes["GroupQueues", ALL_QUEUES] = ALL_QUEUES
        for agent in self.roster.agents:
            for key in (("Agent", agent.employee_id), ("AgentPlace", agent.place), ("RegDN", agent.dn)):
                scopes[key] = agent.employee_id
        scopes |= {("Queue", queue.object_id): queue.object_id for queue in self.roster.queues}
        scopes |= {("RoutePoint", point): point for point, _ in self.roster.route_points}
        return scopes | {("StagingArea", name): name for name in (CHAT_QUEUE, EMAIL_QUEUE)}

    def _make_fans(self) -> dict[str, tuple[str, ...]]:
        """Which scopes hear of what happens at a place: an agent's groups, a queue's groups."""
        fans: dict[str, tuple[str, ...]] = {
            agent.employee_id: (agent.employee_id, agent.team, ALL_AGENTS) for agent in self.roster.agents
        }
        fans |= {q.object_id: (q.object_id, ALL_QUEUES, q.team, ALL_AGENTS) for q in self.roster.queues}
        fans |= {point: (point,) for point, _ in self.roster.route_points}
        return fans | {name: (name,) for name in (CHAT_QUEUE, EMAIL_QUEUE)}

    # ---- what happens ----

    def apply(self, event: Event) -> None:
        if event.what == STATUS:
            self._change_status(event)
            return
        kind = "action" if event.where == "agent" else "queue"
        for track in self._route(event.who, kind, event.word, event.media):
            if event.what == BEGIN:
                track.begin(event.at, event.key)
            elif event.what == END:
                track.end(event.at, event.key)
            else:
                track.moment(event.at, event.duration)
        if event.word == "AgentLogin" and event.where == "agent":
            self._agents[event.who].login_at = event.at

    def _route(self, who: str, kind: str, word: str, media: str) -> tuple[Track, ...]:
        """The tracks of everybody who hears of this."""
        key = who, kind, word, media
        route = self._routes.get(key)
        if route is None:
            route = tuple(self.tracks[scope, kind, word, media] for scope in self._fans[who])
            self._routes[key] = route
        return route

    def _change_status(self, event: Event) -> None:
        agent = self._agents[event.who]
        before, agent_before = agent.dns[event.media].status, agent.status
        agent.change(event)
        self._move(event, "status", event.media, before, event.word)
        if agent_before != agent.status:
            self._move(event, "agent", "", agent_before, agent.status)
        for scope in self._fans[event.who]:
            for group in ("GroupAgents", "GroupPlaces"):
                self._groups.pop((group, scope), None)
            for watcher in self.state_watchers[scope]:
                watcher.touch()

    def _move(self, event: Event, kind: str, media: str, before: str, after: str) -> None:
        key = f"{event.who}/{media}"
        if before:
            for track in self._route(event.who, kind, before, media):
                track.end(event.at, key)
        for track in self._route(event.who, kind, after, media):
            track.begin(event.at, key)

    def forget(self, before: int) -> None:
        for track in self.tracks.values():
            track.forget(before)

    # ---- what is asked ----

    def scope(self, object_type: str, object_id: str) -> str | None:
        """Where an object's history is kept; ``None`` for an object that does not exist."""
        return self._scopes.get((object_type, object_id))

    def last_login(self, scope: str) -> int:
        return self._agents[scope].login_at

    def tracks_for(
        self, object_type: str, scope: str, subject: str, words: Iterable[str], media: str
    ) -> tuple[Track, ...]:
        """The tracks that a mask of these words reads; ``media`` is empty for all."""
        of_agents = object_type in vocabulary.AGENT_TYPES
        if object_type == "RegDN" and media not in ("", "voice"):
            return ()
        if object_type == "RegDN":
            media = "voice"
        everything = (media,) if media else vocabulary.MEDIA_TYPES
        found = []
        for word in words:
            kind, kinds_media = "queue", everything
            if of_agents and subject == "DNAction":
                kind = "status" if word in STATUS_ACTIONS else "action"
                if object_type.startswith("Group") and word in GROUP_QUEUE_WORDS:
                    kind = "queue"
            elif of_agents and (subject == "DNStatus" or media):
                kind = "status"
            elif of_agents:
                kind, kinds_media = "agent", _NO_MEDIA
            found += [self.tracks[scope, kind, word, medium] for medium in kinds_media]
        return tuple(found)

    def state(self, object_type: str, scope: str) -> dict[str, Any]:
        """The state object of an agent, a place, a DN or a group; the same dict until it changes."""
        if object_type in ("Agent", "AgentPlace", "RegDN"):
            return self._agents[scope].to_wire(object_type)
        key = object_type, scope
        if key not in self._groups:
            members = [self._agents[agent.employee_id] for agent in self.roster.team(scope)]
            self._groups[key] = states.group_to_wire(object_type, self._group_id(object_type, scope), members)
        return self._groups[key]

    def _group_id(self, object_type: str, scope: str) -> str:
        return ALL_PLACES if object_type == "GroupPlaces" else scope
