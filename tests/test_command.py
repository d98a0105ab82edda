"""`rulewright check`: what goes in, what comes out, where, and with which exit status."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import rulewright.command.outputs as outputs
from commands import (
    AT_FAULT,
    EXAMPLE,
    FINE,
    NOT_READY,
    REJECTED,
    ROOT,
    Ran,
    edition,
    environment,
    process,
    rulebook_folder,
    rw,
    write,
)

READY = "{case: short, request: {days: 3}}\n"
LONG = "{case: long, request: {days: 30}}\n"
OPEN = "{case: open, request: {}}\n"
BAD = "{case: bad, request: {dais: 3}}\n"


@pytest.fixture
def leave(tmp_path: Path) -> Path:
    return rulebook_folder(tmp_path / "leave", on_2024_01_01=edition("2024-01-01"))


@pytest.fixture
def check(leave: Path) -> Callable[..., Ran]:
    def run(*words: str | Path, data: str | bytes | None = None) -> Ran:
        return rw("check", *words, "-r", leave, data=data)

    return run


def verdicts(ran: Ran) -> dict[str, str]:
    return {case["case"]: case["verdict"] for case in map(json.loads, ran.out.splitlines())}


# --- inputs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.yaml", READY + "---\n" + LONG, {"short": "ready", "long": "not_ready"}),
        ("a.yaml", "request: {days: 3}\n", {"a": "ready"}),
        ("a.yaml", "request: {days: 3}\n---\nrequest: []\n", {"a-1": "ready", "a-2": "not_applicable"}),
        ("a.b.json", '{\n\t"request":\t[\n\t\t{"days": 3},\t{"days": 11}\n\t]\n}\n', {"a": "not_ready"}),
        ("a.json", '{"case": "\\u674e\\ud83d\\ude00", "request": {"days": 3}}', {"李😀": "ready"}),
        ("a.json", '\ufeff{"request":{"days":3,"reason":"\\u0000"}}', None),
        ("a.json", '{"request":{"days":3,"reason":"a\\/b \\"c\\" \\t\\u2028"}}', {"a": "ready"}),
        ("a.jsonl", '{"request": {"days": 3}}\n\n{"request": {"days": 11}}\n', {"a-1": "ready", "a-3": "not_ready"}),
        ("a.ndjson", '{"request": {"days": 3}}\r\n', {"a-1": "ready"}),
        ("lines", '{"request": {"days": 3}}\n{"request": {}}\n', {"lines-1": "ready", "lines-2": "needs_information"}),
    ],
)
def test_forms_of_input(
    check: Callable[..., Ran], tmp_path: Path, name: str, text: str, expected: dict[str, str] | None
) -> None:
    ran = check(write(tmp_path / name, text), "-f", "jsonl")
    if expected is None:
        assert (ran.status, ran.out) == (AT_FAULT, "")
    else:
        assert verdicts(ran) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (READY, {"short": "ready"}),
        ("request: {days: 3}\n", {"case": "ready"}),
        ('{"request": {"days": 3}}\n{"request": {"days": 11}}\n', {"case-1": "ready", "case-2": "not_ready"}),
        ('{"a": \n{"request": {"days": 11}}\n', {}),
    ],
)
def test_standard_input(check: Callable[..., Ran], text: str, expected: dict[str, str]) -> None:
    ran = check("-", "-f", "jsonl", data=text)
    assert verdicts(ran) == expected
    assert ran.status == (AT_FAULT if not expected else NOT_READY if "not_ready" in expected.values() else FINE)


def test_several_files_and_standard_input_each_once(check: Callable[..., Ran], tmp_path: Path) -> None:
    ready, long = write(tmp_path / "r.yaml", READY), write(tmp_path / "l.yaml", LONG)
    ran = check(long, "-", ready, "-", long, "-f", "jsonl", data=OPEN)
    assert list(verdicts(ran)) == ["long", "open", "short"]
    assert ran.err == ""


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (READY, FINE),
        ("{request: []}\n", FINE),
        (LONG, NOT_READY),
        (OPEN, NOT_READY),
        (READY + "---\n" + LONG, NOT_READY),
        (BAD, AT_FAULT),
        (READY + "---\n" + BAD, REJECTED),
        (LONG + "---\n" + BAD, REJECTED),
    ],
)
def test_exit_status(check: Callable[..., Ran], tmp_path: Path, text: str, status: int) -> None:
    assert check(write(tmp_path / "a.yaml", text)).status == status


def test_good_cases_are_answered_though_others_are_bad(check: Callable[..., Ran], tmp_path: Path) -> None:
    lines = [
        '{"case": "short", "request": {"days": 3}}',
        '{"case": "broken", "request": {"days": 3}',
        '{"case": "typed", "request": {"days": "3"}}',
        '{"case": "short", "request": {"days": 11}}',
        '{"case": "long", "request": {"days": 11}}',
    ]
    files = (write(tmp_path / "a.jsonl", "\n".join(lines)), tmp_path / "nope.yaml")
    ran = check(*files, "-f", "json")
    assert ran.status == REJECTED
    assert {case["case"]: case["verdict"] for case in ran.json} == {"short": "ready", "long": "not_ready"}
    assert ran.codes == ["S012", "F003", "F012", "S001"]
    places = [line.split(":")[1] for line in ran.err.splitlines() if line.startswith(str(files[0]))]
    assert places[:3] == ["2", "3", "4"]
    ran = check(*files, "-f", "jsonl")
    assert ran.status == REJECTED
    assert sorted(ran.codes) == ["F003", "S001", "S012"]
    assert [json.loads(line)["verdict"] for line in ran.out.splitlines()] == ["ready", "not_ready", "not_ready"]


def test_json_of_one_case_is_an_object_only_where_it_is_the_only_one(check: Callable[..., Ran], tmp_path: Path) -> None:
    one, bad = write(tmp_path / "a.yaml", READY), write(tmp_path / "b.yaml", BAD)
    assert check(one, "-f", "json").json["case"] == "short"
    assert [case["case"] for case in check(one, bad, "-f", "json").json] == ["short"]


HOSTILE = {
    "empty": b"",
    "only a comment": b"# nothing\n",
    "not UTF-8": b"\xff\xfe{\x00",
    "a tab": b"request:\n\tdays: 3\n",
    "ten megabytes": b"request: {reason: '" + b"x" * 10_000_000 + b"'}\n",
    "three megabytes": b"request: {reason: '" + b"x" * 3_000_000 + b"'}\n",
    "nested 10,000 deep": b"request: " + b"[" * 10_000 + b"]" * 10_000,
    "mappings 10,000 deep": b"request: " + b"{a: " * 10_000 + b"}" * 10_000,
    "an alias bomb": b"a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    + b"".join(b"a%d: &a%d [%s]\n" % (i, i, b", ".join([b"*a%d" % (i - 1)] * 10)) for i in range(1, 30)),
    "half a character": b'{"request": {"reason": "\\ud83d"}}',
    "a null character": b'{"request": {"reason": "\\u0000"}}',
    "a huge number": b"request: {days: " + b"9" * 5_000 + b"}\n",
    "a huge exponent": b"request: {days: 1e999999999999}\n",
    "a date beyond all": b"as_of: 99999-01-01\nrequest: {days: 1}\n",
    "a number": b"42",
    "a merge key": b"a: &a {days: 3}\nrequest: {<<: *a}\n",
    "a tag": b"request: !!python/object/apply:os.system ['true']\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_files_that_nobody_meant(check: Callable[..., Ran], tmp_path: Path, name: str) -> None:
    for suffix in ("yaml", "json", "jsonl"):
        ran = check(write(tmp_path / f"a.{suffix}", HOSTILE[name]))
        assert ran.status == AT_FAULT
        assert ran.codes
        assert "Traceback" not in ran.err
        assert max(map(len, ran.err.splitlines())) < 500


def test_files_that_are_none(check: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    ran = check(tmp_path / "nope.yaml", tmp_path / "none")
    assert ran.status == AT_FAULT
    assert ran.err == (
        f"{tmp_path}/none:1:1: U006 the folder `{tmp_path}/none` has no fact files\n"
        "  help: fact files end in .yaml, .yml, .json, .jsonl, .ndjson, .csv, .parquet, "
        "all but the last also with .gz or .zst\n"
        f"{tmp_path}/nope.yaml:1:1: S001 the file cannot be read: no such file or directory\n"
        "  help: check the name and your rights\n"
    )


def test_whole_numbers_are_written_without_a_point(check: Callable[..., Ran]) -> None:
    for written in ("1.0", "1e2", "1E0"):
        assert check("-", data=f'{{"request": {{"days": {written}}}}}').codes == ["F003"]
    assert check("-", data='{"request": {"days": -0}}').codes == ["F005"]
    assert check("-", data='{"request": {"days": 12345678901234567890}}').codes == ["F003"]
    assert check("-", data='{"request": {"days": 999999999999999}}').status == NOT_READY


def test_what_is_told_steers_no_terminal(check: Callable[..., Ran], tmp_path: Path) -> None:
    text = 'request: {"\\e]0;x\\a": 1, days: "\\e[2J", reason: "\\x9b31m\\u202e"}\n"\\e[31m": 1\n'
    texts = [check(write(tmp_path / "a\x1b[31m.yaml", text)).err, check(tmp_path / "\x1b[31mnope").err]
    texts.append(rw("check", EXAMPLE, "-r", "\x1b[2J").err)
    texts.append(rw("check", EXAMPLE, "--as-of", "\x1b[2J").err)
    texts.append(
        check(write(tmp_path / "b.yaml", 'case: "\\e[2J"\nrequest: {ref: "\\e[31m", days: 11}\n'), "--all").out
    )
    for told in texts:
        assert told
        assert not set(told) & {"\x1b", "\x07", "\x9b", "\u202e"}


# --- the rulebook and its editions -----------------------------------------------------------------------------------


def test_an_unknown_rulebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = rw("check", EXAMPLE, "-r", "alibaba-cloud-icp-filling")
    assert (ran.status, ran.out) == (AT_FAULT, "")
    assert ran.err == (
        "U001 there is no rulebook `alibaba-cloud-icp-filling`\n  help: did you mean `alibaba-cloud-icp-filing`?\n"
    )
    (tmp_path / "empty").mkdir()
    assert rw("check", EXAMPLE, "-r", "empty").err.startswith("U001 `empty` has no editions\n")
    assert rw("check", EXAMPLE, "-r", "").codes == ["U001"]
    rulebook_folder(tmp_path / "odd", on_2024_02_31=edition("2024-02-29"))
    assert rw("check", EXAMPLE, "-r", "odd").err.startswith("U001 `2024-02-31.yaml` in `odd` is named by no day")


def test_a_known_name_is_not_taken_for_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rulebook_folder(tmp_path / "alibaba-cloud-icp-filing", on_2024_01_01=edition("2024-01-01"))
    assert rw("check", EXAMPLE, "-f", "json").json["rulebook"]["name"] == "alibaba-cloud-icp-filing"
    ran = rw("check", "-", "-f", "json", "-r", "./alibaba-cloud-icp-filing", data=READY)
    assert ran.json["rulebook"]["name"] == "leave"


def test_an_unknown_edition(check: Callable[..., Ran], leave: Path) -> None:
    ran = check("-", "--edition", "2024-01-02", data=READY)
    assert (ran.status, ran.out) == (AT_FAULT, "")
    assert ran.err == "U002 `leave` has no edition 2024-01-02\n  help: its editions: 2024-01-01\n"
    file = rw("check", "-", "-r", leave / "2024-01-01.yaml", "--edition", "2024-01-02", data=READY)
    assert file.codes == ["U002"]
    (leave / "2024-01-01.yml").write_text(edition("2024-01-01"))
    assert check("-", data=READY).err.startswith(f"U002 `{leave}` has the edition 2024-01-01 twice")


@pytest.mark.parametrize("written", ["2024-1-1", "20240101", "2024-02-30", "today", "2024-W01-1", ""])
def test_what_is_no_date(check: Callable[..., Ran], written: str) -> None:
    ran = check("-", "--as-of", written, "--edition", written, data=READY)
    assert ran.codes == ["U004", "U004"]
    assert ran.status == AT_FAULT


def test_the_edition_in_force(tmp_path: Path) -> None:
    folder = rulebook_folder(
        tmp_path / "leave",
        on_2022_01_01=edition("2022-01-01", complete="no"),
        on_2023_01_01=edition("2023-01-01", most=20),
        on_2024_01_01=edition("2024-01-01", most=10),
        on_2025_01_01=edition("2025-01-01", most=5, complete="no"),
    )

    def judged(*words: str) -> tuple[str, list[str]]:
        case = rw("check", "-", "-r", folder, "-f", "json", *words, data="request: {days: 15}\n").json
        return case["rulebook"]["edition"], case.get("notices", [])

    assert judged("--as-of", "2023-12-31") == ("2023-01-01", [])
    assert judged("--as-of", "2024-01-01") == ("2024-01-01", [])
    partial = "covers only a part of its document"
    aside = f"the edition of 2025-01-01 {partial} and is left aside; take it with --edition 2025-01-01"
    assert judged("--as-of", "2025-06-01") == ("2024-01-01", [aside])
    assert judged("--as-of", "2025-06-01", "--edition", "2025-01-01") == ("2025-01-01", [])
    before = "2021-06-01 is before the edition of 2023-01-01, by which the case is judged all the same"
    assert judged("--as-of", "2021-06-01") == ("2023-01-01", [before])
    assert judged("--as-of", "2022-06-01")[0] == "2023-01-01"
    # each document of a stream by the edition that is in force on its own day
    stream = "".join(f"---\n{{case: c{year}, as_of: {year}-06-01, request: {{days: 15}}}}\n" for year in (2023, 2024))
    cases = rw("check", "-", "-r", folder, "-f", "json", data=stream).json
    assert [(case["rulebook"]["edition"], case["verdict"]) for case in cases] == [
        ("2023-01-01", "ready"),
        ("2024-01-01", "not_ready"),
    ]


SICK = "{sick: {about: request, applies: {reason: sick}, what: sick leave, covered_by: 2024-01-01}}"
OTHERS = "The edition of 2025-01-01 does not cover sick leave, which request {}; the edition of 2024-01-01 does."


@pytest.mark.parametrize("engine", ["durable", "plain"])
@pytest.mark.parametrize(
    ("facts", "verdict", "outcome", "told", "asked"),
    [
        ("{days: 3, reason: family}", "ready", "not_applicable", None, []),
        ("{days: 3, reason: sick}", "needs_information", "unknown", OTHERS.format("needs"), []),
        ("{days: 15, reason: sick}", "not_ready", "unknown", OTHERS.format("needs"), []),
        ("{days: 3}", "needs_information", "unknown", OTHERS.format("may need"), ["reason"]),
        ("{reason: sick}", "needs_information", "unknown", OTHERS.format("needs"), ["days"]),
    ],
)
def test_what_a_partial_edition_does_not_cover(
    tmp_path: Path, facts: str, verdict: str, outcome: str, told: str | None, asked: list[str], engine: str
) -> None:
    folder = rulebook_folder(
        tmp_path / "leave",
        on_2024_01_01=edition("2024-01-01"),
        on_2025_01_01=edition("2025-01-01", complete="no", not_covered=SICK),
    )
    words = ("check", "-", "-r", folder, "-f", "json", "--as-of", "2025-06-01", "--engine", engine)
    case = rw(*words, "--edition", "2025-01-01", data=f"request: {facts}\n").json
    assert (case["verdict"], case["rulebook"]["complete"], "notices" in case) == (verdict, False, False)
    assert [item["field"] for item in case["missing"]] == asked
    finding = next(item for item in case["findings"] if item["rule"] == "sick")
    assert finding["outcome"] == outcome
    assert told is None or finding["message"].endswith(told)
    covered = None if told is None else {"what": "sick leave", "covered_by": "2024-01-01"}
    assert finding.get("not_covered") == covered
    # where none is named, the complete edition judges, and one line tells of the other
    case = rw(*words, data=f"request: {facts}\n").json
    aside = (
        "the edition of 2025-01-01 covers only a part of its document and is left aside; "
        "take it with --edition 2025-01-01"
    )
    assert (case["rulebook"]["edition"], case["notices"]) == ("2024-01-01", [aside])
    assert "complete" not in case["rulebook"]


def test_no_edition_is_complete(tmp_path: Path) -> None:
    folder = rulebook_folder(tmp_path / "leave", on_2024_01_01=edition("2024-01-01", complete="no"))
    ran = rw("check", "-", "-r", folder, data=READY)
    assert ran.status == AT_FAULT
    assert ran.err == "U002 no edition of `leave` is complete\n  help: name one with --edition: 2024-01-01\n"
    assert rw("check", "-", "-r", folder, "--edition", "2024-01-01", data=READY).status == FINE
    assert rw("check", "-", "-r", folder / "2024-01-01.yaml", data=READY).status == FINE


def test_a_rulebook_with_mistakes_judges_nothing_and_all_are_told(tmp_path: Path) -> None:
    text = (
        edition("2024-01-01").replace("days: {at_most", "dais: {at_most").replace("severity: warning", "severity: bad")
    )
    folder = rulebook_folder(tmp_path / "leave", on_2024_01_01=text, on_2023_01_01=edition("2023-01-01"))
    ran = rw("check", "-", "-r", folder, data=READY + "---\n" + LONG)
    assert (ran.status, ran.out) == (AT_FAULT, "")
    assert ran.codes == ["R012", "R004"]
    # the edition before is sound, and is not taken in its stead
    assert rw("check", "-", "-r", folder, "--as-of", "2023-06-01", data=READY).status == FINE


def test_as_of_of_the_command_goes_before_that_of_the_case(check: Callable[..., Ran]) -> None:
    case = "as_of: 2024-03-01\nrequest: {days: 3}\n"
    assert check("-", "-f", "json", data=case).json["as_of"] == "2024-03-01"
    assert check("-", "-f", "json", "--as-of", "2024-04-01", data=case).json["as_of"] == "2024-04-01"


# --- engines ---------------------------------------------------------------------------------------------------------


def test_both_engines_write_the_same() -> None:
    durable, reference = (rw("check", EXAMPLE, "-f", "json", "--engine", name).json for name in ("durable", "plain"))
    assert durable.pop("engine") != reference.pop("engine")
    assert durable["run"].pop("arguments") != reference["run"].pop("arguments")
    assert durable == reference


def test_without_durable_rules() -> None:
    blocked = "import sys; sys.modules['durable_rules_engine'] = None"
    ran = process("check", EXAMPLE, before=blocked)
    assert (ran.status, ran.out) == (AT_FAULT, "")
    assert ran.codes == ["U003"]
    assert "pip install" in ran.err and "--engine plain" in ran.err
    assert process("test", before=blocked).codes == ["U003"]
    assert process("lint", before=blocked).status == FINE
    reference = process("check", EXAMPLE, "--engine", "plain", before=blocked)
    assert (reference.status, reference.err) == (NOT_READY, "")
    assert reference.out.startswith("Not ready  shop-launch\n")


# --- outputs ---------------------------------------------------------------------------------------------------------


def without_output(text: str, output: object) -> str:
    """A report without white space and without the argument that names its file."""
    squeezed = "".join(text.split())
    return squeezed.replace(f'"-o","{output}",', "").replace(f"-o{output}", "")


@pytest.mark.parametrize("format_", ["text", "json", "jsonl", "html"])
def test_a_file_gets_what_standard_output_gets(check: Callable[..., Ran], tmp_path: Path, format_: str) -> None:
    report = tmp_path / "report"
    shown = check("-", "-f", format_, data=LONG)
    ran = check("-", "-f", format_, "-o", report, data=LONG)
    assert (ran.status, ran.out) == (NOT_READY, "")
    assert ran.err.startswith("1 case in ") if format_ == "jsonl" else ran.err == ""
    assert without_output(report.read_text(encoding="utf-8"), report) == without_output(shown.out, report)
    to_standard = check("-", "-f", format_, "-o", "-", data=LONG).out
    assert without_output(to_standard, "-") == without_output(shown.out, "-")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["leave", "report"]


def test_a_report_is_written_whole_or_not_at_all(
    check: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = write(tmp_path / "report.txt", "as it was")
    ran = check("-", "-o", tmp_path / "none" / "report.txt", data=LONG)
    assert ran.status == AT_FAULT
    assert ran.err.startswith(f"U005 `{tmp_path}/none/report.txt` cannot be written: no such file or directory\n")
    assert check("-", "-o", tmp_path, data=LONG).codes == ["U005"]
    assert check("-", "-o", report, data=BAD).codes == ["F002"]

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(outputs.os, "fsync", full)
    ran = check("-", "-o", report, data=LONG)
    assert ran.err.startswith(f"U005 `{report}` cannot be written: no space left on device\n")
    assert report.read_text() == "as it was"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["leave", "report.txt"]


@pytest.mark.skipif(os.name == "nt", reason="rights are others there")
def test_the_rights_of_a_report(check: Callable[..., Ran], tmp_path: Path) -> None:
    old, link = write(tmp_path / "old.txt", ""), tmp_path / "link.txt"
    old.chmod(0o640)
    link.symlink_to(old)
    mask = os.umask(0o027)
    try:
        check("-", "-o", link, data=LONG)
        check("-", "-o", tmp_path / "new.txt", data=LONG)
    finally:
        os.umask(mask)
    assert link.is_symlink() and old.stat().st_size > 0
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "new.txt").stat().st_mode) == 0o640


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="no such device")
def test_a_device_stays_a_device(check: Callable[..., Ran], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert check("-", "-o", tmp_path / "pipe", data=LONG).status == NOT_READY
        assert os.read(reader, 100).startswith(b"Not ready")
    finally:
        os.close(reader)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert check("-", "-o", "/dev/null", data=LONG).status == NOT_READY
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device")
@pytest.mark.parametrize("words", [("check", EXAMPLE), ("test",), ("schema",)])
def test_standard_output_that_takes_nothing(words: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "rulewright", *map(str, words)]
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=environment(), check=False)
    assert ran.returncode == AT_FAULT
    assert ran.stderr.decode() == (
        "U005 standard output cannot be written: no space left on device\n"
        "  help: check the folder, its space and your rights\n"
    )


@pytest.mark.skipif(os.name == "nt", reason="a shell is needed")
@pytest.mark.parametrize("words", ["check examples/shop-launch.yaml --format json --all", "schema", "test --coverage"])
def test_a_reader_who_has_seen_enough(words: str) -> None:
    line = f"'{sys.executable}' -m rulewright {words} | head -c 1"
    ran = subprocess.run(
        ["bash", "-c", f"{line}; echo ${{PIPESTATUS[0]}}"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        check=False,
    )
    assert ran.stderr == b""
    assert ran.stdout[1:].strip() == (b"1" if words.startswith("check") else b"0")


@pytest.mark.skipif(os.name == "nt", reason="a shell is needed")
def test_closed_ends(tmp_path: Path) -> None:
    def closed(line: str) -> tuple[int, str, str]:
        whole = line.replace("rulewright", f"'{sys.executable}' -m rulewright").replace("EXAMPLE", f"'{EXAMPLE}'")
        ran = subprocess.run(["bash", "-c", whole], env=environment(), capture_output=True, check=False)
        return ran.returncode, ran.stdout.decode(), ran.stderr.decode()

    status, _, err = closed("rulewright check EXAMPLE >&-")
    assert status == AT_FAULT and err.startswith("U005 standard output cannot be written: it is closed\n")
    status, _, err = closed("rulewright check - <&-")
    assert status == AT_FAULT and err.startswith("-:1:1: S001 the file cannot be read: standard input is closed\n")
    status, out, err = closed("rulewright check nope 2>&-")
    assert (status, out, err) == (AT_FAULT, "", "")


def test_an_encoding_without_our_marks() -> None:
    ran = process("check", EXAMPLE, PYTHONIOENCODING="ascii")
    assert ran.status == NOT_READY
    assert ran.out.isascii() and "  x Blocking" in ran.out
    shown = process("check", "-", "-f", "json", data="case: 李\ninstance: []\n".encode(), PYTHONIOENCODING="ascii")
    assert shown.json["case"] == "李"


@pytest.mark.skipif(os.name == "nt", reason="signals are others there")
def test_an_interrupt_ends_quietly(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "case.yaml")
    # whoever runs the tests in the background may have had interrupts ignored, which children inherit
    starter = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    starter += "; from rulewright.command.app import run; run()"
    command = [sys.executable, "-c", starter, "check", str(tmp_path / "case.yaml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as child:
        writer = os.open(tmp_path / "case.yaml", os.O_WRONLY)  # waits until the other end is open
        try:
            child.send_signal(signal.SIGINT)
            out, err = child.communicate(timeout=60)
        finally:
            child.kill()
            os.close(writer)
    assert (child.returncode, out, err) == (130, b"", b"")


# --- the command itself ----------------------------------------------------------------------------------------------


def test_as_a_module() -> None:
    ran = process("check", "-", "-f", "json", data=b"instance: []\n")
    assert (ran.status, ran.err) == (FINE, "")
    assert ran.json["verdict"] == "not_applicable"
    assert process("--version").out.startswith("rulewright ")


@pytest.mark.parametrize(
    "words",
    [
        ["check"],
        ["check", "-", "--format", "xml"],
        ["check", "-", "--engine", "x"],
        ["chek"],
        ["import"],
        ["lint", "-x"],
    ],
)
def test_wrong_usage(words: list[str]) -> None:
    ran = rw(*words)
    assert (ran.status, ran.out) == (AT_FAULT, "")
    assert "Usage:" in ran.err


def test_import_writes_a_case_that_can_be_checked(tmp_path: Path) -> None:
    answer = write(tmp_path / "answer.json", '{"Instances": {"Instance": []}}')
    case = tmp_path / "case.yaml"
    assert rw("import", "aliyun-ecs", answer, "-o", case).status == FINE
    assert case.read_text() == rw("import", "aliyun-ecs", answer).out
    assert rw("check", case).status == FINE
    ran = rw("import", "aliyun-ecs", tmp_path / "nope.json", "-o", case)
    assert (ran.status, ran.codes) == (AT_FAULT, ["S001"])
    assert case.is_file()
    assert rw("import", "aliyun", tmp_path / "nope.json").codes == ["I001"]
