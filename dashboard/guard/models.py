"""What is counted to slow down guessing, and who came in by what means."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TryCount(models.Model):
    """How often something was tried since ``ends_at`` less its window; ``key`` is a keyed hash of what is counted."""

    key = models.CharField(primary_key=True, max_length=64)
    count = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("count of tries")
        verbose_name_plural = _("counts of tries")

    def __str__(self) -> str:
        return f"{self.count}"


class AccessRecord(models.Model):
    """Something about access that happened ``count`` times, alike, between ``at`` and ``last_at``.

    Nobody's password, token or session is here, and no name that belongs to no account: people type passwords into
    the wrong field.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("sign-in failed")
        SIGN_IN_LOCKED = "sign_in_locked", _("sign-in refused after too many tries")
        SIGNED_OUT = "signed_out", _("signed out")
        PASSWORD_CHANGED = "password_changed", _("password changed")
        RESET_ASKED = "reset_asked", _("link to a new password asked for")
        TOKEN_ADMITTED = "token_admitted", _("token admitted")
        TOKEN_REFUSED = "token_refused", _("token refused")

    #: What makes two events alike, as a hash: kind, person, key, details, address and the hour.
    group = models.CharField(max_length=64, unique=True, editable=False)
    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    at = models.DateTimeField(_("first"), db_index=True)
    last_at = models.DateTimeField(_("last"), db_index=True)
    count = models.PositiveIntegerField(_("times"), default=1)
    # A person who is erased takes the name along.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("person")
    )
    team = models.ForeignKey("dashboard.Team", models.SET_NULL, null=True, related_name="+", verbose_name=_("team"))
    # Not a reference: what was done with a key is asked for when the key is gone.
    key = models.CharField(_("embed key"), max_length=32, blank=True)
    detail = models.CharField(_("details"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=45, blank=True)

    class Meta:
        verbose_name = _("sign-in or token")
        verbose_name_plural = _("sign-ins and tokens")
        ordering = ("-last_at", "-pk")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.count})"
