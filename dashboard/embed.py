"""Embedding: keys of a team, the tokens that portals make with them, and which sites may frame a wallboard."""

import re
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import jwt
from csp.constants import SELF
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dashboard import access
from dashboard.access import NO_SUCH_WALLBOARD
from dashboard.configfile import recording
from dashboard.models import EmbedKey, Team, Tile, Wallboard
from dashboard.protocol import CloseCode, Refusal
from dashboard.redaction import VIEWS, narrowest

ALGORITHM = "HS256"
KEY_ID = re.compile(r"[-\w]{1,32}", re.ASCII)
LIFETIME_MOST = 24 * 3600
#: How far a portal's clock may be off, in seconds.
SKEW = 300
#: 32 random bytes make 43 characters.
SECRET_BYTES = 32

#: What the library raises for texts that are no tokens; it does not expect all of them itself.
UNREADABLE = (jwt.InvalidTokenError, ValueError, RecursionError)

NO_SUCH_VIEW = Refusal(
    CloseCode.FORBIDDEN, "view_unsupported", f"There is no such view; the views are {', '.join(VIEWS)}."
)
TOKEN_ENDED = Refusal(CloseCode.UNAUTHENTICATED, "expired", "The token's time is over and no new one was shown.")


class TokenRefused(Refusal):
    """A token that does not open a socket; the message says what to change and never repeats the token."""

    def __init__(self, message: str, word: str = "token_invalid") -> None:
        super().__init__(CloseCode.UNAUTHENTICATED, word, message)


@dataclass(frozen=True, slots=True)
class Admission:
    """What a good token allows: which wallboard and tiles, for how many seconds; ``expires_at`` is the token's own."""

    wallboard: int
    key: str
    seconds: float
    expires_at: float
    view: str = "full"
    tiles: frozenset[str] | None = None
    #: Of a person instead of a key (``dashboard/signin/tickets.py``).
    user: int | None = None
    session: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    seen_as: str | None = None


def create_key(team: Team, note: str = "") -> tuple[str, str]:
    """Make a key; its ``(id, secret)``. The secret cannot be read again by anybody."""
    key = EmbedKey.objects.create(
        id=secrets.token_hex(8), team=team, secret=secrets.token_urlsafe(SECRET_BYTES), note=note
    )
    return key.pk, key.secret


def revoke_key(key_id: str, note: str = "") -> bool:
    """Make a key useless; its open sockets close within 5 s. Whether there was such a key in use.

    Args:
        note: For the history of changes, ``"what: to what"``.
    """
    with recording.changing("embedkeys", key_id, note=note):
        return bool(EmbedKey.objects.filter(pk=key_id, revoked_at=None).update(revoked_at=timezone.now()))


def rotate_key(key: EmbedKey) -> tuple[str, str]:
    """Revoke a key and make its successor; the new ``(id, secret)``."""
    with transaction.atomic():
        pk, secret = create_key(key.team, key.note)
        revoke_key(key.pk, f"successor: {pk}")
        return pk, secret


def frame_ancestors(origins: Sequence[str]) -> list[str]:
    """The sources of the ``frame-ancestors`` directive: exactly these, or nobody."""
    return list(origins) or ["'none'"]


def embed_sources(host: str, slug: str) -> list[str]:
    """The sources of the ``connect-src`` directive: the frame reaches itself and its socket.

    A portal on the same host brings along the cookie of whoever is signed in there; nothing else answers to it.
    """
    hosts = {host, urlsplit(settings.PUBLIC_URL).netloc} - {""}
    if any(one.startswith("[") for one in hosts):
        # The policy's grammar has no addresses of that kind.
        return [SELF]
    # https and wss match as well.
    paths = ((scheme, path) for scheme, path in (("http", f"/embed/{slug}/"), ("ws", f"/ws/embed/{slug}/")))
    return [f"{scheme}://{one}{path}" for scheme, path in paths for one in sorted(hosts)]


