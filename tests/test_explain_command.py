"""`rulewright explain`: the trees that people read, why a rule did not fire, and names that nobody knows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from commands import AT_FAULT, EXAMPLE, FINE, Ran, rw, write

HEAD = "rulebook: office\nedition: 2024-01-01\nlanguage: 1\ntitle: Office\n"
BOOK = f"""{HEAD}
facts:
  host:
    fields:
      kind: {{type: choice, of: {{big: a big one, odd: an odd one}}}}
      age: {{type: whole number, unit: month}}
      open: {{type: yes/no}}
  site:
    fields: {{host: {{type: reference, to: host}}, live: {{type: yes/no}}}}
tables:
  sizes: {{about: host, by: kind, columns: {{room: {{type: whole number}}}}, rows: {{big: {{room: 3}}, odd: {{}}}}}}
rules:
  opens: {{about: host, when: {{kind: big}}, conclude: {{open: yes}}}}
  opens-late: {{about: host, when: {{age: {{at_least: 6}}}}, conclude: {{open: yes}}}}
  is-open: {{about: host, require: {{open: yes}}}}
  few-sites:
    about: host
    applies: {{room: {{given: yes}}}}
    require: {{count: {{of: site, where: {{live: yes}}, at_most: 1}}}}
  host-ready:
    about: site
    require: {{any: [{{host.verdict: ready}}, {{all: [{{live: no}}, {{host.age: {{more_than: 9}}}}]}}]}}
"""
CASES = {
    "ready": "host: {ref: h, kind: big, age: 7}\nsite: [{ref: a, host: h, live: yes}, {ref: b, host: h, live: no}]\n",
    "not-ready": "host: {ref: h, kind: big}\nsite: [{ref: a, host: h, live: yes}, {ref: b, host: h, live: yes}]\n",
    "open": "host: [{ref: h, kind: odd, age: 1}, {ref: i}]\nsite: [{ref: a, live: yes}, {ref: b, host: i}]\n",
}


@pytest.fixture
def explain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "book.yaml", BOOK)
    for name, text in CASES.items():
        write(tmp_path / f"{name}.yaml", f"as_of: 2024-05-01\n{text}")

    def run(name: str, *words: str) -> Ran:
        return rw("explain", f"{name}.yaml", "-r", "book.yaml", "--engine", "plain", *words)

    return run


@pytest.mark.parametrize("name", list(CASES))
@pytest.mark.parametrize("words", [(), ("--all",)], ids=["what mattered", "everything"])
def test_the_tree_of_a_case(
    explain: Callable[..., Ran], golden: Callable[[str, str], None], name: str, words: tuple[str, ...]
) -> None:
    ran = explain(name, *words)
    assert (ran.status, ran.err) == (FINE, "")
    golden(f"explain/{name}{'-all' if words else ''}.txt", ran.out)


@pytest.mark.parametrize(
    ("name", "rule"),
    [("open", "opens"), ("not-ready", "opens-late"), ("open", "host-ready"), ("ready", "opens"), ("open", "is-open")],
)
def test_why_not(explain: Callable[..., Ran], golden: Callable[[str, str], None], name: str, rule: str) -> None:
    ran = explain(name, "--why-not", rule)
    assert ran.status == FINE
    golden(f"explain/why-not-{rule}-{name}.txt", ran.out)


def test_the_shop_of_the_readme(golden: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLE.parent.parent)
    ran = rw("explain", "examples/shop-launch.yaml", "--rule", "subscription-long-enough", "--subject", "web-1")
    golden("explain/shop.txt", ran.out)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--rule", "is-opn"), "U014", "did you mean `is-open`?"),
        (("--why-not", "few"), "U014", "few-sites"),
        (("--subject", "hh"), "U012", "did you mean `h`?"),
        (("--rule", "is-open", "--subject", "a"), "U012", "is not about `a`"),
    ],
)
def test_names_that_nobody_knows(explain: Callable[..., Ran], words: tuple[str, ...], code: str, told: str) -> None:
    ran = explain("ready", *words)
    assert (ran.status, ran.out, ran.codes) == (AT_FAULT, "", [code])
    assert told in ran.err


def test_inputs_at_fault(explain: Callable[..., Ran], tmp_path: Path) -> None:
    assert explain("nowhere").status == AT_FAULT
    write(tmp_path / "bad.yaml", "host: {knd: big}")
    assert explain("bad").codes == ["F002"]


def test_as_data(explain: Callable[..., Ran]) -> None:
    ran = explain("not-ready", "--format", "json")
    assert (ran.status, ran.json["verdict"], len(ran.json["explanation"]["verdicts"])) == (FINE, "not_ready", 3)


def test_a_chain_of_hundreds_of_conclusions_goes_on_below(tmp_path: Path) -> None:
    length = 300
    fields = ", ".join(f"c{number}: {{type: yes/no}}" for number in range(length + 1))
    rules = "".join(
        f"  s{number}: {{about: k, when: {{c{number}: yes}}, conclude: {{c{number + 1}: yes}}}}\n"
        for number in range(length)
    )
    last = f"  last: {{about: k, require: {{c{length}: yes}}}}\n"
    book = write(tmp_path / "book.yaml", f"{HEAD}facts: {{k: {{fields: {{{fields}}}}}}}\nrules:\n{rules}{last}")
    ran = rw("explain", write(tmp_path / "case.yaml", "k: {c0: yes}"), "-r", book, "--engine", "plain")
    assert ran.status == FINE
    assert all(f"  s{number}\n" in ran.out for number in range(length))
    assert "(goes on below at [1])" in ran.out
    assert "case.yaml:1:9" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 100


def test_what_others_wrote_cannot_steer_the_terminal(explain: Callable[..., Ran], tmp_path: Path) -> None:
    write(tmp_path / "evil.yaml", 'host: {ref: "\\e[31m[bold]x\\u202e", kind: odd}')
    ran = explain("evil")
    assert ran.status == FINE
    assert "[bold]x" in ran.out
    assert not {"\x1b", "\u202e"} & set(ran.out)
