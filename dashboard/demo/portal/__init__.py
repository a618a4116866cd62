"""A portal to try embedding with: a page on another port that frames wallboards and signs their tokens itself.

It knows nothing of the product but what any portal knows: an address, the id and the secret of an embed key.
"""

import json
import string
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jwt

HOST = "127.0.0.1"
#: Under which names a browser on this machine finds it; the last one is another site than the product's.
NAMES = (HOST, "localhost", "portal.localhost")
#: Short, so that renewal can be watched.
TOKEN_SECONDS = 120
_FILES = {"/portal.css": "text/css", "/portal.js": "text/javascript"}
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Framed:
    """A wallboard that the portal shows: its slug, what stands above it, what tokens allow, and the key for them."""

    slug: str
    title: str
    view: str
    key: str
    secret: str = field(repr=False)
    #: Parameters of the frame's address.
    look: str = ""

    def token(self, now: float, seconds: int) -> str:
        """A token from ``now`` (s since 1970) on."""
        claims = {"wallboard": self.slug, "view": self.view, "iat": int(now), "exp": int(now) + seconds}
        return jwt.encode(claims, self.secret, algorithm="HS256", headers={"kid": self.key})


class Portal:
    """Takes its port at once, so that it can be told; answers from ``start`` on."""

    def __init__(self, port: int = 0, seconds: int = TOKEN_SECONDS) -> None:
        """Raises ``OSError`` where the port cannot be had; 0 takes a free one."""
        self.seconds = seconds
        self.site = ""
        self.boards: dict[str, Framed] = {}
        portal = self

        class Handler(_Handler):
            @property
            def portal(self) -> Portal:
                return portal

        self._server = ThreadingHTTPServer((HOST, port), Handler)
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        return int(self._server.server_port)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def origins(self) -> list[str]:
        """Those that wallboards have to allow."""
        return [f"http://{name}:{self.port}" for name in NAMES]

    def start(self, site: str, boards: Sequence[Framed]) -> None:
        """Show ``boards`` of the product at ``site``, an origin."""
        self.site, self.boards = site, {board.slug: board for board in boards}
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.2,), name="portal", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Give the port back."""
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def page(self) -> str:
        """The portal's only page."""
        boards = [
            {"slug": one.slug, "title": one.title, "address": f"{self.site}/embed/{one.slug}/{one.look}"}
            for one in self.boards.values()
        ]
        words = {
            "site": escape(self.site),
            "boards": escape(json.dumps(boards)),
            "seconds": str(self.seconds),
            "other": f"http://{NAMES[-1]}:{self.port}/",
        }
        return string.Template((_HERE / "portal.html").read_text(encoding="utf-8")).substitute(words)


class _Handler(BaseHTTPRequestHandler):
    """Answers the page, its two files, and tokens."""

    server_version, sys_version = "Portal", ""
    # A connection that says nothing gives its thread back.
    timeout = 30

    @property
    def portal(self) -> Portal:
        raise NotImplementedError

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if f"http://{self.headers.get('Host', '')}" not in self.portal.origins:
            # A foreign name that leads to this machine must not get tokens.
            self._answer("There is nothing at this address.", "text/plain", HTTPStatus.MISDIRECTED_REQUEST)
        elif asked.path == "/":
            self._answer(self.portal.page(), "text/html")
        elif asked.path in _FILES:
            text = (_HERE / asked.path.removeprefix("/")).read_text(encoding="utf-8")
            self._answer(text, _FILES[asked.path])
        elif asked.path == "/token":
            self._answer_token(parse_qs(asked.query).get("board", [""])[0])
        else:
            self._answer("There is nothing at this address.", "text/plain", HTTPStatus.NOT_FOUND)

    def _answer_token(self, slug: str) -> None:
        # A portal of a company would ask here who has signed in.
        board = self.portal.boards.get(slug)
        if board is None:
            self._answer("There is no such wallboard here.", "text/plain", HTTPStatus.NOT_FOUND)
        else:
            self._answer(board.token(time.time(), self.portal.seconds), "text/plain")

    def _answer(self, text: str, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        body = text.encode()
        site = self.portal.site
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        policy = f"default-src 'self'; img-src data:; frame-src {site}; frame-ancestors 'none'; base-uri 'none'"
        self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """The terminal is the demo's."""
