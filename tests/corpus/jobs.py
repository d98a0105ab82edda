"""The commands of the corpus, job by job, over the inputs that `inputs` wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.inputs import KIND, SHIPPED

REPORTS = ("text", "json", "html", "markdown", "junit", "sarif", "oscal")
RECORDS = ("jsonl", "csv", "parquet")
FLAGSHIP = "alibaba-cloud-icp-filing"
#: Answers of an interview that fit one type of question or another; what does not fit is asked again.
ANSWERS = ("y", "1", "2024-01-01", "3", "n", "web", "?", "2") * 12


@dataclass(frozen=True)
class Job:
    """Commands that run one after the other in one folder, in which `inputs` is the folder of the inputs.

    A command is the words after `rulewright`. Standard input is the answers, else the output of the command before.
    """

    name: str
    commands: tuple[tuple[str, ...], ...]
    answers: tuple[str, ...] = ()


def jobs(inputs: Path) -> list[Job]:
    """Return all jobs over a folder of inputs, in a fixed order."""
    found = [
        *_of_authors(inputs),
        *_of_diagnostics(inputs),
        *_of_importers(inputs),
        *_of_shipped_cases(inputs),
        *_of_tables(),
        *_of_odd_files(),
        *_of_drawn(inputs),
        *_of_mistakes(),
    ]
    return [Job(name, commands, ANSWERS if commands[0][0] == "ask" else ()) for name, commands in found]


_Jobs = Iterator[tuple[str, tuple[tuple[str, ...], ...]]]


def _editions(inputs: Path) -> Iterator[tuple[str, str]]:
    for name in SHIPPED:
        for file in sorted((inputs / "rulebook" / name).glob("????-??-??.yaml")):
            yield name, file.stem


def _of_authors(inputs: Path) -> _Jobs:
    """Yield what authors run on shipped rulebooks."""
    for name, edition in _editions(inputs):
        chosen = ("--rulebook", name, "--edition", edition)
        yield f"schema {name} {edition}", (("schema", "cases", *chosen), ("schema", "tests", *chosen))
        for form in ("text", "markdown", "json"):
            yield f"trace {form} {name} {edition}", (("trace", name, "--edition", edition, "-f", form),)
    for name in SHIPPED:
        folder = f"inputs/rulebook/{name}"
        yield f"lint {name}", (("lint", folder), ("lint", name))
        yield f"test {name}", (("test", folder, "--coverage"), ("test", name, "--engine", "reference"))
    yield "schema of rulebooks", (("schema",),)
    yield "lint travel", (("lint", "inputs/rulebooks/travel.yaml"),)
    yield "lint odd", (("lint", "inputs/odd"),)


def _of_diagnostics(inputs: Path) -> _Jobs:
    """Yield every bad rulebook and every bad case file."""
    for folder in sorted(path for path in (inputs / "diagnostics").iterdir() if path.is_dir()):
        path = f"inputs/diagnostics/{folder.name}"
        yield (
            f"lint {folder.name}",
            (("lint", f"{path}/rulebook.yaml" if (folder / "rulebook.yaml").is_file() else path),),
        )
    book = ("--rulebook", "inputs/case_diagnostics/rulebook.yaml")
    for file in sorted((inputs / "case_diagnostics").glob("*/case.*")):
        path = f"inputs/case_diagnostics/{file.parent.name}/{file.name}"
        yield f"check {file.parent.name}", (("check", path, *book), ("check", path, *book, "-f", "jsonl", "-o", "o"))


def _of_importers(inputs: Path) -> _Jobs:
    """Yield every answer of the importers' tests, and the check of what it becomes."""
    for file in sorted((inputs / "importers").glob("*/*/*")):
        source = file.parent.parent.name
        if file.is_file() and file.suffix in {".json", ".gz", ".xml", ".tfstate"}:
            words = ("import", source, str(Path("inputs") / file.relative_to(inputs)))
            yield f"import {source} {file.name}", (words, ("check", "-", "--rulebook", FLAGSHIP))


def _of_shipped_cases(inputs: Path) -> _Jobs:
    """Yield the cases of the rulebooks' tests and the examples in every format, and what is asked about one case."""
    for file in sorted((inputs / "cases").glob("*.*.yaml")):
        name, edition, *number = file.name.removesuffix(".yaml").split(".")
        chosen = ("--rulebook", name, "--edition", edition)
        path = f"inputs/cases/{file.name}"
        if not number:
            for form in (*REPORTS, *RECORDS):
                yield f"check {form} {file.name}", (("check", path, *chosen, "-f", form, "-o", "o"),)
            for detail in ("verdict", "findings", "full"):
                words = ("check", path, *chosen, "-f", "jsonl", "--detail", detail)
                yield f"check {detail} {file.name}", (words, (*words, "--engine", "reference"))
            yield f"check zh {file.name}", (("check", path, *chosen, "--lang", "zh", "--all"),)
            yield f"record {file.name}", (("check", path, *chosen, "--record", "kept"), ("replay", "kept"))
        else:
            yield from _of_one_case(file.name, path, chosen)
    for file in sorted((inputs / "examples").glob("*.yaml")):
        yield from _of_one_case(file.name, f"inputs/examples/{file.name}", ())


