"""Which rulebook a command uses: named, by the case, by the folder, or the only shipped one that fits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands import AT_FAULT, FINE, NOT_READY, Ran, edition, rulebook_folder, rw, write
from rulewright import Diagnostic
from rulewright.catalogue import check_file, declared_in, find_rulebook
from rulewright.shipped import shipped_rulebooks

LEAVE_CASE = "request: {ref: r, days: 3}\n"
ICP = "instance: {ref: web-1, service_type: ecs}\n"
BROKEN = edition("2024-01-01").replace("days: {at_most", "dais: {at_most")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the command runs in."""
    path = tmp_path / "here"
    path.mkdir()
    monkeypatch.chdir(path)
    return path


def leave(path: Path, text: str | None = None, name: str = "leave") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = (text or edition("2024-01-01")).replace("rulebook: leave", f"rulebook: {name}")
    return rulebook_folder(path, on_2024_01_01=text)


def used(ran: Ran) -> str:
    assert ran.status in (FINE, NOT_READY), ran.err
    return str(ran.json["rulebook"]["name"])


# --- lint and test ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "config"),
    [
        ("rulebook", {}),
        ("rulebook/leave", {}),
        (".", {}),
        ("rules/leave", {"rulewright.toml": 'rulebook = "rules/leave"'}),
        ("rules/leave", {"pyproject.toml": '[tool.rulewright]\nrulebook = ["rules/leave"]'}),
        ("rules/leave", {"rulewright.toml": 'rulebook = "rules/leave/2024-01-01.yaml"'}),
        ("rulebook/leave", {"pyproject.toml": '[project]\nname = "x"'}),
        ("rulebook/leave", {"pyproject.toml": "[tool.rulewright]\nother = 1"}),
    ],
)
def test_lint_and_test_take_the_rulebook_of_the_folder(place: str, config: dict[str, str], folder: Path) -> None:
    for name, text in config.items():
        write(folder / name, text)
    leave(folder / place)
    write(
        folder / place / "2024-01-01.tests.yaml",
        "tests: [{name: a, given: {request: {days: 3}}, expect: {verdict: ready}}]",
    )
    assert rw("lint") == Ran(FINE, "", "1 rulebook file, 2 rules: 0 errors, 0 warnings\n")
    assert rw("test") == Ran(FINE, "1 passed, 0 failed\n", "")
    leave(folder / place, BROKEN)
    for command in ("lint", "test"):
        ran = rw(command)
        assert (ran.status, ran.codes) == (AT_FAULT, ["R012"])


def test_a_folder_can_hold_several_rulebooks(folder: Path) -> None:
    leave(folder / "rulebook" / "leave")
    leave(folder / "rulebook" / "trips", name="trips")
    write(folder / "rulebook" / "README.md", "no rulebook")
    assert rw("lint").err == "2 rulebook files, 4 rules: 0 errors, 0 warnings\n"


@pytest.mark.parametrize("command", ["lint", "test"])
def test_without_a_rulebook_there_is_nothing_to_do(command: str, folder: Path) -> None:
    write(folder / "rulebook" / "notes.yaml", "rulebook: leave")
    ran = rw(command)
    assert (ran.status, ran.codes) == (AT_FAULT, ["U036"])
    assert "  help: name a rulebook, or change to a folder with editions" in ran.err


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rulewright.toml", "rulebook ="),
        ("rulewright.toml", b"rulebook = \xff"),
        ("rulewright.toml", "rulebook = 3"),
        ("rulewright.toml", "rulebook = []"),
        ("rulewright.toml", "rulebook = ['']"),
        ("rulewright.toml", "rulebook = 'nowhere'"),
        ("pyproject.toml", "[tool.rulewright]\nrulebook = {a = 1}"),
    ],
)
@pytest.mark.parametrize("command", ["lint", "test", "check"])
def test_a_configuration_with_a_mistake(command: str, name: str, text: str | bytes, folder: Path) -> None:
    leave(folder / "rulebook")
    write(folder / name, text)
    ran = rw(command, *([write(folder / "case.yaml", LEAVE_CASE)] if command == "check" else []))
    assert (ran.status, ran.codes) == (AT_FAULT, ["U036"])
    assert ran.err.startswith(f"{name}:1:1: ")


