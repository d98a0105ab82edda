"""Every importer against the files kept for it under tests/importers, and the soundness of the tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from evaluating import evaluate
from packages import IMPORTERS
from rulewright.model.rulebook import Rulebook
from rulewright.parse.rulebook import parse_rulebook
from rulewright.read.cases import read_case
from rulewright.read.documents import read_documents
from rulewright.shipped import shipped_folder
from rulewright.source import MappingNode, read_nodes
from rulewright.vendors.alibaba_cloud.vocabulary import VOCABULARY
from rulewright.vendors.registry import import_case, import_sources
from rulewright.vendors.tables import Always, Row, Table

FOLDER = Path(__file__).parent / "importers"
#: What an answer comes in; beside it stand the case file, or the messages, that come of it.
FORMS = (".json", ".xml", ".gz")
GOOD = [path for name in IMPORTERS for path in sorted((FOLDER / name / "good").iterdir()) if path.suffix in FORMS]
BAD = [path for name in IMPORTERS for path in sorted((FOLDER / name / "bad").iterdir()) if path.suffix in FORMS]
JOINED_GOOD = sorted(path for path in (FOLDER / "joined" / "good").iterdir() if path.is_dir())
JOINED_BAD = sorted(path for path in (FOLDER / "joined" / "bad").iterdir() if path.is_dir())
CASE_FILES = sorted(FOLDER.glob("*/good/**/*.yaml"))
TABLES = [table for importer in IMPORTERS.values() for table in importer.tables]
EDITION = shipped_folder("rulebook") / "alibaba-cloud-icp-filing" / "2023-09-28.yaml"

KINDS = {kind.name: kind for kind in VOCABULARY}

Golden = Callable[[str, str], None]


def identity(path: Path) -> str:
    return f"{path.parts[-3]}-{path.stem}"


def imported(path: Path) -> tuple[str | None, list[str]]:
    text, problems = import_case(path.parts[-3], [(path.name, path.read_bytes())])
    return text, [str(problem) for problem in problems]


def imported_together(folder: Path) -> tuple[str | None, list[str]]:
    """The files of a folder in one case: each is called by a number, its source and a suffix."""
    files = sorted(path for path in folder.iterdir() if path.suffix in FORMS)
    text, problems = import_sources([(path.name.split(".")[1], path.name, path.read_bytes()) for path in files])
    return text, [str(problem) for problem in problems]


def compared_with(golden: Golden, path: Path, text: str) -> None:
    golden(f"../{path.relative_to(FOLDER.parent)}", text)


def warned_of(golden: Golden, path: Path, problems: list[str]) -> None:
    """A case file comes with no errors, and with warnings where a file of them is kept."""
    assert all(" I006 " in problem for problem in problems)
    assert bool(problems) == path.exists()
    if problems:
        compared_with(golden, path, "".join(f"{problem}\n" for problem in problems))


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    parsed, problems = parse_rulebook(EDITION.read_bytes(), EDITION.name)
    assert parsed is not None and problems == []
    return parsed


@pytest.mark.parametrize("path", GOOD, ids=identity)
def test_an_answer_becomes_this_case_file(path: Path, golden: Golden) -> None:
    text, problems = imported(path)
    assert text is not None
    compared_with(golden, path.with_suffix(".yaml"), text)
    warned_of(golden, path.with_suffix(".txt"), problems)


@pytest.mark.parametrize("path", BAD, ids=identity)
def test_what_cannot_be_read_is_refused_with_these_words(path: Path, golden: Golden) -> None:
    text, problems = imported(path)
    assert text is None
    assert {re.findall(r"\bI00\d\b", problem)[0] for problem in problems} == {path.name[:4]}
    compared_with(golden, path.with_suffix(".txt"), "".join(f"{problem}\n" for problem in problems))


@pytest.mark.parametrize("folder", JOINED_GOOD, ids=lambda path: path.name)
def test_answers_become_this_one_case(folder: Path, golden: Golden) -> None:
    text, problems = imported_together(folder)
    assert text is not None
    compared_with(golden, folder / "case.yaml", text)
    warned_of(golden, folder / "problems.txt", problems)


@pytest.mark.parametrize("folder", JOINED_BAD, ids=lambda path: path.name)
def test_answers_that_contradict_each_other_are_refused(folder: Path, golden: Golden) -> None:
    text, problems = imported_together(folder)
    assert text is None
    compared_with(golden, folder / "problems.txt", "".join(f"{problem}\n" for problem in problems))


def test_no_file_is_left_without_its_answer() -> None:
    for path in FOLDER.glob("*/*/*.*"):
        if path.is_file() and path.suffix in (".yaml", ".txt"):
            assert any(path.with_suffix(suffix).is_file() for suffix in FORMS), path
    for name in IMPORTERS:
        assert (FOLDER / name / "good").is_dir() and (FOLDER / name / "bad").is_dir()


@pytest.mark.parametrize("path", CASE_FILES, ids=identity)
def test_a_case_file_is_read_and_checked(path: Path, rulebook: Rulebook) -> None:
    data = path.read_bytes()
    nodes, problems = read_nodes(data, path.name)
    assert problems == [] and len(nodes) == 1 and isinstance(nodes[0], MappingNode)
    assert all(character.isprintable() or character == "\n" for character in data.decode())
    kinds = [entry.key.text for entry in nodes[0].entries if entry.key.text != "case"]
    assert set(kinds) <= KINDS.keys()
    assert set(kinds) <= rulebook.kinds.keys()
    (document,), problems = read_documents(data, path.name)
    case, further = read_case(document, rulebook, date(2023, 10, 15))
    assert problems == further == [] and case is not None
    assert not evaluate(rulebook, case).errors


@pytest.mark.parametrize("path", CASE_FILES, ids=identity)
def test_every_fact_of_a_subject_is_told_of_once(path: Path) -> None:
    for subject in path.read_text(encoding="utf-8").split("\n  - ")[1:]:
        lines = [line.strip() for line in subject.splitlines() if line.rstrip(":") not in KINDS]
        assert all("  # " in line or line.startswith("# ") for line in lines)
        told = [name for line in lines for name in line.removeprefix("# ").split(":")[0].split(", ")]
        assert len(told) == len(set(told))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.answer)
def test_a_table_is_sound(table: Table) -> None:
    fields = table.kind.fields
    facts = list(dict.fromkeys(row.fact for row in table.rows))  # several rows may be for one fact
    assert len({*facts, *table.never}) == len(facts) + len(table.never)
    # facts are written in the order of their kind
    assert {*facts, *table.never} <= set(fields) and sorted(facts, key=fields.index) == facts
    for number, row in enumerate(table.rows):
        assert isinstance(row, Always) or row.needs is None or row.needs.fact in facts[:number]
        assert not isinstance(row, Row) or row.key
    assert not table.marks & table.others.keys()
    assert all(shape.sure or table.marks for shape in table.shapes)


@pytest.mark.parametrize("name", IMPORTERS)
def test_an_importer_is_sound(name: str) -> None:
    importer = IMPORTERS[name]
    assert importer.name == name and importer.description and not importer.description.endswith(".")
    assert len({table.answer for table in importer.tables}) == len(importer.tables)
    assert importer.find is not None or all(table.shapes and table.expected for table in importer.tables)


def test_the_facts_are_those_of_the_vocabulary(rulebook: Rulebook) -> None:
    for name, kind in KINDS.items():
        stated = rulebook.kinds[name].fields
        assert set(kind.fields) <= stated.keys()
        assert all(stated[field].may_be_given and stated[field].computed is None for field in kind.fields)
    words = {
        row.value for table in TABLES for row in table.rows if isinstance(row, Always) and row.fact == "service_type"
    }
    assert words <= rulebook.kinds["instance"].fields["service_type"].choices.keys()


def test_the_documentation_names_every_source_and_answer() -> None:
    page = (FOLDER.parent.parent / "docs" / "importers.md").read_text(encoding="utf-8")
    for name, importer in IMPORTERS.items():
        assert f"| `{name}` |" in page
        if importer.find is None:
            assert all(table.answer.split()[-1] in page for table in importer.tables)
