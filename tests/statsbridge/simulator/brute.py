"""Statistics recomputed by brute force from recorded events, by the vendor's words and nothing else.

Shares no code with the simulator's evaluator: every value starts from the whole list of events.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

RISING = [
    *("NotMonitored", "Monitored", "LoggedIn", "OnHook", "WaitForNextCall", "OffHook", "CallDialing", "CallRinging"),
    *("NotReadyForNextCall", "AfterCallWork", "CallOnHold", "CallUnknown", "CallConsult", "CallInternal"),
    *("CallOutbound", "CallInbound", "LoggedOut"),
]
DAY = 86_400_000
GROUP_WORDS_OF_AGENTS = {"CallAbandonedFromRinging", "CallForwarded", "CallMissed"}


@dataclass
class Piece:
    """A stretch of a status or an action: ``end`` is ``None`` while it lasts; a moment has neither begun nor lasts."""

    word: str
    start: int
    end: int | None
    durable: bool = True


def status_periods(events: Iterable[Any], agent: str, media: str) -> list[Piece]:
    pieces: list[Piece] = []
    for event in events:
        if event.what == "status" and event.who == agent and event.media == media:
            if pieces:
                pieces[-1].end = event.at
            pieces.append(Piece(event.word, event.at, None))
    return pieces


def agent_periods(events: Iterable[Any], agent: str) -> list[Piece]:
    """The agent's own status: the voice DN's above NotReady, else the highest of all."""
    current: dict[str, str] = {}
    pieces: list[Piece] = []
    for event in events:
        if event.what != "status" or event.who != agent:
            continue
        current[event.media] = event.word
        voice = current.get("voice")
        if voice and RISING.index(voice) > RISING.index("NotReadyForNextCall"):
            overall = voice
        else:
            overall = max(current.values(), key=RISING.index)
        if not pieces or pieces[-1].word != overall:
            if pieces:
                pieces[-1].end = event.at
            pieces.append(Piece(overall, event.at, None))
    return pieces


def actions(events: Iterable[Any], place: str, media: str) -> list[Piece]:
    pieces: list[Piece] = []
    for event in events:
        if event.who != place or event.what == "status" or (media and event.media != media):
            continue
        if event.what == "begin":
            pieces.append(Piece(event.word, event.at, None))
            pieces[-1].key = (event.key, event.media)  # type: ignore[attr-defined]
        elif event.what == "end":
            for piece in pieces:
                same = getattr(piece, "key", None) == (event.key, event.media)
                if same and piece.word == event.word and piece.end is None:
                    piece.end = event.at
        else:
            pieces.append(Piece(event.word, event.at - event.duration, event.at, durable=False))
    return pieces


class Brute:
    """One moment: all events up to it, sorted by who they are about, and nothing worked out ahead.

    ``agents``: group -> [(id, media)]; ``queues``: group -> [id]; single objects are groups of one."""

    def __init__(
        self, agents: dict[str, list[tuple[str, tuple[str, ...]]]], queues: dict[str, list[str]], events: list[Any]
    ) -> None:
        self.agents, self.queues = agents, queues
        self.events: defaultdict[str, list[Any]] = defaultdict(list)
        for event in events:
            self.events[event.who].append(event)
        self.statuses = cache(lambda agent, media: status_periods(self.events[agent], agent, media))
        self.overall = cache(lambda agent: agent_periods(self.events[agent], agent))
        self.actions = cache(lambda place, media: actions(self.events[place], place, media))

    def pieces(self, kind: str, name: str, d: dict[str, Any]) -> list[Piece]:
        media = d.get("dynamicFilter", "").partition("=")[2]
        found: list[Piece] = []
        if kind in ("Queue", "RoutePoint", "GroupQueues"):
            return [piece for queue in self.queues[name] for piece in self.actions(queue, media)]
        for agent, has in self.agents[name]:
            each = [medium for medium in has if media in ("", medium)]
            if d["subject"] == "AgentStatus" and not media:
                found += self.overall(agent)
            elif d["subject"] != "DNAction":
                found += [piece for medium in each for piece in self.statuses(agent, medium)]
            else:
                same = {"WaitForNextCall", "NotReadyForNextCall", "AfterCallWork", "CallRinging", "CallDialing"}
                found += [p for m in each for p in self.statuses(agent, m) if p.word in same or p.word == "LoggedOut"]
                found += [p for p in self.actions(agent, media) if kind == "Agent" or p.word != "CallAnswered"]
        if kind == "GroupAgents" and d["subject"] == "DNAction":
            for queue in self.queues[name]:
                found += [p for p in self.actions(queue, media) if p.word not in GROUP_WORDS_OF_AGENTS]
        return found

    def value(self, kind: str, name: str, d: dict[str, Any], now: int) -> float:
        pieces = self.pieces(kind, name, d)
        start = self.start(name, d, now)
        main = [p for p in pieces if selects(d["mainMask"], p.word)]
        relative = [p for p in pieces if selects(d["relativeMask"], p.word)] if d.get("relativeMask") else main
        is_status = d["subject"] != "DNAction"
        running = [p for p in main if p.durable and p.end is None]

        def count(some: list[Piece]) -> int:
            if is_status:
                return sum(p.start >= start for p in some)
            return sum(p.end is not None and p.end >= start for p in some)

        def overlap(p: Piece) -> int:
            return max(0, (now if p.end is None else p.end) - max(p.start, start))

        def time(some: list[Piece]) -> int:
            if is_status:
                return sum(overlap(p) for p in some)
            return sum(p.end - p.start for p in some if p.end is not None and p.end >= start)

        def in_range(some: list[Piece], suffix: str) -> int:
            left, right = int(d[f"timeRangeLeft{suffix}"]), int(d[f"timeRangeRight{suffix}"])
            ended = [p for p in some if p.end is not None and p.end >= start]
            return sum(left <= (p.end - p.start) // 1000 <= right for p in ended if p.end is not None)

        match d["category"]:
            case "CurrentNumber":
                return len(running)
            case "CurrentTime":
                return sum(now - p.start for p in running) // 1000
            case "CurrentMaxTime":
                return max((now - p.start for p in running), default=0) // 1000
            case "TotalNumber":
                return count(main)
            case "TotalTime":
                return time(main) // 1000
            case "TotalAdjustedTime":
                return sum(overlap(p) for p in main) // 1000
            case "AverageTime":
                return time(main) / 1000 / count(relative) if count(relative) else 0
            case "MaxTime" if is_status:
                return max((overlap(p) for p in main), default=0) // 1000
            case "MaxTime":
                ended = [p.end - p.start for p in main if p.end is not None and p.end >= start]
                return max(ended, default=0) // 1000
            case "TotalNumberInTimeRange":
                return in_range(main, "")
            case "RelativeNumberPercentage":
                return 100 * count(main) / count(relative) if count(relative) else 0
            case "AverageNumberPerRelativeHour":
                return 3600 * count(main) / (time(relative) / 1000) if time(relative) else 0
            case "ServiceFactor1":
                answered = [p for p in pieces if p.word == "CallAnswered"]
                abandoned = [p for p in pieces if p.word == "CallAbandoned"]
                below = count(answered) + count(abandoned) - in_range(abandoned, "2")
                return 100 * in_range(answered, "") / below if below else 0
            case "EstimWaitTime":
                return len(running) * (now - start) / 1000 // count(main) if count(main) else 0
        raise AssertionError(d["category"])

    def start(self, name: str, d: dict[str, Any], now: int) -> int:
        match d.get("intervalType", "GrowingWindow"):
            case "SlidingWindow":
                window, sample = (int(part) * 1000 for part in d["dynamicTimeProfile"].split(":"))
                return now // sample * sample - window
            case "SinceLogin":
                logins = [e.at for e in self.events[name] if e.word == "AgentLogin"]
                return max(logins, default=0)
        today = now // DAY * DAY
        match d.get("dynamicTimeProfile", "00:00"):
            case "0:00 +0:15":
                return now // 900_000 * 900_000
            case "8:00, 10:00":
                past = [t for t in (today - DAY + 36_000_000, today + 28_800_000, today + 36_000_000) if t <= now]
                return past[-1]
        return today


def selects(mask: str, word: str) -> bool:
    parts = [part.strip() for part in mask.split(",") if part.strip()]
    if f"~{word}" in parts:
        return False
    return "*" in parts or word in parts
