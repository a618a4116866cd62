"""What the bridge is told (connections, objects, definitions, series) and what it keeps (values, samples, links)."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q

from statsbridge.encryption import EncryptedTextField
from statsbridge.validators import validate_proxy_url, validate_service_url, validate_timezone
from statsbridge.vocabulary import OBJECT_TYPES


class DatabaseNow(Func):
    """Epoch ms by the database's clock, the one that all processes share."""

    arity = 0
    output_field = models.BigIntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return "CAST(EXTRACT(EPOCH FROM CLOCK_TIMESTAMP()) * 1000 AS BIGINT)", []

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return "CAST((JULIANDAY('now') - 2440587.5) * 86400000 AS INTEGER)", []


class Revision(models.Model):
    """One row whose number grows with every change of configuration; the bridge and the hubs watch it."""

    number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def bump(cls) -> None:
        """Count one change, in the caller's transaction."""
        if not cls.objects.filter(pk=1).update(number=F("number") + 1):
            cls.lock()
            cls.objects.filter(pk=1).update(number=F("number") + 1)

    @classmethod
    def lock(cls) -> None:
        """Wait for whoever else changes the configuration; they wait for the end of this transaction.

        It comes before the first row that a transaction writes: two that write rows in another order and count the
        change last would wait for each other.
        """
        # A row that is not there locks nothing.
        if not cls.objects.select_for_update().filter(pk=1).exists():
            cls.objects.get_or_create(pk=1)
            cls.objects.select_for_update().get(pk=1)

    @classmethod
    def current(cls) -> int:
        return cls.objects.filter(pk=1).values_list("number", flat=True).first() or 0


class Connection(models.Model):
    """One Genesys tenant and how to sign in to it."""

    class Grant(models.TextChoices):
        PASSWORD = "password", "User name and password"
        CLIENT_CREDENTIALS = "client_credentials", "Client credentials"
        REFRESH_TOKEN = "refresh_token", "Refresh token"

    SECRET_FIELDS: ClassVar[tuple[str, ...]] = ("api_key", "client_secret", "password", "refresh_token")
    GRANT_NEEDS: ClassVar[dict[str, tuple[str, ...]]] = {
        Grant.PASSWORD: ("username", "password"),
        Grant.CLIENT_CREDENTIALS: (),
        Grant.REFRESH_TOKEN: ("refresh_token",),
    }

    name = models.SlugField(unique=True, help_text="A short name; it appears on screens when the link is broken.")
    api_url = models.CharField(
        "API address", max_length=400, validators=[validate_service_url], help_text="{this}/statistics/v3 is used."
    )
    auth_url = models.CharField(
        "sign-in address",
        max_length=400,
        blank=True,
        validators=[validate_service_url],
        help_text="Only where it differs from the API address; {this}/auth/v3 is used.",
    )
    api_key = EncryptedTextField("API key", blank=True, help_text="Private editions have none.")
    client_id = models.CharField("client id", max_length=200)
    client_secret = EncryptedTextField(blank=True)
    grant = models.CharField(max_length=20, choices=Grant, default=Grant.PASSWORD)
    username = models.CharField("user name", max_length=200, blank=True, help_text="tenant\\user")
    password = EncryptedTextField(blank=True)
    refresh_token = EncryptedTextField(blank=True)
    timezone = models.CharField(
        "time zone",
        max_length=64,
        default="UTC",
        validators=[validate_timezone],
        help_text="The tenant's, where growing statistics restart at midnight.",
    )
    proxy = models.CharField(max_length=400, blank=True, validators=[validate_proxy_url])
    ca_file = models.CharField("CA file", max_length=400, blank=True, help_text="A private CA, as a PEM file.")
    enabled = models.BooleanField(default=True)
    # Which environment variable a secret came from, with a digest of its value then:
    # {"password": {"variable": "GENESYS_PASSWORD", "digest": "…"}}.
    secret_sources = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        needed = self.GRANT_NEEDS.get(self.grant, ())
        errors = {name: f"The grant “{self.grant}” needs it." for name in needed if not getattr(self, name)}
        if errors:
            raise ValidationError(errors)

    @property
    def statistics_url(self) -> str:
        return self.api_url.rstrip("/") + "/statistics/v3"

    @property
    def authentication_url(self) -> str:
        return (self.auth_url or self.api_url).rstrip("/") + "/auth/v3"


class MonitoredObject(models.Model):
    """An agent, group, queue or route point of a tenant, under a name of our own."""

    name = models.SlugField(unique=True, max_length=100)
    title = models.CharField(max_length=200, help_text="What people read on the wall.")
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="objects_monitored")
    type = models.CharField(max_length=40, choices=[(name, name) for name in OBJECT_TYPES])
    object_id = models.CharField(
        "Genesys id", max_length=255, help_text="An agent's employee id, a queue's number@switch, a group's name."
    )
    tags = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("connection", "type", "object_id"),
                name="one_object_per_genesys_id",
                violation_error_message="This connection has an object of that type and id already.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} ({self.type} {self.object_id})"


