"""What a token says, and everything that is wrong with it at once; ``embed.admit`` has the last word."""

from typing import Any

import jwt
from django.utils.translation import gettext as _

from dashboard import embed
from dashboard.embedding.findings import Finding, State
from dashboard.embedding.served import compare_clocks
from dashboard.models import EmbedKey, Wallboard
from dashboard.protocol import Refusal
from dashboard.redaction import VIEWS

HOURS_MOST = embed.LIFETIME_MOST // 3600


def examine_token(token: str, board: Wallboard, now: float) -> list[Finding]:
    """Every fault of the token, at ``now`` in s since 1970. Nothing of it is repeated but names and numbers."""
    try:
        header = jwt.get_unverified_header(token)
        unchecked: Any = {"verify_signature": False}
        claims: dict[str, Any] = jwt.decode(token, options=unchecked)
    except embed.UNREADABLE:
        change = _("Paste the token alone: three parts with dots between, as the code for the portal prints it.")
        return [Finding("token", State.BAD, _("The token"), _("This is no JSON Web Token."), change)]
    found = [*_header(header), *_signed(token, header, board), *_times(claims, now), *_content(claims, board)]
    return [*_verdict(token, board, now, found), *found]


def _verdict(token: str, board: Wallboard, now: float, found: list[Finding]) -> list[Finding]:
    title = _("The token")
    try:
        admission = embed.admit(token, board.slug, now)
    except Refusal as refusal:
        words = _("A frame is closed with it: %(code)d.") % {"code": int(refusal.code)}
        # What no single check names is told in the words of the socket.
        named = any(one.state is State.BAD for one in found)
        return [Finding("token", State.BAD, title, words, "" if named else refusal.message)]
    shown = (
        _("all tiles")
        if admission.tiles is None
        else _("tiles: %(names)s") % {"names": ", ".join(sorted(admission.tiles))}
    )
    words = _("It opens this wallboard for %(minutes)d minutes; view %(view)s, %(tiles)s.")
    given = {"minutes": round(admission.seconds / 60), "view": admission.view, "tiles": shown[:300]}
    return [Finding("token", State.GOOD, title, words % given)]


def _header(header: dict[str, Any]) -> list[Finding]:
    algorithm = header.get("alg")
    if algorithm == embed.ALGORITHM:
        return []
    found = _("It is signed with %(alg)s.") % {"alg": str(algorithm)[:20]}
    return [Finding("alg", State.BAD, _("Algorithm"), found, _("Sign with HS256."))]


def _signed(token: str, header: dict[str, Any], board: Wallboard) -> list[Finding]:
    kid = header.get("kid")
    title = _("Embed key")
    if not isinstance(kid, str) or not embed.KEY_ID.fullmatch(kid):
        change = _("Put the id of the embed key into the token's header as kid, beside alg; it is no claim.")
        return [Finding("kid", State.BAD, title, _("The token's header has no kid that can be a key's id."), change)]
    # Another team's key is none of the reader's business.
    key = EmbedKey.objects.filter(pk=kid, team=board.team_id).first()
    if key is None:
        found = _("%(kid)s is no key of the team %(team)s.") % {"kid": kid, "team": board.team.title}
        return [
            Finding("kid", State.BAD, title, found, _("Use a key of that team, by its id and with its own secret."))
        ]
    if key.revoked_at is not None:
        found = _("%(kid)s was revoked on %(day)s.") % {"kid": kid, "day": f"{key.revoked_at:%Y-%m-%d}"}
        return [Finding("kid", State.BAD, title, found, _("Make a new key and give the portal its id and its secret."))]
    good = [Finding("kid", State.GOOD, title, _("%(kid)s is in use.") % {"kid": kid})]
    return good if header.get("alg") != embed.ALGORITHM else [*good, _signature(token, key)]


def _signature(token: str, key: EmbedKey) -> Finding:
    title = _("Signature")
    try:
        jwt.PyJWS().decode(token, key.secret, algorithms=[embed.ALGORITHM])
    except embed.UNREADABLE:
        change = _(
            "Sign with this key's secret exactly as it was shown: as UTF-8 text, not decoded from Base64, without a "
            "line break at its end. If it is lost, rotate the key."
        )
        return Finding("signature", State.BAD, title, _("It was not made with the secret of this key."), change)
    return Finding("signature", State.GOOD, title, _("It was made with the secret of this key."))


