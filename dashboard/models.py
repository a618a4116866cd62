"""Teams, their wallboards and tiles, and the keys that let a portal embed them."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse

from statsbridge.encryption import EncryptedTextField
from statsbridge.models import MonitoredObject, Series
from statsbridge.validators import validate_timezone

COLUMNS_MOST = 24
ROWS_MOST = 24
# A rotation's step: less would leave no time to load the next wallboard.
SECONDS_LEAST = 5
SECONDS_MOST = 86_400


class Team(models.Model):
    """People who look after the same wallboards."""

    name = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="teams")
    # An object that no team claims may be used by all.
    monitored_objects = models.ManyToManyField(
        MonitoredObject, blank=True, related_name="teams", verbose_name="objects only for this team"
    )

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.title


class Membership(models.Model):
    """A person's role in a team."""

    class Role(models.TextChoices):
        VIEWER = "viewer", "Viewer"
        EDITOR = "editor", "Editor"
        MANAGER = "manager", "Manager"

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.VIEWER)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("team", "user"), name="member_once"),)

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class Wallboard(models.Model):
    """A board of tiles on a grid, owned by a team."""

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    team = models.ForeignKey(Team, models.PROTECT, related_name="wallboards")
    shared_with = models.ManyToManyField(Team, blank=True, related_name="wallboards_shared")
    timezone = models.CharField("time zone", max_length=64, default="UTC", validators=[validate_timezone])
    columns = models.PositiveSmallIntegerField(
        default=12, validators=[MinValueValidator(1), MaxValueValidator(COLUMNS_MOST)]
    )
    enabled = models.BooleanField(default=True)
    allowed_origins = models.JSONField(
        default=list, blank=True, help_text="Portals that may frame it: exact scheme://host[:port]."
    )
    opening_hours = models.JSONField(
        default=list, blank=True, help_text="Screens on a wall are dimmed outside of these hours; none: never."
    )
    sound = models.BooleanField("sound at critical", default=False)
    quiet_hours = models.JSONField(default=list, blank=True, help_text="When there is no sound.")

    class Meta:
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("wallboard", args=[self.slug])


class Tile(models.Model):
    """One tile of a wallboard. ``options`` are those of its kind, checked by ``dashboard.tiles``."""

    wallboard = models.ForeignKey(Wallboard, models.CASCADE, related_name="tiles")
    key = models.SlugField(help_text="Names the tile in frames, thresholds and embeds.")
    order = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=10)
    title = models.CharField(max_length=200, blank=True)
    x = models.PositiveSmallIntegerField(default=0)
    y = models.PositiveSmallIntegerField(default=0)
    w = models.PositiveSmallIntegerField(default=3, validators=[MinValueValidator(1)])
    h = models.PositiveSmallIntegerField(default=2, validators=[MinValueValidator(1)])
    options = models.JSONField(default=dict, blank=True)
    thresholds = models.JSONField(null=True, blank=True)
    decimals = models.PositiveSmallIntegerField(null=True, blank=True)
    series = models.ManyToManyField(Series, through="TileSeries", related_name="tiles")

    class Meta:
        ordering = ("order", "pk")
        constraints = (models.UniqueConstraint(fields=("wallboard", "key"), name="tile_key_once"),)

    def __str__(self) -> str:
        return self.title or self.key

    @property
    def position(self) -> dict[str, Any]:
        return {"x": self.x, "y": self.y, "w": self.w, "h": self.h}


class TileSeries(models.Model):
    """Which series a tile shows, in order."""

    tile = models.ForeignKey(Tile, models.CASCADE, related_name="tile_series")
    series = models.ForeignKey(Series, models.CASCADE, related_name="tile_series")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order",)
        constraints = (models.UniqueConstraint(fields=("tile", "series"), name="series_once_per_tile"),)

    def __str__(self) -> str:
        return str(self.series)


class Rotation(models.Model):
    """Wallboards that one screen shows in turn, each for its time."""

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    team = models.ForeignKey(Team, models.PROTECT, related_name="rotations")

    class Meta:
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("rotation", args=[self.slug])


class RotationStep(models.Model):
    """A wallboard's turn in a rotation."""

    rotation = models.ForeignKey(Rotation, models.CASCADE, related_name="steps")
    wallboard = models.ForeignKey(Wallboard, models.CASCADE, related_name="rotation_steps")
    seconds = models.PositiveIntegerField(
        default=30, validators=[MinValueValidator(SECONDS_LEAST), MaxValueValidator(SECONDS_MOST)]
    )
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return f"{self.wallboard} ({self.seconds} s)"


class EmbedKey(models.Model):
    """A team's key for embed tokens; the secret is shown once, when it is made."""

    id = models.CharField(primary_key=True, max_length=32, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="embed_keys")
    secret = EncryptedTextField(editable=False)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.id} ({self.team})"


class AppliedFile(models.Model):
    """The configuration file that was applied last, in its terms: what the administration compares with."""

    name = models.CharField(max_length=400)
    applied_at = models.DateTimeField(auto_now=True)
    # {section: {name: item}}, secrets as the names of their variables.
    document = models.JSONField(default=dict)

    class Meta:
        verbose_name = "configuration file"

    def __str__(self) -> str:
        return self.name
