"""How the time on Apache Spark grows with its workers, with the cases, and with the distinct situations.

Each point is a process of its own, with a Java machine of its own: the first check in it is cold, the second one warm.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from benchmarks.measure import measure
from benchmarks.results import About
from benchmarks.running import about, files, generate, options, say
from benchmarks.workload import FLAT, OWN_SITUATIONS, WORKLOADS, Workload

FILE = "spark.json"
#: Between these the page has what was measured.
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
_TICKS = os.sysconf("SC_CLK_TCK")


class Point(TypedDict):
    """What one process took: wall and CPU seconds of its cold and its warm check, from file to file."""

    title: str
    workers: int
    cases: int
    situations: int
    cold: float
    cold_cpu: float
    warm: float
    warm_cpu: float


class Measured(TypedDict):
    """All points, with the circumstances."""

    about: About
    points: list[Point]


@dataclass(frozen=True, slots=True)
class _Asked:
    title: str
    workload: Workload
    workers: int
    source: Path


def main() -> None:
    """Run the checks, print what they took, and write it into the page."""
    parser = options("benchmarks.spark_scaling", main.__doc__)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="cores that Spark is given")
    parser.add_argument("--cases", type=int, default=50_000, help="of the flat workload")
    parser.add_argument("--situations", type=int, default=300, help="distinct ones, and then ten times as many")
    parser.add_argument("--one", nargs=3, metavar=("WORKLOAD", "WORKERS", "FILE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one is not None:
        name, workers, source = arguments.one
        print(json.dumps(_one(WORKLOADS[name], int(workers), Path(source))))
        return
    circumstances = about()
    with files(arguments.folder) as name:
        asked = _asked(arguments, Path(name))
        points = [_measured(one, arguments) for one in asked]
    result = Measured(about=circumstances, points=points)
    (arguments.docs / "benchmarks").mkdir(parents=True, exist_ok=True)
    (arguments.docs / "benchmarks" / FILE).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    lines = table(result)
    print("\n".join(lines))
    page = arguments.docs / "spark.md"
    if page.exists():
        before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        page.write_text("\n".join([before + BEGIN, "", *lines, "", END + after]), encoding="utf-8")


def _asked(arguments: argparse.Namespace, folder: Path) -> list[_Asked]:
    cases, most = arguments.cases, max(arguments.workers)
    flat, more = folder / "flat.jsonl", folder / "more.jsonl"
    generate(FLAT, cases, arguments.seed, flat)
    generate(FLAT, 4 * cases, arguments.seed, more)
    asked = [
        _Asked("one core" if workers == 1 else f"{workers} cores", FLAT, workers, flat) for workers in arguments.workers
    ]
    asked.append(_Asked("four times the cases", FLAT, most, more))
    for title, situations in (
        ("few situations", arguments.situations),
        ("ten times the situations", 10 * arguments.situations),
    ):
        source = folder / f"{situations}.jsonl"
        _repeated(source, situations, cases, arguments.seed)
        asked.append(_Asked(title, OWN_SITUATIONS, most, source))
    return asked


def _repeated(path: Path, situations: int, cases: int, seed: int) -> None:
    """So many cases in so many situations, each case with a name of its own."""
    servers = [server for number, server in zip(range(situations), OWN_SITUATIONS.block(seed, 0), strict=False)]
    with path.open("w", encoding="utf-8") as file:
        for number in range(cases):
            file.write(json.dumps({**servers[number % situations], "id": f"s-{number}"}) + "\n")


def _measured(one: _Asked, arguments: argparse.Namespace) -> Point:
    command = [sys.executable, "-m", "benchmarks.spark_scaling", "--seed", str(arguments.seed)]
    run = measure([*command, "--one", one.workload.name, str(one.workers), str(one.source)])
    told: dict[str, Any] = json.loads(run.output.splitlines()[-1])
    point = Point(title=one.title, workers=one.workers, **told)
    say(f"{one.title}: {point['cases']:,} cases, {point['cold']:.1f} s cold, {point['warm']:.1f} s warm")
    return point


def _one(workload: Workload, workers: int, source: Path) -> dict[str, float]:
    """Check a file twice in one session; what came out is compared with the rules in plain Python."""
    from pyspark.sql import SparkSession  # noqa: PLC0415  is not there for everybody

    from rulewright.spark import check_rows, json_lines  # noqa: PLC0415
    from rulewright.spark.input_rows import Keys  # noqa: PLC0415

    builder = SparkSession.builder.master(f"local[{workers}]").config("spark.ui.enabled", "false")
    for name, value in {
        "spark.driver.memory": "2g",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": str(2 * workers),
        "spark.sql.codegen.hugeMethodLimit": "8000",
        # a part for each core, as Spark takes 128 MB for one
        "spark.sql.files.maxPartitionBytes": str(source.stat().st_size // (2 * workers) + 1),
        "spark.log.level": "ERROR",
    }.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    java: Any = spark
    process = int(java._jvm.java.lang.ProcessHandle.current().pid())
    kind = workload.arguments[workload.arguments.index("--kind") + 1]
    took: dict[str, float] = {}
    for title in ("cold", "warm"):
        started, before = time.perf_counter(), _cpu(process)
        output = source.with_name(f"{source.stem}-{title}-{workers}")
        rows = json_lines(spark, str(source), Keys(ref=workload.key))
        with check_rows(rows, str(workload.rulebook), kind=kind) as checked:
            checked.records.write.json(str(output))
            rejected = checked.rejected.count()
            took["situations"] = checked.situations
        took |= {title: time.perf_counter() - started, f"{title}_cpu": _cpu(process) - before}
        assert rejected == 0, f"{rejected} rejected"
        took["cases"] = _compared(workload, source, output)
    spark.stop()
    return took


def _compared(workload: Workload, source: Path, output: Path) -> int:
    """How many cases came out as the rules in plain Python have them, which are all."""
    parts = sorted(output.glob("part-*.json"))
    lines = [json.loads(line) for part in parts for line in part.read_text(encoding="utf-8").splitlines()]
    violated = {line["case"]: line["violated"] for line in lines}
    cases = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    for case in cases:
        assert violated[case[workload.key]] == workload.decide(case)[0], case
    assert len(lines) == len(cases), "a case is there twice"
    return len(cases)


def _cpu(process: int) -> float:
    """The CPU seconds of this process and of the Java machine."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS + time.process_time()


def table(result: Measured) -> list[str]:
    """The lines of what was measured."""
    circumstances = result["about"]
    lines = [
        f"{circumstances['machine']}, {circumstances['date']}, load {circumstances['load']:.1f} at the start; "
        f"`{circumstances['command']}`",
        "",
        "| | cores | cases | situations | cold | CPU | warm | CPU | CPU a case, warm |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for point in result["points"]:
        cells = [point["title"], str(point["workers"]), f"{point['cases']:,}", f"{point['situations']:,}"]
        cells += [f"{point[part]:.1f} s" for part in ("cold", "cold_cpu", "warm", "warm_cpu")]  # type: ignore[literal-required]
        cells.append(f"{point['warm_cpu'] / point['cases'] * 1e6:,.0f} µs")
        lines.append("| " + " | ".join(cells) + " |")
    return lines


if __name__ == "__main__":
    main()
