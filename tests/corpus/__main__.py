"""`python tests/corpus OLD NEW`: run the commands of the corpus on two checkouts and compare all that they write."""

from __future__ import annotations

import argparse
import difflib
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# Python puts this folder on the path of a command. The modules are imported from the folder above.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from corpus.inputs import write_inputs  # noqa: E402
from corpus.jobs import Job, jobs  # noqa: E402
from corpus.running import Outputs, run  # noqa: E402

#: Lines of a difference that are printed: enough to see its kind.
LINES = 12


def main(words: Sequence[str] | None = None) -> int:
    """Run the jobs, print each difference and the counts, and return 1 if there was a difference."""
    parser = argparse.ArgumentParser(prog="python tests/corpus", description=__doc__)
    parser.add_argument("old", type=Path, help="the checkout as it was")
    parser.add_argument("new", type=Path, help="the checkout as it is")
    parser.add_argument("--only", default="", metavar="TEXT", help="run the jobs whose names contain TEXT")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="run every Nth job")
    parser.add_argument("--drawn", type=int, default=6, metavar="N", help="draw N random rulebooks")
    parser.add_argument("--seed", default="0", metavar="S", help="draw them from seed S")
    parser.add_argument("--processes", type=int, default=2, metavar="N", help="run N commands at a time")
    options = parser.parse_args(words)
    checkouts = [options.old.resolve(), options.new.resolve()]
    with tempfile.TemporaryDirectory(prefix="corpus-") as name:
        folder = Path(name).resolve()
        (folder / "inputs").mkdir()
        write_inputs(folder / "inputs", options.drawn, options.seed)
        chosen = [job for job in jobs(folder / "inputs") if options.only in job.name][:: options.every]
        runs = [
            (job, checkout, folder / f"{number}-{index}")
            for number, job in enumerate(chosen)
            for index, checkout in enumerate(checkouts)
        ]
        different = 0
        with ThreadPoolExecutor(options.processes) as pool:
            outputs = pool.map(lambda one: run(one[0], one[1], folder / "inputs", one[2]), runs)
            for job in chosen:
                different += _report(job, next(outputs), next(outputs))
    print(f"{len(chosen):,} jobs, {different:,} with differences")
    return 1 if different or not chosen else 0


def _report(job: Job, old: Outputs, new: Outputs) -> bool:
    """Print how the outputs of a job differ, and return whether they do."""
    names = old.differences(new)
    for name in names:
        print(f"{job.name}: {name}", *(f"  rulewright {' '.join(words)}" for words in job.commands), sep="\n")
        before, after = (_lines(one.parts.get(name)) for one in (old, new))
        for line in list(difflib.unified_diff(before, after, "old", "new", n=0, lineterm=""))[:LINES]:
            print(f"    {line[:400]}", flush=True)
    return bool(names)


def _lines(data: bytes | None) -> list[str]:
    return ["(not there)"] if data is None else data.decode("utf-8", "backslashreplace").splitlines()


if __name__ == "__main__":
    sys.exit(main())
