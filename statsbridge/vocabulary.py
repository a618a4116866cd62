"""Stat Server's own terms, as the vendor's Stat Server user guide and native enumerations name them.

Plain tuples and mappings, shared by the admin's choices and the simulator. Case is Stat Server's.
"""

from types import MappingProxyType

OBJECT_TYPES = (
    "Agent",
    "AgentPlace",
    "Place",
    "GroupAgents",
    "GroupPlaces",
    "RoutePoint",
    "Queue",
    "GroupQueues",
    "Switch",
    "RegDN",
    "RegularDN",
    "Campaign",
    "CampaignGroup",
    "CallingList",
    "CampaignCallingList",
    "Tenant",
    "StagingArea",
    "RoutingStrategy",
    "Workbin",
)

# Other spelling -> the one used here.
OBJECT_TYPE_ALIASES = MappingProxyType({"Place": "AgentPlace", "RegularDN": "RegDN"})
SUBJECT_ALIASES = MappingProxyType({"Action": "DNAction"})
CATEGORY_ALIASES = MappingProxyType({"EstimWaitingTime": "EstimWaitTime"})

CATEGORIES = (
    *("TotalTime", "TotalNumber", "AverageTime", "MaxTime", "MinTime", "ElapsedTimePercentage"),
    *("RelativeTimePercentage", "RelativeNumberPercentage", "TotalNumberInTimeRange"),
    *("TotalNumberInTimeRangePercentage", "CurrentState", "CurrentTime", "CurrentNumber", "CurrentMaxTime"),
    *("CurrentMinTime", "CurrentAverageTime", "CurrentRelativeTimePercentage", "CurrentRelativeNumberPercentage"),
    *("CurrentNumberInTimeRange", "CurrentNumberInTimeRangePercentage", "TotalNumberPerSecond"),
    *("EstimTimeToEndCurrentNumber", "ServiceFactor1", "LoadBalance1", "TotalNumberErrors", "TotalCustomValue"),
    *("AverageCustomValue", "MinCustomValue", "MaxCustomValue", "CurrentCustomValue", "CurrentAverageCustomValue"),
    *("CurrentMinCustomValue", "CurrentMaxCustomValue", "EstimWaitingTime", "EstimWaitTime", "LoadBalance"),
    *("RelativeNumber", "EstimTimeToComplete", "AverageOfCurrentNumber", "AverageOfCurrentTime"),
    *("TotalAdjustedTime", "TotalAdjustedNumber", "CurrentStateReasons", "JavaCategory"),
    *("AverageNumberPerRelativeHour", "CurrentTargetState", "TotalTimeInTimeRange", "MinNumber", "MaxNumber"),
    *("CurrentDistinctNumber", "CurrentContinuousTime", "Formula", "TotalDistinctTime", "ExpectedWaitTime2"),
)

SUBJECTS = ("DNAction", "DNStatus", "AgentStatus", "PlaceStatus", "GroupStatus", "CampaignAction")

INTERVAL_TYPES = ("GrowingWindow", "SlidingWindow", "SinceLogin", "SlidingSelection")
NOTIFICATION_MODES = ("Immediate", "Periodical", "NoNotification", "Reset")
MEDIA_TYPES = ("voice", "chat", "email")

DEFINITION_KEYS = (
    *("category", "subject", "mainMask", "relativeMask", "intervalType", "intervalLength", "dynamicTimeProfile"),
    *("dynamicProfile", "dynamicFilter", "maskType", "notificationMode", "notificationFrequency", "insensitivity"),
    *("objects", "timeRangeLeft", "timeRangeRight", "timeRangeLeft2", "timeRangeRight2", "saveHistory", "location"),
    *("objectTypes", "name", "features"),
)

# The statuses of DNs and agents, lowest priority first; an agent shows the highest of its DNs.
STATUSES = (
    *("NotMonitored", "Monitored", "LoggedIn", "OnHook", "WaitForNextCall", "OffHook", "CallDialing", "CallRinging"),
    *("NotReadyForNextCall", "AfterCallWork", "CallOnHold", "CallUnknown", "CallConsult", "CallInternal"),
    *("CallOutbound", "CallInbound", "LoggedOut"),
)
STATUS_NUMBERS = MappingProxyType(
    {
        "LoggedIn": 2,
        "Monitored": 3,
        "WaitForNextCall": 4,
        "OffHook": 5,
        "CallDialing": 6,
        "CallRinging": 7,
        "NotReadyForNextCall": 8,
        "AfterCallWork": 9,
        "CallOnHold": 13,
        "ASM_Engaged": 16,
        "ASM_Outbound": 17,
        "CallUnknown": 18,
        "CallConsult": 19,
        "CallInternal": 20,
        "CallOutbound": 21,
        "CallInbound": 22,
        "LoggedOut": 23,
    }
)
STATUS_NAMES = MappingProxyType({number: name for name, number in STATUS_NUMBERS.items()})

