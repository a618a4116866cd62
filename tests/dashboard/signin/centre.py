"""The simulated service in a thread of its own, so that views, which wait for it, can be tested as they are."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from statsbridge.simulator.server import SimulatorServer

PASSWORD = "sim-password"


class Centre:
    """What tests do with the service: sign in as somebody at its form, and break it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def order(self, action: str, **more: Any) -> None:
        httpx.post(f"{self.url}/_sim/chaos", json={"action": action, **more}).raise_for_status()

    def answer(self, form_at: str, name: str, password: str = PASSWORD, do: str = "sign-in") -> str:
        """Go to the form as a browser does, fill it in; the address that it leads back to."""
        with httpx.Client() as browser:
            response = browser.get(form_at)
            assert response.status_code == 302, response.text
            query = urlsplit(response.headers["location"]).query
            form = {"query": query, "username": f"tenant\\{name}", "password": password, "do": do}
            response = browser.post(f"{self.url}/auth/v3/sign-in", data=form)
            if response.status_code == 401:
                return ""
            location = str(response.headers["location"])
            if location.startswith("/"):
                location = str(browser.get(f"{self.url}{location}").headers["location"])
        return location


@contextmanager
def running(**options: Any) -> Iterator[Centre]:
    """A simulator with these options, until the end."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="simulator", daemon=True)
    thread.start()
    simulator = SimulatorServer(agents=4, queues=1, paced=False, **options)
    try:
        asyncio.run_coroutine_threadsafe(simulator.start(), loop).result(30)
        yield Centre(simulator.url)
        asyncio.run_coroutine_threadsafe(simulator.stop(), loop).result(30)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def query_of(address: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}


def path_of(address: str) -> str:
    """What a browser asks the site for."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"
