"""The order of records: that of the input, for any number of situations, cores and chunks."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest
from hypothesis import assume, given, settings, strategies as st

from commands import rw, write

pytestmark = pytest.mark.slow

FIELDS = [f"f{number}" for number in range(17)]
#: So many rows, each a situation of its own, are enough for DuckDB to emit some row of a join late.
ROWS = 15_000


def rulebook(folder: Path) -> Path:
    """A rulebook in which each value of each field is a situation of its own."""
    source = "source: {document: d}, explain: x"
    fields = ", ".join(f"{name}: {{type: yes/no}}" for name in FIELDS)
    rules = "".join(f"  needs-{name}: {{about: switch, require: {{{name}: yes}}, {source}}}\n" for name in FIELDS)
    view = "  off: {title: Off, rule: needs-f0, outcome: violated, show: [f1]}\n"
    return write(
        folder / "switches.yaml",
        "rulebook: switches\nedition: 2024-01-01\nlanguage: 1\ntitle: Switches\ndocuments: {d: {title: D}}\n"
        f"facts: {{switch: {{fields: {{{fields}}}}}}}\nrules:\n{rules}views:\n{view}",
    )


def row(number: int) -> str:
    """A row in which the fields are the bits of its number."""
    return json.dumps({"ref": f"w{number}", **{name: bool(number >> at & 1) for at, name in enumerate(FIELDS)}})


def names(path: Path, format_: str) -> list[str]:
    """The names of the cases of an output, each once where its records stand together."""
    if format_ == "parquet":
        found = [name for (name,) in duckdb.execute('SELECT "case" FROM read_parquet(?)', [str(path)]).fetchall()]
    elif format_ == "csv":
        found = [one["case"] for one in csv.DictReader(path.read_text().splitlines())]
    else:
        found = [json.loads(line)["case"] for line in path.read_text().splitlines()]
    return [name for place, name in enumerate(found) if place == 0 or found[place - 1] != name]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a rulebook and rows of so many situations, in one file and in a folder of three."""
    folder = tmp_path_factory.mktemp("many")
    rulebook(folder)
    rows = [row(number) + "\n" for number in range(ROWS)]
    write(folder / "all.jsonl", "".join(rows))
    for part, (first, end) in enumerate(((0, 7_000), (7_000, 7_001), (7_001, ROWS))):
        write(folder / "parts" / f"{part}.jsonl", "".join(rows[first:end]))
    return folder


@pytest.mark.parametrize(
    ("facts", "format_", "words"),
    [
        ("all.jsonl", "jsonl", ["--detail", "verdict", "-j", 1]),
        ("parts", "jsonl", ["--detail", "findings", "-j", 2]),
        ("all.jsonl", "csv", ["--detail", "verdict", "-j", 1, "--chunk-bytes", 3_000_000]),
        ("all.jsonl", "parquet", ["--detail", "findings", "-j", 2]),
    ],
)
def test_many_situations(facts: str, format_: str, words: list[str | int], many: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    asked = ["--kind", "switch", "-r", many / "switches.yaml", "--format", format_, *map(str, words)]
    assert rw("check", many / facts, *asked, "-o", output).status == 1
    assert names(output, format_) == [f"w{number}" for number in range(ROWS)]


@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_any_chunks(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Records and counts are the same bytes for all chunk sizes and cores, bad rows among them, in each form."""
    folder = tmp_path_factory.mktemp("chunks")
    book = rulebook(folder)
    numbers = data.draw(st.lists(st.integers(0, 2**17 - 1), min_size=1, max_size=120, unique=True))
    bad = data.draw(st.sets(st.sampled_from(numbers), max_size=3))
    assume(len(bad) < len(numbers))  # with nothing evaluated, nothing is written
    lines = [row(number)[:-1] + (', "f0": 3}' if number in bad else "}") for number in numbers]
    cut = data.draw(st.integers(0, len(lines)))
    for name, some in (("a", lines[:cut]), ("b", lines[cut:])):
        write(folder / "parts" / f"{name}.jsonl", "".join(line + "\n" for line in some))
    format_ = data.draw(st.sampled_from(["jsonl", "csv", "parquet"]))
    more = data.draw(
        st.sampled_from([["--detail", "verdict"], ["--detail", "findings"], ["--view", "off"], ["--sample", "1"]])
    )
    format_ = "jsonl" if more[0] == "--sample" else format_
    asked = ["--kind", "switch", "-r", book, "--format", format_, "--by", "f2", *more]
    came = []
    for words in (["-j", "1"], ["-j", "1", "--chunk-bytes", str(data.draw(st.integers(1, 4_000)))]):
        output, summary = folder / "out", folder / "summary.json"
        rw("check", folder / "parts", *asked, *words, "-o", output, "--summary", summary)
        counts = json.loads(summary.read_text())
        # small files are judged together, case by case, where situations are not counted
        del counts["seconds"], counts["run"]["arguments"], counts["situations"]
        rejected = folder / "out.rejected.jsonl"
        came.append((output.read_bytes(), json.dumps(counts), rejected.read_bytes() if rejected.exists() else b""))
    assert came[0] == came[1]
    good = [f"w{number}" for number in numbers if number not in bad]
    if more[0] == "--detail":
        assert names(folder / "out", format_) == good
    else:
        assert set(names(folder / "out", format_)) <= set(good)
