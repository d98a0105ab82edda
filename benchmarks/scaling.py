"""How the time and the memory of Rulewright grow with the number of cases."""

from __future__ import annotations

import argparse
from pathlib import Path
from statistics import correlation, linear_regression

from benchmarks.contenders import Contender
from benchmarks.page import write_page
from benchmarks.results import Point, Scaling, keep
from benchmarks.running import about, files, generate, options, say
from benchmarks.workload import FLAT
from benchmarks.workload.blocks import copy_head

FILE = "scaling.json"
MILLION = 1_000_000


def main() -> None:
    """Run Rulewright on more and more cases, print what it took, and write the page."""
    parser = options("benchmarks.scaling", main.__doc__)
    add_options(parser)
    arguments = parser.parse_args()
    result = run(arguments)
    keep(result, arguments.docs / "benchmarks" / FILE)
    print("\n".join(table(result)))
    write_page(arguments.docs)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark."""
    parser.add_argument("--millions", type=float, nargs="+", default=[0.3, 1, 3, 10], help="of cases")


def run(arguments: argparse.Namespace) -> Scaling:
    """Measure."""
    sizes = sorted(round(millions * MILLION) for millions in arguments.millions)
    points = []
    circumstances = about()
    with files(arguments.folder) as name:
        folder = Path(name)
        whole, head = folder / "whole.jsonl", folder / "head.jsonl"
        generate(FLAT, sizes[-1], arguments.seed, whole)
        for cases in sizes:
            source = whole
            if cases < sizes[-1]:
                copy_head(whole, cases, head)
                source = head
            found, _ = Contender(FLAT, "verdict", cases).run(source, folder)
            points.append(Point(cases=cases, run=found))
            say(f"{cases:,} cases: {found['seconds']:.1f} s, {found['peak'] / 1e6:,.0f} MB")
    numbers, seconds = [point["cases"] for point in points], [point["run"]["seconds"] for point in points]
    slope = linear_regression(numbers, seconds).slope if len(points) > 1 else seconds[0] / numbers[0]
    straight = correlation(numbers, seconds) ** 2 if len(points) > 1 else 1.0
    return Scaling(about=circumstances, points=points, seconds_a_million=slope * MILLION, straight=straight)


def table(result: Scaling) -> list[str]:
    """The lines of what was measured."""
    lines = [f"{'cases':>12}{'seconds':>10}{'cases/s':>12}{'CPU s':>9}{'peak MB':>9}"]
    for point in result["points"]:
        cases, found = point["cases"], point["run"]
        rate = cases / found["seconds"]
        lines.append(f"{cases:12,}{found['seconds']:10.2f}{rate:12,.0f}{found['cpu']:9.2f}{found['peak'] / 1e6:9.0f}")
    lines.append(
        f"{result['seconds_a_million']:.2f} s a million cases; R² of a straight line: {result['straight']:.4f}"
    )
    return lines


if __name__ == "__main__":
    main()