CALL_KINDS = ("Inbound", "Outbound", "Internal", "Consult", "Unknown")

# What happens on an agent's DN. Durable actions last; momentary ones look back on something that just ended.
AGENT_DURABLE_ACTIONS = (
    *STATUSES,
    *("ASM_Engaged", "ASM_Outbound", "BeingCoached", "BeingMonitored"),
    *(f"CallOnHold{kind}" for kind in CALL_KINDS),
    *(f"CallObserving{kind}" for kind in CALL_KINDS),
)
AGENT_MOMENTARY_ACTIONS = (
    *("CallAnswered", "CallAbandonedFromRinging", "CallAbandonedFromDialing", "CallAbandonedFromHold"),
    *("CallForwarded", "CallMissed"),
    *(f"Call{kind}Started" for kind in CALL_KINDS),
    *(f"Call{kind}Completed" for kind in CALL_KINDS),
    *(f"Call{kind}{side}" for kind in ("Internal", "Outbound", "Consult") for side in ("Originated", "Received")),
    *("CallDialed", "CallDialingStarted", "CallRingingStarted", "CallHeld", "CallRetrievedFromHold"),
    *("CallTransferMade", "CallTransferTaken", "CallTransferPartyChanged"),
    *(f"CallConference{what}" for what in ("Made", "Joined", "Originated", "PartyAdded", "PartyDeleted")),
    *("CallPartyChanged", "CallRingingPartyChanged", "AgentLogin", "AgentLogout", "UserEvent"),
)
MEDIA_ACTIONS = ("Active", "Available", "Routable", "NotRoutable", "Delivering", "DeliveringStarted", "Accepted")

# What happens on a queue, virtual queue or route point; CallWait is the only durable call action there.
MEDIATION_DURABLE_ACTIONS = (
    *("CallWait", "AgentActive", "AgentLogin", "AgentReady", "DNActive", "DNLogin", "DNReady"),
    *("Monitored", "NotMonitored"),
)
MEDIATION_MOMENTARY_ACTIONS = (
    *("CallEntered", "CallAnswered", "CallAbandoned", "CallAbandonedFromRinging", "CallDistributed"),
    *("CallDistributedToQueue", "CallCleared", "CallForwarded", "CallMissed", "CallReleased"),
    *("CallTreatmentStarted", "CallTreatmentCompleted", "CallTreatmentNotStarted", "ACWCompleted", "ACWMissed"),
)
INTERACTION_ACTIONS = (
    *("InteractionEntered", "InteractionDistributed", "InteractionDistributedToQueue"),
    *("InteractionCleared", "InteractionDeleted"),
)

AGENT_TYPES = ("Agent", "AgentPlace", "RegDN", "GroupAgents", "GroupPlaces")
MEDIATION_TYPES = ("Queue", "RoutePoint", "GroupQueues")
CAMPAIGN_TYPES = ("CampaignGroup", "CallingList", "CampaignCallingList")

# Which objects a subject may be asked of; Stat Server refuses to open the statistic otherwise.
SUBJECT_OBJECT_TYPES = MappingProxyType(
    {
        "DNAction": (*AGENT_TYPES, *MEDIATION_TYPES, "StagingArea", "Switch", "Tenant", "RoutingStrategy", "Workbin"),
        "DNStatus": (*AGENT_TYPES, *MEDIATION_TYPES),
        "AgentStatus": ("Agent", "Tenant", "GroupAgents"),
        "PlaceStatus": ("AgentPlace", "GroupPlaces"),
        "GroupStatus": ("GroupAgents", "GroupPlaces"),
        "CampaignAction": CAMPAIGN_TYPES,
    }
)


def mask_words(subject: str, object_type: str) -> tuple[str, ...]:
    """The words a mask may hold for that subject and type of object (canonical spellings); empty: none fits.

    Calls wait, are answered and abandoned for a *group* of agents too: at the queues that the group serves.
    """
    if object_type not in SUBJECT_OBJECT_TYPES.get(subject, ()):
        return ()
    if object_type in MEDIATION_TYPES:
        momentary = MEDIATION_MOMENTARY_ACTIONS if subject == "DNAction" else ()
        return (*MEDIATION_DURABLE_ACTIONS, *momentary)
    if object_type in AGENT_TYPES and subject == "DNAction":
        own = (*AGENT_DURABLE_ACTIONS, *AGENT_MOMENTARY_ACTIONS, *MEDIA_ACTIONS)
        mediation = ("CallWait", *MEDIATION_MOMENTARY_ACTIONS) if object_type.startswith("Group") else ()
        return tuple(dict.fromkeys((*own, *mediation)))
    if object_type == "StagingArea":
        return INTERACTION_ACTIONS
    return STATUSES
