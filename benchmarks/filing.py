"""The flagship rulebook on rows as an inventory lists them, clean and with dirt, beside DuckDB and Polars by hand."""

from __future__ import annotations

import argparse
from pathlib import Path
from statistics import median

from benchmarks.contenders import Contender, ratio
from benchmarks.page import write_page
from benchmarks.peers import DUCKDB_FILING, POLARS_FILING
from benchmarks.results import Filing, Ratio, Tool, keep, speed
from benchmarks.running import about, files, generate, options, repeat
from benchmarks.workload import DIRTY_FILING, FILING

FILE = "filing.json"
#: How fast Rulewright should be at least: clean rows to DuckDB by hand, and dirty rows to clean ones.
TO_DUCKDB, DIRTY_TO_CLEAN = 0.5, 1 / 1.3


def main() -> None:
    """Run Rulewright and the peers, print a table, and write the page."""
    parser = options("benchmarks.filing", main.__doc__)
    add_options(parser)
    parser.add_argument("--repetitions", type=int, default=5)
    arguments = parser.parse_args()
    result = run(arguments)
    keep(result, arguments.docs / "benchmarks" / FILE)
    print("\n".join(table(result)))
    write_page(arguments.docs)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark."""
    parser.add_argument("--rows", type=int, nargs="+", default=[500_000, 2_000_000], help="rows of the two files")


def run(arguments: argparse.Namespace) -> Filing:
    """Measure."""
    circumstances = about()
    tools: list[Tool] = []
    ratios: list[Ratio] = []
    checked = 0
    with files(arguments.folder) as name:
        folder = Path(name)
        sources = {workload: folder / f"{workload.name}.jsonl" for workload in (FILING, DIRTY_FILING)}
        for rows in arguments.rows:
            for workload, source in sources.items():
                generate(workload, rows, arguments.seed, source)
            contenders = [
                Contender(FILING, "verdict", rows),
                Contender(DIRTY_FILING, "verdict", rows),
                Contender(FILING, DUCKDB_FILING, rows),
                Contender(DIRTY_FILING, DUCKDB_FILING, rows),
                Contender(FILING, POLARS_FILING, rows),  # which ends at the first line that is no JSON
            ]
            found, compared = repeat(
                contenders, {each: sources[each.workload] for each in contenders}, folder, arguments.repetitions
            )
            tools += found
            checked += compared
            ratios += _ratios(found, rows)
    return Filing(about=circumstances, tools=tools, ratios=ratios, checked=checked)


def _ratios(tools: list[Tool], rows: int) -> list[Ratio]:
    named = {f"{tool['workload']} {tool['name']}": tool for tool in tools}
    ours, duckdb = f"{FILING.name} rulewright-verdict", f"{FILING.name} {DUCKDB_FILING.module}"
    dirty = f"{DIRTY_FILING.name} rulewright-verdict"
    found: list[Ratio] = []
    for one, other, at_least, words in (
        (ours, duckdb, TO_DUCKDB, "Rulewright to DuckDB, clean rows"),
        (dirty, ours, DIRTY_TO_CLEAN, "Rulewright, dirty rows to clean rows"),
    ):
        for measured, of in (("seconds", "file to file"), ("cpu", "CPU of the process")):
            each = ratio(named, one, other, at_least, "cpu" if measured == "cpu" else "seconds")
            if each is not None:
                title = f"{words}, {of}, {rows:,} rows"
                found.append(Ratio(title=title, workload=each["workload"], at_least=at_least, ratios=each["ratios"]))
    return found


def table(result: Filing) -> list[str]:
    """The lines of what was measured."""
    lines = [f"{'':52}{'rows/s':>12}{'set-up s':>10}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}"]
    for tool in result["tools"]:
        runs = tool["runs"]
        title = f"{tool['title']} ({tool['workload']}, {tool['cases']:,})"
        set_up, wall, cpu = (median(run[part] for run in runs) for part in ("set_up", "wall", "cpu"))
        peak = max(run["peak"] for run in runs) / 1e6
        lines.append(f"{title:52.52}{speed(tool):12,.0f}{set_up:10.2f}{wall:9.2f}{cpu:9.2f}{peak:9.0f}")
    for one in result["ratios"]:
        low, middle, high = min(one["ratios"]), median(one["ratios"]), max(one["ratios"])
        reached = "reached" if middle >= one["at_least"] else "missed"
        lines.append(
            f"{one['title']}: {middle:.2f} ({low:.2f} to {high:.2f}), at least {one['at_least']:.2f}: {reached}"
        )
    lines.append(f"{result['checked']:,} answers compared with plain Python, all equal")
    return lines


if __name__ == "__main__":
    main()