def _times(claims: dict[str, Any], now: float) -> list[Finding]:
    issued, expires = _seconds(claims.get("iat")), _seconds(claims.get("exp"))
    title = _("Lifetime")
    if issued is None or expires is None:
        name = "iat" if issued is None else "exp"
        found = _("%(name)s is missing, or is no number of seconds since 1970.") % {"name": name}
        change = _("Set iat to the portal's time and exp to its end, in whole seconds, not milliseconds.")
        return [Finding("lifetime", State.BAD, title, found, change)]
    words = {"minutes": round((expires - issued) / 60)}
    if not 0 < expires - issued <= embed.LIFETIME_MOST:
        change = _("exp must lie after iat, by %(hours)d hours at most; an hour is usual.") % {"hours": HOURS_MOST}
        return [Finding("lifetime", State.BAD, title, _("It is good for %(minutes)d minutes.") % words, change)]
    return [_life(now - expires, words), _portal_clock(round(now - issued), now > expires, claims, now)]


def _life(over: float, words: dict[str, int]) -> Finding:
    title = _("Lifetime")
    if over > embed.SKEW:
        found = _("Its time was over %(minutes)d minutes ago.") % {"minutes": round(over / 60)}
        return Finding(
            "lifetime",
            State.BAD,
            title,
            found,
            _("Paste one that was just made. If this is one, see the portal's clock."),
        )
    if over > 0:
        return Finding(
            "lifetime", State.WARN, title, _("Its time has just run out."), _("Make a new one for each frame.")
        )
    return Finding("lifetime", State.GOOD, title, _("It is good for %(minutes)d minutes.") % words)


def _portal_clock(age: int, over: bool, claims: dict[str, Any], now: float) -> Finding:
    """By ``iat``, which is the portal's time when it made the token."""
    title = _("The portal's clock")
    change = _("Set the portal's clock (NTP); a server that makes tokens may be 5 minutes off.")
    not_before = _seconds(claims.get("nbf"))
    if not_before is not None and not_before > now + embed.SKEW:
        found = _("The token is not valid before %(seconds)d s from now (nbf).") % {"seconds": round(not_before - now)}
        return Finding("portal_clock", State.BAD, title, found, change)
    if age < 0:
        return compare_clocks("portal_clock", title, age, _("the portal"), change)
    # An old token and a clock that is slow look the same.
    found = _("By iat the token was made %(seconds)d s ago.") % {"seconds": age}
    if age > embed.SKEW and over:
        return Finding(
            "portal_clock",
            State.WARN,
            title,
            found,
            _("If it was made just now, the portal's clock is slow: set it (NTP)."),
        )
    return Finding("portal_clock", State.GOOD, title, found)


def _seconds(value: Any) -> float | None:
    # Comparisons fail for NaN as well.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        return None
    return float(value)


def _content(claims: dict[str, Any], board: Wallboard) -> list[Finding]:
    found = []
    slug = claims.get("wallboard")
    if slug != board.slug:
        words = _("It is for the wallboard “%(slug)s”.") % {"slug": str(slug)[:60]}
        change = _("Set the claim wallboard to “%(slug)s”.") % {"slug": board.slug}
        found.append(Finding("wallboard", State.BAD, _("Wallboard"), words, change))
    if not board.enabled:
        found.append(
            Finding(
                "enabled",
                State.BAD,
                _("Wallboard"),
                _("This wallboard is disabled."),
                _("Enable it, or embed another one."),
            )
        )
    view = claims.get("view", "full")
    if view not in VIEWS:
        words = _("There is no view “%(view)s”.") % {"view": str(view)[:40]}
        change = _("Set the claim view to one of: %(views)s.") % {"views": ", ".join(VIEWS)}
        found.append(Finding("view", State.BAD, _("View"), words, change))
    return [*found, *_tiles(claims.get("tiles"), board)]


def _tiles(tiles: Any, board: Wallboard) -> list[Finding]:
    if tiles is None:
        return []
    there = list(board.tiles.values_list("key", flat=True))
    change = _("The ids of this wallboard's tiles are: %(names)s.") % {"names": ", ".join(there)}
    if not isinstance(tiles, list) or not all(isinstance(one, str) for one in tiles):
        return [Finding("tiles", State.BAD, _("Tiles"), _("tiles is no list of tile ids."), change)]
    unknown = [one[:40] for one in tiles if one not in there]
    if not unknown:
        return []
    words = _("This wallboard has no tile %(names)s; it is left out.") % {"names": ", ".join(unknown[:10])}
    return [Finding("tiles", State.WARN, _("Tiles"), words, change)]
