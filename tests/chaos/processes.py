"""What a process holds, as the kernel tells: descriptors, threads and memory."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Holdings:
    """``resident`` in MiB."""

    descriptors: int
    threads: int
    resident: float


def holdings(pid: int) -> Holdings:
    process = Path(f"/proc/{pid}")
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    return Holdings(
        sum(1 for _ in (process / "fd").iterdir()),
        int(status["Threads"]),
        int(status["VmRSS"].split()[0]) / 1024,
    )
