"""What is kept of TVs: those that are paired, and those that show a code."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: A screen says something every 10 s, which is written down every 15 s.
SILENT_AFTER = timedelta(seconds=45)
MESSAGE_MOST = 200


class PairedScreen(models.Model):
    """A TV that shows what its team chose. Only hashes of its credential are kept; ``credential`` changes them.

    ``identify_until``, ``message_until`` and ``reloads`` are what it should do: whichever process has its socket reads
    them, and a screen that comes back late still does what is not over.
    """

    class Sound(models.TextChoices):
        """What the browser says of the sound at critical."""

        OFF = "off", gettext_lazy("not used")
        ON = "on", gettext_lazy("armed")
        BLOCKED = "blocked", gettext_lazy("blocked")
        MUTED = "muted", gettext_lazy("switched off")
        QUIET = "quiet", gettext_lazy("quiet hours")

    name = models.CharField(gettext_lazy("name"), max_length=100)
    place = models.CharField(gettext_lazy("place"), max_length=200, blank=True)
    team = models.ForeignKey("Team", models.CASCADE, related_name="screens", verbose_name=gettext_lazy("team"))
    wallboard = models.ForeignKey("Wallboard", models.SET_NULL, null=True, blank=True, related_name="screens")
    rotation = models.ForeignKey("Rotation", models.SET_NULL, null=True, blank=True, related_name="screens")
    paired_at = models.DateTimeField(gettext_lazy("paired"), default=timezone.now, editable=False)
    paired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=gettext_lazy("paired by"),
    )
    revoked_at = models.DateTimeField(gettext_lazy("revoked"), null=True, editable=False)

    credential = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001
    credential_since = models.DateTimeField(default=timezone.now, editable=False)
    # The one before, until it is certain that the device has kept its successor.
    credential_before = models.CharField(max_length=64, null=True, db_index=True, editable=False)  # noqa: DJ001
    # Older ones: whoever shows one has a copy.
    credentials_ended = models.JSONField(default=list, editable=False)
    copied = models.BooleanField(default=False, editable=False)

    identify_until = models.DateTimeField(null=True, editable=False)
    message = models.CharField(max_length=MESSAGE_MOST, blank=True, editable=False)
    message_until = models.DateTimeField(null=True, editable=False)
    reloads = models.PositiveIntegerField(default=0, editable=False)

    seen_at = models.DateTimeField(gettext_lazy("last sign"), null=True, editable=False)
    version = models.CharField(gettext_lazy("version"), max_length=64, blank=True, editable=False)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    pixel_ratio = models.FloatField(default=1, editable=False)
    sound = models.CharField(gettext_lazy("sound"), max_length=10, choices=Sound, blank=True, editable=False)
    freshness = models.CharField(gettext_lazy("freshness"), max_length=12, blank=True, editable=False)
    # The slug of the wallboard in front: one of several in a rotation.
    showing = models.CharField(gettext_lazy("on screen"), max_length=50, blank=True, editable=False)

    class Meta:
        ordering = ("name", "pk")
        verbose_name = gettext_lazy("screen")
        verbose_name_plural = gettext_lazy("screens")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(wallboard__isnull=True) | models.Q(rotation__isnull=True), name="screen_shows_one"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.wallboard_id and self.rotation_id:
            raise ValidationError(_("A screen shows a wallboard or a rotation, not both."))

    @property
    def online(self) -> bool:
        """Whether it was heard of lately, and is paired."""
        return self.revoked_at is None and self.seen_at is not None and timezone.now() - self.seen_at < SILENT_AFTER


class WaitingScreen(models.Model):
    """A TV that shows a code; the row lives as long as the code does."""

    code = models.CharField(max_length=6, unique=True)
    device = models.CharField(max_length=64, unique=True, help_text="The hash of what the device proves itself with.")
    expires_at = models.DateTimeField(db_index=True)
    place = models.CharField(max_length=100, blank=True, help_text="The address it came from, or its network.")

    def __str__(self) -> str:
        return f"until {self.expires_at:%H:%M:%S}"