class StatisticDefinition(models.Model):
    """What is measured: a statistic that Genesys knows by name, or an ad hoc definition. Exactly one of the two."""

    class Unit(models.TextChoices):
        COUNT = "count", "count"
        NUMBER = "number", "number"
        SECONDS = "seconds", "seconds"
        PERCENT = "percent", "percent"
        STATE = "state", "state"
        TEXT = "text", "text"

    name = models.SlugField(unique=True, max_length=100)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    statistic = models.CharField(
        max_length=200, blank=True, help_text="The name of a statistic pre-configured in the contact centre."
    )
    definition = models.JSONField(null=True, blank=True, help_text="Or an ad hoc definition.")
    unit = models.CharField(max_length=10, choices=Unit, default=Unit.COUNT)
    decimals = models.PositiveSmallIntegerField(null=True, blank=True)
    # {"direction": "above" | "below", "warning": n, "critical": n, "clear": n, "hold": seconds}
    thresholds = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=(Q(statistic="") & Q(definition__isnull=False))
                | (~Q(statistic="") & Q(definition__isnull=True)),
                name="statistic_or_definition",
                violation_error_message="Give either the name of a statistic or a definition, not both.",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def descriptor(self) -> dict[str, Any]:
        """The part of a subscribe request that says what is measured: ``{"name": …}`` or ``{"definition": …}``."""
        return {"name": self.statistic} if self.statistic else {"definition": self.definition}


class Series(models.Model):
    """One definition measured on one object.

    ``wanted`` is written by the dashboard, in the change's transaction; ``wanted_until`` for who edits a wallboard.
    """

    definition = models.ForeignKey(StatisticDefinition, models.CASCADE, related_name="series")
    monitored_object = models.ForeignKey(MonitoredObject, models.CASCADE, related_name="series")
    wanted = models.BooleanField(default=False, db_index=True)
    wanted_until = models.BigIntegerField(
        null=True, db_index=True, editable=False, help_text="Epoch ms; an unsaved wallboard shows it until then."
    )

    class Meta:
        verbose_name_plural = "series"
        constraints = (models.UniqueConstraint(fields=("definition", "monitored_object"), name="series_once"),)

    def __str__(self) -> str:
        return f"{self.definition} · {self.monitored_object.title}"

    @classmethod
    def measured(cls) -> models.QuerySet["Series"]:
        """Those that the service is asked for: a wallboard shows them, or one that is edited."""
        return cls.objects.filter(Q(wanted=True) | Q(wanted_until__isnull=False))


class LastValue(models.Model):
    """The newest reading of a series, so that a restarted process can show it, marked as old."""

    series = models.OneToOneField(Series, models.CASCADE, primary_key=True, related_name="last_value")
    value = models.JSONField(null=True)
    at = models.BigIntegerField(null=True, help_text="Epoch ms, the source's own clock.")
    state = models.CharField(max_length=10)
    reason = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.value} {self.state}"


class LinkStatus(models.Model):
    """The state of a connection's link as the bridge last wrote it."""

    connection = models.OneToOneField(Connection, models.CASCADE, primary_key=True, related_name="link_status")
    state = models.CharField(max_length=12, default="connecting")
    since = models.BigIntegerField(default=0, help_text="Epoch ms.")
    reason = models.TextField(blank=True)
    seen_at = models.BigIntegerField(default=0, help_text="Epoch ms; the last moment this row was known to be true.")
    open_statistics = models.PositiveIntegerField(default=0)
    rejected_statistics = models.PositiveIntegerField(default=0)
    token_at = models.BigIntegerField(null=True, help_text="Epoch ms; when the access token in use was obtained.")

    class Meta:
        verbose_name_plural = "link states"

    def __str__(self) -> str:
        return f"{self.connection_id}: {self.state}"


class OpenSubscription(models.Model):
    """A subscription that the bridge opened and has not deleted yet: the next life of the bridge cleans up."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="open_subscriptions")
    subscription_id = models.CharField(max_length=64, unique=True)
    opened_at = models.BigIntegerField()

    def __str__(self) -> str:
        return self.subscription_id


class Worker(models.Model):
    """A process that runs the bridge, with its heartbeat; ``/readyz`` looks at the newest."""

    name = models.CharField(max_length=64, primary_key=True)
    started_at = models.BigIntegerField()
    beat_at = models.BigIntegerField(help_text="Epoch ms.")

    def __str__(self) -> str:
        return self.name


class Sample(models.Model):
    """A point of a trend. ``value`` is null from where on nothing was known: a gap is drawn as a gap."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="samples")
    at = models.BigIntegerField(help_text="Epoch ms.")
    value = models.FloatField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("series", "at"), name="sample_by_series"),
            models.Index(fields=("at",), name="sample_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.at}: {self.value}"
