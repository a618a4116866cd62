"""Users, access tokens, refresh tokens and authorization codes; pure but for the randomness of the tokens."""

import base64
import hashlib
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from statsbridge.simulator.users import Users

CODE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the simulated tenant accepts. An empty ``api_key`` asks for none, as private editions do."""

    api_key: str = "sim-api-key"
    client_id: str = "wallboard"
    client_secret: str = field(default="sim-client-secret", repr=False)
    username: str = "tenant\\bridge"
    password: str = field(default="sim-password", repr=False)


class Denied(Exception):  # noqa: N818 - the word of the protocol
    """An OAuth error answer."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(error)
        self.status, self.error, self.description = status, error, description

    def to_wire(self) -> dict[str, Any]:
        return {"error": self.error, "error_description": self.description}


def bad_user() -> Denied:
    return Denied(400, "invalid_grant", "Bad credentials")


@dataclass(frozen=True, slots=True)
class Code:
    """``challenge`` is the S256 one of a client that sends it."""

    username: str
    redirect_uri: str
    expires: float
    challenge: str = ""

    def fits(self, form: dict[str, str]) -> bool:
        """Whether it may be exchanged: the same redirect URI, and the verifier where there was a challenge."""
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return self.redirect_uri == form.get("redirect_uri") and self.challenge in ("", proof)


@dataclass(slots=True)
class Access:
    username: str
    expires: float


class Tokens:
    """``now`` returns seconds; ``life`` is that of an access token in seconds; ``rotate``: each refresh makes a new
    refresh token and ends the old one."""

    def __init__(
        self, credentials: Credentials, now: Callable[[], float], life: int = 43199, *, rotate: bool = False
    ) -> None:
        self.credentials, self.life, self.rotate = credentials, life, rotate
        self._now = now
        self._access: dict[str, Access] = {}
        self._refresh: dict[str, str] = {}
        self._codes: dict[str, Code] = {}
        self._cookies: dict[str, str] = {}
        self.users = Users(credentials.username)

    # ---- people ----

    def check_password(self, username: str, password: str) -> bool:
        right = secrets.compare_digest(password.encode(), self.credentials.password.encode())
        return self.users.find(username) is not None and right

    def remove_user(self, name: str) -> None:
        """Take away a person's access; ``name`` is a login, or a user name with or without its domain."""
        username = self.users.login_of(name)
        self.users.removed.add(username)
        self.forget_user(username)

    def forget_user(self, username: str) -> None:
        """End all that this user holds."""
        for held in (self._refresh, self._cookies):
            for key in [key for key, user in held.items() if user == username]:
                del held[key]
        for key in [key for key, access in self._access.items() if access.username == username]:
            del self._access[key]

    def userinfo(self, username: str) -> dict[str, Any]:
        """``CloudUserDetails``, flat."""
        return self.users.wire(username)

    def openid_userinfo(self, username: str) -> dict[str, Any]:
        flat = self.userinfo(username)
        return {
            "sub": flat["username"],
            "aud": self.credentials.client_id,
            "email": flat["username"],
            "given_name": flat["properties"]["firstName"],
            "family_name": flat["properties"]["lastName"],
            "user_name": flat["username"],
            "environment_id": flat["environmentId"],
            "contact_center_id": flat["contactCenterId"],
            "dbid": flat["dbid"],
            "authorities": flat["authorities"],
            "properties": flat["properties"],
        }

    # ---- tokens ----

    def issue(self, username: str, *, refresh: str | None = None, refreshable: bool = True) -> dict[str, Any]:
        access = str(uuid.uuid4())
        self._access = {key: held for key, held in self._access.items() if held.expires > self._now()}
        self._access[access] = Access(username, self._now() + self.life)
        answer: dict[str, Any] = {"access_token": access, "token_type": "bearer", "expires_in": self.life, "scope": "*"}
        if refreshable:
            answer["refresh_token"] = refresh or str(uuid.uuid4())
            self._refresh[answer["refresh_token"]] = username
        return answer

    def grant(self, form: dict[str, str]) -> dict[str, Any]:
        """The answer to a token request whose client is already known. Raises ``Denied``."""
        grants: dict[str, Callable[[dict[str, str]], dict[str, Any]]] = {
            "password": self._grant_password,
            "client_credentials": lambda form: self.issue(f"client:{self.credentials.client_id}", refreshable=False),
            "refresh_token": self._grant_refresh,
            "authorization_code": self._grant_code,
        }
        grant = grants.get(form.get("grant_type", ""))
        if grant is None:
            raise Denied(400, "unsupported_grant_type", f"Unsupported grant type: {form.get('grant_type', '')}")
        return grant(form)

    def _grant_password(self, form: dict[str, str]) -> dict[str, Any]:
        if not self.check_password(form.get("username", ""), form.get("password", "")):
            raise bad_user()
        return self.issue(form["username"])

    def _grant_refresh(self, form: dict[str, str]) -> dict[str, Any]:
        refresh = form.get("refresh_token", "")
        username = self._refresh.get(refresh)
        if username is None:
            raise bad_user()
        if not self.rotate:
            return self.issue(username, refresh=refresh)
        del self._refresh[refresh]
        return self.issue(username)

    def _grant_code(self, form: dict[str, str]) -> dict[str, Any]:
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or code.expires < self._now() or not code.fits(form):
            raise Denied(400, "invalid_grant", "Invalid authorization code")
        if self.users.find(code.username) is None:
            raise bad_user()
        return self.issue(code.username)

    def user_of(self, bearer: str) -> str | None:
        """Whose access token this is; ``None`` when it is expired or nobody's."""
        access = self._access.get(bearer)
        return access.username if access and access.expires > self._now() else None

    def expire_all(self) -> None:
        self._access.clear()

    def revoke_refresh(self) -> None:
        self._refresh.clear()

    def revoke(self, bearer: str) -> None:
        self._access.pop(bearer, None)

    # ---- the browser's side ----

    def make_code(self, username: str, redirect_uri: str, challenge: str = "") -> str:
        code = secrets.token_urlsafe(16)
        self._codes[code] = Code(username, redirect_uri, self._now() + CODE_SECONDS, challenge)
        return code

    def make_cookie(self, username: str) -> str:
        cookie = secrets.token_urlsafe(24)
        self._cookies[cookie] = username
        return cookie

    def user_of_cookie(self, cookie: str) -> str | None:
        return self._cookies.get(cookie)

    def end_cookie(self, cookie: str) -> None:
        self._cookies.pop(cookie, None)
