"""What a wallboard of twelve tiles costs the browser that shows it, each tile changing once a second.

Chromium without a graphics card, 1920 x 1080. Times are processor time of the page's main thread unless they are called
elapsed, so that other work on the machine does not count. ``python -m benchmarks.chromium --minutes 20`` looks for a
heap that grows; the heap is read after a collection, at a quarter of the run and at its end.
"""

import argparse
import asyncio
import json
import os
import time
from collections.abc import Awaitable, Iterable
from typing import Any

import django
from playwright.async_api import Browser, CDPSession, Page, async_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
django.setup()

from tests.browser.busy import keep_changing, twelve_tiles  # noqa: E402
from tests.browser.launch import launch_chromium  # noqa: E402
from tests.browser.sample import Sample  # noqa: E402
from tests.browser.site import Site  # noqa: E402

MINUTES = 6.0
START_SECONDS, TRACE_SECONDS = 15.0, 60.0
LONG_MS = 50.0
MIB = 2**20
CALLS = {"FunctionCall", "EvaluateScript", "v8.evaluateModule", "Layout", "UpdateLayoutTree", "MajorGC", "MinorGC"}
CATEGORIES = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"]
#: What the page itself sees of slow tasks is counted there, not kept: the heap is what is measured.
NOTED = 12
WATCH = """
    window.benchSlow = { longtask: { count: 0, worst: [] }, "long-animation-frame": { count: 0, worst: [] } };
    for (const [type, kept] of Object.entries(benchSlow)) {
        new PerformanceObserver((list) => {
            for (const one of list.getEntries()) {
                kept.count += 1;
                if (kept.worst.length === NOTED && one.duration <= kept.worst.at(-1)[1]) continue;
                const by = (one.scripts ?? []).map((s) =>
                    [s.invoker, s.sourceURL.split("/").at(-1), Math.round(s.duration)].join(" "));
                kept.worst.push([one.startTime, one.duration, by.join(", ")]);
                kept.worst.sort((a, b) => b[1] - a[1]).splice(NOTED);
            }
        }).observe({ type });
    }
""".replace("NOTED", str(NOTED))


Task = tuple[float, float, str]  # elapsed ms, processor ms, what was called


