"""The environment variables this product reads, typed, and refused loudly when they make no sense."""

import shlex
from pathlib import Path
from typing import Annotated, Any, Literal

from django.core.exceptions import ImproperlyConfigured
from pydantic import BeforeValidator, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from dashboard.guard.addresses import parse_networks
from dashboard.mail import mail_settings

_MAKE_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"


def _split(value: Any) -> Any:
    """``"a, b"`` -> ``["a", "b"]``: lists in the environment are comma-separated."""
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    return value


def _networks(value: Any) -> Any:
    """Addresses and networks, comma-separated."""
    try:
        return parse_networks(_split(value))
    except ValueError:
        raise ValueError("are addresses or networks such as 127.0.0.1 or 10.0.0.0/8, comma-separated") from None


StringList = Annotated[list[str], NoDecode, BeforeValidator(_split)]


class Environment(BaseSettings):
    """One attribute a variable; the names in the environment are the same in capitals.

    An empty variable counts as unset, so that ``REDIS_URL= manage.py serve`` does what it looks like.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    database_url: str = ""
    redis_url: str = Field(default="", pattern=r"^(rediss?://.*|)$")
    redis_prefix: str = Field(default="wallboard", pattern=r"^[A-Za-z0-9._-]+$")
    secret_key: str = ""
    secret_key_file: Path | None = None
    field_keys: StringList = []
    debug: bool = False
    allowed_hosts: StringList = ["localhost", "127.0.0.1", "[::1]"]
    csrf_trusted_origins: StringList = []
    public_url: str = Field(default="", pattern=r"^(https?://[^/]+/?|)$")
    metrics_token: str = ""
    email_url: str = ""
    default_from_email: str = Field(default="wallboard@localhost", pattern=r"^[^\r\n]*[^\s@<]+@[^\s@]+$")
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    metrics_host: str = "127.0.0.1"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    log_format: Literal["text", "json"] = "text"
    sample_interval_seconds: int = Field(default=10, ge=1, le=3600)
    sample_retention_hours: int = Field(default=48, ge=1, le=24 * 366)
    agent_names: Literal["everybody", "editors"] = "everybody"
    history_of_changes_days: int = Field(default=400, ge=1, le=3660)
    frames_per_second: float = Field(default=4.0, gt=0, le=20)
    language_code: str = Field(default="en", pattern=r"^[a-z]{2}(-[a-z]+)?$")
    session_days: int = Field(default=90, ge=1, le=400)
    genesys_sign_in: str = Field(default="", pattern=r"^[-a-zA-Z0-9_]*$")
    genesys_sign_in_requires: StringList = []
    genesys_sign_in_superusers: StringList = []
    genesys_sign_in_grace_hours: float = Field(default=4, ge=0, le=168)
    genesys_sign_out: bool = False
    local_sign_in: Literal["on", "superusers", "off"] = "on"
    trusted_proxies: Annotated[list[Any], NoDecode, BeforeValidator(_networks)] = []
    sign_in_tries: int = Field(default=10, ge=3, le=1000)
    sign_in_tries_of_address: int = Field(default=50, ge=3, le=100_000)
    access_record_days: int = Field(default=90, ge=1, le=3660)
    access_address_days: int = Field(default=7, ge=0, le=3660)
    sockets_most: int = Field(default=10_000, ge=1)
    sockets_waiting: int = Field(default=1000, ge=1)
    sockets_waiting_of_address: int = Field(default=500, ge=1)
    requests_at_once: int = Field(default=32, ge=1, le=1000)
    connections_most: int | None = Field(default=None, ge=10)
    var_dir: Path | None = None

    @field_validator("email_url")
    @classmethod
    def _is_mail_address(cls, url: str) -> str:
        mail_settings(url)
        return url


def read_environment() -> Environment:
    """Read and check the environment.

    Raises:
        ImproperlyConfigured: names each variable that cannot be parsed and why; its value is not
            repeated, because it may be a secret.
    """
    try:
        return Environment()
    except ValidationError as error:
        reasons = "; ".join(
            f"{'.'.join(str(part) for part in item['loc'][:1]).upper()}: {item['msg'].removeprefix('Value error, ')}"
            for item in error.errors(include_input=False, include_url=False)
        )
        raise ImproperlyConfigured(f"The environment cannot be used: {reasons}.") from None


def read_secret_key(environment: Environment) -> str:
    """The key that signs sessions, from ``SECRET_KEY`` or the file that ``SECRET_KEY_FILE`` names.

    Raises:
        ImproperlyConfigured: neither is set, or the file is unreadable or empty.
    """
    if environment.secret_key:
        return environment.secret_key
    if environment.secret_key_file is not None:
        return _read_key_file(environment.secret_key_file)
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Set it to a long random value, or SECRET_KEY_FILE to the path of a file that holds "
        f"one, for example the output of: {_MAKE_KEY}"
    )


def _read_key_file(file: Path) -> str:
    try:
        key = file.read_text(encoding="utf-8").strip()
        reason = "" if key else "the file is empty"
    except OSError as error:
        key, reason = "", f"it cannot be read: {error.strerror or error}"
    except UnicodeDecodeError:
        key, reason = "", "the file is not UTF-8 text"
    if reason:
        raise ImproperlyConfigured(
            f"SECRET_KEY_FILE is {file}: {reason}. Make one with: (umask 077; {_MAKE_KEY} > {shlex.quote(str(file))})"
        )
    return key
