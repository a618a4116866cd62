"""Teams, their wallboards and tiles, and the keys that let a portal embed them."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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

    name = models.SlugField(_("name"), unique=True)
    title = models.CharField(_("title"), max_length=200)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="teams", verbose_name=_("members")
    )
    # An object that no team claims may be used by all.
    monitored_objects = models.ManyToManyField(
        MonitoredObject, blank=True, related_name="teams", verbose_name=_("objects only for this team")
    )

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.title


class Membership(models.Model):
    """A person's role in a team."""

    class Role(models.TextChoices):
        VIEWER = "viewer", pgettext_lazy("role", "Viewer")
        EDITOR = "editor", pgettext_lazy("role", "Editor")
        MANAGER = "manager", pgettext_lazy("role", "Manager")

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships", verbose_name=_("team"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.VIEWER)
    #: Given by a rule at a sign-in with Genesys, and taken away by one; what somebody entered goes before.
    by_rule = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = (models.UniqueConstraint(fields=("team", "user"), name="member_once"),)

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class Wallboard(models.Model):
    """A board of tiles on a grid, owned by a team."""

    slug = models.SlugField(_("slug"), unique=True)
    title = models.CharField(_("title"), max_length=200)
    team = models.ForeignKey(Team, models.PROTECT, related_name="wallboards", verbose_name=_("team"))
    shared_with = models.ManyToManyField(
        Team, blank=True, related_name="wallboards_shared", verbose_name=_("shared with")
    )
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_timezone])
    columns = models.PositiveSmallIntegerField(
        _("columns"), default=12, validators=[MinValueValidator(1), MaxValueValidator(COLUMNS_MOST)]
    )
    enabled = models.BooleanField(_("enabled"), default=True)
    allowed_origins = models.JSONField(
        _("allowed origins"),
        default=list,
        blank=True,
        help_text=_("Portals that may frame it: exact scheme://host[:port]."),
    )
    opening_hours = models.JSONField(
        _("opening hours"),
        default=list,
        blank=True,
        help_text=_("Screens on a wall are dimmed outside of these hours; none: never."),
    )
    sound = models.BooleanField(_("sound at critical"), default=False)
    quiet_hours = models.JSONField(_("quiet hours"), default=list, blank=True, help_text=_("When there is no sound."))

    class Meta:
        verbose_name = _("wallboard")
        verbose_name_plural = _("wallboards")
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("wallboard", args=[self.slug])


class Tile(models.Model):
    """One tile of a wallboard. ``options`` are those of its kind, checked by ``dashboard.tiles``."""

    wallboard = models.ForeignKey(Wallboard, models.CASCADE, related_name="tiles", verbose_name=_("wallboard"))
    key = models.SlugField(_("key"), help_text=_("Names the tile in frames, thresholds and embeds."))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    kind = models.CharField(_("kind"), max_length=10)
    title = models.CharField(_("title"), max_length=200, blank=True)
    x = models.PositiveSmallIntegerField(default=0)
    y = models.PositiveSmallIntegerField(default=0)
    w = models.PositiveSmallIntegerField(default=3, validators=[MinValueValidator(1)])
    h = models.PositiveSmallIntegerField(default=2, validators=[MinValueValidator(1)])
    options = models.JSONField(_("options"), default=dict, blank=True)
    thresholds = models.JSONField(_("thresholds"), null=True, blank=True)
    decimals = models.PositiveSmallIntegerField(_("decimals"), null=True, blank=True)
    hidden_from = models.JSONField(_("hidden from"), default=list, blank=True)
    series = models.ManyToManyField(Series, through="TileSeries", related_name="tiles", verbose_name=_("series"))

    class Meta:
        verbose_name = _("tile")
        verbose_name_plural = _("tiles")
        ordering = ("order", "pk")
        constraints = (models.UniqueConstraint(fields=("wallboard", "key"), name="tile_key_once"),)

    def __str__(self) -> str:
        return self.title or self.key

    @property
    def position(self) -> dict[str, Any]:
        return {"x": self.x, "y": self.y, "w": self.w, "h": self.h}


class TileSeries(models.Model):
    """Which series a tile shows, in order."""

    tile = models.ForeignKey(Tile, models.CASCADE, related_name="tile_series", verbose_name=_("tile"))
    series = models.ForeignKey(Series, models.CASCADE, related_name="tile_series", verbose_name=_("series"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("series of a tile")
        verbose_name_plural = _("series of tiles")
        ordering = ("order",)
        constraints = (models.UniqueConstraint(fields=("tile", "series"), name="series_once_per_tile"),)

    def __str__(self) -> str:
        return str(self.series)


class Rotation(models.Model):
    """Wallboards that one screen shows in turn, each for its time."""

    slug = models.SlugField(_("slug"), unique=True)
    title = models.CharField(_("title"), max_length=200)
    team = models.ForeignKey(Team, models.PROTECT, related_name="rotations", verbose_name=_("team"))

    class Meta:
        verbose_name = _("rotation")
        verbose_name_plural = _("rotations")
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("rotation", args=[self.slug])


class RotationStep(models.Model):
    """A wallboard's turn in a rotation."""

    rotation = models.ForeignKey(Rotation, models.CASCADE, related_name="steps", verbose_name=_("rotation"))
    wallboard = models.ForeignKey(Wallboard, models.CASCADE, related_name="rotation_steps", verbose_name=_("wallboard"))
    seconds = models.PositiveIntegerField(
        _("seconds"), default=30, validators=[MinValueValidator(SECONDS_LEAST), MaxValueValidator(SECONDS_MOST)]
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("step of a rotation")
        verbose_name_plural = _("steps of rotations")
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return f"{self.wallboard} ({self.seconds} s)"


class EmbedKey(models.Model):
    """A team's key for embed tokens; the secret is shown once, when it is made."""

    id = models.CharField(_("id"), primary_key=True, max_length=32, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="embed_keys", verbose_name=_("team"))
    secret = EncryptedTextField(_("secret"), editable=False)
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("embed key")
        verbose_name_plural = _("embed keys")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.id} ({self.team})"


class AppliedFile(models.Model):
    """The configuration file that was applied last, in its terms: what the administration compares with."""

    name = models.CharField(_("name"), max_length=400)
    applied_at = models.DateTimeField(_("applied at"), auto_now=True)
    # {section: {name: item}}, secrets as the names of their variables.
    document = models.JSONField(_("document"), default=dict)

    class Meta:
        verbose_name = _("configuration file")
        verbose_name_plural = _("configuration files")

    def __str__(self) -> str:
        return self.name


# Last: they refer to the models above by name.
from dashboard.guard.models import AccessRecord, TryCount  # noqa: E402, F401
from dashboard.pairing.models import PairedScreen, WaitingScreen  # noqa: E402, F401
from dashboard.signin.models import GenesysAccount, GenesysSession, TeamRule  # noqa: E402, F401
