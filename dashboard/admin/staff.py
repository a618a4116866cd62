"""Editors and managers sign in to the administration, so they are staff."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models.signals import post_save
from django.dispatch import receiver

from dashboard.access import EDITORS
from dashboard.configfile import recording
from dashboard.models import Membership


@receiver(post_save, sender=Membership, dispatch_uid="dashboard.staff")
def let_in(instance: Membership, **kwargs: Any) -> None:
    """Never the other way round: who else is staff is the administrator's decision, and no rows show without a role."""
    if instance.role in EDITORS:
        with recording.changing("people", instance.user_id):
            get_user_model().objects.filter(pk=instance.user_id, is_staff=False).update(is_staff=True)