# --- check -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        ICP,
        "# a comment\n---\ncase: x\n" + ICP,
        json.dumps({"case": "x", "instance": [{"ref": "a", "service_type": "ecs"}]}),
        json.dumps({"instance": {"ref": 'a "quoted" {name', "service_type": "ecs"}}, indent=2),
        "{case: 'it''s, {x', instance: {ref: web-1}}",
        "\ufeff" + ICP,
        '"instance": {ref: web-1}\n',
        "instance:\n  - ref: web-1\nfiling: {ref: shop}\n",
        "instance: {ref: a}\n---\nfiling: {ref: b}\n",
    ],
)
@pytest.mark.parametrize("by_pipe", [False, True])
def test_the_only_shipped_rulebook_that_fits(text: str, by_pipe: bool, folder: Path) -> None:
    if by_pipe:
        ran = rw("check", "-", "-f", "json", data=text)
    else:
        ran = rw("check", write(folder / "case.yaml", text), "-f", "json")
    found = ran.json if isinstance(ran.json, list) else [ran.json]
    assert {one["rulebook"]["name"] for one in found} == {"alibaba-cloud-icp-filing"}


def test_the_kind_of_rows_tells_the_rulebook(folder: Path) -> None:
    rows = write(folder / "a.csv", "ref,service_type\nweb-1,ecs\n")
    for format_ in ("json", "jsonl"):
        assert used(rw("check", rows, "--kind", "instance", "-f", format_)) == "alibaba-cloud-icp-filing"
    ran = rw("check", rows, "-f", "jsonl")
    assert (ran.status, ran.codes) == (AT_FAULT, ["U036"])


def test_batches_choose_alike(folder: Path) -> None:
    lines = write(folder / "a.jsonl", '{"case": "a", "instance": {"ref": "web-1"}}\n')
    assert used(rw("check", lines, "-f", "jsonl")) == "alibaba-cloud-icp-filing"
    assert used(rw("check", "-", "--input", "jsonl", "-f", "jsonl", data=lines.read_bytes())).startswith("alibaba")
    leave(folder / "rulebook" / "leave")
    write(lines, '{"case": "a", "request": {"ref": "r", "days": 3}}\n')
    assert used(rw("check", lines, "-f", "jsonl")) == "leave"


def test_the_folder_comes_before_what_is_shipped(folder: Path) -> None:
    leave(folder / "rulebook" / "leave")
    case = write(folder / "case.yaml", LEAVE_CASE)
    for words in (["check", case, "-f", "json"], ["explain", case, "-f", "json"], ["fix", case, "-f", "json"]):
        assert rw(*words).status == FINE
    assert used(rw("check", case, "-f", "json")) == "leave"
    assert rw("schema", "cases").json["title"].startswith("Case for leave")
    assert rw("trace").status in (FINE, 1)


def test_of_several_in_the_folder_the_one_that_fits(folder: Path) -> None:
    leave(folder / "rulebook" / "leave")
    trips = edition("2024-01-01").replace("  request:", "  trip:").replace("about: request", "about: trip")
    leave(folder / "rulebook" / "trips", trips, "trips")
    assert used(rw("check", write(folder / "a.yaml", LEAVE_CASE), "-f", "json")) == "leave"
    assert used(rw("check", write(folder / "b.yaml", "trip: {days: 3}\n"), "-f", "json")) == "trips"
    assert used(rw("check", write(folder / "c.yaml", ICP), "-f", "json")) == "alibaba-cloud-icp-filing"
    ran = rw("check", write(folder / "d.yaml", "trip: {days: 3}\nrequest: {days: 3}\n"))
    assert (ran.status, ran.codes) == (AT_FAULT, ["U036"])
    assert "no rulebook has the kinds `request`, `trip`" in ran.err
    ran = rw("ask")
    assert (ran.status, ran.codes) == (AT_FAULT, ["U036"])
    assert "`rulebook/leave`, `rulebook/trips`" in ran.err


def test_a_case_names_its_rulebook(folder: Path) -> None:
    leave(folder / "rulebook" / "leave")
    case = write(folder / "case.yaml", f"rulebook: alibaba-cloud-icp-filing  # shipped\n{ICP}")
    assert used(rw("check", case, "-f", "json")) == "alibaba-cloud-icp-filing"
    write(case, f"rulebook: 'leave'\n{LEAVE_CASE}")
    assert used(rw("check", case, "-f", "json")) == "leave"
    write(case, f"rulebook: huawei-cloud-icp-filing\n{LEAVE_CASE}")
    ran = rw("check", case, "--rulebook", "rulebook/leave")
    assert (ran.status, ran.codes) == (AT_FAULT, ["F015"])
    write(case, f"rulebook: leaf\n{LEAVE_CASE}")
    ran = rw("check", case)
    assert (ran.status, ran.codes) == (AT_FAULT, ["U036"])
    assert ran.err == "U036 the case names the rulebook `leaf`, which is not here\n  help: did you mean `leave`?\n"


