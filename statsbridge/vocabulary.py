"""Stat Server's own terms, as the vendor's Stat Server user guide and native enumerations name them."""

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
