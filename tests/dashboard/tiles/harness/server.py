"""A small server for the harness page: the static files as shipped, and one canned board."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import plotly

from dashboard.tiles import themes
from tests.dashboard.tiles.harness import boards

HERE = Path(__file__).parent
STATIC = HERE.parents[3] / "static"
PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
BOARDS: dict[str, Callable[[dict[str, str]], boards.Snapshot]] = {
    "states": lambda given: boards.states_board(given["kind"], given["locale"]),
    "single": lambda given: boards.single_board(given["kind"], given.get("state", "live"), given["locale"]),
    "floor": lambda given: boards.floor_board(given["locale"]),
    "people": lambda given: boards.people_board(given["locale"]),
    "queues": lambda given: boards.queues_board(given["locale"]),
    "crew": lambda given: boards.crew_board(given["locale"]),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        url = urlsplit(self.path)
        given = {"locale": "en"} | {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/board.json":
            board = BOARDS[given.get("board", "floor")](given)
            body = {"now": boards.NOW, "locale": given["locale"], "themes": themes(), "snapshot": board.frame()}
            self._send(json.dumps(body).encode(), "application/json")
            return
        path = self._path(url.path)
        if not path.is_file():
            self.send_error(404)
            return
        self._send(path.read_bytes(), TYPES.get(path.suffix, "application/octet-stream"))

    def _path(self, path: str) -> Path:
        if path == "/static/plotly/plotly.min.js":
            return PLOTLY
        if path.startswith("/static/"):
            return STATIC / path.removeprefix("/static/")
        return HERE / ("page.html" if path == "/" else path.lstrip("/"))

    def _send(self, body: bytes, content_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        # So that a browser keeps what it compiled of plotly.js. The server is on another port in each run.
        self.send_header("Cache-Control", "max-age=3600" if self.path.startswith("/static/") else "no-store")
        # What the product's own pages allow scripts and styles to do.
        self.send_header(
            "Content-Security-Policy",
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'",
        )
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Requests of a test page are nobody's news."""


@contextmanager
def served() -> Iterator[str]:
    """The harness's address on a free port, until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
