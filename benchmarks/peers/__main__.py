"""`python -m benchmarks.peers MODULE SOURCE OUTPUT`: one peer judges one file, and prints its times as JSON."""

from __future__ import annotations

import argparse
import importlib
import json
import time
from pathlib import Path

from benchmarks.peers import PEERS


def main() -> None:
    """Judge a file, and tell the seconds of setting up and of judging."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=main.__doc__)
    parser.add_argument("module", choices=PEERS)
    parser.add_argument("source", type=Path)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    started = time.perf_counter()
    judge = importlib.import_module(f"benchmarks.peers.{arguments.module}").prepare()
    ready = time.perf_counter()
    judge(arguments.source, arguments.output)
    done = time.perf_counter()
    print(json.dumps({"set_up": ready - started, "seconds": done - ready}))


if __name__ == "__main__":
    main()
