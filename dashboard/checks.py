"""System checks for wrong set-ups, each with an id and a hint."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.http.request import validate_host


@register(Tags.security)
def check_public_url(**kwargs: Any) -> list[CheckMessage]:
    """The address that people use must be one that Django answers."""
    host = urlsplit(settings.PUBLIC_URL).hostname if settings.PUBLIC_URL else None
    if host is None or validate_host(f"[{host}]" if ":" in host else host, settings.ALLOWED_HOSTS):
        return []
    return [
        Error(
            f"PUBLIC_URL names the host {host}, which ALLOWED_HOSTS does not.",
            hint=f"Add {host} to ALLOWED_HOSTS, or every page there answers 400.",
            id="dashboard.E001",
        )
    ]


@register(Tags.security)
def check_ways_in(**kwargs: Any) -> list[CheckMessage]:
    """Somebody must be able to sign in."""
    found: list[CheckMessage] = []
    if settings.LOCAL_SIGN_IN != "on" and not settings.GENESYS_SIGN_IN:
        found.append(
            Error(
                f"LOCAL_SIGN_IN is {settings.LOCAL_SIGN_IN}, and there is no other way to sign in.",
                hint="Set GENESYS_SIGN_IN to the name of a connection, or LOCAL_SIGN_IN=on.",
                id="dashboard.E010",
            )
        )
    return found


@register(Tags.security, deploy=True)
def check_redirect_uri(**kwargs: Any) -> list[CheckMessage]:
    """Genesys leads back to one address only."""
    if not settings.GENESYS_SIGN_IN or settings.PUBLIC_URL:
        return []
    return [
        Warning(
            "GENESYS_SIGN_IN is set, and PUBLIC_URL is not: sign-ins come back to whichever host was asked.",
            hint="Set PUBLIC_URL to the address that people use; the redirect URI at Genesys begins with it.",
            id="dashboard.W010",
        )
    ]


@register(Tags.security, deploy=True)
def check_collected_files(**kwargs: Any) -> list[CheckMessage]:
    """With DEBUG off only collected files are served, under hashed names."""
    if settings.DEBUG or (settings.STATIC_ROOT / "staticfiles.json").exists():
        return []
    return [
        Warning(
            "No static files are collected: pages will fail.",
            hint="Run manage.py collectstatic --noinput after each update.",
            id="dashboard.W001",
        )
    ]


@register(Tags.security, deploy=True)
def check_field_keys(**kwargs: Any) -> list[CheckMessage]:
    """Secrets at rest that hang on SECRET_KEY are lost when it is changed."""
    if settings.FIELD_KEYS != [settings.SECRET_KEY]:
        return []
    return [
        Info(
            "FIELD_KEYS is not set: stored secrets are encrypted with SECRET_KEY.",
            hint="Set FIELD_KEYS, so that SECRET_KEY can be changed without losing connections and embed keys.",
            id="dashboard.I001",
        )
    ]


@register(Tags.security, deploy=True)
def check_layer(**kwargs: Any) -> list[CheckMessage]:
    """The in-process layer connects nothing but what runs inside ``manage.py serve``."""
    in_process = settings.CHANNEL_LAYERS["default"]["BACKEND"] == "channels.layers.InMemoryChannelLayer"
    if not in_process:
        return []
    return [
        Info(
            "REDIS_URL is not set: values travel inside one process only.",
            hint="That is right for manage.py serve. Separate web processes and bridge workers need REDIS_URL.",
            id="dashboard.I002",
        )
    ]


@register(Tags.database, deploy=True)
def check_database_is_shared(**kwargs: Any) -> list[CheckMessage]:
    """Redis is there for several processes, which SQLite is not."""
    sqlite = settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
    in_process = settings.CHANNEL_LAYERS["default"]["BACKEND"] == "channels.layers.InMemoryChannelLayer"
    if in_process or not sqlite:
        return []
    return [
        Warning(
            "REDIS_URL is set, but the database is an SQLite file.",
            hint="Several processes need a database server: set DATABASE_URL=postgres://…",
            id="dashboard.W002",
        )
    ]


@register(Tags.security, deploy=True)
def check_mail(**kwargs: Any) -> list[CheckMessage]:
    """Without a mail server nobody can get back in who forgot the password."""
    if settings.EMAIL_URL:
        return []
    return [
        Warning(
            "EMAIL_URL is not set: nobody who forgot the password can be sent a link to a new one.",
            hint="Set EMAIL_URL=smtp+tls://user:password@mail.example.com:587 and DEFAULT_FROM_EMAIL.",
            id="dashboard.W003",
        )
    ]
