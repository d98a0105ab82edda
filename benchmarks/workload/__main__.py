"""`python -m benchmarks.workload flat|nested|own-situations --cases N --seed S -o FILE`: a file of cases."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.workload import WORKLOADS
from benchmarks.workload.blocks import write_cases


def main() -> None:
    """Write a file of cases."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workload", description=main.__doc__)
    parser.add_argument("workload", choices=WORKLOADS)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    write_cases(WORKLOADS[arguments.workload], arguments.cases, arguments.output, arguments.seed)


if __name__ == "__main__":
    main()
