"""One number for the release."""

import tomllib

from django.conf import settings

from dashboard import __version__
from dashboard.version import application_version


def test_pages_and_package_take_the_release_from_one_place() -> None:
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "dashboard.__version__"}
    assert "version" not in project["project"]
    assert application_version().startswith(f"{__version__}+")
