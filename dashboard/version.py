"""Which build of the pages this process serves."""

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.conf import settings


@cache
def application_version() -> str:
    """The package's version and a digest of what browsers load: another one makes open pages reload themselves."""
    try:
        release = version("genesys-wallboard")
    except PackageNotFoundError:
        release = "0"
    digest = hashlib.sha256()
    for folder in ("static", "templates"):
        for path in sorted((Path(settings.BASE_DIR) / folder).rglob("*")):
            if path.is_file():
                digest.update(path.relative_to(settings.BASE_DIR).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{release}+{digest.hexdigest()[:10]}"
