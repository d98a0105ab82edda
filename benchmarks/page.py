"""The page of the documentation, made from what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median

from jinja2 import Environment, StrictUndefined

from benchmarks.results import About, Comparison, Filing, Ratio, Scaling, Single, Situations, Tool, kept, speed

_TEMPLATE = Path(__file__).parent / "benchmarks.md.jinja"
_WORKLOADS = ("flat", "nested")


def write_page(docs: Path) -> None:
    """Write `benchmarks.md` and its chart into a folder, from the results that are there."""
    from benchmarks.chart import draw  # noqa: PLC0415 - what it takes would count as memory of what is measured

    results = docs / "benchmarks"
    comparison: Comparison | None = kept(results / "compare.json")
    scaling: Scaling | None = kept(results / "scaling.json")
    situations: Situations | None = kept(results / "situations.json")
    filing: Filing | None = kept(results / "filing.json")
    single: Single | None = kept(results / "single.json")
    (docs / "images").mkdir(exist_ok=True)
    draw(comparison, scaling, docs / "images" / "benchmarks.svg")
    values: dict[str, object] = {
        "comparison": comparison,
        "scaling": scaling,
        "situations": situations,
        "filing": filing,
        "single": single,
    }
    if comparison is not None:
        values |= {name: [tool for tool in comparison["tools"] if tool["workload"] == name] for name in _WORKLOADS}
        repetitions = len(comparison["tools"][0]["runs"])
        values["repetitions"] = "once" if repetitions == 1 else f"{repetitions} times"
    functions = {
        "tools": _tools,
        "filing_tools": _filing_tools,
        "filing_ratios": _filing_ratios,
        "single_tools": _single_tools,
        "ratios": _ratios,
        "sizes": _sizes,
        "circumstances": _circumstances,
    }
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True, autoescape=False)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    (docs / "benchmarks.md").write_text(template.render(**functions, **values), encoding="utf-8")


def _tools(tools: Sequence[Tool], with_virtues: bool) -> str:
    virtues = ["chains", "says why", "a missing fact"] if with_virtues else []
    heading = ["tool", "cases a second", "cases", "set-up", "wall", "CPU", "peak", *virtues]
    rows = []
    for tool in sorted(tools, key=speed, reverse=True):
        runs, millions = tool["runs"], tool["cases"] / 1e6
        set_up, wall, cpu = (median(run[part] for run in runs) for part in ("set_up", "wall", "cpu"))
        row = [
            f"{tool['title']} ({tool['version']})",
            f"{speed(tool):,.0f}",
            f"{tool['cases']:,}",
            f"{set_up:.2f} s",
            f"{wall / millions:.1f} s",
            f"{cpu / millions:.1f} s",
            f"{max(run['peak'] for run in runs) / 1e6:,.0f} MB",
        ]
        if with_virtues:
            row += ["yes" if tool["chains"] else "no", tool["explains"], _missing(tool)]
        rows.append(row)
    return _table(heading, rows, right=range(1, 7))


def _missing(tool: Tool) -> str:
    """What a tool makes of a missing fact, where it differs by field with the fields."""
    fields: dict[str, list[str]] = {}
    for one in tool["missing"]:
        fields.setdefault(one["outcome"], []).append(f"`{one['field']}`")
    if len(fields) == 1:
        return next(iter(fields))
    return "; ".join(f"{outcome} ({', '.join(named)})" for outcome, named in fields.items())


def _ratios(ratios: Sequence[Ratio], workload: str) -> str:
    rows = [
        [
            one["title"],
            f"{median(one['ratios']):.2f}",
            f"{min(one['ratios']):.2f} to {max(one['ratios']):.2f}",
            f"{one['at_least']:g}",
        ]
        for one in ratios
        if one["workload"] == workload
    ]
    return _table(["times as fast", "median", "range", "aim"], rows, right=range(1, 4))


def _filing_tools(result: Filing) -> str:
    heading = ["tool", "rows", "rows a second", "set-up", "file to file", "CPU", "peak"]
    rows = []
    for tool in result["tools"]:
        runs = tool["runs"]
        set_up, seconds, cpu = (median(run[part] for run in runs) for part in ("set_up", "seconds", "cpu"))
        kind = "dirty" if tool["workload"].endswith("dirty") else "clean"
        peak = f"{max(run['peak'] for run in runs) / 1e6:,.0f} MB"
        times = [f"{one:.2f} s" for one in (set_up, seconds, cpu)]
        title = f"{tool['title']} ({tool['version']})"
        rows.append([title, f"{tool['cases']:,} {kind}", f"{speed(tool):,.0f}", *times, peak])
    return _table(heading, rows, right=range(1, 7))


def _single_tools(result: Single) -> str:
    commands = {tool["name"]: tool for tool in result["commands"]}
    names = [tool["name"] for tool in sorted(result["tools"], key=speed, reverse=True)]
    rows = []
    for name in [*names, *(name for name in commands if name not in names)]:
        within = next((tool for tool in result["tools"] if tool["name"] == name), None)
        alone = commands[name]
        each = "" if within is None else f"{1_000 / speed(within):.3f} ms"
        set_up = "" if within is None else f"{median(run['set_up'] for run in within['runs']):.2f} s"
        cpu, wall = (median(run[part] for run in alone["runs"]) for part in ("cpu", "wall"))
        rows.append([f"{alone['title']} ({alone['version']})", each, set_up, f"{cpu:.2f} s", f"{wall:.2f} s"])
    heading = ["tool", "a case in a process", "set-up", "a process for one case, CPU", "wall"]
    return _table(heading, rows, right=range(1, 5))


def _filing_ratios(ratios: Sequence[Ratio]) -> str:
    rows = [
        [
            one["title"],
            f"{median(one['ratios']):.2f}",
            f"{min(one['ratios']):.2f} to {max(one['ratios']):.2f}",
            f"{one['at_least']:.2f}",
        ]
        for one in ratios
    ]
    return _table(["times as fast", "median", "range", "aim"], rows, right=range(1, 4))


def _sizes(result: Scaling) -> str:
    rows = []
    for point in result["points"]:
        cases, found = point["cases"], point["run"]
        seconds = (f"{found[part]:.1f} s" for part in ("seconds", "cpu"))
        rows.append([f"{cases:,}", *seconds, f"{cases / found['seconds']:,.0f}", f"{found['peak'] / 1e6:,.0f} MB"])
    return _table(["cases", "file to file", "CPU", "cases a second", "peak"], rows, right=range(5))


def _circumstances(about: About) -> str:
    load = f"; other work kept {about['load']:.1f} cores busy at the start" if about["load"] > 0.5 else ""
    machine = f"{about['machine']}, Python {about['python']}, Rulewright {about['engine']}{load}"
    return f"Measured on {about['date']} by `{about['command']}`: {machine}."


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]], right: range) -> str:
    rule = ["---:" if number in right else "---" for number in range(len(heading))]
    return "".join(f"| {' | '.join(row)} |\n" for row in (heading, rule, *rows))
