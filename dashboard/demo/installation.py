"""The demo's own environment: where it keeps its files, its keys, and which ports it may use. Knows no Django."""

import contextlib
import errno
import json
import os
import secrets
import socket
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dashboard.demo.portal import Portal
from dashboard.files import private_folder, write_private

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
PORTAL_PORT = 8010
# Settings that a person may have for another installation; the demo has its own.
_OTHER = {
    "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DATABASE_URL", "DEBUG", "FIELD_KEYS", "FRAMES_PER_SECOND",
    "GENESYS_SIGN_IN", "GENESYS_SIGN_IN_GRACE_HOURS", "GENESYS_SIGN_IN_REQUIRES", "GENESYS_SIGN_IN_SUPERUSERS",
    "GENESYS_SIGN_OUT", "LOCAL_SIGN_IN",
    "HISTORY_OF_CHANGES_DAYS", "METRICS_TOKEN", "PUBLIC_URL", "REDIS_PREFIX", "REDIS_URL", "SAMPLE_INTERVAL_SECONDS",
    "SAMPLE_RETENTION_HOURS", "SECRET_KEY", "SECRET_KEY_FILE", "TRUSTED_PROXIES",
}  # fmt: skip


class DemoFailed(Exception):  # noqa: N818  # reads as what happened
    """The demo cannot start or go on; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Simulator:
    """How the simulator is reached: sample credentials, good for nothing else."""

    port: int
    api_key: str = "sample-api-key"
    client_id: str = "sample-client"
    client_secret: str = "sample-client-secret"  # noqa: S105
    username: str = "sample\\wallboard"
    password: str = "sample-password"  # noqa: S105
    timezone: str = "UTC"

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def arguments(self) -> list[str]:
        named = {
            "api-key": self.api_key,
            "client-id": self.client_id,
            "client-secret": self.client_secret,
            "username": self.username,
            "password": self.password,
            "timezone": self.timezone,
        }
        return [f"--{name}={value}" for name, value in named.items()]

    def sign_in(self) -> dict[str, str]:
        """What a client of the simulated services signs in with, by what people call it."""
        return {
            "API key": self.api_key,
            "Client id": self.client_id,
            "Client secret": self.client_secret,
            "User name": self.username,
            "User's password": self.password,
        }

    def people(self) -> str:
        """Who may sign in with Genesys, by what they are allowed (``demo.yaml``)."""
        tenant = self.username.rpartition("\\")[0]
        return ", ".join(f"{tenant}\\{name}" for name in ("supervisor", "agent"))

    def variables(self) -> dict[str, str]:
        """What ``demo.yaml`` asks the environment for."""
        return {
            "DEMO_SIMULATOR_URL": self.url,
            "DEMO_API_KEY": self.api_key,
            "DEMO_CLIENT_ID": self.client_id,
            "DEMO_CLIENT_SECRET": self.client_secret,
            "DEMO_USERNAME": self.username,
            "DEMO_PASSWORD": self.password,
            "DEMO_TIMEZONE": self.timezone,
        }


class Memory:
    """What the demo remembers from one run to the next, in a file that only its owner may read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "demo.json"
        try:
            self.kept: dict[str, Any] = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self.kept = {}

    def get(self, name: str) -> Any:
        return self.kept.get(name)

    def keep(self, name: str, value: Any) -> None:
        self.kept[name] = value
        write_private(self.file, json.dumps(self.kept, indent=1))


def local_zone() -> str:
    """The name of this machine's time zone, so that the demo's floor is busy by day; UTC where it has none."""
    linked = os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2]
    return next((name for name in (os.environ.get("TZ", "").lstrip(":"), linked) if _is_zone(name)), "UTC")


def _is_zone(name: str) -> bool:
    try:
        return bool(name and ZoneInfo(name))
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return False


def demo_dir() -> Path:
    """The demo's own folder, below that of an installation whose database and files it leaves alone."""
    given = os.environ.get("VAR_DIR")
    return (Path(given).resolve() if given else ROOT / "var") / "demo"


def prepare_environment(folder: Path) -> None:
    """Make this process's environment the demo's: its folder, its key, its SQLite file, no debugging."""
    for name in _OTHER:
        # Names of variables are read in any case.
        for spelled in (name, name.lower()):
            os.environ.pop(spelled, None)
    private_folder(folder.parent)
    private_folder(folder)
    key = folder / "secret-key"
    if not key.exists() or not key.read_text(encoding="utf-8").strip():
        write_private(key, secrets.token_urlsafe(50) + "\n")
    os.environ["VAR_DIR"] = str(folder)
    os.environ["SECRET_KEY_FILE"] = str(key)
    os.environ["GENESYS_SIGN_IN"] = "simulator"
    os.environ["DJANGO_SETTINGS_MODULE"] = "dashboard.settings"


def require_free(port: int, name: str) -> None:
    """Raise ``DemoFailed`` where something listens on that port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            reason = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
            raise DemoFailed(f"{name}: port {port} {reason}. Choose another one: make demo {name}={port + 1}") from None


def open_portal(port: int | None, others: Collection[int]) -> Portal:
    """Take the portal's port: that one, or without one its usual one or any that is free.

    Args:
        others: Ports that the demo's other servers are going to use.

    Raises:
        DemoFailed: the port that was asked for cannot be had.
    """
    if port is not None:
        if port in others:
            raise DemoFailed("PORTAL_PORT must differ from PORT and SIMULATOR_PORT.")
        require_free(port, "PORTAL_PORT")
        return Portal(port)
    if PORTAL_PORT not in others:
        with contextlib.suppress(OSError):
            return Portal(PORTAL_PORT)
    return Portal()
