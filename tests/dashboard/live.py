"""Real servers for the tests: Redis, and web processes over the test's own database."""

import os
import subprocess
import sys
from pathlib import Path

import redis
from django.db import connection

from tests.e2e.installation import ROOT, deadline, free_port, wait_for_http


class RedisServer:
    """Redis on a free port, with nothing on disk; the port stays the same over a restart."""

    def __init__(self, folder: Path, password: str = "", certificate: tuple[Path, Path] | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.password = password
        self.url = f"redis://{f':{password}@' if password else ''}127.0.0.1:{self.port}/0"
        self.certificate = certificate
        if certificate is not None:
            self.url = f"rediss{self.url.removeprefix('redis')}?ssl_ca_certs={certificate[0]}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                *("redis-server", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", *self._port_options()),
                *(("--requirepass", self.password) if self.password else ()),
            ],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )
        with redis.Redis.from_url(self.url) as client:
            for _ in deadline(10):
                try:
                    client.ping()
                except redis.ConnectionError:
                    continue
                return
        raise AssertionError("Redis did not start")

    def _port_options(self) -> list[str]:
        if self.certificate is None:
            return ["--port", str(self.port)]
        certificate, key = (str(file) for file in self.certificate)
        files = ["--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate]
        return ["--port", "0", "--tls-port", str(self.port), "--tls-auth-clients", "no", *files]

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None


COMMANDS = {
    "daphne": ["daphne", "--bind", "127.0.0.1", "--port", "{port}", "dashboard.asgi:application"],
    "uvicorn": ["uvicorn", "--log-level", "warning", "--port", "{port}", "dashboard.asgi:application"],
}


class WebProcess:
    """One web process of the scaled-out form, on the test's database."""

    def __init__(self, server: str, folder: Path, redis_url: str) -> None:
        self.port = free_port()
        self.log = folder / f"{server}-{self.port}.log"
        (folder / "static").mkdir(exist_ok=True)
        environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
            "REDIS_URL": redis_url,
            "VAR_DIR": str(folder),
        }
        output = self.log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", *(part.format(port=self.port) for part in COMMANDS[server])],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
        output.close()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait(self) -> None:
        wait_for_http(f"{self.origin}/healthz", self.process, self.log)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(15)