def _of_one_case(name: str, path: str, chosen: tuple[str, ...]) -> _Jobs:
    yield f"check {name}", (("check", path, *chosen), ("check", path, *chosen, "-f", "json", "--all"))
    yield f"html {name}", (("check", path, *chosen, "-f", "html", "--lang", "zh,en"),)
    yield f"fix {name}", (("fix", path, *chosen, "--write", "fixed.yaml"), ("fix", path, *chosen, "-f", "json"))
    yield f"explain {name}", (("explain", path, *chosen, "--all"), ("explain", path, *chosen, "-f", "json"))
    yield f"ask {name}", (("ask", path, *chosen, "-o", "asked.yaml"),)


def _of_tables() -> _Jobs:
    """Yield rows of one kind of fact, in the forms and with the options of tables."""
    base = ("--kind", KIND, "--rulebook", FLAGSHIP, "--as-of", "2024-02-01")
    for file in ("instances.jsonl", "instances.csv", "semicolons.csv"):
        for unknown in ("reject", "ignore", "keep"):
            for form in RECORDS:
                words = ("check", f"inputs/tables/{file}", *base, "--unknown-columns", unknown, "-f", form, "-o", "o")
                yield f"table {file} {unknown} {form}", (words,)
        words = ("check", f"inputs/tables/{file}", *base, "--columns", "owner=account", "--by", "region")
        yield f"table {file} summary", ((*words, "-f", "jsonl", "--summary", "sum", "--sample", "2"),)
        yield f"table {file} text", (words[:-2],)
        yield (
            f"table {file} limits",
            (
                (*words, "-f", "jsonl", "--allow-rejected", "50%", "--keep", "owner"),
                (*words, "-f", "jsonl", "--max-rejected", "1", "-o", "o"),
            ),
        )


def _of_odd_files() -> _Jobs:
    """Yield odd cases and odd rows, as records by one process and by two, as a report, and evaluated plainly."""
    for number in range(3):
        path, book = f"inputs/odd/cases-{number}.jsonl", ("--rulebook", "inputs/odd/2024-01-01.yaml")
        for form in RECORDS:
            yield f"odd cases {number} {form}", (("check", path, *book, "-f", form, "-j", "1", "-o", "o"),)
        yield f"odd cases {number} report", (("check", path, *book, "-f", "json"), ("check", path, *book))
        yield f"odd cases {number} two processes", (("check", path, *book, "-f", "jsonl", "-j", "2", "-o", "o"),)
        flat = ("--rulebook", "inputs/odd/flat/2024-01-01.yaml", "--kind", "thing", "--unknown-columns", "ignore")
        for ending in ("jsonl", "csv"):
            rows = ("check", f"inputs/odd/things-{number}.{ending}", *flat)
            for form in RECORDS:
                yield f"odd {ending} rows {number} {form}", ((*rows, "-f", form, "-o", "o"),)
            yield f"odd {ending} rows {number} plain", ((*rows, "-f", "jsonl", "--engine", "reference"),)


def _of_drawn(inputs: Path) -> _Jobs:
    """Yield random rulebooks: every command over random cases."""
    for folder in sorted((inputs / "drawn").glob("*"), key=lambda path: int(path.name)):
        book, path = f"inputs/drawn/{folder.name}/2024-01-01.yaml", f"inputs/drawn/{folder.name}/cases.yaml"
        case, chosen = f"inputs/drawn/{folder.name}/case.yaml", ("--rulebook", book)
        yield f"drawn {folder.name} lint", (("lint", book), ("schema", "cases", "--rulebook", book))
        yield f"drawn {folder.name} reports", tuple(("check", path, *chosen, "-f", form) for form in ("text", "json"))
        yield (
            f"drawn {folder.name} records",
            tuple(("check", path, *chosen, "-f", form, "-o", f"o.{form}") for form in RECORDS),
        )
        yield f"drawn {folder.name} plain", (("check", path, *chosen, "-f", "jsonl", "--engine", "reference"),)
        yield f"drawn {folder.name} fix", (("fix", case, *chosen, "--maximum-steps", "2000"),)
        yield f"drawn {folder.name} explain", (("explain", case, *chosen, "--all"),)
        yield f"drawn {folder.name} ask", (("ask", case, *chosen, "-o", "asked.yaml"),)


def _of_mistakes() -> _Jobs:
    """Yield commands that cannot do what they are asked for."""
    example = "inputs/examples/shop-launch.yaml"
    wrong: dict[str, tuple[str, ...]] = {
        "file that is not there": ("check", "inputs/none.yaml"),
        "rulebook that is not there": ("check", example, "--rulebook", "alibaba"),
        "edition that is not there": ("check", example, "--edition", "1999-01-01"),
        "date that is none": ("check", example, "--as-of", "2024-02-30"),
        "output over an input": ("check", "inputs/tables/instances.jsonl", "-f", "jsonl", "-o", "inputs/tables"),
        "language that is none": ("check", example, "--lang", "xx"),
        "rule that is not there": ("explain", example, "--rule", "none"),
        "subject that is not there": ("fix", example, "--subject", "none"),
        "source that is not there": ("import", "aliyun", example),
        "kind that is not there": ("check", "inputs/tables/instances.csv", "--kind", "instances", "-r", FLAGSHIP),
        "nothing to evaluate": ("check", "inputs/odd/none.jsonl", "-r", FLAGSHIP),
        "lint without a rulebook": ("lint",),
        "record that is none": ("replay", example),
    }
    for name, words in wrong.items():
        yield name, (words,)