@pytest.mark.parametrize("format_", ["json", "jsonl"])
def test_a_case_of_another_rulebook_costs_itself_alone(format_: str, folder: Path) -> None:
    leave(folder / "rulebook" / "leave")
    case = {"request": {"ref": "r", "days": 3}}
    lines = [
        {"case": "a", "rulebook": "leave", **case},
        {"case": "b", "rulebook": "trips", **case},
        {"case": "c", **case},
    ]
    file = write(folder / "a.jsonl", "".join(f"{json.dumps(line)}\n" for line in lines))
    ran = rw("check", file, "-f", format_)
    assert "F015" in ran.codes
    assert ran.status not in (FINE, NOT_READY)
    found = ran.json if format_ == "json" else [json.loads(line) for line in ran.out.splitlines()]
    assert [one["case"] for one in found] == ["a", "c"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "account: {ref: a}\n",
            "several rulebooks fit the facts: `huawei-cloud-icp-filing`, `tencent-cloud-icp-filing`",
        ),
        ("odd: {ref: a}\n", "no rulebook has the kinds `odd`"),
        ("", "the facts do not tell which rulebook is meant"),
        ("[1, 2]\n", "the facts do not tell which rulebook is meant"),
        ("{", "the facts do not tell which rulebook is meant"),
        ("\x00\n", "the facts do not tell which rulebook is meant"),
    ],
)
@pytest.mark.parametrize("format_", ["text", "jsonl"])
def test_what_is_unclear_is_said(text: str, said: str, format_: str, folder: Path) -> None:
    ran = rw("check", write(folder / "case.yaml", text), "-f", format_)
    assert (ran.status, ran.out, ran.codes) == (AT_FAULT, "", ["U036"])
    assert said in ran.err
    assert "  help: name the rulebook with --rulebook: `" in ran.err


@pytest.mark.parametrize("words", [("check",), ("check", "-f", "jsonl"), ("explain",), ("fix",)])
def test_a_file_that_cannot_be_read_is_reported_as_such(words: tuple[str, ...], folder: Path) -> None:
    ran = rw(*words, folder / "nowhere.yaml")
    assert (ran.status, ran.out, ran.codes) == (AT_FAULT, "", ["S001"])


@pytest.mark.parametrize("words", [("check",), ("check", "-f", "jsonl"), ("explain",), ("fix",), ("ask",)])
def test_a_forgotten_rulebook_is_named_with_the_mistakes(words: tuple[str, ...], folder: Path) -> None:
    leave(folder / "rulebook" / "leave")
    case = write(folder / "case.yaml", ICP)
    ran = rw(*words, case)
    assert "F001" in ran.codes
    assert (
        "the facts were checked against `leave`, because --rulebook was left out; "
        "the kinds of the facts also fit `alibaba-cloud-icp-filing`\n" in ran.err
    )
    assert "because --rulebook was left out" not in rw(*words, case, "--rulebook", "rulebook/leave").err


def test_a_misspelt_kind_is_still_reported_as_such(folder: Path) -> None:
    ran = rw("check", write(folder / "case.yaml", "instance: {ref: a}\nfilling: {ref: b}\n"))
    assert (ran.status, ran.codes) == (AT_FAULT, ["F001"])
    assert "did you mean `filing`?" in ran.err


# --- names and kinds -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped_rulebooks())
def test_what_is_declared_is_read_without_loading(name: str) -> None:
    editions = find_rulebook(name)
    assert not isinstance(editions, Diagnostic)
    file = editions.file(None)
    assert not isinstance(file, Diagnostic)
    rulebook, _ = check_file(file)
    declared = declared_in(name)
    assert rulebook is not None
    assert declared is not None
    assert (declared.name, declared.kinds) == (rulebook.name, frozenset(rulebook.kinds))


@pytest.mark.parametrize(
    "facts",
    [
        "facts: {a: {fields: {}}, b_2: {fields: {}}}",
        "facts:\n  a:\n    fields: {}\n\n  # c:\n  b_2: {fields: {}}",
        "facts:\n    a: {fields: {}}\n    b_2: {fields: {}}",
        "facts:\n  'a': {fields: {}}\n  \"b_2\": {fields: {}}",
        "facts:   # kinds\n  a: {fields: {}}\n# between\n  b_2: {fields: {}}",
        "facts:\r\n  a: {fields: {}}\r\n  b_2: {fields: {}}\r",
        "facts:\n  a:\n    note: |\n      c: d\n    fields: {}\n  b_2: {fields: {}}",
        "facts:\n  ? a\n  : fields: {}\n  b_2: {fields: {}}",
    ],
)
def test_kinds_are_read_however_they_are_written(facts: str, folder: Path) -> None:
    file = write(
        folder / "x.yaml", f"rulebook: leave\nedition: 2024-01-01\nlanguage: 1\ntitle: T\n{facts}\nrules: {{}}\n"
    )
    declared = declared_in(str(file))
    assert declared is not None
    assert (declared.name, declared.kinds) == ("leave", {"a", "b_2"})
