"""What ``deploy/`` holds, as it stands there: nginx in front of two web processes, and the units."""

import asyncio
import configparser
import gzip
import json
import re
import shlex
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets

from tests.certificates import make_certificate
from tests.dashboard.live import RedisServer
from tests.e2e.installation import ROOT, Installation, deadline, free_port, wait_for_http

PAGE = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
SHIPPED = ROOT / "deploy"
CONFIGURATION = """
version: 1
connections:
  - {name: main, api_url: "http://127.0.0.1:9", client_id: sample, client_secret: sample, grant: password,
     username: sample, password: sample}
objects:
  - {name: sales-queue, title: Sales, connection: main, type: Queue, id: 8001@SIP_Switch}
statistics:
  - {name: calls-waiting, title: Calls waiting, statistic: CurrNumberWaitingCalls}
teams:
  - {name: sales, title: Sales}
wallboards:
  - slug: sales
    title: Sales floor
    team: sales
    tiles:
      - {kind: number, title: Waiting, series: [{statistic: calls-waiting, object: sales-queue}],
         position: {x: 0, y: 0, w: 12, h: 4}}
"""
AROUND = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
events {{}}
http {{
    include /etc/nginx/mime.types;
    access_log {folder}/nginx-access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/wallboard.conf;
}}
"""


def command_of(unit: str, port: int) -> list[str]:
    """What a unit starts, from this environment instead of the one in ``/opt``."""
    line = re.search(r"^ExecStart=(.*)$", unit, re.M)
    assert line
    here = str(Path(sys.executable).parent)
    return shlex.split(line[1].replace("/opt/wallboard/.venv/bin", here).replace("%i", str(port)))


SERVE, DAPHNE, BRIDGE = (
    (SHIPPED / f"systemd/{name}.service").read_text(encoding="utf-8")
    for name in ("wallboard", "wallboard-web@", "wallboard-bridge")
)
(UVICORN,) = re.findall(r"```ini\n(.*?)```", PAGE, re.S)


class Site:
    """nginx with the site of ``deploy/``, two web processes behind it, Redis and an installation."""

    def __init__(self, folder: Path, unit: str) -> None:
        self.folder = folder
        self.unit = unit
        self.http_port, self.https_port, *self.web_ports = (free_port() for _ in range(4))
        self.url = f"https://localhost:{self.https_port}"
        self.redis = RedisServer(folder)
        self.installation = Installation(
            folder,
            REDIS_URL=self.redis.url,
            PUBLIC_URL=self.url,
            ALLOWED_HOSTS="localhost,127.0.0.1",
            PYTHONUNBUFFERED="1",
            TRUSTED_PROXIES="127.0.0.1",
        )
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.cookie = ""

    def start(self) -> None:
        self.redis.start()
        self.installation.prepare(CONFIGURATION)
        self.cookie = f"__Host-{self.installation.session()}"
        for port in self.web_ports:
            self._start(f"web-{port}", command_of(self.unit, port))
        for port in self.web_ports:
            log = self.folder / f"web-{port}.log"
            wait_for_http(f"http://127.0.0.1:{port}/healthz", self.processes[f"web-{port}"], log)
        self._configure_nginx()
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        self._start("nginx", [nginx, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")])
        for _ in deadline(10):
            try:
                with self.client() as client:
                    client.get("/healthz")
                return
            except httpx.HTTPError:
                assert self.processes["nginx"].poll() is None, self.log("nginx")
        raise AssertionError(self.log("nginx"))

    def _start(self, name: str, command: list[str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as output:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.installation.environment, stdout=output, stderr=output
            )

    def _configure_nginx(self) -> None:
        certificate, key = make_certificate(self.folder)
        block = (SHIPPED / "nginx.conf").read_text(encoding="utf-8")
        for there, here in {
            "127.0.0.1:8001": f"127.0.0.1:{self.web_ports[0]}",
            "127.0.0.1:8002": f"127.0.0.1:{self.web_ports[1]}",
            "listen 80;": f"listen {self.http_port};",
            "listen 443 ssl": f"listen {self.https_port} ssl",
            "/etc/ssl/wallboard.example.com.pem": str(certificate),
            "/etc/ssl/private/wallboard.example.com.key": str(key),
            "/var/lib/wallboard": self.installation.environment["VAR_DIR"],
            "wallboard.example.com": "localhost",
        }.items():
            assert there in block, there
            block = block.replace(there, here)
        (self.folder / "wallboard.conf").write_text(block, encoding="utf-8")
        user = "user root;" if Path("/proc/self").stat().st_uid == 0 else ""
        (self.folder / "nginx.conf").write_text(AROUND.format(folder=self.folder, user=user), encoding="utf-8")

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(15)
        self.redis.stop()

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "certificate.pem"))

    def client(self, **options: Any) -> httpx.Client:
        transport = httpx.HTTPTransport(verify=self.trust, **options)
        return httpx.Client(base_url=self.url, transport=transport, timeout=10)

    def socket(self) -> Any:
        return websockets.connect(
            f"wss://localhost:{self.https_port}/ws/wallboards/sales/",
            ssl=self.trust,
            additional_headers={"Cookie": self.cookie},
            origin=websockets.Origin(self.url),
        )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"), DAPHNE)
    try:
        site.start()
        yield site
    finally:
        site.stop()


def test_people_sign_in_over_tls_with_secure_cookies(site: Site) -> None:
    with site.client() as client:
        page = client.get("/accounts/login/")
        assert "max-age=31536000" in page.headers["strict-transport-security"]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "username": "admin", "password": "sample-password-1"}
        answer = client.post("/accounts/login/", data=form, headers={"Referer": f"{site.url}/accounts/login/"})
        assert answer.status_code == 302
        cookies = answer.headers.get_list("set-cookie")
        assert [one for one in cookies if one.startswith("__Host-sessionid=")]
        assert all("Secure" in one for one in cookies)


def test_plain_http_is_sent_to_https(site: Site) -> None:
    answer = httpx.get(f"http://localhost:{site.http_port}/wallboards/sales/?kiosk")
    assert answer.status_code == 301
    assert answer.headers["location"] == "https://localhost/wallboards/sales/?kiosk"


async def test_a_socket_is_upgraded_and_hears_the_heartbeat(site: Site) -> None:
    async with site.socket() as socket, asyncio.timeout(10):
        assert json.loads(await socket.recv())["type"] == "snapshot"
        while json.loads(await socket.recv())["type"] != "heartbeat":
            pass


def test_static_files_come_from_nginx_compressed_and_immutable(site: Site) -> None:
    with site.client() as client:
        page = client.get("/wallboards/sales/", headers={"Cookie": site.cookie})
        files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
        assert any("plotly" in one for one in files)
        for file in files:
            with client.stream("GET", file, headers={"Accept-Encoding": "gzip"}) as answer:
                raw = b"".join(answer.iter_raw())
            assert answer.status_code == 200
            assert answer.headers["cache-control"] == "public, max-age=315360000, immutable"
            assert answer.headers["x-content-type-options"] == "nosniff"
            original = Path(site.installation.environment["VAR_DIR"], file.lstrip("/")).read_bytes()
            if answer.headers.get("content-encoding") == "gzip":
                # The very file that collectstatic wrote: nothing is compressed per request.
                assert raw == Path(site.installation.environment["VAR_DIR"], f"{file[1:]}.gz").read_bytes()
                raw = gzip.decompress(raw)
            assert raw == original
            assert "javascript" in answer.headers["content-type"] or not file.endswith(".js")
        unhashed = client.get("/static/dashboard/js/main.js")
        assert "immutable" not in unhashed.headers["cache-control"]


def test_the_web_processes_know_the_real_address_of_the_client_whatever_it_claims(site: Site) -> None:
    with site.client(local_address="127.0.0.7") as client:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get("/accounts/login/").text)
        form = {"csrfmiddlewaretoken": token and token[1], "username": "admin", "password": "wrong"}
        headers = {"Referer": f"{site.url}/accounts/login/", "X-Forwarded-For": "192.0.2.66"}
        assert client.post("/accounts/login/", data=form, headers=headers).status_code == 200
    logs = "".join(site.log(f"web-{port}") for port in site.web_ports)
    assert set(re.findall(r"sign_in_failed: .*address=(\S+)", logs)) == {"127.0.0.7"}


def test_a_balancer_hears_that_web_is_ready_without_a_bridge(site: Site) -> None:
    with site.client() as client:
        assert client.get("/readyz?for=web").status_code == 200
        assert client.get("/readyz").status_code == 503
        assert client.get("/metrics").status_code == 403


async def test_a_web_process_that_is_killed_is_passed_over(site: Site) -> None:
    name = f"web-{site.web_ports[0]}"
    site.processes[name].kill()
    site.processes[name].wait(10)
    with site.client() as client:
        assert [client.get("/readyz?for=web").status_code for _ in range(6)] == [200] * 6
    for _ in range(2):
        async with site.socket() as socket, asyncio.timeout(10):
            assert json.loads(await socket.recv())["type"] == "snapshot"


def test_uvicorn_starts_as_the_page_says_and_frames_leave_uncompressed(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    installation.manage("migrate", "-v0")
    port = free_port()
    log = tmp_path / "uvicorn.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            command_of(UVICORN, port), cwd=ROOT, env=installation.environment, stdout=output, stderr=output
        )
    try:
        wait_for_http(f"http://127.0.0.1:{port}/healthz", process, log)
        headers = {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "c2FtcGxlIHNhbXBsZSBzYQ==",
            "Sec-WebSocket-Extensions": "permessage-deflate",
        }
        with httpx.stream("GET", f"http://127.0.0.1:{port}/ws/embed/sales/", headers=headers) as answer:
            assert answer.status_code == 101
            assert "sec-websocket-extensions" not in answer.headers
    finally:
        process.terminate()
        process.wait(15)


def test_the_units_name_commands_that_there_are_and_cut_no_socket_after_a_day() -> None:
    for unit in (SERVE, DAPHNE, BRIDGE):
        parsed = configparser.ConfigParser(interpolation=None, strict=True)
        parsed.optionxform = str  # type: ignore[assignment,method-assign]
        parsed.read_string(unit)
        assert set(parsed) == {"DEFAULT", "Unit", "Service", "Install"}
        assert parsed["Service"]["Restart"] == "always"
        assert Path(command_of(unit, 1)[0]).exists()
    assert "--websocket_timeout -1" in DAPHNE
    assert "--proxy-headers" not in DAPHNE
    assert "--no-proxy-headers" in UVICORN
    # Neither collects more of a message than a screen would send.
    assert "--websocket-max-message-size 65536 --websocket-max-frame-size 65536" in DAPHNE
    assert "--ws-max-size 65536" in UVICORN
    assert command_of(SERVE, 1)[1:] == ["manage.py", "serve", "--port", "8000"]
    assert command_of(BRIDGE, 1)[1:] == ["manage.py", "runworker", "statsbridge"]
