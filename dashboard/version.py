"""Which build of the pages this process serves."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings

from dashboard import __version__


@cache
def application_version() -> str:
    """The package's version and a digest of what browsers load: another one makes open pages reload themselves."""
    digest = hashlib.sha256()
    for folder in ("static", "templates"):
        for path in sorted((Path(settings.BASE_DIR) / folder).rglob("*")):
            if path.is_file():
                digest.update(path.relative_to(settings.BASE_DIR).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:10]}"
