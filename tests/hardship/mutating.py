"""Mutate fact files: bytes that are lost, repeated, swapped or foreign, by a seed."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from random import Random

import zstandard

#: Pieces that readers have stumbled over.
TOKENS = (
    b"null",
    b"~",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"9" * 400,
    b"-0.0",
    b"0x10",
    b"\x00",
    b"\r",
    b"\r\n",
    b"\n\n",
    b"\n",
    b'"',
    b"'",
    b'""',
    b"\\",
    b'"\\ud800"',
    b"\\u0000",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\xe2\x80\xa8",
    b"[" * 200,
    b"{" * 200,
    b'{"a":' * 100,
    b"]",
    b"}",
    b",",
    b",,,,",
    b";",
    b"\t",
    b": ",
    b"- ",
    b"---\n",
    b"...\n",
    b"&a ",
    b"*a",
    b"!!python/object:os.system ",
    b"<<: ",
    b"# ",
    b"? ",
    b"| ",
    b"> ",
    b"%YAML 1.1\n",
    b"2023-02-30",
    b"yes",
    b"=1+1",
    b"x" * 70_000,
    "名".encode(),
    "e\u0301".encode(),
    "\u202e".encode(),
    b'"ref":"a",',
    b'"days":',
    b"{}",
    b"[]",
    b'{"request":[]}',
)


def mutate(data: bytes, random: Random) -> bytes:
    """Return the data with one to four mutations."""
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        data = random.choice(_MUTATIONS)(data, random)
    return data


def _span(data: bytes, random: Random) -> tuple[int, int]:
    start = random.randrange(len(data) + 1)
    return start, min(len(data), start + random.choice((1, 1, 2, 8, 64, 1_000)))


def _flip(data: bytes, random: Random) -> bytes:
    if not data:
        return data
    place = random.randrange(len(data))
    return data[:place] + bytes((data[place] ^ (1 << random.randrange(8)),)) + data[place + 1 :]


def _lose(data: bytes, random: Random) -> bytes:
    start, end = _span(data, random)
    return data[:start] + data[end:]


def _repeat(data: bytes, random: Random) -> bytes:
    start, end = _span(data, random)
    return data[:end] + data[start:end] * random.choice((1, 1, 3, 50)) + data[end:]


def _cut(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _insert(data: bytes, random: Random) -> bytes:
    place = random.randrange(len(data) + 1)
    return data[:place] + random.choice(TOKENS) + data[place:]


def _replace(data: bytes, random: Random) -> bytes:
    start, end = _span(data, random)
    return data[:start] + random.choice(TOKENS) + data[end:]


def _noise(data: bytes, random: Random) -> bytes:
    start, end = _span(data, random)
    return data[:start] + random.randbytes(end - start) + data[end:]


def _swap_lines(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


_MUTATIONS: tuple[Callable[[bytes, Random], bytes], ...] = (
    _flip, _lose, _repeat, _cut, _insert, _insert, _replace, _replace, _noise, _swap_lines,
)  # fmt: skip


# --- the files that are mutated -------------------------------------------------------------------------------------


def rows(number: int) -> list[dict[str, object]]:
    """Return facts of one kind: requests for leave."""
    return [
        {"ref": f"r{one}", "days": one % 14 + 1, **({"reason": f"rest, “{one}”"} if one % 3 else {})}
        for one in range(number)
    ]


def json_lines(number: int) -> bytes:
    """Return rows as JSON lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows(number)).encode()


def csv_rows(number: int) -> bytes:
    """Return rows as CSV, with a quoted cell in some."""
    lines = [f'{row["ref"]},{row["days"]},"{row.get("reason", "")}"' for row in rows(number)]
    return ("ref,days,reason\n" + "\n".join(lines) + "\n").encode()


def yaml_documents(number: int) -> bytes:
    """Return cases as YAML documents."""
    return "".join(
        f"---\ncase: c{row['ref']}\nrequest:\n  - ref: r\n    days: {row['days']}\n" for row in rows(number)
    ).encode()


def json_case(number: int) -> bytes:
    """Return one case as JSON."""
    return json.dumps({"case": "c", "request": rows(number)}, indent=1).encode()


def packed(data: bytes, ending: str) -> bytes:
    """Return data packed as the ending says."""
    if ending == ".gz":
        buffer = io.BytesIO()
        with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as file:
            file.write(data)
        return buffer.getvalue()
    return zstandard.ZstdCompressor().compress(data) if ending == ".zst" else data
