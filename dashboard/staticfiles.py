"""Static files: hashed names for good caching, and plotly.js straight from the plotly package."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import plotly
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # no stubs
    """Names carry a content hash; ``import`` statements between ES modules are rewritten to match."""

    support_js_module_import_aggregation = True
    # A pass carries a changed hash one import further up; chains of modules are longer than Django's default of 5.
    max_post_process_passes = 20


class PlotlyFinder(BaseFinder):
    """Finds ``plotly/plotly.min.js``, the bundle that the installed plotly package ships and was built for."""

    name = "plotly.min.js"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self.storage = FileSystemStorage(location=Path(plotly.__file__).parent / "package_data")
        self.storage.prefix = "plotly"  # type: ignore[attr-defined]  # read by collectstatic

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = self.storage.path(self.name) if path == f"plotly/{self.name}" else None
        if find_all:
            return [found] if found else []
        return found or []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[Any]:
        yield self.name, self.storage
