"""Fixtures that every test may use."""

import os
import shutil
import tempfile

import pytest
from django.conf import settings

pytest_plugins = ["tests.peers.plugin"]


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    # WhiteNoise warns of a folder for static files that is not there; a fresh clone has collected none yet.
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    if "PYTEST_XDIST_WORKER" not in os.environ:
        # One for all processes of a run (tests/e2e/installation.py).
        os.environ["TEST_INSTALLATION"] = tempfile.mkdtemp(prefix="wallboard-installation-")


def pytest_unconfigure() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(os.environ["TEST_INSTALLATION"], ignore_errors=True)
