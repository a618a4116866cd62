"""What the bridge keeps: last values, samples, links, what is open at the service, and its processes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LastValue(models.Model):
    """The newest reading of a series, so that a restarted process can show it, marked as old."""

    series = models.OneToOneField(
        "statsbridge.Series", models.CASCADE, primary_key=True, related_name="last_value", verbose_name=_("series")
    )
    value = models.JSONField(_("value"), null=True)
    at = models.BigIntegerField(_("at"), null=True, help_text=_("Epoch ms, the source's own clock."))
    state = models.CharField(_("state"), max_length=10)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("last value")
        verbose_name_plural = _("last values")

    def __str__(self) -> str:
        return f"{self.value} {self.state}"


class LinkStatus(models.Model):
    """The state of a connection's link as the bridge last wrote it."""

    connection = models.OneToOneField(
        "statsbridge.Connection",
        models.CASCADE,
        primary_key=True,
        related_name="link_status",
        verbose_name=_("connection"),
    )
    state = models.CharField(_("state"), max_length=12, default="connecting")
    since = models.BigIntegerField(_("since"), default=0, help_text=_("Epoch ms."))
    reason = models.TextField(_("reason"), blank=True)
    seen_at = models.BigIntegerField(
        _("seen at"), default=0, help_text=_("Epoch ms; the last moment this row was known to be true.")
    )
    open_statistics = models.PositiveIntegerField(_("open statistics"), default=0)
    rejected_statistics = models.PositiveIntegerField(_("rejected statistics"), default=0)
    token_at = models.BigIntegerField(
        _("token at"), null=True, help_text=_("Epoch ms; when the access token in use was obtained.")
    )

    class Meta:
        verbose_name = _("link state")
        verbose_name_plural = _("link states")

    def __str__(self) -> str:
        return f"{self.connection_id}: {self.state}"


class OpenSubscription(models.Model):
    """A subscription that the bridge opened and has not deleted yet: the next life of the bridge cleans up."""

    connection = models.ForeignKey(
        "statsbridge.Connection", models.CASCADE, related_name="open_subscriptions", verbose_name=_("connection")
    )
    subscription_id = models.CharField(_("subscription id"), max_length=64, unique=True)
    opened_at = models.BigIntegerField(_("opened at"))

    class Meta:
        verbose_name = _("open subscription")
        verbose_name_plural = _("open subscriptions")

    def __str__(self) -> str:
        return self.subscription_id


class Worker(models.Model):
    """A process that runs the bridge, with its heartbeat; ``/readyz`` looks at the newest."""

    name = models.CharField(_("name"), max_length=64, primary_key=True)
    started_at = models.BigIntegerField(_("started at"))
    beat_at = models.BigIntegerField(_("beat at"), help_text=_("Epoch ms."))

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")

    def __str__(self) -> str:
        return self.name


class Sample(models.Model):
    """A point of a trend. ``value`` is null from where on nothing was known: a gap is drawn as a gap."""

    series = models.ForeignKey("statsbridge.Series", models.CASCADE, related_name="samples", verbose_name=_("series"))
    at = models.BigIntegerField(_("at"), help_text=_("Epoch ms."))
    value = models.FloatField(_("value"), null=True)

    class Meta:
        verbose_name = _("sample")
        verbose_name_plural = _("samples")
        indexes = (
            models.Index(fields=("series", "at"), name="sample_by_series"),
            models.Index(fields=("at",), name="sample_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.at}: {self.value}"
