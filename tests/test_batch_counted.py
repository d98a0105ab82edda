"""The fast path for JSON Lines: each line is proved by its quotes, and comes to what the exact path makes of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from batches import TODAY, run
from rulewright.batch.chunks import Position, read_chunks
from rulewright.batch.in_place import chunks_in_place
from rulewright.batch.inputs import find_inputs
from rulewright.batch.options import Detail, Options, OutputFormat
from rulewright.batch.programs import Programs
from rulewright.batch.rows import Rows
from rulewright.batch.spool import Spool
from rulewright.batch.unpacking import Opener
from rulewright.batch.worker import Worker

ROWS = Rows("site", ref="id")
RULEBOOK = """\
rulebook: hosting
title: Hosting
edition: 2024-01-01
language: 1
documents:
  guide: {title: Guide, publisher: Us, updated: 2024-01-01}
facts:
  owner:
    fields:
      name: {type: text}
  site:
    fields:
      owner: {type: reference, to: owner}
      product: {type: choice, of: {ecs: Compute, '12': Twelve}}
      region: {type: text}
      months: {type: whole number, minimum: 0}
      paid: {type: decimal}
      public: {type: yes/no}
      begun: {type: date}
rules:
  long-enough:
    about: site
    require: {months: {at_least: 3}}
    source: {document: guide, section: '1'}
    explain: 'months {{ months }}'
  paid-for:
    about: site
    require: {paid: {more_than: 0.1}}
    source: {document: guide, section: '2'}
    explain: 'paid {{ paid }}'
  known-product:
    about: site
    applies: {public: yes}
    require: {product: {in: [ecs, '12']}, region: {in: [north, '12', 'true']}}
    source: {document: guide, section: '3'}
    explain: 'product {{ product }}'
  begun-lately:
    about: site
    require: {begun: {after: 2020-01-01}}
    source: {document: guide, section: '4'}
    explain: 'begun {{ begun }}'
