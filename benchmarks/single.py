"""Single cases: Rulewright's library and command beside other tools that take a case at a time."""

from __future__ import annotations

import argparse
from pathlib import Path
from statistics import median

from benchmarks.contenders import Contender, ratio
from benchmarks.page import write_page
from benchmarks.peers import LIBRARY, PLAIN_PYTHON, RULE_ENGINE, SINGLE_PEERS, ZEN
from benchmarks.results import Single, keep, speed
from benchmarks.running import about, files, generate, options, repeat
from benchmarks.workload import FLAT

FILE = "single.json"
#: How fast the library should be at least, beside others. Plain Python validates nothing; no aim is set for it.
_AIMS = ((ZEN, 0.2), (RULE_ENGINE, 1.0), (PLAIN_PYTHON, 0.0))


def main() -> None:
    """Run all tools, print a table, and write the page."""
    parser = options("benchmarks.single", main.__doc__)
    add_options(parser)
    parser.add_argument("--repetitions", type=int, default=5)
    arguments = parser.parse_args()
    result = run(arguments)
    keep(result, arguments.docs / "benchmarks" / FILE)
    print("\n".join(table(result)))
    write_page(arguments.docs)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark."""
    parser.add_argument("--single", type=int, default=5_000, help="cases that each tool evaluates one by one")


def run(arguments: argparse.Namespace) -> Single:
    """Measure."""
    circumstances = about()
    within = [Contender(FLAT, peer, arguments.single) for peer in SINGLE_PEERS]
    alone = [Contender(FLAT, "verdict", 1), *(Contender(FLAT, peer, 1) for peer in SINGLE_PEERS)]
    with files(arguments.folder) as name:
        folder = Path(name)
        many, one = folder / "many.jsonl", folder / "one.jsonl"
        generate(FLAT, arguments.single, arguments.seed, many)
        generate(FLAT, 1, arguments.seed, one)
        tools, checked = repeat(within, dict.fromkeys(within, many), folder, arguments.repetitions)
        commands, compared = repeat(alone, dict.fromkeys(alone, one), folder, arguments.repetitions)
    named = {tool["name"]: tool for tool in tools}
    found = [ratio(named, LIBRARY.module, peer.module, aim) for peer, aim in _AIMS]
    ratios = [each for each in found if each is not None]
    return Single(about=circumstances, tools=tools, commands=commands, ratios=ratios, checked=checked + compared)


def table(result: Single) -> list[str]:
    """The lines of what was measured."""
    lines = [f"{'single cases':40}{'ms a case':>12}"]
    lines += [f"{tool['title']:40.40}{1_000 / speed(tool):12.3f}" for tool in result["tools"]]
    lines.append(f"{'a process for one case':40}{'CPU s':>12}")
    for tool in result["commands"]:
        lines.append(f"{tool['title']:40.40}{median(run['cpu'] for run in tool['runs']):12.2f}")
    lines += [f"{one['title']}: {median(one['ratios']):.2f}, aim {one['at_least']:g}" for one in result["ratios"]]
    lines.append(f"{result['checked']:,} answers compared with plain Python, all equal")
    return lines


if __name__ == "__main__":
    main()
