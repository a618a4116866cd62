"""``python -m dashboard.demo --port 8000 --simulator-port 8090 --portal-port 8010``."""

import argparse
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.demo.children import Child, wait_for
from dashboard.demo.installation import (
    HOST,
    DemoFailed,
    Memory,
    Simulator,
    demo_dir,
    local_zone,
    open_portal,
    prepare_environment,
    require_free,
)
from dashboard.demo.portal import Portal

if TYPE_CHECKING:
    from dashboard.demo.data import Ready

START_SECONDS = 60.0
LIVE_SECONDS = 15.0


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


def main() -> int:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--simulator-port", type=int, default=8090)
    # Without one it is 8010, or a free one where that is taken.
    parser.add_argument("--portal-port", type=int)
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    children: list[Child] = []
    portal: Portal | None = None
    try:
        require_free(options.port, "PORT")
        portal = open_portal(options.portal_port, {options.port, options.simulator_port})
        run(options.port, Simulator(options.simulator_port, timezone=local_zone()), portal, stop, children)
    except DemoFailed as failed:
        print(f"\n{failed}", file=sys.stderr, flush=True)  # noqa: T201
        return 1
    finally:
        for child in reversed(children):
            child.end()
        if portal is not None:
            portal.end()
    _say("\nThe demo has ended; its data is kept.")
    return 0


def run(port: int, simulator: Simulator, portal: Portal, stop: threading.Event, children: list[Child]) -> None:
    """Start everything, say where it is, and stay until ``stop`` is set or a child ends.

    Args:
        children: Gets each process as it is started; the caller ends them.
    """
    if port == simulator.port:
        raise DemoFailed("PORT and SIMULATOR_PORT must differ.")
    require_free(simulator.port, "SIMULATOR_PORT")
    folder = demo_dir()
    prepare_environment(folder)
    from dashboard.demo import data

    _say("Preparing the demo (the first time takes longer) …")
    memory = Memory(folder)
    ready = data.prepare(memory, simulator)
    data.allow_portal(memory, portal.origins)
    data.forget_links()
    _say("Starting the simulator and the server …")
    children.append(_simulator(simulator, folder))
    wait_for(f"{simulator.url}/_sim/state", children[-1], START_SECONDS, stop.wait)
    if stop.is_set():
        return
    # Models can only be imported now.
    from dashboard.demo import past

    past.fill(simulator)
    children.append(Child("serve", [f"--host={HOST}", f"--port={port}"], folder))
    url = f"http://{HOST}:{port}"
    wait_for(f"{url}/healthz", children[-1], START_SECONDS, stop.wait)
    portal.start(url, data.framed(memory))
    _wait_for_values(children, stop, data.is_live)
    if not stop.is_set():
        _say(welcome(url, ready, portal.url, simulator, folder))
    while not stop.wait(0.3):
        for child in children:
            child.require_alive()


def _simulator(simulator: Simulator, folder: Path) -> Child:
    place = [f"--host={HOST}", f"--port={simulator.port}"]
    return Child("simulator", [*place, *simulator.arguments()], folder)


def _wait_for_values(children: Sequence[Child], stop: threading.Event, is_live: Callable[[], bool]) -> None:
    """So that the first look shows values; a board says by itself why there are none."""
    end = time.monotonic() + LIVE_SECONDS
    while not is_live() and time.monotonic() < end and not stop.wait(0.2):
        for child in children:
            child.require_alive()


def welcome(url: str, ready: "Ready", portal: str, simulator: Simulator, folder: Path) -> str:
    """What a person needs to know now."""
    pages = [*ready.wallboards, ("Administration", "/admin/")]
    people = [("Sign in as", ready.user), ("Password", ready.password)]
    if ready.others:
        people.append(("or, for a team,", f"{', '.join(ready.others)}, with the same password"))
    people.append(("or with Genesys", f"{simulator.people()}; password {simulator.password}"))
    service = [("Address", simulator.url), *simulator.sign_in().items()]
    lines = [
        "",
        "The demo is running. Wallboards:",
        *_columns([*((title, url + path) for title, path in pages), ("Test portal", f"{portal}/")]),
        "",
        *_columns(people),
        "",
        "The simulated contact centre, with sample credentials:",
        *_columns(service),
    ]
    return "\n".join([*lines, "", f"Logs and data are in {folder}. Ctrl-C ends the demo."])


def _columns(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Words and what they stand for, in two columns that never touch."""
    rows = list(rows)
    width = max(16, *(len(word) for word, _ in rows))
    return [f"  {word:<{width}}  {text}" for word, text in rows]


if __name__ == "__main__":
    sys.exit(main())
