"""Who signs in with Genesys, with which of their sessions, and which authorities make members of a team."""

import re

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dashboard.models import Membership, Team
from statsbridge.encryption import EncryptedTextField
from statsbridge.models import Connection

CLAIM_MOST = 100
VALUE_MOST = 200
#: A key of the answer, or one below another, such as ``properties.department``.
CLAIM = re.compile(r"^[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$")


class TeamRule(models.Model):
    """Whoever has ``value`` in ``claim`` is a member of the team, as long as Genesys says so."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="rules", verbose_name=_("team"))
    claim = models.CharField(
        _("claim"),
        max_length=CLAIM_MOST,
        default="authorities",
        validators=[RegexValidator(CLAIM, _("Give the name of a claim, such as authorities or properties.site."))],
        help_text=_("authorities, privileges, or another key of what Genesys tells about a person."),
    )
    value = models.CharField(
        _("value"), max_length=VALUE_MOST, help_text=_("For example ROLE_SUPERVISOR; upper and lower case differ.")
    )
    role = models.CharField(_("role"), max_length=10, choices=Membership.Role, default=Membership.Role.VIEWER)

    class Meta:
        verbose_name = _("rule for people from Genesys")
        verbose_name_plural = _("rules for people from Genesys")
        ordering = ("claim", "value")
        constraints = (models.UniqueConstraint(fields=("team", "claim", "value"), name="team_rule_once"),)

    def __str__(self) -> str:
        return f"{self.claim} {self.value} ({self.role})"


class GenesysAccount(models.Model):
    """Which person of the contact centre an account here belongs to."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="genesys_account", verbose_name=_("user")
    )
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="+", verbose_name=_("connection"))
    subject = models.CharField(_("user name in Genesys"), max_length=255)
    #: Given by an authority, and taken away with it; one that an administrator gave stays.
    superuser_by_rule = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("account of Genesys")
        verbose_name_plural = _("accounts of Genesys")
        constraints = (models.UniqueConstraint(fields=("connection", "subject"), name="genesys_account_once"),)

    def __str__(self) -> str:
        return self.subject


class GenesysSession(models.Model):
    """A session that was opened with Genesys, and the tokens with which it is asked whether that still holds."""

    account = models.ForeignKey(GenesysAccount, models.CASCADE, related_name="sessions")
    session = models.CharField(max_length=40, unique=True)
    access_token = EncryptedTextField()
    refresh_token = EncryptedTextField(blank=True)
    expires_at = models.BigIntegerField(help_text="Epoch ms; the access token's end.")
    check_at = models.BigIntegerField(db_index=True, help_text="Epoch ms; when Genesys is asked again.")
    unanswered_since = models.BigIntegerField(null=True, help_text="Epoch ms; since when it cannot be asked.")

    class Meta:
        verbose_name = _("session of Genesys")
        verbose_name_plural = _("sessions of Genesys")

    def __str__(self) -> str:
        return str(self.account)
