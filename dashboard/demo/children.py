"""The processes that the demo starts, watches and ends."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import httpx

from dashboard.demo.installation import ROOT, DemoFailed

STOP_SECONDS = 6.0
_LOG_LINES = 15
_LINE_LENGTH = 300


class Child:
    """A management command in a process of its own; what it logs goes to a file, what it prints to another one."""

    def __init__(self, name: str, arguments: Sequence[str], folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._output: BinaryIO = (folder / f"{name}.out").open("wb")
        self._errors: BinaryIO = self.log.open("wb")
        # A session of its own: Ctrl-C reaches the parent only, which then ends its children in order.
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dashboard.demo.child", name, *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=self._output,
            stderr=self._errors,
            start_new_session=True,
        )

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def require_alive(self) -> None:
        """Raise ``DemoFailed`` with what it logged last where the child has ended."""
        if not self.alive:
            raise DemoFailed(f"“{self.name}” ended by itself (status {self.process.returncode}). {self.last_words()}")

    def last_words(self) -> str:
        """The end of its log; a simulator's roster and a server's greeting are no part of that."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:]
        shortened = [f"  {line[:_LINE_LENGTH]}{'…' if len(line) > _LINE_LENGTH else ''}" for line in lines]
        return "\n".join([f"The end of {self.log}:", *shortened]) if lines else f"It logged nothing in {self.log}."

    def end(self) -> None:
        """SIGTERM, and SIGKILL where that is not obeyed in time."""
        if self.alive:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()
        self._output.close()
        self._errors.close()


def wait_for(url: str, child: Child, seconds: float, stopped: Callable[[float], bool]) -> None:
    """Wait until ``url`` answers with success.

    Args:
        stopped: Waits that many seconds, and says whether the demo is to end.

    Raises:
        DemoFailed: the child died, or did not answer in time.
    """
    end = time.monotonic() + seconds
    with httpx.Client(trust_env=False, timeout=2) as client:
        while not stopped(0.1):
            child.require_alive()
            try:
                if client.get(url).is_success:
                    return
            except httpx.HTTPError:
                pass
            if time.monotonic() > end:
                raise DemoFailed(f"“{child.name}” does not answer. {child.last_words()}")