def tasks_of(trace: bytes) -> list[Task]:
    """The tasks of the busiest page's main thread."""
    events = json.loads(trace)["traceEvents"]
    names = (one for one in events if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain")
    spans: dict[tuple[int, int], list[dict[str, Any]]] = {(one["pid"], one["tid"]): [] for one in names}
    for one in events:
        if one.get("ph") == "X" and (one["pid"], one["tid"]) in spans:
            spans[one["pid"], one["tid"]].append(one)
    busiest = max(spans.values(), key=lambda thread: sum(one.get("dur", 0) for one in thread))
    calls = [one for one in busiest if one["name"] in CALLS]
    return [
        (task["dur"] / 1000, task.get("tdur", task["dur"]) / 1000, what_ran(task, calls))
        for task in busiest
        if task["name"] == "RunTask"
    ]


def what_ran(task: dict[str, Any], calls: Iterable[dict[str, Any]]) -> str:
    """The longest call within a long task; nothing for the others."""
    if task["dur"] < LONG_MS * 500:
        return ""
    inside = [one for one in calls if task["ts"] <= one["ts"] < task["ts"] + task["dur"]]
    if not inside:
        return "no script"
    longest = max(inside, key=lambda one: one.get("dur", 0))
    data = longest["args"].get("data", {})
    return f"{longest['name']} {data.get('url', '').split('/')[-1]} {data.get('functionName', '')}".strip()


class Bench:
    """One page on the board, and what Chromium tells of it."""

    def __init__(self, browser: Browser, page: Page, session: CDPSession, system: CDPSession) -> None:
        self.browser = browser
        self.page = page
        self.session = session
        self.system = system
        self.collected: list[tuple[float, float]] = []

    async def counts(self) -> dict[str, float]:
        found = await self.session.send("Performance.getMetrics")
        metrics = {one["name"]: one["value"] for one in found["metrics"]}
        processes = (await self.system.send("SystemInfo.getProcessInfo"))["processInfo"]
        metrics["Renderers"] = sum(one["cpuTime"] for one in processes if one["type"] == "renderer")
        metrics["Graphics"] = sum(one["cpuTime"] for one in processes if one["type"] == "GPU")
        return metrics | {"At": time.monotonic()}

    async def after_collection(self) -> dict[str, float]:
        """Heap in bytes, and what the page holds."""
        began = await self.page.evaluate("performance.now()")
        for _ in range(3):
            await self.session.send("HeapProfiler.collectGarbage")
        heap = (await self.session.send("Runtime.getHeapUsage"))["usedSize"]
        held = await self.session.send("Memory.getDOMCounters")
        self.collected.append((began, await self.page.evaluate("performance.now()")))
        return {"heap": heap, "nodes": held["nodes"], "listeners": held["jsEventListeners"]}

    async def traced(self, seconds: float, start: Awaitable[Any] | None = None) -> list[Task]:
        await self.browser.start_tracing(page=self.page, categories=CATEGORIES)
        if start:
            await start
        await asyncio.sleep(seconds)
        return tasks_of(await self.browser.stop_tracing())

    async def begin_to_count_slow_tasks(self) -> None:
        await self.page.evaluate("for (const kept of Object.values(benchSlow)) { kept.count = 0; kept.worst = []; }")

    async def slow(self, kind: str) -> tuple[int, list[tuple[float, float, str]]]:
        """How many the page saw, and the slowest: (ms since the start, ms, by whom), without our own collections."""
        found = await self.page.evaluate("(kind) => benchSlow[kind]", kind)
        worst = [
            (at, took, by)
            for at, took, by in found["worst"]
            if not any(a - 1 <= at + took and at <= b + 1 for a, b in self.collected)
        ]
        return found["count"], worst


def print_tasks(title: str, tasks: list[Task]) -> None:
    elapsed, processor = max(one[0] for one in tasks), max(one[1] for one in tasks)
    over = [one for one in tasks if one[1] > LONG_MS]
    print(
        f"{title}: {len(tasks):,} tasks, longest {processor:.0f} ms of processor time ({elapsed:.0f} ms elapsed), "
        f"{len(over)} over {LONG_MS:.0f} ms of processor time, {sum(one[0] > LONG_MS for one in tasks)} elapsed"
    )
    for one in sorted(over, key=lambda one: -one[1])[:8]:
        print(f"  {one[1]:.0f} ms ({one[0]:.0f} ms elapsed): {one[2]}")


def print_load(before: dict[str, float], after: dict[str, float]) -> None:
    span = after["At"] - before["At"]
    share = {name: (after[name] - before[name]) / span for name in after if name != "At"}
    wanted = share["ScriptDuration"] + share["LayoutDuration"] + share["RecalcStyleDuration"]
    print(
        f"script {share['ScriptDuration']:.1%}, layout {share['LayoutDuration']:.1%}, style "
        f"{share['RecalcStyleDuration']:.1%} of a core over {span / 60:.1f} minutes: {wanted:.1%} (target: under 10 %)"
    )
    print(
        f"all tasks of the main thread {share['TaskDuration']:.1%}, all threads of the renderers "
        f"{share['Renderers']:.1%}, painting without a graphics card {share['Graphics']:.1%}"
    )


def print_held(minute: float, held: dict[str, float]) -> None:
    print(
        f"minute {minute:g}: heap {held['heap'] / MIB:.2f} MiB after collection, {held['nodes']:,} nodes, "
        f"{held['listeners']} listeners",
        flush=True,
    )


async def watch(bench: Bench, sample: Sample, site: Site, minutes: float) -> None:
    async def start() -> asyncio.Task[None]:
        await bench.page.goto(site.address)
        return asyncio.create_task(keep_changing(sample, await site.screen()))

    began = time.monotonic()
    starting = asyncio.create_task(start())
    print_tasks(f"first {START_SECONDS:.0f} s, loading included", await bench.traced(START_SECONDS, starting))
    changing = starting.result()
    await bench.begin_to_count_slow_tasks()
    try:
        print_tasks(f"{TRACE_SECONDS:.0f} s after that", await bench.traced(TRACE_SECONDS))
        before = await bench.counts()
        quarter = minutes / 4
        await asyncio.sleep(max(0.0, began + quarter * 60 - time.monotonic()))
        early = await bench.after_collection()
        print_held(quarter, early)
        await asyncio.sleep(max(0.0, began + minutes * 60 - time.monotonic()))
        after = await bench.counts()
        late = await bench.after_collection()
    finally:
        changing.cancel()
    print_held(minutes, late)
    print(f"heap grew by {(late['heap'] - early['heap']) / MIB:.2f} MiB (target: within 1 MiB)")
    print_load(before, after)
    for kind in ("longtask", "long-animation-frame"):
        count, worst = await bench.slow(kind)
        print(f"{kind} entries that the page saw after {START_SECONDS:.0f} s, by the clock: {count}; the slowest:")
        for at, took, by in worst[:5]:
            print(f"  {took:.0f} ms at {at / 1000:.0f} s: {by or 'no script'}")


async def measure(minutes: float) -> None:
    sample = twelve_tiles()
    async with async_playwright() as playwright, launch_chromium(playwright) as browser, Site(sample) as site:
        context = await browser.new_context(viewport={"width": 1920, "height": 1080})
        page = await context.new_page()
        await page.add_init_script(WATCH)
        session = await context.new_cdp_session(page)
        await session.send("Performance.enable", {"timeDomain": "threadTicks"})
        await watch(Bench(browser, page, session, await browser.new_browser_cdp_session()), sample, site, minutes)


def main(minutes: float = MINUTES) -> None:
    asyncio.run(measure(minutes))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="how long to watch (6)")
    main(parser.parse_args().minutes)
