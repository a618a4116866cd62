"""Django's settings; what an operator may change comes from the environment (``environment.py``)."""

from pathlib import Path
from typing import Any

import dj_database_url
import django_stubs_ext
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from dashboard.environment import read_environment, read_secret_key
from dashboard.files import private_file, private_folder
from dashboard.mail import mail_settings
from statsbridge.pubsub import redis_host

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = read_environment()
VAR_DIR = ENV.var_dir or BASE_DIR / "var"

SECRET_KEY = read_secret_key(ENV)
FIELD_KEYS = ENV.field_keys or [SECRET_KEY]
DEBUG = ENV.debug
ALLOWED_HOSTS = ENV.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENV.csrf_trusted_origins
PUBLIC_URL = ENV.public_url.rstrip("/")
METRICS_TOKEN = ENV.metrics_token

EMAIL_URL = ENV.email_url
globals().update(mail_settings(EMAIL_URL))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.default_from_email
METRICS_PORT = ENV.metrics_port
METRICS_HOST = ENV.metrics_host

# Secure cookies, HSTS and the redirect follow from PUBLIC_URL, so that plain http works in a closed network.
SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
# With these prefixes browsers take the cookies from nobody but this host, over TLS: not from a neighbouring subdomain.
SESSION_COOKIE_NAME = "__Host-sessionid" if SECURE else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if SECURE else "csrftoken"
# A screen on a wall renews it (dashboard/signedin.py).
SESSION_COOKIE_AGE = ENV.session_days * 86_400
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
# What other hosts below this name do, and a list in browsers that cannot be left again, is not this site's decision.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin" if SECURE else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        # plotly.js writes style elements at run time.
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

INSTALLED_APPS = [
    "daphne",
    "dashboard.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # Before channels, whose runworker command it replaces.
    "statsbridge",
    "channels",
    "csp",
    "rules.apps.AutodiscoverRulesConfig",
    "dashboard.apps.HistoryConfig",
    "dashboard",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "dashboard.guard.headers.PermissionsPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dashboard.signin.middleware.GenesysSessionMiddleware",
    "dashboard.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "dashboard.urls"
ASGI_APPLICATION = "dashboard.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ]
        },
    }
]


def _databases() -> dict[str, Any]:
    if not ENV.database_url:
        private_folder(VAR_DIR)
    try:
        database: dict[str, Any] = dict(
            dj_database_url.parse(ENV.database_url or f"sqlite:///{VAR_DIR / 'wallboard.sqlite3'}")
        )
    except (ValueError, KeyError) as error:
        raise ImproperlyConfigured(
            "DATABASE_URL: not a database address such as postgres://user:password@host:5432/name "
            f"({type(error).__name__})."
        ) from None
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # SQLite gives its journals the mode of the file, which it would create readable for everybody.
        if not database["NAME"].startswith((":memory:", "file:")):
            private_file(Path(database["NAME"]))
        # WAL lets the bridge write while pages read; IMMEDIATE makes writers queue instead of failing.
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
        # Tests use threads, which an in-memory SQLite would give table locks.
        database["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
    elif database["ENGINE"] == "django.db.backends.postgresql":
        # A server that vanished is noticed in seconds, not after the minutes of TCP; the address may say otherwise.
        database["OPTIONS"] = {"connect_timeout": 5, "tcp_user_timeout": 15_000} | database.get("OPTIONS", {})
    return {"default": database}


DATABASES = _databases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Also holds the leases that decide which worker keeps which connection.
REDIS_URL = ENV.redis_url
REDIS_PREFIX = ENV.redis_prefix
CHANNEL_LAYERS: dict[str, Any] = {
    "default": (
        {
            "BACKEND": "statsbridge.pubsub.PubSubLayer",
            "CONFIG": {"hosts": [redis_host(ENV.redis_url)], "prefix": ENV.redis_prefix},
        }
        if ENV.redis_url
        else {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}
    )
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "dashboard.signin.backend.GenesysBackend",
]
# Sign-in with Genesys (dashboard/signin/): the connection whose client and key it uses; who may; who is a superuser.
GENESYS_SIGN_IN = ENV.genesys_sign_in
GENESYS_SIGN_IN_REQUIRES = ENV.genesys_sign_in_requires
GENESYS_SIGN_IN_SUPERUSERS = ENV.genesys_sign_in_superusers
GENESYS_SIGN_IN_GRACE_HOURS = ENV.genesys_sign_in_grace_hours
GENESYS_SIGN_OUT = ENV.genesys_sign_out
LOCAL_SIGN_IN = ENV.local_sign_in
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

LANGUAGE_CODE = ENV.language_code
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
TIME_ZONE = "UTC"
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "dashboard" / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "dashboard.staticfiles.PlotlyFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "dashboard.staticfiles.HashedStaticFilesStorage"
        )
    },
}
# Development shows an edited file at once; elsewhere only what collectstatic wrote is served.
WHITENOISE_USE_FINDERS = DEBUG

# Of any request, however it is sent; the largest that the site has a use for is an uploaded list of objects.
BODY_BYTES_MOST = 5_000_000

# Who asks, behind a proxy; and how much one address, and all together, may ask (dashboard/guard/).
TRUSTED_PROXIES = ENV.trusted_proxies
SIGN_IN_TRIES = ENV.sign_in_tries
SIGN_IN_TRIES_OF_ADDRESS = ENV.sign_in_tries_of_address
SOCKETS_MOST = ENV.sockets_most
SOCKETS_WAITING = ENV.sockets_waiting
SOCKETS_WAITING_OF_ADDRESS = ENV.sockets_waiting_of_address
REQUESTS_AT_ONCE = ENV.requests_at_once
CONNECTIONS_MOST = ENV.connections_most

# How long the record of sign-ins and tokens stays, and the addresses in it.
ACCESS_RECORD_DAYS = ENV.access_record_days
ACCESS_ADDRESS_DAYS = ENV.access_address_days

# The history says who changed something, not from where.
AUDITLOG_DISABLE_REMOTE_ADDR = True

# How often a series is sampled at most, how long samples and the history of changes stay, how many frames a stream
# sends in a second.
SAMPLE_INTERVAL_SECONDS = ENV.sample_interval_seconds
SAMPLE_RETENTION_HOURS = ENV.sample_retention_hours
# Who reads the names of agents on wallboards: "everybody" who may look at them, or their team's "editors".
AGENT_NAMES = ENV.agent_names
HISTORY_OF_CHANGES_DAYS = ENV.history_of_changes_days
FRAMES_PER_SECOND = ENV.frames_per_second

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        "json": {"()": "dashboard.logs.JsonFormatter"},
    },
    "filters": {"refusals": {"()": "dashboard.logs.RefusalsInOneLine"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": ENV.log_format}},
    "root": {"handlers": ["console"], "level": ENV.log_level},
    "loggers": {
        # Request lines of the HTTP clients would repeat addresses of every poll.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        # It tells of each client it makes; what becomes of a connection is told by the bridge.
        "aiocometd.client": {"level": "WARNING"},
        "django.request": {"filters": ["refusals"]},
        "daphne": {"level": "WARNING"},
        "django.channels.server": {"level": "WARNING"},
    },
}
