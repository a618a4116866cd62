"""Counters of the bridge for Prometheus; labels are names of connections."""

from collections.abc import Collection, Iterable

from prometheus_client import Counter, Gauge, Histogram

from statsbridge.messages import LinkState

UPDATES = Counter("statsbridge_updates", "Values received by notification", ["connection"])
RECONNECTS = Counter("statsbridge_reconnects", "Lives of a connection after its first", ["connection"])
RECREATIONS = Counter("statsbridge_recreations", "Times that all subscriptions were created again", ["connection"])
UNREADABLE = Counter("statsbridge_unreadable", "Values and messages in no known shape", ["connection"])
CANARY = Counter("statsbridge_canary", "Readings of whole subscriptions", ["connection", "result"])
OPEN = Gauge("statsbridge_open_statistics", "Statistics open at the service", ["connection"])
REJECTED = Gauge("statsbridge_rejected_statistics", "Statistics that the service refuses", ["connection"])
TOKEN_AGE = Gauge("statsbridge_token_age_seconds", "Age of the access token", ["connection"])
LINK = Gauge("statsbridge_link_state", "1 for the state the link is in", ["connection", "state"])
LEADS = Gauge("statsbridge_leads", "1 where this worker keeps the connection", ["connection"])
TASKS = Gauge("statsbridge_tasks", "Tasks in the event loop of the bridge")
LAG = Histogram(
    "statsbridge_lag_seconds",
    "From a value's own time stamp to its receipt",
    ["connection"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)


def note_link(connection: str, state: LinkState) -> None:
    """Set the gauge of one connection's link."""
    for one in LinkState:
        LINK.labels(connection, one).set(int(one is state))


def note_leads(connections: Iterable[str], led: Collection[str]) -> None:
    """Set the gauges of who leads what."""
    for connection in connections:
        LEADS.labels(connection).set(int(connection in led))
