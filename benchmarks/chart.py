"""The chart of the page."""

from __future__ import annotations

from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.results import Comparison, Scaling, speed

_OURS, _OTHERS = "#1f6f4a", "#9aa5b1"
_MEMORY = "#c2571a"


def draw(comparison: Comparison | None, scaling: Scaling | None, path: Path) -> None:
    """Draw what was measured, as SVG: the tools beside each other, and time and memory by the number of cases."""
    # no text that depends on when and where it is drawn
    with matplotlib.rc_context({"svg.hashsalt": "rulewright", "font.size": 9, "font.family": "sans-serif"}):
        figure = Figure(figsize=(8.6, 8.2), layout="constrained")
        above, below = figure.subplots(2, 1, height_ratios=(2.6, 1))
        if comparison is not None:
            _draw_tools(above, comparison)
        if scaling is not None:
            _draw_scaling(below, scaling)
        figure.savefig(path, metadata={"Date": None})
    # matplotlib ends its lines with spaces
    path.write_text("".join(f"{line.rstrip()}\n" for line in path.read_text(encoding="utf-8").splitlines()), "utf-8")


def _draw_tools(axes: Axes, result: Comparison) -> None:
    tools = sorted(result["tools"], key=lambda tool: (tool["workload"] == "flat", speed(tool)))
    names = [
        tool["title"].replace("`", "") + ("" if tool["workload"] == "flat" else ", nested cases") for tool in tools
    ]
    colours = [_OURS if tool["name"].startswith("rulewright") else _OTHERS for tool in tools]
    bars = axes.barh(names, [speed(tool) for tool in tools], color=colours)
    axes.bar_label(bars, [f"{speed(tool):,.0f}" for tool in tools], padding=3)
    axes.set_xscale("log")
    axes.margins(x=0.12)
    axes.set_xlabel("cases a second, from file to file (logarithmic)")
    axes.spines[["top", "right"]].set_visible(False)


def _draw_scaling(axes: Axes, result: Scaling) -> None:
    millions = [point["cases"] / 1e6 for point in result["points"]]
    axes.plot(millions, [point["run"]["seconds"] for point in result["points"]], "o-", color=_OURS)
    axes.set_xlabel("million cases")
    axes.set_ylabel("seconds", color=_OURS)
    axes.set_ylim(bottom=0)
    axes.set_xlim(left=0)
    memory = axes.twinx()
    memory.plot(millions, [point["run"]["peak"] / 1e6 for point in result["points"]], "s--", color=_MEMORY)
    memory.set_ylabel("peak of memory, MB", color=_MEMORY)
    memory.set_ylim(0, 1_000)
    for one in (axes, memory):
        one.spines["top"].set_visible(False)
