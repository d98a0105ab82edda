"""Cases of which each is a situation of its own: Rulewright, and durable-rules itself on all cores."""

from __future__ import annotations

import argparse
from pathlib import Path
from statistics import median

from benchmarks.contenders import Contender, ratio
from benchmarks.page import write_page
from benchmarks.peers import DURABLE_SITUATIONS
from benchmarks.results import Situations, keep, speed
from benchmarks.running import about, files, generate, options, repeat
from benchmarks.workload import OWN_SITUATIONS

FILE = "situations.json"


def main() -> None:
    """Run both, print what they took, and write the page."""
    parser = options("benchmarks.situations", main.__doc__)
    add_options(parser)
    parser.add_argument("--repetitions", type=int, default=5)
    arguments = parser.parse_args()
    result = run(arguments)
    keep(result, arguments.docs / "benchmarks" / FILE)
    print("\n".join(table(result)))
    write_page(arguments.docs)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark."""
    parser.add_argument("--situations", type=int, default=100_000, help="cases, each in a situation of its own")


def run(arguments: argparse.Namespace) -> Situations:
    """Measure."""
    contenders = [Contender(OWN_SITUATIONS, judge, arguments.situations) for judge in ("verdict", DURABLE_SITUATIONS)]
    circumstances = about()
    with files(arguments.folder) as name:
        folder = Path(name)
        source = folder / "situations.jsonl"
        generate(OWN_SITUATIONS, arguments.situations, arguments.seed, source)
        sources = dict.fromkeys(contenders, source)
        tools, _ = repeat(contenders, sources, folder, arguments.repetitions)
    named = {tool["name"]: tool for tool in tools}
    found = ratio(named, contenders[0].name, contenders[1].name, 1.0)
    return Situations(
        about=circumstances, tools=tools, ratios=[] if found is None else [found], situations=arguments.situations
    )


def table(result: Situations) -> list[str]:
    """The lines of what was measured."""
    lines = [f"{result['situations']:,} cases, each in a situation of its own"]
    for tool in result["tools"]:
        cpu = median(run["cpu"] for run in tool["runs"])
        peak = max(run["peak"] for run in tool["runs"]) / 1e6
        lines.append(f"{tool['title']}: {speed(tool):,.0f} cases a second, {cpu:.2f} s of all cores, {peak:,.0f} MB")
    for one in result["ratios"]:
        lines.append(f"{one['title']}: {median(one['ratios']):.2f}, at least {one['at_least']:g}")
    return lines


if __name__ == "__main__":
    main()
