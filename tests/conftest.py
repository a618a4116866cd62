"""Fixtures that every test may use."""

import pytest
from django.conf import settings

pytest_plugins = ["tests.peers.plugin"]


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    # WhiteNoise warns of a folder for static files that is not there; a fresh clone has collected none yet.
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
