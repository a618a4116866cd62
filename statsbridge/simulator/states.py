"""The state objects of agents, places, DNs and groups.

The vendor documents no JSON for them. The field names follow the accessors of its native protocol (AgentStatus,
PlaceStatus, DnStatus) in camel case; a reason is a key-value pair on the DN and the agent. ``time`` is in seconds.
"""

from collections.abc import Sequence
from typing import Any

from statsbridge.simulator.events import Event
from statsbridge.simulator.roster import SWITCH, Agent
from statsbridge.vocabulary import STATUS_NUMBERS, STATUSES

PRIORITY = {name: i for i, name in enumerate(STATUSES)}
NOT_READY = PRIORITY["NotReadyForNextCall"]


class DnState:
    __slots__ = ("dn_id", "reason", "since", "status", "switch_id")

    def __init__(self, dn_id: str, switch_id: str | None) -> None:
        self.dn_id = dn_id
        self.switch_id = switch_id
        self.status = ""
        self.since = 0
        self.reason = ""

    def to_wire(self) -> dict[str, Any]:
        return {
            "dnId": self.dn_id,
            "switchId": self.switch_id,
            **_status(self.status, self.since, self.reason),
        }


def _status(status: str, since: int, reason: str) -> dict[str, Any]:
    wire: dict[str, Any] = {"status": STATUS_NUMBERS.get(status, 23), "time": since // 1000}
    if reason:
        wire["reasons"] = {"ReasonCode": reason}
    return wire


class AgentState:
    """One agent: a DN per medium. The agent's own status is that of the voice DN above NotReady, else the highest."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.status = ""
        self.since = 0
        self.reason = ""
        self.login_at = 0
        self.dns = {
            medium: DnState(*((agent.login_id, SWITCH) if medium == "voice" else (f"{medium}_{agent.login_id}", None)))
            for medium in agent.media
        }
        self._wire: dict[str, dict[str, Any]] = {}

    def change(self, event: Event) -> None:
        dn = self.dns[event.media]
        dn.status, dn.since, dn.reason = event.word, event.at, event.reason
        status = self._overall()
        if status != self.status:
            self.status, self.since = status, event.at
        self.reason = event.reason if status == "NotReadyForNextCall" else ""
        self._wire.clear()

    def _overall(self) -> str:
        voice = self.dns["voice"].status
        if voice and PRIORITY[voice] > NOT_READY:
            return voice
        return max((dn.status for dn in self.dns.values() if dn.status), key=lambda name: PRIORITY[name])

    def to_wire(self, object_type: str = "Agent") -> dict[str, Any]:
        if object_type not in self._wire:
            self._wire[object_type] = self._make_wire(object_type)
        return self._wire[object_type]

    def _make_wire(self, object_type: str) -> dict[str, Any]:
        if object_type == "RegDN":
            return {"objectType": "RegDN", **self.dns["voice"].to_wire()}
        status = _status(self.status, self.since, self.reason)
        dns = [dn.to_wire() for dn in self.dns.values()]
        if object_type == "AgentPlace":
            return {"objectType": "AgentPlace", "placeId": self.agent.place, **status, "dnStatuses": dns}
        place = {"placeId": self.agent.place, **_status(self.status, self.since, ""), "dnStatuses": dns}
        ids = {"agentId": self.agent.employee_id, "loginId": self.agent.login_id}
        return {"objectType": "Agent", **ids, **status, "place": place}


def group_to_wire(object_type: str, group_id: str, members: Sequence[AgentState]) -> dict[str, Any]:
    """Ready when one member is; not ready when all who are logged in are busy; logged out when nobody is in."""
    present = [member.status for member in members if member.status != "LoggedOut"]
    status = "NotReadyForNextCall" if present else "LoggedOut"
    if "WaitForNextCall" in present:
        status = "WaitForNextCall"
    head = {"objectType": object_type, "groupId": group_id, "status": STATUS_NUMBERS[status]}
    if object_type == "GroupPlaces":
        return {**head, "placeCount": len(members), "places": [member.to_wire("AgentPlace") for member in members]}
    return {**head, "agentCount": len(members), "agents": [member.to_wire() for member in members]}
