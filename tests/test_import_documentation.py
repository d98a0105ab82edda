"""The page on importers: its example is an importer that works as the page says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from rulewright.vendors.kinds import KINDS
from rulewright.vendors.reading import Request, run
from rulewright.vendors.tables import Importer

PAGE = (Path(__file__).parent.parent / "docs" / "importers.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The one block of the page in this language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def example() -> Importer:
    names: dict[str, Any] = {}
    exec(compile(block("python"), "docs/importers.md", "exec"), names)
    importer = names["EXAMPLE"]
    assert isinstance(importer, Importer)
    return importer


def test_the_example_reads_its_answer_as_the_page_shows() -> None:
    text, problems = run([Request(example(), "servers.json", block("json").encode())])
    assert problems == []
    assert text == block("yaml")


def test_the_example_refuses_what_is_another_answer() -> None:
    _, problems = run([Request(example(), "servers.json", b'{"Machines": []}')])
    assert [problem.code for problem in problems] == ["I003"]
    _, problems = run([Request(example(), "servers.json", b'{"Servers": [{"Id": "server-1", "Charge": "Week"}]}')])
    assert [problem.code for problem in problems] == ["I004"]


def test_the_example_states_facts_of_the_vocabulary() -> None:
    (table,) = example().tables
    assert {*(row.fact for row in table.rows), *table.never} <= set(KINDS[table.kind].fields)


def test_the_page_names_modules_that_are_there() -> None:
    folder = Path(__file__).parent.parent / "engine" / "rulewright" / "importers"
    named = set(re.findall(r"`([a-z_]+\.py)`", PAGE))
    assert named and all((folder / name).is_file() for name in named)
