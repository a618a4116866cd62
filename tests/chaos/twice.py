"""Which statistics the service holds more than once, and for how long: asked of the service, not of the bridge."""

import time
from collections import Counter
from typing import Any


class Twice:
    """``longest`` is the longest time in seconds that any statistic was subscribed more than once."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._since: dict[str, float] = {}

    def look(self, state: dict[str, Any]) -> None:
        now = time.monotonic()
        counted = Counter(one["id"] for held in state["subscriptions"] for one in held["statistics"])
        double = {name for name, count in counted.items() if count > 1}
        self._since = {name: self._since.get(name, now) for name in double}
        self.longest = max([self.longest, *(now - since for since in self._since.values())])
