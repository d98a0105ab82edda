"""What is seen of a chunk block by block is what is seen of it as a whole; plain files are cut as streams are."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, strategies as st

from rulewright.batch.chunks import Chunk, DamagedInputError, Position, read_chunks, same_case
from rulewright.batch.in_place import chunks_in_place, is_in_place
from rulewright.batch.inputs import Compression, Input, InputFormat
from rulewright.batch.scanning import CONTROLS, Scanned, Scanner
from rulewright.batch.spool import Spool, Spooled, reading
from rulewright.batch.unpacking import Opener

MARK = b"\xef\xbb\xbf"
#: What the flags depend on, and what looks like it.
PARTS = [
    *(b'"', b"\\", b"\n", b"\r", b"\r\n", b"\x00", b"\x7f", b",", b"{", b"1", b"0.5", b"1234567", b"12345678901234567"),
    *(b"\xc2\x85", b"\xc2\xa0", b"\xc3\xa9", b"\xef\xbf\xbe", b"\xef\xbc\x8c", b"\xef", b"\xbf", b"\xff", b"ab", MARK),
    *(
        b"1.23456789012345e5",
        b"-",
        b"e",
        b"a" * 9,
        b":",
        b": -",
        b'"1234567890123456',
        b"0" * 16,
        b"x" * 4_000,
        b" ",
        b"\t",
    ),
]
DATA = st.lists(st.sampled_from(PARTS), max_size=30).map(b"".join)
FORMATS = st.sampled_from([InputFormat.JSON_LINES, InputFormat.CSV])


def scanned(folder: str, data: bytes, format_: InputFormat, block: int, in_place: bool) -> Scanned:
    file = Path(folder) / "f"
    file.write_bytes(data)
    source = Input(str(file), format_, Compression.NONE, len(data))
    end = Position(len(data), 1 + data.count(b"\n"))
    chunk = Chunk(source, Position(), end, None if in_place else (data[:7], data[7:]))
    return Scanner(Path(folder), block).scan(Spool(Path(folder)).put(chunk, ()))


@given(DATA, FORMATS, st.integers(2, 40), st.booleans())
def test_blocks_show_what_the_whole_shows(data: bytes, format_: InputFormat, block: int, in_place: bool) -> None:
    is_csv = format_ is InputFormat.CSV
    with TemporaryDirectory() as folder:
        found = scanned(folder, data, format_, block, in_place)
        whole = data.removeprefix(MARK) if in_place or len(data) <= 7 or data[:7].startswith(MARK) else data
        assert found.chunk.data == whole
    is_plain = bool(whole) and not re.search(rb"\r(?!\n)", whole)
    if is_csv:
        is_plain = is_plain and not re.search(rb"\x00|\n\r?\n|\A\r?\n", whole)
    else:
        is_plain = is_plain and not CONTROLS.search(whole)
        assert found.quotes == whole.count(b'"')
        long_number = re.search(rb"[ \t\r\n:,\[]-?(?:[0-9./]{17}|[0-9./]{16}[eE])", whole)
        assert found.is_maybe_rounded == (long_number is not None)
        assert found.has_blank_lines == (re.search(rb"(?:\A|\n)(?:\r?\n|[ \t])", whole) is not None)
        assert found.has_long_lines == (max(map(len, whole.split(b"\n"))) > 10_000)
    assert found.is_plain == is_plain
    assert found.has_escapes == (b"\\" in whole)
    assert found.is_unusual == (b"\\" in whole or b"\x7f" in whole or not whole.isascii())
    assert found.has_quotes == (is_csv and b'"' in whole)
    assert found.ends_in_line == (whole.endswith(b"\n") or not whole)
    assert found.lines == whole.count(b"\n") + (not found.ends_in_line)


LINE = st.sampled_from([b'{"case": "a"}', b'{"case": "b"}', b"{}", b"", b"x" * 50, b'{"case": "a", "n": 1}\r'])


@given(st.lists(LINE, max_size=20), st.integers(1, 120), st.booleans())
def test_plain_files_are_cut_as_streams_are(lines: list[bytes], size: int, is_ended: bool) -> None:
    data = b"\n".join(lines) + b"\n" * is_ended
    with TemporaryDirectory() as folder:
        source = written(folder, data)
        read = list(read_chunks(source, Position(), Opener(), size))
        cut = list(chunks_in_place(source, Position(), size))
        spool = Spool(Path(folder))
        assert [spool.put(one, ()).data for one in cut] == [b"".join(one.parts or ()) for one in read]
    assert [(one.start, one.end) for one in cut] == [(one.start, one.end) for one in read]


@given(st.lists(LINE, max_size=20), st.integers(1, 120), st.booleans())
def test_lines_of_one_case_are_left_together(lines: list[bytes], size: int, is_ended: bool) -> None:
    data = b"\n".join(lines) + b"\n" * is_ended
    together = same_case("f", "case")
    with TemporaryDirectory() as folder:
        cut = list(chunks_in_place(written(folder, data), Position(), size, together))
    pieces = [data[one.start.offset : one.end.offset] for one in cut]
    assert b"".join(pieces) == data
    assert [one.end for one in cut[:-1]] == [one.start for one in cut[1:]]
    for one, piece in zip(cut, pieces, strict=True):
        assert one.end.line == one.start.line + piece.count(b"\n")
    for before, behind in pairwise(pieces):
        assert before.endswith(b"\n")
        assert not together(before.splitlines(keepends=True)[-1], behind.splitlines(keepends=True)[0])


def written(folder: str, data: bytes) -> Input:
    file = Path(folder) / "f.jsonl"
    file.write_bytes(data)
    return Input(str(file), InputFormat.JSON_LINES, Compression.NONE, len(data))


def test_what_is_no_plain_file_is_not_left_in_place(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"{}\n")
    plain = Input(str(file), InputFormat.JSON_LINES, Compression.NONE)
    assert is_in_place(plain)
    assert not is_in_place(replace(plain, compression=Compression.GZIP))
    assert not is_in_place(replace(plain, format=InputFormat.CSV))
    assert not is_in_place(replace(plain, name="-"))
    assert not is_in_place(replace(plain, name="/dev/null"))


def test_a_file_that_has_lost_its_end_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "f.jsonl"
    file.write_bytes(b"{}\n" * 10)
    source = Input(str(file), InputFormat.JSON_LINES, Compression.NONE)
    chunk = Spooled(source, Position(15, 6), Position(30, 11), (), None)
    assert chunk.data == b"{}\n" * 5
    file.write_bytes(b"{}\n" * 7)
    with pytest.raises(DamagedInputError) as wrong, reading(chunk):
        Scanner(tmp_path).scan(chunk)
    assert wrong.value.diagnostic.message == "the file cannot be read on: it is shorter than it was"
    with pytest.raises(DamagedInputError), reading(chunk):
        assert chunk.data
    file.unlink()
    with pytest.raises(DamagedInputError, match="no such file"), reading(chunk):
        Scanner(tmp_path).scan(chunk)
