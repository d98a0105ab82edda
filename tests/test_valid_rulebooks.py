"""Rulebooks that were found valid are not linted again; everything else about them stays the same."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from commands import AT_FAULT, FINE, edition, process, rw, write
from rulewright import valid_rulebooks

FACTS = '{"ref": "a", "days": 3}\n'
#: Prints the modules of the linter that a command loads.
BEFORE = (
    "import atexit, sys; "
    "atexit.register(lambda: print([one for one in sys.modules if '.lint' in one], file=sys.stderr))"
)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("RULEWRIGHT_CACHE", str(folder))
    return folder


def check(book: Path, *words: str) -> tuple[int | None, str, str]:
    facts = write(book.parent / "facts.jsonl", FACTS)
    ran = process(
        "check", facts, "--kind", "request", "-r", book, "--as-of", "2026-06-01", "-f", "json", *words, before=BEFORE
    )
    return ran.status, ran.out, ran.err


def test_a_valid_rulebook_is_linted_once(tmp_path: Path, cache: Path) -> None:
    book = write(tmp_path / "leave.yaml", edition("2026-01-01"))
    status, out, err = check(book)
    assert status == FINE and "rulewright.lint" in err
    assert len(list(cache.iterdir())) == 1
    again = check(book)
    assert again[:2] == (status, out)
    assert "rulewright.lint" not in again[2]


def test_an_entry_holds_nothing(tmp_path: Path, cache: Path) -> None:
    check(write(tmp_path / "leave.yaml", edition("2026-01-01")))
    assert [path.read_bytes() for path in cache.iterdir()] == [b""]


def test_a_changed_rulebook_is_linted_again(tmp_path: Path, cache: Path) -> None:
    book = write(tmp_path / "leave.yaml", edition("2026-01-01"))
    check(book)
    write(book, edition("2026-01-01").replace("days: {at_most", "nights: {at_most"))
    status, _, err = check(book)
    assert status == AT_FAULT and "R012" in err and "U028" not in err
    assert len(list(cache.iterdir())) == 1


def test_a_rulebook_with_a_warning_is_not_noted(tmp_path: Path, cache: Path) -> None:
    text = edition("2026-01-01")
    assert "days" in text
    book = write(tmp_path / "leave.yaml", text + "\nparameters:\n  unused_one: 3\n")
    _, _, first = check(book)
    _, _, second = check(book)
    assert first == second
    assert not cache.exists() or not list(cache.iterdir())


def test_lint_always_lints(tmp_path: Path, cache: Path) -> None:
    book = write(tmp_path / "leave.yaml", edition("2026-01-01"))
    check(book)
    ran = process("lint", book, before=BEFORE)
    assert "rulewright.lint" in ran.err


def test_another_state_of_the_engine_has_other_entries(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = edition("2026-01-01").encode()
    valid_rulebooks.note_valid(data)
    assert valid_rulebooks.is_valid(data)
    monkeypatch.setattr(valid_rulebooks, "_engine", lambda: b"another")
    assert not valid_rulebooks.is_valid(data)


def test_the_number_of_entries_is_bounded(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valid_rulebooks, "MAXIMUM_ENTRIES", 10)
    for number in range(35):
        valid_rulebooks.note_valid(str(number).encode())
        assert valid_rulebooks.is_valid(str(number).encode())
    assert len(list(cache.iterdir())) <= 10


@pytest.mark.skipif(os.name == "nt", reason="folders are protected in another way")
def test_a_folder_that_cannot_be_written_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RULEWRIGHT_CACHE", str(write(tmp_path / "file", "") / "below"))
    book = write(tmp_path / "leave.yaml", edition("2026-01-01"))
    assert check(book)[0] == FINE


def test_nothing_is_written_without_a_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RULEWRIGHT_CACHE", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    book = write(tmp_path / "leave.yaml", edition("2026-01-01"))
    facts = write(tmp_path / "facts.jsonl", FACTS)
    assert rw("check", facts, "--kind", "request", "-r", book, "--as-of", "2026-06-01").status == FINE
    assert not (tmp_path / "xdg").exists()
