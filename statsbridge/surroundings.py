"""What a session of a connection works with and leaves to the next one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from statsbridge.clock import Clock
from statsbridge.intake import Intake
from statsbridge.leadership import Term
from statsbridge.ledger import Ledger
from statsbridge.link import LinkMonitor
from statsbridge.verdicts import Rejection


@dataclass
class Surroundings:
    """What of a connection outlives its sessions.

    ``alive`` is called for every message and answered poll, ``on_rotated`` with a spent refresh token and the new one.
    """

    clock: Clock
    link: LinkMonitor
    intake: Intake
    ledger: Ledger
    alive: Callable[[], None]
    on_rotated: Callable[[str, str], Awaitable[None]]
    term: Term
    rejected: dict[int, Rejection] = field(default_factory=dict)
    patience: dict[int, float] = field(default_factory=dict)