"""
GOOD = {"product": "ecs", "region": "north", "months": 4, "paid": 0.25, "public": True, "begun": "2024-05-05"}


def line(number: int, **other: object) -> str:
    return json.dumps({"id": f"s-{number}", **GOOD, **other}, ensure_ascii=False)


def good(number: int) -> list[str]:
    return [line(place) for place in range(number)]


def is_counted(folder: Path, lines: Sequence[str], rows: Rows | None = ROWS) -> bool:
    """Return true where the fast path reads a file of these lines."""
    (folder / "hosting.yaml").write_text(RULEBOOK)
    file = folder / "f.jsonl"
    file.write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")
    options = Options(
        str(folder / "hosting.yaml"), None, None, TODAY, "durable", OutputFormat.JSON_LINES, Detail.VERDICT, rows
    )
    (source,), _ = find_inputs([str(file)], None)
    worker = Worker(options, Programs(options), folder)
    (chunk,) = read_chunks(source, Position(), Opener())
    worker.judge((Spool(folder).put(chunk, ()),))
    return worker.databases.of(worker.programs.default).loader.is_proved_by_quotes


def agrees(folder: Path, lines: Sequence[str], rows: Rows | None = ROWS, chunk_bytes: int | None = None) -> None:
    """Check that the cases of these lines are evaluated, or rejected, as they are one by one."""
    (folder / "hosting.yaml").write_text(RULEBOOK)
    file = folder / "f.jsonl"
    file.write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")
    arguments = ([file], folder / "hosting.yaml", folder / "out")
    expected = run(*arguments, engine="plain", rows=rows)
    assert run(*arguments, rows=rows, chunk_bytes=chunk_bytes) == expected


def nested_line(number: int, **other: object) -> str:
    sites = [{"ref": f"s-{place}", "owner": "o", **GOOD} for place in range(3)]
    return json.dumps({"case": f"c-{number}", "owner": {"ref": "o", "name": "Zoë"}, "site": sites, **other})


LINES: dict[str, list[str]] = {
    "plain lines": [],
    "letters beyond ASCII": [line(1, region="Zürich")],
    "fewer keys": ['{"id": "x"}', '{"id": "y", "months": 1}'],
    "without spaces": [line(1).replace(", ", ",").replace(": ", ":")],
    "a key that the first lines do not have": [line(1, owner="o")],
    # what is not plain is read by itself, and its quotes are not counted
    "no text": [line(1, region=12), line(2, region=True), line(3, product=12)],
    "a number beyond its bounds": [line(1, months=-1)],
    "not one of the choices": [line(1, product="esc")],
    "texts like something else": [line(n, region=text) for n, text in enumerate(["12", "true", "[a", "{", "nan", "-"])],
    "names like something else": [line(1, id="12"), line(2, id="true"), line(3, id="Infinity")],
    "what only looks like JSON": [line(1, region=float("nan")), line(2, months=float("inf")), line(3, id=float("nan"))],
    "a list": [line(1, months=[1])],
    "an object": [line(1, region={"a": 1})],
    # lines that only the exact path can read
    "an unknown key": [line(1, bogus=1)],
    "an unknown key with a null": [line(1, bogus=None)],
    "a null": [line(1, months=None)],
    "a key twice": [line(1)[:-1] + ', "months": 1}'],
    "an escape": [line(1).replace("north", "n\\u006frth"), line(2, region='"'), line(3, region="\\")],
    "an escaped key": [line(1).replace("region", "r\\u0065gion")],
    "a number with more digits than are kept": [line(1).replace("0.25", "0.1000000000000000055")],
    "the same with an exponent": [line(1).replace("0.25", "1000000000000000055e-19")],
    "no object": ["[]", "3", "null", '"x"'],
    "no JSON": ['{"id": ', "x", '{"id": "x",', line(1)[:-20], line(1) + line(2), line(1) + ",", line(1)[:-1] + ",}"],
    "an empty line": ["", "\r", "", "  ", " \t\r", " " + line(1)],
    "control characters": [
        line(1, region="a\x7fb"),
        line(2, region="a\x85b"),
        line(3, region="\uffff"),
        "\x01",
        line(4) + "\0",
    ],
    "a huge line": [line(1, region="x" * 1_100_000), line(2)],
    "carriage returns": [line(1) + "\r", line(2).replace(", ", ",\r"), "\r" + line(3)],
    "a number in quotes": [line(1, months="4")],
    "quotes that would make up for each other": [line(1, bogus=1), line(2, region=12)],
    "a text too long": [line(1, region="x" * 10_001)],
    "many keys": [json.dumps({f"k{number}": number for number in range(3_000)})],
}
#: The fast path does not read chunks of these.
NOT_READ: dict[str, list[str]] = {
    "the name of a case": [line(1, case="c")],
    "a line that may name a case": ['{"case": "c", '],
}


@pytest.mark.parametrize("what", LINES)
def test_what_the_fast_path_reads(tmp_path: Path, what: str) -> None:
    lines = [*good(120), *LINES[what], *good(3)]
    assert is_counted(tmp_path, lines)
    agrees(tmp_path, lines)


@pytest.mark.parametrize("what", [what for what, lines in LINES.items() if sum(map(len, lines)) < 20_000])
def test_many_lines_of_one_form(tmp_path: Path, what: str) -> None:
    lines = LINES[what]
    agrees(tmp_path, [*good(20), *(lines * 60)[:60]])


@pytest.mark.parametrize("text", ["12", "true", "[a", "inf", "-x"])
@pytest.mark.parametrize("key", ["id", "region"])
@pytest.mark.parametrize("first", [0, 120])
def test_many_texts_like_something_else(tmp_path: Path, text: str, key: str, first: int) -> None:
    """Those of which the first lines have some, and those that only come later."""
    lines = [*good(first), *(line(1_000 + number, **{key: text}) for number in range(130))]
    assert is_counted(tmp_path, lines)
    agrees(tmp_path, lines)


@pytest.mark.parametrize("what", NOT_READ)
def test_what_the_fast_path_leaves(tmp_path: Path, what: str) -> None:
    lines = [*good(120), *NOT_READ[what], *good(3)]
    assert not is_counted(tmp_path, lines)
    agrees(tmp_path, lines)


def test_lines_that_differ_from_the_first_ones_in_their_keys(tmp_path: Path) -> None:
    lines = [*good(600), *(line(1_000 + number, owner="o") for number in range(100))]
    assert is_counted(tmp_path, lines)
    agrees(tmp_path, lines)


def test_several_chunks_of_which_each_has_odd_lines(tmp_path: Path) -> None:
    """Lines are numbered from the beginning of the file, and rejected with what they hold."""
    odd = [one for some in LINES.values() for one in some]
    lines = [one for number, other in enumerate(odd) for one in (line(number), other, line(1_000 + number))]
    agrees(tmp_path, lines, chunk_bytes=4_000)


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"site": []},
        {"site": [{"ref": "s-1", "months": "x"}]},
        {"site": [{"ref": "s-1", "owner": "nobody"}]},
        {"site": [{"ref": "s-1"}, {"ref": "s-1"}]},
        {"site": [None]},
        {"as_of": "2024-02-02"},
        {"as_of": "2024-2-2"},
        {"site": {"ref": "s-1", "months": 3}},
        {"owner": [{"ref": "o"}]},
        {"site": [{"ref": "s-1", "bogus": 3}]},
        {"site": [{"ref": "s-1", "months": None}]},
        {"site": [[]]},
        {"site": [{"ref": "s-1", "months": 3}, 5]},
        {"site": [{}, {"ref": "s-1"}]},
        {"site": ["x"]},
        {"bogus": []},
        {"site": None},
        {"site": 5},
        {"case": 'a"b'},
    ],
)
def test_cases_of_several_facts(tmp_path: Path, other: dict[str, object]) -> None:
    plain = [nested_line(number).replace("\\u00eb", "ë") for number in range(120)]
    lines = [*plain, nested_line(120, **other).replace("\\u00eb", "ë"), plain[0][:200], "", "x", *plain[:3]]
    assert is_counted(tmp_path, lines, None)
    agrees(tmp_path, lines, None)


ODD = [
    *(3, "3", 3.0, 3.5, 1e30, -1, True, False, None, "", "ecs", "12", 12, "true", "north", "2024-05-05", "2024-5-5"),
    *([], {}, [1], {"a": "b"}, 0.1, 0.30000000000000004, 123456789012345.5, "x" * 30, "nan", "中文"),
    *("[a", "{", "Infinity", "TRUE", "-", ":", " x", float("nan"), float("-inf"), ["a"], "x" * 10_001),
]
KEYS = ["id", "product", "region", "months", "paid", "public", "begun", "owner", "bogus"]


@settings(max_examples=15)
@given(st.integers(0, 10**9))
def test_mistakes_among_good_lines(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    """However many of them there are in one chunk, and whatever they leave out or add."""
    random = Random(seed)
    lines = good(random.choice([5, 130]))
    for number in range(random.randrange(1, 12)):
        lines.insert(random.randrange(len(lines)), line(1_000 + number, **{random.choice(KEYS): random.choice(ODD)}))
    agrees(tmp_path_factory.mktemp("odd"), lines)


@pytest.mark.parametrize("engine", ["durable", "plain"])
def test_a_file_that_loses_its_end_while_it_is_judged(tmp_path: Path, engine: str) -> None:
    (tmp_path / "hosting.yaml").write_text(RULEBOOK)
    file = tmp_path / "f.jsonl"
    file.write_text("".join(f"{one}\n" for one in good(20)))
    options = Options(
        str(tmp_path / "hosting.yaml"), None, None, TODAY, engine, OutputFormat.JSON_LINES, Detail.VERDICT, ROWS
    )
    (source,), _ = find_inputs([str(file)], None)
    worker = Worker(options, Programs(options), tmp_path)
    first, second = (
        Spool(tmp_path).put(chunk, ()) for chunk in chunks_in_place(source, Position(), file.stat().st_size // 2)
    )
    file.write_text("".join(f"{one}\n" for one in good(13)))
    assert worker.judge((first,)).tally.cases == first.end.line - 1
    judged = worker.judge((second,))
    assert judged.tally.cases == 0
    assert judged.piece.read_bytes() == b""
    (rejected,) = judged.rejected
    assert [one.code for one in rejected.diagnostics] == ["S001"]
    assert "shorter than it was" in rejected.diagnostics[0].message
