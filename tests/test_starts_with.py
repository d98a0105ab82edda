"""`starts_with`: the texts that pass, errors, and what lint, fix, explanations and tests of rulebooks say."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import FINE, NOT_READY, Ran, rw, write

TABLE = """
tables:
  names:
    about: host
    by: key
    columns: {full_name: {type: text}}
    rows: {full: {full_name: cn-beijing}, empty: {}}
"""


def rulebook(folder: Path, test: str, more: str = "", rules: str = "") -> Path:
    """A rulebook whose hosts are ready if a test passes."""
    text = f"""\
rulebook: hosts
edition: 2024-01-01
language: 1
title: Hosts
documents: {{page: {{title: Page}}}}
facts:
  host:
    fields:
      name: {{type: text, changes: {{}}, ask: What is its name?}}
      prefix: {{type: text}}
      key: {{type: text}}
      size: {{type: whole number}}
      tone: {{type: choice, of: [red, blue]}}
      state: {{type: text}}
parameters: {{wanted: {{type: text, value: cn-}}, listed: {{type: text, value: [cn-, us-]}}}}
{more}
rules:
  well-named: {{about: host, require: {test}, source: {{document: page}}}}
{rules}
"""
    return write(folder / "hosts" / "2024-01-01.yaml", text).parent


def check(folder: Path, test: str, facts: str, *words: str, more: str = "") -> Ran:
    case = write(folder / "case.yaml", f"as_of: 2024-05-01\nhost: {{ref: h, state: up, {facts}}}\n")
    return rw("check", case, "--rulebook", rulebook(folder, test, more), "--format", "json", *words)


@pytest.mark.parametrize("engine", ["durable", "plain"])
@pytest.mark.parametrize(
    ("test", "facts", "verdict"),
    [
        ("{name: {starts_with: cn-}}", "name: cn-beijing", "ready"),
        ("{name: {starts_with: cn-}}", "name: cn-", "ready"),
        ("{name: {starts_with: cn-}}", "name: cn", "not_ready"),
        ("{name: {starts_with: cn-}}", "name: CN-beijing", "not_ready"),
        ("{name: {starts_with: cn-}}", "name: a-cn-", "not_ready"),
        ("{name: {starts_with: cn-}}", 'name: ""', "not_ready"),
        ('{name: {starts_with: ""}}', 'name: ""', "ready"),
        ("{name: {starts_with: cn-}}", "key: k", "needs_information"),
        ("{not: {name: {starts_with: cn-}}}", "name: us-east", "ready"),
        ("{not: {name: {starts_with: cn-}}}", "key: k", "needs_information"),
        ("{name: {starts_with: cn-, ignore_case: yes}}", "name: CN-beijing", "ready"),
        ("{name: {starts_with: Cn-, ignore_case: no}}", "name: CN-beijing", "not_ready"),
        ("{name: {starts_with: é, ignore_case: yes}}", "name: Été", "not_ready"),
        ("{name: {starts_with: e}}", 'name: "e\\u0301t"', "not_ready"),
        ('{name: {starts_with: "e\\u0301"}}', "name: été", "ready"),
        ("{name: {starts_with: 中}}", "name: 中国", "ready"),
        ('{name: {starts_with: "%"}}', "name: abc", "not_ready"),
        ("{name: {starts_with: a_}}", "name: abc", "not_ready"),
        ("{name: {starts_with: {field: prefix}}}", "name: abc, prefix: ab", "ready"),
        ("{name: {starts_with: {field: prefix}}}", "name: ab, prefix: abc", "not_ready"),
        ("{name: {starts_with: {field: prefix}}}", "name: abc", "needs_information"),
        ("{name: {starts_with: {field: tone}}}", "name: redder, tone: red", "ready"),
        ("{name: {starts_with: {parameter: wanted}}}", "name: cn-x", "ready"),
        ("{full_name: {starts_with: cn-}}", "key: full", "ready"),
        ("{full_name: {starts_with: cn-}}", "key: empty", "not_ready"),
        ("{not: {full_name: {starts_with: cn-}}}", "key: empty", "ready"),
        ("{full_name: {starts_with: cn-}}", "key: other", "needs_information"),
    ],
)
def test_the_verdict(tmp_path: Path, test: str, facts: str, verdict: str, engine: str) -> None:
    ran = check(tmp_path, test, facts, "--engine", engine, more=TABLE)
    assert ran.json["verdict"] == verdict, ran.err


@pytest.mark.parametrize(
    ("test", "code", "said"),
    [
        ("{size: {starts_with: 1}}", "R020", "`starts_with` compares texts, and `size` is a whole number"),
        ("{tone: {starts_with: r}}", "R020", "`starts_with` compares texts, and `tone` is a choice"),
        ("{as_of: {starts_with: 2024}}", "R020", "`starts_with` compares texts, and `as_of` is a date"),
        ("{name: {starts_with: 3}}", "R021", "the number `3` stands where a text is expected"),
        ("{name: {starts_with: [a, b]}}", "R003", "a list stands where one value is expected"),
        ("{name: {starts_with: {parameter: listed}}}", "R020", "is a list where a single value is expected"),
        ("{name: {starts_with: {field: size}}}", "R020", "a text cannot be compared with a whole number"),
        ("{name: {starts_with: ~}}", "R021", "nothing stands where a text is expected"),
        ("{name: {startswith: a}}", "R017", "write `starts_with:`"),
        ("{name: {begins_with: a}}", "R017", "write `starts_with:`"),
        ("{name: {start_with: a}}", "R017", "did you mean `starts_with`?"),
        ("{size: {begins: a}}", "R017", "use one of `is`, `is_not`, `in`, `not_in`, `at_least`"),
    ],
)
def test_an_error_of_the_rulebook(tmp_path: Path, test: str, code: str, said: str) -> None:
    ran = rw("lint", rulebook(tmp_path, test))
    assert ran.status != FINE
    assert code in ran.codes and said in ran.err


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ("{all: [{name: {starts_with: ab}}, {name: {starts_with: b}}]}", "can never be met"),
        ("{all: [{name: {starts_with: ab}}, {name: abc}, {name: {is_not: abc}}]}", "can never be met"),
        ("{all: [{name: {starts_with: ab}}, {name: xab}]}", "can never be met"),
        ("{all: [{name: {starts_with: abc}}, {not: {name: {starts_with: ab}}}]}", "can never be met"),
        ("{any: [{name: {starts_with: ab}}, {not: {name: {starts_with: abc}}}]}", "is always met"),
        ('{name: {starts_with: ""}}', "this test holds for every value of the field"),
        ("{all: [{name: {starts_with: ab}}, {name: {starts_with: abc}}]}", None),
        ("{all: [{name: {starts_with: ab}}, {name: {is_not: ab}}]}", None),
        ("{all: [{name: {starts_with: ab}}, {not: {name: {starts_with: abc}}}]}", None),
        ("{all: [{name: {starts_with: ab}}, {name: {in: [abc, x]}}]}", None),
        ("{all: [{name: {starts_with: ab, ignore_case: yes}}, {name: {starts_with: AB}}]}", None),
        ("{name: {starts_with: {field: prefix}}}", None),
    ],
)
def test_what_lint_proves(tmp_path: Path, test: str, message: str | None) -> None:
    said = rw("lint", rulebook(tmp_path, test)).err
    assert (message in said) if message is not None else "W012" not in said and "W013" not in said, said


@pytest.mark.parametrize(
    ("first", "second", "facts"),
    [
        ("{starts_with: ab}", "{starts_with: a}", "`name` is `ab…`"),
        ("{starts_with: ab}", "{is: abx}", "`name` is `abx`"),
        ("{starts_with: ab}", "{starts_with: b}", None),
        ("{starts_with: ab}", "{is: ba}", None),
    ],
)
def test_conclusions_that_contradict_each_other(tmp_path: Path, first: str, second: str, facts: str | None) -> None:
    rules = "".join(
        f"  {rule}: {{about: host, when: {{name: {test}}}, conclude: {{group: {value}}}, source: {{document: page}}}}\n"
        for rule, test, value in (("one", first, 1), ("two", second, 2))
    )
    folder = rulebook(tmp_path, "{group: 1}", rules=rules)
    path = folder / "2024-01-01.yaml"
    path.write_text(path.read_text().replace("      size:", "      group: {type: whole number}\n      size:"))
    said = rw("lint", folder).err
    assert ("R031" in said) is (facts is not None) and (facts is None or facts in said), said


@pytest.mark.parametrize(
    ("test", "name", "change"),
    [
        ("{name: {starts_with: cn-}}", "us-east", "from us-east to cn-…"),
        ("{name: {starts_with: {parameter: wanted}}}", "us-east", "from us-east to cn-"),
        ("{name: {starts_with: {field: prefix}}}", "us-east", "from us-east to eu-"),
        ("{all: [{name: {starts_with: cn-}}, {not: {name: {starts_with: cn-…}}}]}", "x", None),
        ("{not: {name: {starts_with: us}}}", "us-east", "from us-east to another text"),
        ("{all: [{not: {name: {starts_with: us}}}, {not: {name: {starts_with: a}}}]}", "us-east", "to another text"),
        ("{name: {starts_with: cn-, ignore_case: yes}}", "us-east", "from us-east to cn-…"),
        ("{all: [{name: {starts_with: cn-}}, {name: {starts_with: eu-}}]}", "us-east", None),
    ],
)
def test_the_smallest_change(tmp_path: Path, test: str, name: str, change: str | None) -> None:
    case = write(tmp_path / "case.yaml", f"as_of: 2024-05-01\nhost: {{ref: h, name: {name}, prefix: eu-}}\n")
    ran = rw("fix", case, "--rulebook", rulebook(tmp_path, test))
    assert (change in ran.out) if change is not None else "hange name" not in ran.out, ran.out


def explained(case: Path, folder: Path) -> str:
    """What `rulewright explain` prints, with the lines that it breaks as one."""
    return " ".join(rw("explain", case, "--rulebook", folder).out.split())


def test_an_explanation_names_what_is_needed(tmp_path: Path) -> None:
    folder = rulebook(tmp_path, "{name: {starts_with: {parameter: wanted}}}")
    case = write(tmp_path / "case.yaml", "as_of: 2024-05-01\nhost: {ref: h, name: us-east}\n")
    english = explained(case, folder)
    assert "name starts with cn- (wanted)" in english and "a text that starts with cn- (wanted)" in english, english
    chinese = rw("check", case, "--rulebook", folder, "--format", "json", "--lang", "zh").out
    assert "name以cn-（wanted）开头" in chinese and "以cn-（wanted）开头的文本" in chinese, chinese
    folder = rulebook(tmp_path, "{not: {name: {starts_with: us}}}")
    english = explained(case, folder)
    assert "name does not start with us" in english and "a text that does not start with us" in english, english


@pytest.mark.parametrize(("outcome", "status"), [("met", FINE), ("violated", NOT_READY)])
def test_a_test_of_a_rulebook(tmp_path: Path, outcome: str, status: int) -> None:
    folder = rulebook(tmp_path, "{name: {starts_with: cn-}}")
    tests = f"""\
rulebook: hosts
tests:
  - name: a name in China
    given: {{host: {{ref: h, name: cn-beijing}}}}
    expect: {{outcomes: {{well-named: {outcome}}}}}
"""
    write(folder / "2024-01-01.tests.yaml", tests)
    assert rw("test", folder).status == status


def test_a_batch_in_columns(tmp_path: Path) -> None:
    folder = rulebook(tmp_path, "{name: {starts_with: cn-, ignore_case: yes}}")
    names = ["cn-a", "CN-b", "us-c", "cn", ""]
    rows = (
        "".join(f'{{"ref": "h", "name": "{name}", "state": "up"}}\n' for name in names)
        + '{"ref": "h", "state": "up"}\n'
    )
    write(tmp_path / "hosts.jsonl", rows)
    ran = rw(
        "check",
        tmp_path / "hosts.jsonl",
        "--kind",
        "host",
        "--rulebook",
        folder,
        "--format",
        "csv",
        "--as-of",
        "2024-05-01",
    )
    verdicts = [line.split(",")[1] for line in ran.out.splitlines()[1:]]
    assert verdicts == ["ready", "ready", "not_ready", "not_ready", "not_ready", "needs_information"], ran.out
