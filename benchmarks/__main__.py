"""Runs each benchmark in turn, or those that are named: ``python -m benchmarks latency``."""

import importlib
import sys

ALL = ("latency", "ingest", "simulator_cost", "fanout", "end_to_end", "screens", "chromium")


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(ALL)}.", file=sys.stderr)
        return 2
    for name in names or ALL:
        print(f"== {name}", flush=True)
        importlib.import_module(f"benchmarks.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
