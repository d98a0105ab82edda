"""The trials of a ruthless tester, each of many runs, and what must hold after every run."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from mutating import csv_rows, json_case, json_lines, mutate, packed, yaml_documents
from running import Ended, Hardship, attempt

from commands import edition, environment

KIND = ("--kind", "request")
#: The name of a case that is good, in a file of its own beside the one that is mutated.
GOOD = "good-one"


@dataclass
class Breaches:
    """What did not hold, and how many runs there were."""

    runs: int = 0
    found: list[str] = field(default_factory=list)

    def expect(self, holds: bool, breach: str, words: Sequence[str], folder: Path, ended: Ended | None = None) -> None:
        """Report a breach, and keep the folder that shows it, unless something holds."""
        if holds:
            return
        self.found.append(breach)
        last = "" if ended is None else (ended.err.strip().splitlines() or [""])[-1][:300]
        kept = _kept(folder)
        where = "" if kept is None else f"\n  in {kept}"
        text = f"BREACH {breach}\n  rulewright {' '.join(words)}{where}\n  {last}"
        print(text.encode("utf-8", "backslashreplace").decode(), flush=True)


def _kept(folder: Path) -> Path | None:
    """Copy the folder of a breach to a new folder where the environment asks for it, and return that."""
    above = os.environ.get("HARDSHIP_KEPT")
    if not above:
        return None
    Path(above).mkdir(parents=True, exist_ok=True)
    kept = Path(tempfile.mkdtemp(prefix="breach-", dir=above))
    leave_pipes = lambda at, names: [name for name in names if _is_pipe(at, name)]  # noqa: E731
    shutil.copytree(folder, kept, symlinks=True, ignore=leave_pipes, dirs_exist_ok=True)
    return kept


def _is_pipe(folder: str, name: str) -> bool:
    return not (Path(folder) / name).is_file() and not (Path(folder) / name).is_dir()


@dataclass(frozen=True)
class Setting:
    """A folder to work in, a rulebook, how many mutations, and the seed."""

    folder: Path
    book: Path
    mutations: int
    seed: int

    @classmethod
    def made(cls, folder: Path, mutations: int, seed: int) -> Setting:
        """Make the setting of all trials."""
        book = folder / "leave.yaml"
        book.write_text(edition("2026-01-01"), encoding="utf-8")
        return cls(folder, book, mutations, seed)

    def trial(self, name: str, files: Mapping[str, bytes]) -> Path:
        """Make the folder of a run, with its inputs."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "facts").mkdir(parents=True)
        for each, data in files.items():
            (folder / "facts" / each).write_bytes(data)
        return folder

    def check(self, *words: str) -> tuple[str, ...]:
        """The words of a check by the rulebook."""
        return ("check", *words, "--rulebook", str(self.book), "--as-of", "2026-06-01")


