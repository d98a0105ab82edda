"""The inputs of the corpus: what the project ships and tests with, odd files, and random rulebooks with cases."""

from __future__ import annotations

import json
import random
import shutil
from datetime import date
from pathlib import Path

import odd_files
import oracle
from oracle_comparison import RandomAuthor, draw
from oracle_test_files import read_tests

ROOT = Path(__file__).resolve().parent.parent.parent
SHIPPED = sorted(path.name for path in (ROOT / "rulebook").iterdir() if path.is_dir())
#: Folders of the project that hold inputs, and where the corpus has them.
COPIED = {
    "rulebook": "rulebook",
    "examples": "examples",
    "tests/rulebooks": "rulebooks",
    "tests/diagnostics": "diagnostics",
    "tests/case_diagnostics": "case_diagnostics",
    "tests/importers": "importers",
}
#: Rows of one fact: enough for several kinds of odd values, few enough to run in half a second.
ODD_ROWS = 60
KIND = "instance"


def write_inputs(folder: Path, drawn: int, seed: str) -> None:
    """Write every input of the corpus into a folder; `drawn` is the number of random rulebooks."""
    for source, target in COPIED.items():
        shutil.copytree(ROOT / source, folder / target)
    _write_test_cases(folder / "cases")
    _write_tables(folder / "tables")
    _write_odd(folder / "odd", seed)
    for number in range(drawn):
        _write_drawn(folder / "drawn" / str(number), f"{seed}-{number}")


def _write_test_cases(folder: Path) -> None:
    """Write the cases of all test files of shipped rulebooks, a stream for each edition."""
    folder.mkdir()
    for tests in sorted((ROOT / "rulebook").glob("*/*.tests.yaml")):
        rulebook = oracle.load(tests.with_name(tests.name.replace(".tests.yaml", ".yaml")).read_text(encoding="utf-8"))
        cases = [
            _named(test.text, f"case-{number}", test.as_of)
            for number, test in enumerate(read_tests(tests.read_text(encoding="utf-8"), rulebook))
        ]
        name = f"{tests.parent.name}.{tests.name.removesuffix('.tests.yaml')}"
        (folder / f"{name}.yaml").write_text("".join(cases), encoding="utf-8")
        # commands for one case take the first few
        for number, case in enumerate(cases[:: max(1, len(cases) // 6)]):
            (folder / f"{name}.{number}.yaml").write_text(case, encoding="utf-8")


def _named(case: str, name: str, as_of: date) -> str:
    """Return a case in flow style with a name and a date."""
    return f'---\n{{"case": "{name}", "as_of": {as_of}, {case[1:]}\n'


def _write_tables(folder: Path) -> None:
    """Write rows of instances as JSON Lines and CSV: plain ones, odd ones, and with a column that nobody declared."""
    folder.mkdir()
    rows = [
        {
            "ref": f"i-{number}",
            "service_type": random.Random(number).choice(["ecs", "simple_application_server", "other", ""]),
            "region": random.Random(-number).choice(["cn-hangzhou", "cn-hongkong", "cn-hangzhou ", "nowhere"]),
            "billing": "subscription",
            "subscription_months": number % 7,
            "public_bandwidth_purchased": number % 3 > 0,
            "owner": "a",
        }
        for number in range(40)
    ]
    lines = [json.dumps(row) for row in rows]
    lines[5:5] = ["null", "{", "[1]", '{"ref": "i-x", "region": 3}', ""]
    (folder / "instances.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    cells = [",".join(rows[0]), *(",".join(str(value) for value in row.values()) for row in rows), ",,,,,,"]
    (folder / "instances.csv").write_text("\n".join(cells) + "\n", encoding="utf-8")
    (folder / "semicolons.csv").write_text("\n".join(cells).replace(",", ";"), encoding="utf-16")


def _write_odd(folder: Path, seed: str) -> None:
    folder.mkdir()
    (folder / "2024-01-01.yaml").write_text(odd_files.RULEBOOK, encoding="utf-8")
    flat = folder / "flat"
    flat.mkdir()
    (flat / "2024-01-01.yaml").write_text(odd_files.FLAT_RULEBOOK, encoding="utf-8")
    for number in range(3):
        chance = random.Random(f"{seed}-{number}")
        writer = odd_files.Writer(chance)
        columns = ["ref", *chance.sample(odd_files.FIELDS, 4)]
        (folder / f"cases-{number}.jsonl").write_bytes(odd_files.lines_of(writer.case, ODD_ROWS, chance))
        (folder / f"things-{number}.jsonl").write_bytes(odd_files.lines_of(writer.row, ODD_ROWS, chance))
        cells = odd_files.lines_of(
            lambda writer=writer, columns=columns: writer.csv_row(columns), ODD_ROWS, chance, ",".join(columns)
        )
        (folder / f"things-{number}.csv").write_bytes(cells)


def _write_drawn(folder: Path, seed: str) -> None:
    rulebook, cases = draw(RandomAuthor(seed))
    folder.mkdir(parents=True)
    (folder / "2024-01-01.yaml").write_text(rulebook, encoding="utf-8")
    named = [_named(text, f"case-{number}", day) for number, (text, day) in enumerate(cases)]
    (folder / "cases.yaml").write_text("".join(named), encoding="utf-8")
    (folder / "case.yaml").write_text(named[0], encoding="utf-8")
