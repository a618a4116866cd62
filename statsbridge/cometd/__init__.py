"""The CometD link to the Statistics API; the only importer of aiocometd, and free of its types to the outside.

``docs/cometd.md`` says what aiocometd does wrong, what is done about it here, and which test proves it.
"""

from statsbridge.cometd.client import CometdClient
from statsbridge.cometd.errors import CometdError, CometdRefused
from statsbridge.cometd.events import Alive, Event, Message, NewSession, Timing, Trouble

__all__ = [
    "Alive",
    "CometdClient",
    "CometdError",
    "CometdRefused",
    "Event",
    "Message",
    "NewSession",
    "Timing",
    "Trouble",
]
