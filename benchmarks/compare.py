"""Rulewright and other tools side by side: the same rules, from a JSON Lines file to a results file."""

from __future__ import annotations

import argparse
from pathlib import Path
from statistics import median

from benchmarks.contenders import Contender, ratio
from benchmarks.missing import missing
from benchmarks.page import write_page
from benchmarks.peers import FLAT_PEERS, PLAIN_NESTED
from benchmarks.results import Comparison, Tool, keep, speed
from benchmarks.running import about, files, generate, options, repeat
from benchmarks.workload import FLAT, NESTED
from benchmarks.workload.blocks import copy_head

FILE = "compare.json"
#: How many times as fast as another each should be at least; nested ones are told by a suffix.
BARS = (
    ("rulewright-verdict", "plain_buffered", 2.0),
    ("rulewright-verdict", "plain_python", 2.0),
    ("rulewright-verdict", "polars_by_hand", 1.0),
    ("rulewright-verdict", "duckdb_by_hand", 0.5),
    ("rulewright-verdict", "zen_engine", 6.0),
    ("rulewright-findings", "rulewright-verdict", 0.5),
    ("nested rulewright-verdict", "nested plain_nested", 1.0),
)


def main() -> None:
    """Run Rulewright and the peers, print a table, and write the page."""
    parser = options("benchmarks.compare", main.__doc__)
    add_options(parser)
    arguments = parser.parse_args()
    result = run(arguments)
    keep(result, arguments.docs / "benchmarks" / FILE)
    print("\n".join(table(result)))
    write_page(arguments.docs)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark."""
    parser.add_argument("--cases", type=int, default=3_000_000, help="flat cases for a fast tool; fewer for a slow one")
    parser.add_argument("--nested", type=int, default=300_000, help="nested cases")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--peers", nargs="*", choices=[peer.module for peer in FLAT_PEERS], help="all, if left out")


def run(arguments: argparse.Namespace) -> Comparison:
    """Measure."""
    chosen = [peer for peer in FLAT_PEERS if arguments.peers is None or peer.module in arguments.peers]
    flat = [
        Contender(FLAT, "verdict", arguments.cases),
        Contender(FLAT, "findings", arguments.cases),
        *(Contender(FLAT, peer, max(1_000, round(arguments.cases * peer.share))) for peer in chosen),
    ]
    nested = [Contender(NESTED, judge, arguments.nested) for judge in ("verdict", "findings", PLAIN_NESTED)]
    circumstances = about()
    with files(arguments.folder) as name:
        folder = Path(name)
        whole = {FLAT: folder / "flat.jsonl", NESTED: folder / "nested.jsonl"}
        generate(FLAT, arguments.cases, arguments.seed, whole[FLAT])
        generate(NESTED, arguments.nested, arguments.seed, whole[NESTED])
        sources = {}
        for contender in (*flat, *nested):
            source = whole[contender.workload]
            if contender.workload is FLAT and contender.cases < arguments.cases:
                source = folder / f"flat-{contender.cases}.jsonl"
                if not source.exists():
                    copy_head(whole[FLAT], contender.cases, source)
            sources[contender] = source
        without = {contender.name: missing(contender, folder) for contender in flat}
        tools, checked = repeat([*flat, *nested], sources, folder, arguments.repetitions)
    for tool in tools:
        tool["missing"] = without.get(tool["name"], []) if tool["workload"] == FLAT.name else []
    named = {_key(tool): tool for tool in tools}
    ratios = [found for bar in BARS if (found := ratio(named, *bar)) is not None]
    return Comparison(about=circumstances, tools=tools, ratios=ratios, checked=checked)


def _key(tool: Tool) -> str:
    return tool["name"] if tool["workload"] == FLAT.name else f"{tool['workload']} {tool['name']}"


def table(result: Comparison) -> list[str]:
    """The lines of what was measured."""
    lines = [f"{'':44}{'cases/s':>12}{'set-up s':>10}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}"]
    for tool in sorted(result["tools"], key=lambda tool: (tool["workload"], -speed(tool))):
        runs = tool["runs"]
        title = f"{tool['title']} ({tool['workload']})"
        set_up, wall, cpu = (median(run[part] for run in runs) for part in ("set_up", "wall", "cpu"))
        peak = max(run["peak"] for run in runs) / 1e6
        lines.append(f"{title:44.44}{speed(tool):12,.0f}{set_up:10.2f}{wall:9.2f}{cpu:9.2f}{peak:9.0f}")
    lines.append(f"{result['checked']:,} answers compared with plain Python, all equal")
    for one in result["ratios"]:
        low, middle, high = min(one["ratios"]), median(one["ratios"]), max(one["ratios"])
        reached = "reached" if middle >= one["at_least"] else "missed"
        found = f"{middle:.2f} ({low:.2f} to {high:.2f}), at least {one['at_least']:g}: {reached}"
        lines.append(f"{one['title']} ({one['workload']}): {found}")
    return lines


if __name__ == "__main__":
    main()
