"""Marks the sessions that were opened with Genesys; it authenticates nobody by itself."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import BaseBackend


class GenesysBackend(BaseBackend):
    def get_user(self, user_id: int) -> Any:
        return get_user_model().objects.filter(pk=user_id, is_active=True).first()
