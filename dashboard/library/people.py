"""Ready definitions of agents and their groups."""

from django.utils.translation import gettext_lazy as _

from dashboard.library.entry import (
    AGENT,
    AGENTS,
    CALLS,
    CHANGES,
    GROUP,
    HANDLED,
    HOLDS,
    HOUR,
    PRESENT,
    TICKS,
    TODAY,
    VOICE,
    counted,
    timed,
)

GROUP_NOW = (
    counted("group-state", _("State of the group"), GROUP, "CurrentState GroupStatus", "*", CHANGES, unit="state"),
    counted("agents-signed-in", _("Agents signed in"), GROUP, "CurrentNumber AgentStatus", PRESENT, CHANGES),
    *(
        counted(name, title, GROUP, "CurrentNumber DNStatus", mask, VOICE, CHANGES)
        for name, title, mask in (
            ("agents-ready", _("Agents ready"), "WaitForNextCall"),
            ("agents-not-ready", _("Agents not ready"), "NotReadyForNextCall"),
            ("agents-in-call", _("Agents in a call"), CALLS),
            ("agents-in-inbound-call", _("Agents in an inbound call"), "CallInbound"),
            ("agents-in-outbound-call", _("Agents in an outbound call"), "CallOutbound"),
            ("agents-after-call", _("Agents in after-call work"), "AfterCallWork"),
        )
    ),
    timed("longest-idle", _("Longest ready agent"), GROUP, "CurrentMaxTime DNStatus", "WaitForNextCall", VOICE, TICKS),
    counted(
        "group-calls-waiting",
        _("Calls waiting for the group"),
        GROUP,
        "CurrentNumber DNAction",
        "CallWait",
        VOICE,
        TICKS,
    ),
    timed(
        "group-longest-wait",
        _("Longest wait for the group"),
        GROUP,
        "CurrentMaxTime DNAction",
        "CallWait",
        VOICE,
        TICKS,
    ),
)
GROUP_OVER_TIME = (
    counted(
        "group-answered",
        _("Calls answered by the group today"),
        GROUP,
        "TotalNumber DNAction",
        "CallAnswered",
        TODAY,
        VOICE,
        TICKS,
    ),
    counted(
        "group-abandoned",
        _("Calls the group lost today"),
        GROUP,
        "TotalNumber DNAction",
        "CallAbandoned",
        TODAY,
        VOICE,
        TICKS,
    ),
    timed(
        "group-average-wait",
        _("Average wait for the group today"),
        GROUP,
        "AverageTime DNAction",
        "CallWait / CallWait",
        TODAY,
        VOICE,
        TICKS,
    ),
)
AGENT_NOW = (
    counted("agent-state", _("State of the agent"), AGENT, "CurrentState DNAction", "*", CHANGES, unit="state"),
    timed("time-in-state", _("Time in state"), AGENT, "CurrentTime DNStatus", "*", VOICE, TICKS),
)
AGENT_OVER_TIME = (
    *(
        counted(name, title, types, "TotalNumber DNAction", mask, TODAY, *parts, TICKS)
        for name, title, types, mask, parts in (
            ("inbound-calls", _("Inbound calls today"), AGENTS, "CallInbound", (VOICE,)),
            ("outbound-calls", _("Outbound calls today"), AGENTS, "CallOutbound", (VOICE,)),
            ("internal-calls", _("Internal calls today"), AGENTS, "CallInternal", (VOICE,)),
            ("consultation-calls", _("Consultation calls today"), AGENTS, "CallConsult", (VOICE,)),
            ("refused-calls", _("Calls lost while ringing today"), AGENTS, "CallAbandonedFromRinging", ()),
            ("transfers-made", _("Calls passed on today"), AGENTS, "CallTransferMade", ()),
        )
    ),
    counted(
        "missed-calls", _("Missed calls in the last hour"), AGENTS, "TotalNumber DNAction", "CallForwarded", HOUR, TICKS
    ),
    *(
        timed(name, title, types, what, mask, TODAY, *parts, TICKS)
        for name, title, types, what, mask, parts in (
            (
                "average-handling-time",
                _("Average handling time today"),
                AGENTS,
                "AverageTime DNStatus",
                HANDLED,
                (VOICE,),
            ),
            ("talk-time", _("Talk time today"), AGENT, "TotalAdjustedTime DNAction", CALLS, (VOICE,)),
            ("hold-time", _("Hold time today"), AGENT, "TotalAdjustedTime DNAction", HOLDS, (VOICE,)),
            (
                "after-call-time",
                _("After-call time today"),
                AGENT,
                "TotalAdjustedTime AgentStatus",
                "AfterCallWork",
                (),
            ),
            ("ready-time", _("Ready time today"), AGENT, "TotalAdjustedTime DNStatus", "WaitForNextCall", (VOICE,)),
            (
                "not-ready-time",
                _("Not-ready time today"),
                AGENT,
                "TotalAdjustedTime AgentStatus",
                "NotReadyForNextCall",
                (),
            ),
            ("signed-in-time", _("Time signed in today"), AGENT, "TotalTime AgentStatus", PRESENT, ()),
        )
    ),
    counted(
        "calls-per-hour",
        _("Calls in an hour signed in, today"),
        AGENTS,
        "AverageNumberPerRelativeHour DNStatus",
        f"{CALLS} / {PRESENT}",
        TODAY,
        VOICE,
        TICKS,
        unit="number",
    ),
)
