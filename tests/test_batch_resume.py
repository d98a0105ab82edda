"""Batches that are killed and resumed: the same bytes as without, nothing left behind, nothing taken for done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from commands import AT_FAULT, NOT_READY, REJECTED, Ran, edition, environment, rulebook_folder, rw
from killing import Killer, killer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork") or sys.platform != "linux", reason="needs fork and /proc"),
]


@pytest.fixture(scope="module")
def kill() -> Iterator[Killer]:
    with killer() as found:
        yield found


def write_lines(path: Path, number: int, random: Random) -> Path:
    """Cases of which some are rejected, and some of earlier editions."""
    with path.open("w", encoding="utf-8") as file:
        for place in range(number):
            days = random.choice([3, 3, 7, 11, 30])
            date = random.choice(["", "", ', "as_of": "2024-05-05"'])
            requests = f'{{"days": {days}}}, {{"reason": "r{place % 7}", "days": 2}}'
            good = f'{{"case": "c{place}"{date}, "request": [{requests}]}}'
            bad = ['{"request": {"days": "3"}}', "{", "", '{"request": {"dys": 3}}']
            file.write(random.choice([good] * 30 + bad) + "\n")
    return path


@pytest.fixture
def batch(tmp_path: Path) -> tuple[list[Path], Path]:
    """Inputs of two forms, a folder for what comes of them, and the rulebook beside."""
    random = Random(7)
    rulebook_folder(tmp_path / "leave", on_2024_01_01=edition("2024-01-01"), on_2025_01_01=edition("2025-01-01", 5))
    first = write_lines(tmp_path / "a.jsonl", 400, random)
    second = tmp_path / "b.yaml"
    second.write_text("request: {days: 40}\n---\ncase: b\nrequest: {days: 1}\n---\nrequest: {days: x}\n")
    third = write_lines(tmp_path / "c.jsonl", 300, random)
    (tmp_path / "to").mkdir()
    return [first, second, third], tmp_path / "to"


def words(inputs: Sequence[Path], output: Path, format_: str, *more: str | Path) -> list[str | Path]:
    rulebook = inputs[0].parent / "leave"
    detail = ["--detail", "findings"] if format_ == "jsonl" else []
    return [
        *("check", *inputs, "-r", rulebook, "-f", format_, *detail, "-o", output),
        *("--summary", output.parent / "summary.json", "--by", "request.days", "--chunk-bytes", "2500", *more),
    ]


def outcome(folder: Path) -> dict[str, Any]:
    """All that is in the folder of a batch, by name; without a summary in the making.

    The summary is compared without the seconds and the arguments, which name --resume.
    """
    left = [path for path in sorted(folder.iterdir()) if not path.name.startswith(".rulewright-")]
    found: dict[str, Any] = {path.name: path.read_bytes() for path in left}
    summary = json.loads(found["summary.json"])
    del summary["seconds"], summary["run"]["arguments"]
    return {**found, "summary.json": summary}


def undisturbed(inputs: Sequence[Path], folder: Path, format_: str) -> dict[str, Any]:
    ran = rw(*words(inputs, folder / "out", format_))
    assert ran.status == REJECTED  # as some are rejected
    assert "rejected" in ran.err
    found = outcome(folder)
    assert set(found) == {"out", "out.rejected.jsonl", "summary.json"}
    for path in folder.iterdir():
        path.unlink()
    return found


def went_on(kill: Killer, asked: Sequence[str | Path], moments: Iterator[dict[str, Any]]) -> int:
    """Run a command and go on with it as often as it is killed; how often that was."""
    killed = 0
    ended = kill.run(*asked, **next(moments))
    while ended.signal is not None:
        killed += 1
        ended = kill.run(*asked, "--resume", **next(moments, {}))
    assert ended.status == REJECTED
    return killed


@pytest.mark.parametrize("format_", ["jsonl", "parquet"])
def test_killed_before_any_step(kill: Killer, batch: tuple[list[Path], Path], format_: str) -> None:
    """Each call that changes files is one before which a run is killed, the last ones among them."""
    inputs, folder = batch
    expected = undisturbed(inputs, folder, format_)
    asked = words(inputs, folder / "out", format_, "--jobs", "1")
    steps = kill.run(*asked).steps
    assert steps > 30
    assert outcome(folder) == expected
    random = Random(format_)
    kills = 0
    for number, last in enumerate(range(steps - 12, steps, 2)):
        for path in folder.iterdir():
            path.unlink()
        earlier = [random.randrange(1, steps // 3)] * (number % 2)
        kills += went_on(kill, asked, iter([{"step": step} for step in [*earlier, last] if step > 0]))
        assert outcome(folder) == expected, (earlier, last)
    assert kills >= 6


@pytest.mark.parametrize(("format_", "jobs"), [("jsonl", "1"), ("jsonl", "2"), ("parquet", "2"), ("csv", "2")])
def test_killed_at_random_moments(kill: Killer, batch: tuple[list[Path], Path], format_: str, jobs: str) -> None:
    """Killed again and again, each time a little later; chunks and processes may be others each time."""
    inputs, folder = batch
    expected = undisturbed(inputs, folder, format_)
    random = Random(f"{format_} {jobs}")
    asked = words(inputs, folder / "out", format_, "--jobs", jobs)

    def moments() -> Iterator[dict[str, Any]]:
        for number in range(6):
            yield {"step": random.randrange(1, 9)}
            if number % 3 == 0:
                yield {"after": 0.1 + random.random() * 0.4}

    killed = went_on(kill, asked, moments())
    assert killed >= 5  # and twenty in all of these
    assert outcome(folder) == expected


def test_another_chunk_size_goes_on(kill: Killer, batch: tuple[list[Path], Path]) -> None:
    inputs, folder = batch
    expected = undisturbed(inputs, folder, "jsonl")
    assert kill.run(*words(inputs, folder / "out", "jsonl", "-j", "1"), step=30).signal is not None
    size = (folder / "out.partial").stat().st_size
    assert 0 < size < len(expected["out"])
    ran = rw(*words(inputs, folder / "out", "jsonl", "--resume", "-j", "1", "--chunk-bytes", "7777"))
    assert ran.status == REJECTED
    assert outcome(folder) == expected


def test_without_resume_a_run_begins_anew(kill: Killer, batch: tuple[list[Path], Path]) -> None:
    inputs, folder = batch
    expected = undisturbed(inputs, folder, "jsonl")
    asked = words(inputs, folder / "out", "jsonl", "-j", "1")
    assert kill.run(*asked, step=40).signal is not None
    assert kill.run(*asked, step=3).signal is not None
    rw(*asked, "--resume")
    assert outcome(folder) == expected
    assert kill.run(*asked, step=40).signal is not None
    rw(*asked)
    assert outcome(folder) == expected


def test_resume_of_what_was_never_begun_or_is_done(batch: tuple[list[Path], Path]) -> None:
    inputs, folder = batch
    expected = undisturbed(inputs, folder, "csv")
    for _ in range(2):
        rw(*words(inputs, folder / "out", "csv", "--resume"))
        assert outcome(folder) == expected


def touch(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b'{"request": {"days": 1}}\n')


def later(path: Path) -> None:
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 10**9))


CHANGES: dict[str, tuple[Callable[[list[Path]], object], list[str], str]] = {
    "an input grew": (lambda inputs: touch(inputs[2]), [], "inputs"),
    "an input was written anew": (lambda inputs: later(inputs[0]), [], "inputs"),
    "an input less": (lambda inputs: inputs.pop(), [], "inputs"),
    "the rulebook": (lambda inputs: touch_rulebook(inputs[0].parent / "leave" / "2025-01-01.yaml"), [], "rulebook"),
    "the detail": (lambda _: None, ["--detail", "verdict"], "detail"),
    "the format": (lambda _: None, ["-f", "csv"], "format"),
    "the day": (lambda _: None, ["--as-of", "2026-01-01"], "as_of"),
    "the engine": (lambda _: None, ["--engine", "plain"], "engine"),
    "the counted fields": (lambda _: None, ["--by", "request.reason"], "by"),
}


def touch_rulebook(path: Path) -> None:
    path.write_text(path.read_text().replace("title: Leave", "title: Leaves"))


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_is_not_gone_on_with(kill: Killer, batch: tuple[list[Path], Path], change: str) -> None:
    inputs, folder = batch
    (folder / "out").write_text("as it was")
    assert kill.run(*words(inputs, folder / "out", "jsonl", "-j", "1"), step=30).signal is not None
    journal = (folder / "out.journal").read_bytes()
    alter, more, named = CHANGES[change]
    alter(inputs)
    ran = rw(*words(inputs, folder / "out", "jsonl", "-j", "1", "--resume", *more))
    assert ran.status == AT_FAULT
    assert ran.err == (
        f"{folder}/out.journal:1:1: U008 the earlier run cannot be resumed: other {named}\n"
        "  help: begin anew, without --resume\n"
    )
    assert (folder / "out.journal").read_bytes() == journal
    assert (folder / "out").read_text() == "as it was"


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (b"", None),
        (b"nothing of the kind\n", None),
        (b'{"form": 99}\n', None),
        (b'{"form"', None),
    ],
)
def test_a_journal_that_says_nothing_begins_anew(batch: tuple[list[Path], Path], broken: bytes, message: None) -> None:
    inputs, folder = batch
    expected = undisturbed(inputs, folder, "jsonl")
    (folder / "out.journal").write_bytes(broken)
    rw(*words(inputs, folder / "out", "jsonl", "--resume"))
    assert outcome(folder) == expected


def test_a_partial_file_that_is_gone(kill: Killer, batch: tuple[list[Path], Path]) -> None:
    inputs, folder = batch
    assert kill.run(*words(inputs, folder / "out", "jsonl", "-j", "1"), step=40).signal is not None
    (folder / "out.partial").unlink()
    ran = rw(*words(inputs, folder / "out", "jsonl", "--resume"))
    assert ran.status == AT_FAULT
    assert ran.codes == ["U005"]
    assert "is shorter than its journal says" in ran.err


BOOK = ("-r", "alibaba-cloud-icp-filing")


def test_standard_input_cannot_be_gone_on_with(tmp_path: Path) -> None:
    ran = rw("check", "-", *BOOK, "-f", "jsonl", "-o", tmp_path / "out", "--resume", data="{}")
    assert ran.err == (
        "U004 a run that reads standard input cannot be resumed\n"
        "  help: start over without --resume, or write the input to a file first\n"
    )
    ran = rw("check", tmp_path, *BOOK, "-f", "jsonl", "--resume")
    assert ran.err.startswith("U004 a run that writes to standard output cannot be resumed\n")


def test_what_stood_there_stays_until_all_is_done(kill: Killer, batch: tuple[list[Path], Path]) -> None:
    inputs, folder = batch
    expected = undisturbed(inputs, folder, "jsonl")
    (folder / "out").write_text("as it was")
    (folder / "out").chmod(0o640)
    (folder / "out.rejected.jsonl").write_text("as it was")
    asked = words(inputs, folder / "out", "jsonl", "-j", "1")
    assert kill.run(*asked, step=40).signal is not None
    assert (folder / "out").read_text() == (folder / "out.rejected.jsonl").read_text() == "as it was"
    rw(*asked, "--resume")
    assert outcome(folder) == expected
    assert (folder / "out").stat().st_mode & 0o777 == 0o640


def test_two_runs_to_one_output(batch: tuple[list[Path], Path]) -> None:
    """The second is refused, and costs the first nothing."""
    inputs, folder = batch
    code = (
        f"import fcntl, sys; file = open({str(folder / 'out.journal')!r}, 'wb')\n"
        "fcntl.lockf(file, fcntl.LOCK_EX); print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin is not None and other.stdout is not None
        other.stdout.readline()
        ran = rw(*words(inputs, folder / "out", "jsonl"))
        other.stdin.close()
    assert ran.status == AT_FAULT
    assert ran.err.startswith(f"U005 `{folder}/out` cannot be written: another run is writing it\n")
    assert [path.name for path in folder.iterdir()] == ["out.journal"]


def children(parent: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(status.parent.name))
    return found


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_processes_of_a_killed_run_end(batch: tuple[list[Path], Path]) -> None:
    inputs, folder = batch
    write_lines(inputs[0], 20_000, Random(1))
    asked = words(inputs, folder / "out", "jsonl", "-j", "2", "--engine", "plain")
    command = [sys.executable, "-m", "rulewright", *map(str, asked)]
    started = subprocess.Popen(command, env=environment(), stderr=subprocess.DEVNULL)
    waited = time.monotonic() + 60
    while len(workers := children(started.pid)) < 2 and time.monotonic() < waited:
        time.sleep(0.05)
    assert len(workers) >= 2
    started.kill()
    started.wait()
    waited = time.monotonic() + 30
    while any(map(is_alive, workers)) and time.monotonic() < waited:
        time.sleep(0.1)
    assert not any(map(is_alive, workers))
    write_lines(inputs[0], 20, Random(1))
    rw(*words(inputs, folder / "out", "jsonl"))
    assert set(outcome(folder)) == {"out", "out.rejected.jsonl", "summary.json"}


# --- a full disk -----------------------------------------------------------------------------------------------------


def test_a_device_is_written_to_and_nothing_takes_its_place(batch: tuple[list[Path], Path]) -> None:
    inputs, folder = batch
    ran = rw(*words(inputs, Path("/dev/null"), "jsonl"), "--summary", folder / "s.json")
    assert ran.status == REJECTED
    assert Path("/dev/null").is_char_device()
    assert "F003" in ran.codes
    assert not list(Path("/dev").glob("null.*"))
    ran = rw("check", *inputs, "-r", inputs[0].parent / "leave", "-f", "csv", "-o", "/dev/full")
    assert ran.status == AT_FAULT
    assert ran.err.splitlines()[0] == "U005 `/dev/full` cannot be written: no space left on device"
    assert rw("check", *inputs, *BOOK, "-f", "parquet", "-o", "/dev/null").codes == ["U004"]
    assert rw("check", *inputs, *BOOK, "-f", "jsonl", "-o", folder).codes == ["U005"]


@pytest.mark.parametrize("format_", ["jsonl", "csv", "parquet"])
def test_a_full_disk_is_told_and_gone_on_from(
    batch: tuple[list[Path], Path], format_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs, folder = batch
    expected = undisturbed(inputs, folder, format_)
    (folder / "out").write_text("as it was")
    original, synced = os.fsync, 0

    def full(descriptor: int) -> None:
        nonlocal synced
        synced += 1
        if synced == 25:
            raise OSError(28, "No space left on device")
        original(descriptor)

    asked = words(inputs, folder / "out", format_, "-j", "1")
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        ran = rw(*asked)
    assert ran.status == AT_FAULT
    assert ran.err == (
        f"U005 `{folder}/out` cannot be written: no space left on device\n"
        "  help: check the folder, its space and your rights; then use --resume to continue\n"
    )
    assert (folder / "out").read_text() == "as it was"
    ran = rw(*asked, "--resume")
    assert outcome(folder) == expected


def test_a_folder_that_is_not_there(batch: tuple[list[Path], Path]) -> None:
    inputs, folder = batch
    ran: Ran = rw(*words(inputs, folder / "none" / "out", "jsonl"))
    assert ran.status == AT_FAULT
    assert ran.err.startswith(f"U005 `{folder}/none/out` cannot be written: no such file or directory\n")
    assert ran.status != NOT_READY
