"""What the bridge is told: connections, objects, definitions, series. What it keeps is in ``statsbridge.kept``."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from statsbridge.encryption import EncryptedTextField
from statsbridge.kept import LastValue, LinkStatus, OpenSubscription, Sample, Worker
from statsbridge.validators import validate_proxy_url, validate_service_url, validate_timezone
from statsbridge.vocabulary import OBJECT_TYPES

__all__ = [
    "Connection",
    "DatabaseNow",
    "LastValue",
    "LinkStatus",
    "MonitoredObject",
    "OpenSubscription",
    "Revision",
    "Sample",
    "Series",
    "StatisticDefinition",
    "Worker",
]


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

    number = models.PositiveBigIntegerField(_("number"), default=0)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")

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
        PASSWORD = "password", _("User name and password")
        CLIENT_CREDENTIALS = "client_credentials", _("Client credentials")
        REFRESH_TOKEN = "refresh_token", _("Refresh token")

    SECRET_FIELDS: ClassVar[tuple[str, ...]] = ("api_key", "client_secret", "password", "refresh_token")
    GRANT_NEEDS: ClassVar[dict[str, tuple[str, ...]]] = {
        Grant.PASSWORD: ("username", "password"),
        Grant.CLIENT_CREDENTIALS: (),
        Grant.REFRESH_TOKEN: ("refresh_token",),
    }

    name = models.SlugField(
        _("name"), unique=True, help_text=_("A short name; it appears on screens when the link is broken.")
    )
    api_url = models.CharField(
        _("API address"),
        max_length=400,
        validators=[validate_service_url],
        help_text=_("As Genesys gave it to you, without /statistics/v3: https://gws.example.com."),
    )
    auth_url = models.CharField(
        _("sign-in address"),
        max_length=400,
        blank=True,
        validators=[validate_service_url],
        help_text=_("Only where it differs from the API address; without /auth/v3."),
    )
    api_key = EncryptedTextField(_("API key"), blank=True, help_text=_("Private editions have none."))
    client_id = models.CharField(_("client id"), max_length=200)
    client_secret = EncryptedTextField(_("client secret"), blank=True)
    grant = models.CharField(_("grant"), max_length=20, choices=Grant, default=Grant.PASSWORD)
    username = models.CharField(_("user name"), max_length=200, blank=True, help_text="tenant\\user")
    password = EncryptedTextField(_("password"), blank=True)
    refresh_token = EncryptedTextField(_("refresh token"), blank=True)
    timezone = models.CharField(
        _("time zone"),
        max_length=64,
        default="UTC",
        validators=[validate_timezone],
        help_text=_("The tenant's, where growing statistics restart at midnight."),
    )
    proxy = models.CharField(_("proxy"), max_length=400, blank=True, validators=[validate_proxy_url])
    ca_file = models.CharField(_("CA file"), max_length=400, blank=True, help_text=_("A private CA, as a PEM file."))
    enabled = models.BooleanField(_("enabled"), default=True)
    # Which environment variable a secret came from, with a digest of its value then:
    # {"password": {"variable": "GENESYS_PASSWORD", "digest": "…"}}.
    secret_sources = models.JSONField(_("secret sources"), default=dict, blank=True, editable=False)

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        needed = self.GRANT_NEEDS.get(self.grant, ())
        text = _("The grant “%s” needs it.") % self.get_grant_display()
        errors = {name: text for name in needed if not getattr(self, name)}
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

    name = models.SlugField(_("name"), unique=True, max_length=100)
    title = models.CharField(_("title"), max_length=200, help_text=_("What people read on the wall."))
    connection = models.ForeignKey(
        Connection, models.PROTECT, related_name="objects_monitored", verbose_name=_("connection")
    )
    type = models.CharField(_("type"), max_length=40, choices=[(name, name) for name in OBJECT_TYPES])
    object_id = models.CharField(
        _("Genesys id"), max_length=255, help_text=_("An agent's employee id, a queue's number@switch, a group's name.")
    )
    tags = models.JSONField(_("tags"), default=list, blank=True)

    class Meta:
        verbose_name = _("object")
        verbose_name_plural = _("objects")
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("connection", "type", "object_id"),
                name="one_object_per_genesys_id",
                violation_error_message=_("This connection has an object of that type and id already."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} ({self.type} {self.object_id})"


class StatisticDefinition(models.Model):
    """What is measured: a statistic that Genesys knows by name, or an ad hoc definition. Exactly one of the two."""

    class Unit(models.TextChoices):
        COUNT = "count", _("count")
        NUMBER = "number", _("number")
        SECONDS = "seconds", _("seconds")
        PERCENT = "percent", _("percent")
        STATE = "state", _("state")
        TEXT = "text", _("text")

    name = models.SlugField(_("name"), unique=True, max_length=100)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    statistic = models.CharField(
        _("statistic"),
        max_length=200,
        blank=True,
        help_text=_("The name of a statistic pre-configured in the contact centre."),
    )
    definition = models.JSONField(_("definition"), null=True, blank=True, help_text=_("Or an ad hoc definition."))
    unit = models.CharField(_("unit"), max_length=10, choices=Unit, default=Unit.COUNT)
    decimals = models.PositiveSmallIntegerField(_("decimals"), null=True, blank=True)
    # {"direction": "above" | "below", "warning": n, "critical": n, "clear": n, "hold": seconds}
    thresholds = models.JSONField(_("thresholds"), null=True, blank=True)

    class Meta:
        verbose_name = _("statistic")
        verbose_name_plural = _("statistics")
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=(Q(statistic="") & Q(definition__isnull=False))
                | (~Q(statistic="") & Q(definition__isnull=True)),
                name="statistic_or_definition",
                violation_error_message=_("Give either the name of a statistic or a definition, not both."),
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

    definition = models.ForeignKey(
        StatisticDefinition, models.CASCADE, related_name="series", verbose_name=_("definition")
    )
    monitored_object = models.ForeignKey(
        MonitoredObject, models.CASCADE, related_name="series", verbose_name=_("object")
    )
    wanted = models.BooleanField(_("wanted"), default=False, db_index=True)
    wanted_until = models.BigIntegerField(
        _("wanted until"),
        null=True,
        db_index=True,
        editable=False,
        help_text=_("Epoch ms; an unsaved wallboard shows it until then."),
    )

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        constraints = (models.UniqueConstraint(fields=("definition", "monitored_object"), name="series_once"),)

    def __str__(self) -> str:
        return f"{self.definition} · {self.monitored_object.title}"

    @classmethod
    def measured(cls) -> models.QuerySet["Series"]:
        """Those that the service is asked for: a wallboard shows them, or one that is edited."""
        return cls.objects.filter(Q(wanted=True) | Q(wanted_until__isnull=False))
