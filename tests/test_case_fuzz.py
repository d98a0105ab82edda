"""Case files that are damaged at random: each is judged, or told what is wrong with it; nothing else happens."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, note, settings, strategies as st

import rulewright as rw
from commands import write

ROOT = Path(__file__).parent.parent
#: A rulebook with references, counts, tables, conclusions and dated values, and a case that it knows.
OFFICE = """\
rulebook: office
edition: 2024-01-01
language: 1
title: Office
facts:
  host: {fields: {name: {type: text}, kind: {type: choice, of: [big, small]}, open: {type: yes/no, may_be_given: yes}}}
  site:
    fields:
      host: {type: reference, to: host}
      since: {type: date}
      cost: {type: decimal, unit: CNY, minimum: 0}
      age: {type: whole number, unit: month, computed: {months_between: [since, as_of]}, may_be_given: yes}
parameters: {most: {type: whole number, values: [{since: 2024-01-01, value: 2}, {since: 2025-01-01, value: 3}]}}
tables:
  sizes:
    {about: host, by: kind, columns: {room: {type: whole number}}, rows: {big: {room: 5}, small: {}}}
rules:
  opens: {about: host, when: {name: {in: [a, b]}}, conclude: {open: yes}, explain: "{{ name }} opens."}
  has-room:
    about: host
    applies: {room: {given: yes}}
    require: {count: {of: site, at_most: {field: room}}}
    explain: "{{ ref }} has room for {{ room | number }}."
  cheap: {about: host, require: {sum: {field: cost, of: site, less_than: 100}}, explain: "{{ room - 1 }} left."}
  on-open-host: {about: site, require: {host.open: yes, host.verdict: ready}, explain: "{{ host.name }} is open."}
  young: {about: site, when: {age: {less_than: {parameter: most}}}, advise: "{{ age | months }} are few."}
"""
SEEDS = [
    (ROOT / "examples" / "shop-launch.yaml").read_text(encoding="utf-8"),
    "case: a\nas_of: 2024-05-01\nhost:\n  - {ref: h, name: a, kind: big}\n  - ref: i\n    kind: small\n    open: yes\n"
    "site: [{host: h, since: 2023-01-31, cost: 10.5}, {ref: s, host: i, cost: 1e1, age: 3}, {}]\n",
    '{"case": "j", "host": {"ref": "h", "open": true, "kind": null}, "site": [{"host": "h", "cost": 99.99}]}\n'
    '{"case": "k", "as_of": "2030-01-01", "site": {"since": "2023-12-31", "host": "\\u0068"}}\n',
    "host: &h {name: &n a}\nsite: [{host: host}, {host: host, cost: 0}]\n---\nhost: []\nsite: []\n",
]
PIECES = [
    "", " ", "\n", "\n  ", "\n- ", "\t", "---\n", "...", ": ", ", ", "- ", "{", "}", "[", "]", '"', "'", "|", ">", "#",
    "&a ", "*a", "*h", "!!str ", "<<: *h", "? ", "@", "`", "%", "~", "null", "yes", "no", "true", "on",
    "0", "-0", "1.0", "1e2", "1e999999", "0x1F", ".inf", ".nan", "9" * 20, "9" * 5_000, "-1",
    "2024-02-30", "0001-01-01", "9999-12-31", "2024-05-01T00:00:00Z",
    "ref: h", "host: h", "host:", "site: []", "case: ", "as_of: ", "kind: big", "unknown", "none", "verdict",
    "\u2028", "\ufeff", "\x00", "\x1b[2J", "\x85", "\x7f", "\\u0000", "\\ud83d", "\\x", "😀",
    "x" * 20_000, "[" * 70, "{a: " * 70,
]  # fmt: skip


@pytest.fixture(scope="module")
def rulebooks(tmp_path_factory: pytest.TempPathFactory) -> list[rw.Rulebook]:
    office = write(tmp_path_factory.mktemp("office") / "office.yaml", OFFICE)
    assert {diagnostic.code for diagnostic in rw.lint(office)} <= {"W002", "W006"}
    return [
        rw.load("alibaba-cloud-icp-filing", edition="2018-04-19", engine="reference"),
        rw.load(office, engine="reference"),
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged")


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from([0, 0, 1, 1, 2, 5, 30])))
        moved = draw(st.booleans()) and draw(st.integers(0, len(text)))
        piece = text[moved : moved + 20] if moved else draw(st.sampled_from(PIECES))
        text = text[:start] + piece + text[end:]
    data = text.encode("utf-8", "surrogatepass")
    if draw(st.integers(0, 19)) == 0:
        cut = draw(st.integers(0, len(data)))
        data = data[:cut] + draw(st.binary(max_size=3)) + data[cut + draw(st.integers(0, 2)) :]
    return data


@settings(max_examples=5 * settings().max_examples)
@given(damaged(), st.sampled_from(["a.yaml", "a.json", "a.jsonl", "a"]), st.booleans())
def test_a_damaged_case_is_judged_or_told_of(
    rulebooks: list[rw.Rulebook], folder: Path, data: bytes, name: str, by_shipped: bool
) -> None:
    note(repr(data[:2_000]))
    rulebook = rulebooks[not by_shipped]
    rejected: list[rw.RejectedCase] = []
    diagnostics: list[rw.Diagnostic] = []
    cases: list[rw.Case] = []
    try:
        cases = rw.read_cases(write(folder / name, data), on_rejected=rejected.append)
    except rw.InputError as error:
        diagnostics += error.diagnostics
    diagnostics += [one for each in rejected for one in each.diagnostics]
    assert cases or diagnostics
    for case in cases:
        try:
            assert rulebook.check(case, as_of=case.as_of or rulebook.edition).findings is not None
        except rw.InputError as error:
            diagnostics += error.diagnostics
    for diagnostic in diagnostics:
        assert len(str(diagnostic)) < 3_000
        assert diagnostic.span is not None and diagnostic.span.line > 0 and diagnostic.span.column > 0
