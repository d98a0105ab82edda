"""Try the product as a ruthless tester: mutated inputs, signals, full disks, few handles, little memory, pipes, bombs.

    python tests/hardship --mutations 500 --seed 1

For every run must hold: no traceback, an exit status of 0 to 3, no half-written file, no input harmed, no good case
lost, and rows read = evaluated + rejected + skipped. Each breach is printed with what reproduces it; the exit status
is 1 if there is any. `HARDSHIP_KEPT=folder` keeps the folder of each breach there.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from trials import TRIALS, Breaches, Setting  # noqa: E402  found beside this file


def main() -> int:
    """Run the trials; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutations", type=int, default=500, help="mutated inputs of each format")
    parser.add_argument("--seed", type=int, default=1, help="the seed of all that is random")
    parser.add_argument("--only", choices=sorted(TRIALS), action="append", help="run these trials only")
    words = parser.parse_args()
    breaches = Breaches()
    with tempfile.TemporaryDirectory(prefix="hardship-") as folder:
        setting = Setting.made(Path(folder), words.mutations, words.seed)
        for name, trial in TRIALS.items():
            if words.only and name not in words.only:
                continue
            started, before = time.monotonic(), breaches.runs
            trial(setting, breaches)
            print(f"{name}: {breaches.runs - before} runs in {time.monotonic() - started:.0f} s", flush=True)
    print(f"{breaches.runs} runs, {len(breaches.found)} breaches")
    return 1 if breaches.found else 0


if __name__ == "__main__":
    sys.exit(main())