def digests(folder: Path) -> dict[str, str]:
    """Return the inputs by their contents."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((folder / "facts").rglob("*"))
        if path.is_file()
    }


def hold(
    breaches: Breaches,
    words: Sequence[str],
    folder: Path,
    before: Mapping[str, str],
    ended: Ended,
    *,
    by: int | None = None,
) -> bool:
    """Check what must hold after every run; `by` is a signal that may have ended it. Return whether it all did."""
    breaches.runs += 1
    number = len(breaches.found)
    expect = lambda holds, breach: breaches.expect(holds, breach, words, folder, ended)  # noqa: E731
    expect(not ended.is_hanging, "the run does not end")
    expect("Traceback (most recent" not in ended.err + ended.out, "a traceback")
    expect("U032 rulewright failed" not in ended.err, "a failure that no command expects")
    if ended.signal is not None:
        expect(ended.signal == by or ended.is_hanging, f"ended by signal {ended.signal}")
    else:
        expect(ended.status in (0, 1, 2, 3), f"exit status {ended.status}")
        expect(ended.status != 2 or bool(ended.err.strip()), "exit status 2 without a word")
    expect(digests(folder) == before, "an input was harmed")
    expect(not list(folder.rglob(".rulewright-*")) or ended.signal is not None, "a temporary file is left")
    has_partial = (folder / "out.partial").exists()
    expect(not has_partial or (folder / "out.journal").exists(), "a partial file without its journal")
    expect(
        not (has_partial and (folder / "out").exists()) or ended.status == 2 or by is not None, "out and out.partial"
    )
    for name in ("out", "out.rejected.jsonl"):
        if (folder / name).is_file() and "jsonl" in words:
            data = (folder / name).read_bytes()
            expect(not data or data.endswith(b"\n"), f"{name} is half-written")
            for line in data.decode("utf-8", "replace").splitlines() if data.isascii() else data.split(b"\n")[:-1]:
                try:
                    json.loads(line)
                except ValueError:
                    expect(False, f"{name} has a line that is not JSON")
                    break
    return len(breaches.found) == number


# --- mutated inputs -------------------------------------------------------------------------------------------------


def mutated_inputs(setting: Setting, breaches: Breaches) -> None:
    """Mutate inputs of each format."""
    texts = {"jsonl": json_lines(12), "csv": csv_rows(12), "yaml": yaml_documents(5), "json": json_case(6)}
    bases = {
        **{name: (text, "") for name, text in texts.items()},
        "parquet": (_parquet(setting), ""),
        "jsonl.gz": (texts["jsonl"], ".gz"),
        "jsonl.zst": (texts["jsonl"], ".zst"),
    }
    for ending, (data, packing) in bases.items():
        random = Random(f"{setting.seed} {ending}")
        for number in range(setting.mutations):
            inner = mutate(data, random)
            is_packing_broken = bool(packing) and random.random() < 0.5
            whole = mutate(packed(data, packing), random) if is_packing_broken else packed(inner, packing)
            countable = inner if "jsonl" in ending and not is_packing_broken else None
            _mutated(setting, breaches, f"{ending}-{number}", ending, whole, countable, random)


def _mutated(
    setting: Setting, breaches: Breaches, name: str, ending: str, data: bytes, countable: bytes | None, random: Random
) -> None:
    is_rows = not ending.startswith(("yaml", "json")) or ending.startswith("jsonl")
    good = (
        {"good.jsonl": f'{{"ref": "{GOOD}", "days": 3}}\n'.encode()}
        if is_rows
        else {"good.yaml": f"case: {GOOD}\nrequest: {{days: 3}}\n".encode()}
    )
    folder = setting.trial("mutated", {f"bad.{ending}": data, **good})
    format_ = random.choice(("jsonl", "jsonl", "jsonl", "csv", "parquet", "json", "text", "html"))
    detail = random.choice(("verdict", "findings", "full"))
    is_batch = format_ in ("jsonl", "csv", "parquet")
    more = ("--detail", detail, "--summary", "counts", "--jobs", "1") if is_batch else ()
    words = setting.check("facts", *(KIND if is_rows else ()), "--format", format_, *more, "-o", "out")
    before = digests(folder)
    ended = attempt(words, folder)
    hold(breaches, words, folder, before, ended)
    name = f"{name} as {format_}"
    if format_ in ("jsonl", "csv", "json"):
        out = folder / "out"
        is_there = out.is_file() and GOOD.encode() in out.read_bytes()
        breaches.expect(is_there, f"{name}: the good case is lost", words, folder, ended)
    if not is_batch or not (folder / "counts").exists():
        breaches.expect(not is_batch, f"{name}: no counts", words, folder, ended)
        return
    counts = json.loads((folder / "counts").read_text(encoding="utf-8"))
    accounted = counts["cases"] + counts["rejected"] + sum(counts["skipped"].values())
    if countable is not None and b'"case"' not in countable:
        lines = countable.count(b"\n") + (not countable.endswith(b"\n") and bool(countable)) + 1
        breaches.expect(accounted == lines, f"{name}: {lines} rows, {accounted} accounted for", words, folder, ended)
    if isinstance(counts.get("read"), int):
        breaches.expect(accounted == counts["read"], f"{name}: the law of rows", words, folder, ended)
    if detail == "verdict" and format_ == "jsonl" and (folder / "out").exists():
        written = (folder / "out").read_bytes().count(b"\n")
        breaches.expect(written == counts["cases"], f"{name}: {written} records", words, folder, ended)


def _parquet(setting: Setting) -> bytes:
    """Return rows as Parquet, which a process of its own writes: DuckDB must not be at work in a process that forks."""
    source, target = setting.folder / "rows.jsonl", setting.folder / "rows.parquet"
    source.write_bytes(json_lines(12))
    code = "import duckdb, sys; duckdb.sql(f\"COPY (FROM '{sys.argv[1]}') TO '{sys.argv[2]}' (FORMAT parquet)\")"
    subprocess.run([sys.executable, "-c", code, str(source), str(target)], check=True, env=environment())
    return target.read_bytes()


# --- a run that is disturbed ----------------------------------------------------------------------------------------


def _large(number: int = 4_000) -> dict[str, bytes]:
    """Return several inputs of one kind, with bad rows among the good ones."""
    data = json_lines(number)
    bad = data.replace(b'"days": 7', b'"days": "seven"')
    return {
        "a.jsonl": data,
        "b.csv": csv_rows(number // 2),
        "c.jsonl.gz": packed(bad, ".gz"),
        "d.jsonl": b"\n{\n" + data,
    }


def _undisturbed(setting: Setting, breaches: Breaches, *more: str) -> tuple[Path, tuple[str, ...], Mapping[str, bytes]]:
    folder = setting.trial("disturbed", _large())
    words = setting.check("facts", *KIND, "--format", "jsonl", "--detail", "findings", "-o", "out", *more)
    before = digests(folder)
    ended = attempt(words, folder)
    hold(breaches, words, folder, before, ended)
    return folder, words, {name: (folder / name).read_bytes() for name in ("out", "out.rejected.jsonl")}


def signals(setting: Setting, breaches: Breaches) -> None:
    """Kill and terminate runs at any time; resumed, each comes to what an undisturbed run comes to."""
    more = ("--chunk-bytes", "20000")
    folder, words, expected = _undisturbed(setting, breaches, *more)
    random = Random(setting.seed)
    for number in range(max(4, setting.mutations // 10)):
        for name in expected:
            (folder / name).unlink(missing_ok=True)
        sent = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)[number % 3]
        jobs = ("--jobs", str(1 + number % 2))
        before = digests(folder)
        ended = attempt((*words, *jobs), folder, Hardship(signal=sent, after=random.uniform(0.05, 2.0)))
        if ended.status == 130 and sent == signal.SIGINT:
            ended = Ended(None, sent, ended.out, ended.err)
        hold(breaches, words, folder, before, ended, by=sent)
        resumed = attempt((*words, *jobs, "--resume"), folder)
        hold(breaches, (*words, "--resume"), folder, before, resumed)
        for name, data in expected.items():
            same = (folder / name).is_file() and (folder / name).read_bytes() == data
            breaches.expect(same, f"{name} after {sent!r} and --resume is not the same", words, folder, resumed)


def _limited(
    setting: Setting, breaches: Breaches, limits: Sequence[tuple[int, int]], formats: Sequence[str] = ("jsonl", "text")
) -> None:
    """Run under each limit; a run that gave up comes to the same without it."""
    for number, (name, limit) in enumerate(limits):
        for format_ in formats:
            folder = setting.trial("limited", _large(1_500))
            more = ("--jobs", str(1 + number % 2)) if format_ in ("jsonl", "csv", "parquet") else ()
            words = setting.check("facts", *KIND, "--format", format_, *more, "-o", "out")
            before = digests(folder)
            (folder / "out").write_bytes(b"{}\n")
            ended = attempt(words, folder, Hardship(limits={name: limit}))
            hold(breaches, (*words, f"[limit {name} {limit}]"), folder, before, ended)
            is_old = (folder / "out").read_bytes() == b"{}\n"
            gave_up = ended.status == 2 and "U0" in ended.err
            breaches.expect(is_old or not gave_up or format_ == "text", "gave up, and wrote", words, folder, ended)
            breaches.expect(
                not is_old or ended.status in (2, None), "nothing written, no word of it", words, folder, ended
            )


def full_disk(setting: Setting, breaches: Breaches) -> None:
    """Let files grow to some size only, be it the output, the journal or a temporary file; write to a full device."""
    sizes = (1_000, 5_000, 50_000, 200_000, 1_000_000)[:: 1 if setting.mutations >= 100 else 3]
    _limited(setting, breaches, [(resource.RLIMIT_FSIZE, size) for size in sizes], ("jsonl", "parquet", "text"))
    if not Path("/dev/full").exists():
        return
    for format_ in ("jsonl", "csv", "json", "text", "html"):
        folder = setting.trial("full", {"a.jsonl": json_lines(50)})
        words = setting.check("facts", *KIND, "--format", format_, "-o", "/dev/full")
        before = digests(folder)
        ended = attempt(words, folder)
        hold(breaches, words, folder, before, ended)
        breaches.expect(
            "U005" in ended.err and ended.status == 2, "a full device is not reported", words, folder, ended
        )


def no_temporary_folder(setting: Setting, breaches: Breaches) -> None:
    """Take the folder for temporary files away."""
    for format_ in ("jsonl", "text", "parquet"):
        folder = setting.trial("untemporary", {"a.jsonl": json_lines(50)})
        words = setting.check("facts", *KIND, "--format", format_, "-o", "out")
        before = digests(folder)
        hold(breaches, words, folder, before, attempt(words, folder, Hardship(temporary="/nowhere/at/all")))


def few_handles(setting: Setting, breaches: Breaches) -> None:
    """Leave few file handles."""
    limits = (4, 6, 8, 10, 12, 16, 20, 24, 32, 64)[:: 1 if setting.mutations >= 100 else 4]
    _limited(setting, breaches, [(resource.RLIMIT_NOFILE, limit) for limit in limits])


def small_memory(setting: Setting, breaches: Breaches) -> None:
    """Leave little memory beside what the program has when it starts."""
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123
        base = int(file.read().split()[0]) * resource.getpagesize()
    extra = (8, 32, 64, 128, 256, 512, 1_024)[:: 1 if setting.mutations >= 100 else 3]
    _limited(setting, breaches, [(resource.RLIMIT_AS, base + megabytes * 1024 * 1024) for megabytes in extra])


# --- pipes, names, bombs --------------------------------------------------------------------------------------------


def pipes(setting: Setting, breaches: Breaches) -> None:
    """Read from standard input, from pipes and from named pipes; each comes to what the file comes to."""
    for ending, data in (
        ("jsonl", json_lines(300)),
        ("csv", csv_rows(300)),
        ("yaml", yaml_documents(100)),
        ("jsonl", b""),
    ):
        kind = KIND if ending != "yaml" else ()
        more = (*kind, "--input", ending, "--format", "jsonl", "--detail", "verdict", "-o", "out")
        folder = setting.trial("pipes", {f"a.{ending}": data})
        before = digests(folder)
        words = setting.check(f"facts/a.{ending}", *more)
        hold(breaches, words, folder, before, attempt(words, folder))
        expected = (folder / "out").read_bytes() if (folder / "out").exists() else None
        for source in ("-", "/dev/stdin", "pipe"):
            (folder / "out").unlink(missing_ok=True)
            words = setting.check(source, *more)
            if source == "pipe":
                os.mkfifo(folder / "pipe")
                writer = threading.Thread(target=_feed, args=(folder / "pipe", data), daemon=True)
                writer.start()
                ended = attempt(words, folder)
            else:
                reading, writing = os.pipe()
                if os.fork() == 0:  # a process and not a thread, so that the command has no end of the pipe
                    os.close(reading)
                    _write_all(writing, data)
                    os._exit(0)
                os.close(writing)
                ended = attempt(words, folder, stdin=reading)
                os.close(reading)
                os.wait()
            hold(breaches, words, folder, before, ended)
            found = (folder / "out").read_bytes() if (folder / "out").exists() else None
            breaches.expect(found == expected, f"{ending} from {source} is not the same", words, folder, ended)


def _write_all(file: int, data: bytes) -> None:
    try:
        while data:
            data = data[os.write(file, data) :]
        os.close(file)
    except OSError:
        return


def _feed(pipe: Path, data: bytes) -> None:
    _write_all(os.open(pipe, os.O_WRONLY), data)


def odd_names(setting: Setting, breaches: Breaches) -> None:
    """Name files and options oddly."""
    odd = [
        "a\nb",
        "a'b",
        'a"b',
        "\udcff",
        " ",
        "-a",
        "--",
        "[a]",
        "*",
        "?",
        "{a}",
        "%s",
        "$HOME",
        "名",
        "e\u0301",
        "x" * 200,
        "\x7f",
        "a;b",
        "~",
    ]
    for name in odd if setting.mutations >= 100 else odd[:6]:
        for ending, data in (("jsonl", json_lines(3) + b"{\n"), ("csv", csv_rows(3)), ("parquet", _parquet(setting))):
            folder = setting.trial("names", {f"{name}.{ending}": data})
            for words in (
                setting.check("facts", *KIND, "--format", "jsonl", "--summary", "counts", "-o", "out"),
                setting.check(f"facts/{name}.{ending}", *KIND, "--format", "html", "-o", "out"),
            ):
                before = digests(folder)
                ended = attempt(words, folder)
                hold(breaches, words, folder, before, ended)
                is_read = (ending, name) != ("parquet", "\udcff")  # which DuckDB cannot open
                breaches.expect((folder / "out").exists() == is_read, f"{name!r} is not read", words, folder, ended)
                (folder / "out").unlink(missing_ok=True)
    folder = setting.trial("options", {"a.jsonl": json_lines(3)})
    for option in (
        "--ref",
        "--case",
        "--kind",
        "--by",
        "--view",
        "--edition",
        "--as-of",
        "--lang",
        "--rulebook",
        "-o",
        "--record",
    ):
        for value in odd if setting.mutations >= 100 else odd[:3]:
            words = ("check", "facts", *KIND, "--rulebook", str(setting.book), option, value)
            before = digests(folder)
            hold(breaches, words, folder, before, attempt(words, folder))


def bombs(setting: Setting, breaches: Breaches) -> None:
    """Feed files that unpack to much, never end a line, or nest deeply; the good file beside them is judged."""
    size = 400_000_000 if setting.mutations >= 100 else 40_000_000
    good = {"good.jsonl": f'{{"ref": "{GOOD}", "days": 3}}\n'.encode()}
    for name, data in _bombs(size):
        folder = setting.trial("bombs", {name: data, **good})
        words = setting.check("facts", *KIND, "--format", "jsonl", "--detail", "verdict", "--jobs", "1", "-o", "out")
        before = digests(folder)
        ended = attempt(words, folder, Hardship(limits={resource.RLIMIT_AS: 4_000_000_000}))
        hold(breaches, words, folder, before, ended)
        is_there = (folder / "out").is_file() and GOOD.encode() in (folder / "out").read_bytes()
        breaches.expect(is_there, f"{name}: the good case is lost", words, folder, ended)


def _bombs(size: int) -> Iterator[tuple[str, bytes]]:
    yield "zeros.jsonl.gz", packed(b"\0" * size, ".gz")
    yield "zeros.jsonl.zst", packed(b"\0" * size, ".zst")
    yield "blank.jsonl.gz", packed(b"\n" * (size // 4), ".gz")
    yield "quote.csv.gz", packed(b'ref,days\n"' + b"x" * (size // 4), ".gz")
    yield "deep.jsonl", b"[" * 5_000_000 + b"\n"
    yield "long.jsonl", b'{"ref": "' + b"x" * (size // 10) + b'"}\n'
    yield "keys.jsonl", b"{" + b",".join(b'"k%d":1' % one for one in range(100_000)) + b"}\n"
    yield "same.csv", b"ref,days\n" + b"r,3\n" * 20_000


#: The trials by name.
TRIALS: Mapping[str, Callable[[Setting, Breaches], None]] = {
    "mutated-inputs": mutated_inputs,
    "signals": signals,
    "full-disk": full_disk,
    "no-temporary-folder": no_temporary_folder,
    "few-handles": few_handles,
    "small-memory": small_memory,
    "pipes": pipes,
    "odd-names": odd_names,
    "bombs": bombs,
}
