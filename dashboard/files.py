"""Files and folders that nobody but their owner may read. Knows no Django, because settings use it."""

import contextlib
import os
from pathlib import Path


def private_folder(folder: Path) -> Path:
    """Create ``folder`` where it is missing, for its owner only; one that is there keeps its mode."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def private_file(file: Path) -> Path:
    """Create ``file``, empty, where it is missing, for its owner only; one that is there keeps its mode.

    Where that is not possible nothing happens: whoever opens the file says why.
    """
    with contextlib.suppress(OSError):
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return file


def write_private(file: Path, text: str) -> None:
    """Write a file that nobody but its owner may read."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
