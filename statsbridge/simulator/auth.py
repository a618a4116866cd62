"""The Authentication API's end points: tokens, the sign-in form, user information, sign-out, ping."""

import base64
import binascii
import secrets
from collections.abc import Collection, Mapping
from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit

from aiohttp import web

from statsbridge.simulator.tokens import Denied, Tokens

COOKIE = "AUTH_SESSIONID"
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
UNAUTHORIZED = {"error": "invalid_token", "error_description": "Invalid access token"}
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in (simulator)</title>
<body style="font-family:sans-serif;max-width:22em;margin:4em auto"><h1>Sign in</h1>
<p>Simulated contact centre</p>{error}
<form method="post" action="sign-in"><input type="hidden" name="query" value="{query}">
{tenant}<p><label>User name<br><input name="username" placeholder="{placeholder}" autofocus></label></p>
<p><label>Password<br><input name="password" type="password"></label></p>
<p><button name="do" value="sign-in">Sign in</button> <button name="do" value="cancel">Cancel</button></p>
</form></body></html>
"""

TENANT = '<p><label>Tenant, unless it is part of the user name<br><input name="tenant"></label></p>'


def bearer_of(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def unauthorized() -> web.Response:
    return web.json_response(UNAUTHORIZED, status=401)


class AuthApi:
    """``redirect_uris`` are those registered for the client; none: any."""

    def __init__(self, tokens: Tokens, redirect_uris: Collection[str] = ()) -> None:
        self.tokens = tokens
        self.redirect_uris = redirect_uris

    def routes(self) -> list[web.RouteDef]:
        base = "/auth/v3"
        return [
            web.post(f"{base}/oauth/token", self.token),
            web.get(f"{base}/oauth/authorize", self.authorize),
            web.post(f"{base}/auth-scheme", self.scheme),
            web.get(f"{base}/sign-in", self.form),
            web.post(f"{base}/sign-in", self.sign_in),
            web.get(f"{base}/userinfo", self.userinfo),
            web.get(f"{base}/openid/userinfo", self.userinfo),
            web.get(f"{base}/sign-out", self.sign_out),
            web.post(f"{base}/sign-out", self.sign_out),
            web.get(f"{base}/ping", self.ping),
        ]

    # ---- tokens ----

    async def token(self, request: web.Request) -> web.Response:
        form = {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
        if not self._knows_client(request):
            denied = Denied(401, "Unauthorized", "Bad credentials")
            return web.json_response(denied.to_wire(), status=denied.status)
        try:
            return web.json_response(self.tokens.grant(form), headers=NO_STORE)
        except Denied as denied:
            return web.json_response(denied.to_wire(), status=denied.status, headers=NO_STORE)

    def _knows_client(self, request: web.Request) -> bool:
        scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
        try:
            given = base64.b64decode(encoded, validate=True) if scheme.lower() == "basic" else b""
        except binascii.Error:
            return False
        credentials = self.tokens.credentials
        expected = f"{credentials.client_id}:{credentials.client_secret}"
        return secrets.compare_digest(given, expected.encode("latin-1", "replace")) or secrets.compare_digest(
            given, expected.encode()
        )

    # ---- the browser's side ----

    def _problem(self, asked: Mapping[str, str]) -> str:
        """What is wrong with an authorize request that must not be redirected anywhere."""
        address = urlsplit(asked.get("redirect_uri", ""))
        if asked.get("client_id") != self.tokens.credentials.client_id:
            return "unknown client_id"
        if address.scheme not in ("http", "https") or not address.netloc:
            return "redirect_uri must be an absolute http(s) address"
        if self.redirect_uris and asked["redirect_uri"] not in self.redirect_uris:
            return "redirect_uri is not registered for this client"
        return "" if asked.get("response_type") == "code" else "response_type must be code"

    async def authorize(self, request: web.Request) -> web.Response:
        problem = self._problem(request.query)
        if problem:
            return web.json_response({"error": "invalid_request", "error_description": problem}, status=400)
        username = self.tokens.user_of_cookie(request.cookies.get(COOKIE, ""))
        if username is None:
            raise web.HTTPFound(f"/auth/v3/sign-in?{request.query_string}")
        redirect = request.query["redirect_uri"]
        code = self.tokens.make_code(username, redirect, _challenge(request.query))
        raise web.HTTPFound(_with(redirect, code=code, state=request.query.get("state")))

    async def scheme(self, request: web.Request) -> web.Response:
        """How the person of ``{"data": {"tenant", "userName"}}`` signs in; the same for names that there are not."""
        return web.json_response({"status": {"code": 0}, "data": {"scheme": "basic"}})

    def _page(self, query: str, error: str = "") -> web.Response:
        shown = f'<p role="alert" style="color:#a00">{escape(error)}</p>' if error else ""
        tenant = "" if dict(parse_qsl(query)).get("hideTenant", "").lower() == "true" else TENANT
        example = f"{self.tokens.users.tenant}\\user" if self.tokens.users.tenant else "user"
        return web.Response(
            text=PAGE.format(
                query=escape(query, quote=True), error=shown, tenant=tenant, placeholder=escape(example, quote=True)
            ),
            content_type="text/html",
            status=401 if error else 200,
        )

    async def form(self, request: web.Request) -> web.Response:
        problem = self._problem(request.query)
        if problem:
            return web.json_response({"error": "invalid_request", "error_description": problem}, status=400)
        return self._page(request.query_string)

    async def sign_in(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        query = form.get("query", "")
        asked = dict(parse_qsl(query))
        problem = self._problem(asked)
        if problem:
            return web.json_response({"error": "invalid_request", "error_description": problem}, status=400)
        if form.get("do") == "cancel":
            raise web.HTTPFound(_with(asked["redirect_uri"], error="access_denied", state=asked.get("state")))
        username = form.get("username", "")
        if form.get("tenant"):
            username = f"{form['tenant']}\\{username}"
        if not self.tokens.check_password(username, form.get("password", "")):
            return self._page(query, "The user name or the password is wrong.")
        answer = web.HTTPFound(f"/auth/v3/oauth/authorize?{query}")
        answer.set_cookie(COOKIE, self.tokens.make_cookie(username), path="/auth", httponly=True, samesite="Lax")
        raise answer

    # ---- who is it ----

    async def userinfo(self, request: web.Request) -> web.Response:
        username = self.tokens.user_of(bearer_of(request))
        if username is None:
            return unauthorized()
        openid = request.path.endswith("/openid/userinfo")
        return web.json_response(self.tokens.openid_userinfo(username) if openid else self.tokens.userinfo(username))

    async def sign_out(self, request: web.Request) -> web.StreamResponse:
        bearer, cookie = bearer_of(request), request.cookies.get(COOKIE, "")
        username = self.tokens.user_of(bearer) or self.tokens.user_of_cookie(cookie)
        if username is None and not request.query.get("redirectUri"):
            return unauthorized()
        if username and request.query.get("global", "").lower() == "true":
            self.tokens.forget_user(username)
        self.tokens.revoke(bearer)
        self.tokens.end_cookie(cookie)
        redirect = urlsplit(request.query.get("redirectUri", ""))
        answer: web.StreamResponse = web.json_response({"status": {"code": 0}})
        if request.method == "GET" and redirect.scheme in ("http", "https") and redirect.netloc:
            answer = web.Response(status=302, headers={"Location": request.query["redirectUri"]})
        answer.del_cookie(COOKIE, path="/auth")
        return answer

    async def ping(self, request: web.Request) -> web.Response:
        username = self.tokens.user_of_cookie(request.cookies.get(COOKIE, "")) or self.tokens.user_of(
            bearer_of(request)
        )
        if username is None:
            return web.json_response({"status": {"code": 403, "message": "Forbidden"}}, status=403)
        return web.json_response({"status": {"code": 0}})


def _challenge(query: Mapping[str, str]) -> str:
    """Clients may send a PKCE challenge; other methods than S256 are ignored, as is everything unknown."""
    return query.get("code_challenge", "") if query.get("code_challenge_method") == "S256" else ""


def _with(address: str, **parameters: str | None) -> str:
    given = urlencode({key: value for key, value in parameters.items() if value is not None})
    return f"{address}{'&' if '?' in address else '?'}{given}"
