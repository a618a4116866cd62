"""The statistics that contact centres usually have by name, each for its own types of object.

Names and definitions are those that the vendor's own simulator, samples and real tenants show; where only the name
is public, the definition follows Stat Server's vocabulary. ``docs/simulator.md`` lists them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

CALLS = "CallUnknown,CallConsult,CallInternal,CallOutbound,CallInbound"
HOLDS = "CallOnHoldInbound,CallOnHoldOutbound,CallOnHoldInternal,CallOnHoldConsult,CallOnHoldUnknown"
PRESENT = "*,~LoggedOut,~NotMonitored"
VOICE = {"dynamicFilter": "MediaType=voice"}
IMMEDIATE = {"notificationMode": "Immediate"}
PERIODICAL = {"notificationMode": "Periodical", "notificationFrequency": 10, "insensitivity": 1}
SECONDLY = {"notificationMode": "Periodical", "notificationFrequency": 5, "insensitivity": 1}
GROWING = {"intervalType": "GrowingWindow", "dynamicTimeProfile": "0:00"}
HOUR = {"intervalType": "SlidingWindow", "dynamicTimeProfile": "3600:10", "intervalLength": 9999999}

AGENT = ("Agent",)
GROUP = ("GroupAgents",)
AGENTS = ("Agent", "GroupAgents")
LINES = ("RoutePoint", "Queue")

Row = tuple[tuple[str, ...], tuple[str, ...], dict[str, Any]]


def _row(names: str, types: tuple[str, ...], what: str, masks: str, *parts: dict[str, Any]) -> Row:
    """``what`` is "Category Subject"; ``masks`` is "main" or "main / relative"."""
    category, subject = what.split()
    main, _, relative = masks.partition(" / ")
    definition: dict[str, Any] = {"category": category, "subject": subject, "mainMask": main}
    if relative:
        definition["relativeMask"] = relative
    for part in parts:
        definition |= part
    return tuple(names.split()), types, definition


_STATES = [
    _row("CurrentAgentState", AGENT, "CurrentState DNAction", "*", IMMEDIATE),
    _row("TimeInCurrentState", AGENT, "CurrentTime DNStatus", "*", PERIODICAL, VOICE),
    _row("TimeInCurrentStateVoice", AGENT, "CurrentTime DNStatus", "*", IMMEDIATE, VOICE),
    _row("CurrentGroupState", ("GroupAgents", "GroupPlaces"), "CurrentState GroupStatus", "*", IMMEDIATE),
]
_COUNTS = [
    _row(name, types, "TotalNumber DNAction", mask, *parts)
    for name, types, mask, parts in (
        ("InboundCalls", AGENTS, "CallInbound", (GROWING, VOICE, IMMEDIATE)),
        ("OutboundCalls", AGENTS, "CallOutbound", (GROWING, VOICE, IMMEDIATE)),
        ("InternalCalls", AGENTS, "CallInternal", (GROWING, VOICE, IMMEDIATE)),
        ("ConsultCalls", AGENTS, "CallConsult", (GROWING, VOICE, IMMEDIATE)),
        ("MissedCalls", AGENTS, "CallForwarded", (HOUR, VOICE, IMMEDIATE)),
        ("RefusedCalls", AGENT, "CallAbandonedFromRinging", (GROWING, IMMEDIATE)),
        ("InteractionTransferred", AGENT, "CallTransferMade / LoggedOut", (GROWING, IMMEDIATE)),
        ("InteractionTransfered", GROUP, "CallTransferMade / LoggedOut", (GROWING, IMMEDIATE)),
        ("TotalAnsweredAG", GROUP, "CallAnswered", (GROWING, VOICE, PERIODICAL)),
        ("TotalAbandonedAG", GROUP, "CallAbandoned", (GROWING, VOICE, PERIODICAL)),
        ("CallsEntered Total_Calls_Entered", (*LINES, "GroupQueues"), "CallEntered", (GROWING, IMMEDIATE)),
        ("TotalAnswered Total_Answered", LINES, "CallAnswered", (GROWING, VOICE, PERIODICAL)),
        ("TotalAbandoned Total_Abandoned", LINES, "CallAbandoned", (GROWING, VOICE, PERIODICAL, {"saveHistory": True})),
        ("TotalDistributed", ("RoutePoint",), "CallDistributed", (GROWING, IMMEDIATE)),
    )
]
_TIMES = [
    _row(
        "AverageHandlingTime",
        AGENTS,
        "AverageTime DNStatus",
        f"{CALLS},AfterCallWork / {CALLS}",
        *(GROWING, VOICE, PERIODICAL),
    ),
    _row("TalkDuration", AGENT, "TotalAdjustedTime DNAction", CALLS, GROWING, VOICE, PERIODICAL),
    _row("HoldDuration", AGENT, "TotalAdjustedTime DNAction", HOLDS, GROWING, VOICE, PERIODICAL),
    _row("WrapDuration", AGENT, "TotalAdjustedTime AgentStatus", "AfterCallWork / AfterCallWork", GROWING, PERIODICAL),
    _row("ReadyDuration", AGENT, "TotalAdjustedTime DNStatus", "WaitForNextCall", GROWING, VOICE, PERIODICAL),
    _row("NotReadyDuration", AGENT, "TotalAdjustedTime AgentStatus", "NotReadyForNextCall", GROWING, PERIODICAL),
    _row("LoginDuration", AGENT, "TotalTime AgentStatus", PRESENT, GROWING, PERIODICAL),
    _row(
        "Productivity",
        AGENTS,
        "AverageNumberPerRelativeHour DNStatus",
        f"{CALLS} / {PRESENT}",
        GROWING,
        VOICE,
        PERIODICAL,
    ),
]
_GROUPS = [
    _row("CurrentLoggedInAgents", GROUP, "CurrentNumber AgentStatus", PRESENT, IMMEDIATE),
    *(
        _row(name, GROUP, "CurrentNumber DNStatus", mask, VOICE, IMMEDIATE, {"insensitivity": 0})
        for name, mask in (
            ("CurrentReadyAgents", "WaitForNextCall"),
            ("CurrentNotReadyAgents", "NotReadyForNextCall"),
            ("CurrentNumberInCall", CALLS),
            ("CurrNumberACWStatuses", "AfterCallWork"),
            ("CurrNumberInboundStatuses", "CallInbound"),
            ("CurrNumberOutboundStatuses", "CallOutbound"),
        )
    ),
    _row("LongestIdleTime", GROUP, "CurrentMaxTime DNStatus", "WaitForNextCall", VOICE, SECONDLY),
    _row("CurrentInQueueAG", GROUP, "CurrentNumber DNAction", "CallWait", VOICE, PERIODICAL),
    _row("CurrMaxCallWaitingTimeAG", GROUP, "CurrentMaxTime DNAction", "CallWait", VOICE, SECONDLY),
    _row("AverageWaitingTimeAG", GROUP, "AverageTime DNAction", "CallWait / CallWait", GROWING, VOICE, PERIODICAL),
]
_QUEUES = [
    _row("CurrentInQueue Current_In_Queue", LINES, "CurrentNumber DNAction", "CallWait", VOICE, PERIODICAL),
    _row(
        "CurrentNumberWaitingCalls CurrNumberWaitingCalls",
        LINES,
        "CurrentNumber DNStatus",
        "CallWait",
        *(IMMEDIATE, {"insensitivity": 0}),
    ),
    _row("CurrMaxCallWaitingTime", LINES, "CurrentMaxTime DNAction", "CallWait", VOICE, SECONDLY),
    _row(
        "AverageWaitingTime",
        ("Queue", "GroupQueues", "RoutePoint"),
        "AverageTime DNAction",
        "CallWait / CallWait",
        *(GROWING, VOICE, PERIODICAL),
    ),
    _row("AverageDistributionTime", ("RoutePoint",), "AverageTime DNAction", "CallDistributed", GROWING, PERIODICAL),
    _row(
        "ServiceLevel",
        ("RoutePoint", "GroupAgents", "Queue"),
        "ServiceFactor1 DNAction",
        "",
        *(HOUR, VOICE, PERIODICAL),
        {"timeRangeLeft": 0, "timeRangeRight": 120, "timeRangeLeft2": 0, "timeRangeRight2": 10},
    ),
    _row(
        "Total_Calls_Answered_In_Threshold",
        ("Queue",),
        "TotalNumberInTimeRange DNAction",
        "CallAnswered",
        *(GROWING, IMMEDIATE, {"timeRangeLeft": 0, "timeRangeRight": 20}),
    ),
    _row(
        "AbandonRate",
        ("Queue",),
        "RelativeNumberPercentage DNAction",
        "CallAbandoned / CallEntered",
        *(GROWING, PERIODICAL),
    ),
    _row("ExpectedWaitTime", ("Queue",), "EstimWaitTime DNAction", "CallWait", GROWING, PERIODICAL),
]

# name -> (types of object, definition)
STATISTICS: Mapping[str, tuple[tuple[str, ...], dict[str, Any]]] = MappingProxyType(
    {
        name: (types, definition)
        for names, types, definition in (*_STATES, *_COUNTS, *_TIMES, *_GROUPS, *_QUEUES)
        for name in names
    }
)