def admit(token: str, slug: str, now: float | None = None) -> Admission:
    """Check a token for the wallboard ``slug`` at epoch second ``now``.

    Raises:
        TokenRefused: it is no token of a known key, or its time is over, not yet come or too long (4401).
        Refusal: a good token, but for another wallboard or team, or for a view that there is not (4403), or
            the wallboard does not exist or is disabled (4404).
    """
    now = time.time() if now is None else now
    key = _key_of(token)
    claims = _verified(token, key)
    seconds = _lifetime(claims, now)
    if claims.get("wallboard") != slug:
        raise Refusal(CloseCode.FORBIDDEN, "forbidden", "The token is for another wallboard.")
    wallboard = Wallboard.objects.filter(slug=slug, enabled=True).first()
    if wallboard is None:
        raise NO_SUCH_WALLBOARD
    if not access.can_embed(key, wallboard):
        raise Refusal(CloseCode.FORBIDDEN, "forbidden", "The token's key belongs to another team.")
    return Admission(wallboard.pk, key.pk, seconds, float(claims["exp"]), _view(claims), _tiles(claims))


def narrowed(admission: Admission, tiles: Iterable[str], views: Iterable[str]) -> Admission:
    """What the address of the socket leaves of what the token allows: never more tiles, never a wider view.

    Args:
        tiles: ids, several in one text parted by commas.
        views: likewise; of several the narrowest holds.

    Raises:
        Refusal: there is no such view (4403).
    """
    named = [name for one in views for name in one.split(",") if name]
    if not set(named) <= set(VIEWS):
        raise NO_SUCH_VIEW
    view = narrowest([admission.view, *named])
    asked = frozenset(name for one in tiles for name in one.split(",") if name)
    allowed = admission.tiles
    wanted = allowed if not asked else asked if allowed is None else asked & allowed
    if wanted is not None:
        # What is not on the board makes no stream of its own.
        wanted &= frozenset(Tile.objects.filter(wallboard=admission.wallboard).values_list("key", flat=True))
    return replace(admission, view=view, tiles=wanted)


def _key_of(token: str) -> EmbedKey:
    try:
        header = jwt.get_unverified_header(token)
    except UNREADABLE:
        raise TokenRefused("This is no JSON Web Token.") from None
    if header.get("alg") != ALGORITHM:
        raise TokenRefused(f"Sign the token with {ALGORITHM}.")
    kid = header.get("kid")
    if not isinstance(kid, str) or not KEY_ID.fullmatch(kid):
        raise TokenRefused("The token's header needs kid, the id of the embed key.")
    key = EmbedKey.objects.filter(pk=kid).first()
    if key is None or key.revoked_at is not None:
        raise TokenRefused("The embed key is unknown or was revoked.", "key_unknown")
    return key


def _verified(token: str, key: EmbedKey) -> dict[str, Any]:
    # Times are checked here, by an injected clock and with words of their own; other claims are the portal's business.
    unchecked: Any = dict.fromkeys(
        ("verify_exp", "verify_iat", "verify_nbf", "verify_aud", "verify_sub", "verify_jti"), False
    )
    try:
        claims: dict[str, Any] = jwt.decode(token, key.secret, algorithms=[ALGORITHM], options=unchecked)
    except UNREADABLE:
        raise TokenRefused("The token's signature is wrong: sign it with the secret of its key.") from None
    return claims


def _lifetime(claims: dict[str, Any], now: float) -> float:
    issued, expires = _seconds(claims, "iat"), _seconds(claims, "exp")
    if not 0 < expires - issued <= LIFETIME_MOST:
        raise TokenRefused("exp must lie after iat, by 24 hours at most.", "token_lifetime")
    if issued > now + SKEW:
        raise TokenRefused("The token is from the future: set the portal's clock.", "token_clock")
    if now > expires + SKEW:
        raise TokenRefused("The token has expired. If it was just made, set the portal's clock.", "token_expired")
    if "nbf" in claims and _seconds(claims, "nbf") > now + SKEW:
        raise TokenRefused("The token is not valid yet.", "token_clock")
    return expires - issued


def _seconds(claims: dict[str, Any], name: str) -> float:
    value = claims.get(name)
    # Comparisons fail for NaN as well.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        raise TokenRefused(f"The token needs {name}, in seconds since 1970.")
    return float(value)


def _view(claims: dict[str, Any]) -> str:
    view = claims.get("view", "full")
    if view not in VIEWS:
        # Showing more than the token allows would be worse than showing nothing.
        raise NO_SUCH_VIEW
    return str(view)


def _tiles(claims: dict[str, Any]) -> frozenset[str] | None:
    tiles = claims.get("tiles")
    if tiles is None:
        return None
    if not isinstance(tiles, list) or not all(isinstance(one, str) for one in tiles):
        raise TokenRefused("tiles is a list of tile ids.")
    return frozenset(tiles)
