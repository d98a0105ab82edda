"""What today is for a case without a date: the date in the time zone of its rulebook."""

from __future__ import annotations

import json
from datetime import datetime, timezone, tzinfo
from pathlib import Path

import pytest

from commands import edition, rulebook_folder, rw, write
from rulewright import time_zones
from rulewright.catalogue import load

#: The moment at which these tests run: the last day of February in UTC, and the first of March in China.
NOW = datetime(2024, 2, 29, 18, 30, tzinfo=timezone.utc)
CASE = "case: one\nrequest: {ref: r, days: 3}\n"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return NOW.astimezone(tz)

    monkeypatch.setattr(time_zones, "datetime", Clock)


def as_of(rulebook: Path, case: Path, *words: str) -> str:
    ran = rw("check", case, "--rulebook", rulebook, "-f", "json", *words)
    assert ran.status == 0, ran.err
    return str(ran.json["as_of"])


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return write(tmp_path / "case.yaml", CASE)


ZONES = [
    (None, "2024-02-29"),
    ("UTC", "2024-02-29"),
    ("Asia/Shanghai", "2024-03-01"),
    ("Europe/London", "2024-02-29"),
    ("Pacific/Kiritimati", "2024-03-01"),
    ("Etc/GMT+12", "2024-02-29"),
    ("Asia/Kolkata", "2024-03-01"),
]


@pytest.mark.parametrize(("zone", "expected"), ZONES)
@pytest.mark.parametrize("is_file", [True, False])
def test_today_is_of_the_time_zone(zone: str | None, expected: str, is_file: bool, tmp_path: Path, case: Path) -> None:
    keys = {} if zone is None else {"time_zone": zone}
    folder = rulebook_folder(tmp_path / "leave", on_2020_01_01=edition("2020-01-01", **keys))
    rulebook = folder / "2020-01-01.yaml" if is_file else folder
    assert as_of(rulebook, case) == expected
    assert as_of(rulebook, case, "--edition", "2020-01-01") == expected
    assert as_of(rulebook, case, "--as-of", "2022-05-05") == "2022-05-05"
    write(case, f"as_of: 2022-06-06\n{CASE}")
    assert as_of(rulebook, case) == "2022-06-06"


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai"])
@pytest.mark.parametrize("engine", ["durable", "plain"])
def test_batches_have_the_same_today(zone: str, engine: str, tmp_path: Path) -> None:
    rulebook = rulebook_folder(tmp_path / "leave", on_2020_01_01=edition("2020-01-01", time_zone=zone))
    cases = write(tmp_path / "c.jsonl", '{"case":"a","request":{"days":3}}\n{"case":"b","as_of":"2022-01-01"}\n')
    rows = write(tmp_path / "c.csv", "ref,days\nr,3\n")
    ran = rw("check", cases, "--rulebook", rulebook, "-f", "jsonl", "--engine", engine)
    found = [json.loads(line) for line in ran.out.splitlines()]
    expected = dict(ZONES)[zone]
    assert [one["as_of"] for one in found][:1] == [expected]
    ran = rw("check", rows, "--rulebook", rulebook, "-f", "jsonl", "--kind", "request", "--engine", engine)
    assert json.loads(ran.out)["as_of"] == expected
    assert load(rulebook / "2020-01-01.yaml")[0] is not None


@pytest.mark.parametrize(
    ("zones", "as_of_", "chosen"),
    [
        # an edition begins in its own time zone
        ({"2020-01-01": "UTC", "2024-03-01": "Asia/Shanghai"}, "2024-03-01", "2024-03-01"),
        ({"2020-01-01": "UTC", "2024-03-01": "UTC"}, "2024-02-29", "2020-01-01"),
        ({"2020-01-01": "Asia/Shanghai", "2024-02-29": "UTC"}, "2024-02-29", "2024-02-29"),
        # an edition to come does not change what today is
        ({"2020-01-01": "UTC", "2025-01-01": "Asia/Shanghai"}, "2024-02-29", "2020-01-01"),
        ({"2020-01-01": "Asia/Shanghai", "2025-01-01": "UTC"}, "2024-03-01", "2020-01-01"),
        # before the first edition, that one counts
        ({"2025-01-01": "Asia/Shanghai", "2026-01-01": "UTC"}, "2024-03-01", "2025-01-01"),
    ],
)
def test_which_edition_says_what_today_is(
    zones: dict[str, str], as_of_: str, chosen: str, tmp_path: Path, case: Path
) -> None:
    texts = {f"on_{day.replace('-', '_')}": edition(day, time_zone=zone) for day, zone in zones.items()}
    folder = rulebook_folder(tmp_path / "leave", **texts)
    ran = rw("check", case, "--rulebook", folder, "-f", "json")
    assert (ran.json["as_of"], ran.json["rulebook"]["edition"]) == (as_of_, chosen)
    ran = rw("check", case, "--rulebook", folder, "-f", "jsonl")
    assert (ran.json["as_of"], ran.json["rulebook"]["edition"]) == (as_of_, chosen)


def test_a_partial_edition_is_passed_over(tmp_path: Path, case: Path) -> None:
    folder = rulebook_folder(
        tmp_path / "leave",
        on_2020_01_01=edition("2020-01-01", time_zone="Asia/Shanghai"),
        on_2023_01_01=edition("2023-01-01", time_zone="UTC", complete="no"),
    )
    assert as_of(folder, case) == "2024-03-01"
    assert as_of(folder, case, "--edition", "2023-01-01") == "2024-02-29"


def test_a_broken_edition_is_reported(tmp_path: Path, case: Path) -> None:
    broken = edition("2020-01-01", time_zone="Mars/Olympus")
    ran = rw("check", case, "--rulebook", rulebook_folder(tmp_path / "leave", on_2020_01_01=broken))
    assert (ran.status, ran.out, ran.codes) == (2, "", ["R046"])


def test_an_interview_writes_the_date(tmp_path: Path) -> None:
    rulebook = rulebook_folder(tmp_path / "leave", on_2020_01_01=edition("2020-01-01", time_zone="Asia/Shanghai"))
    output = tmp_path / "answered.yaml"
    ran = rw("ask", "--rulebook", rulebook, "-o", output, data="r\n\n3\n")
    text = output.read_text(encoding="utf-8")
    assert "\nas_of: 2024-03-01\n" in text, ran.err
    assert "interview on 2024-03-01" in text
    ran = rw("ask", "--rulebook", rulebook, "-o", output, "--as-of", "2022-02-02", data="r\n\n3\n")
    text = output.read_text(encoding="utf-8")
    assert "\nas_of: 2022-02-02\n" in text
    assert "interview on 2024-03-01" in text
    assert as_of(rulebook, output) == "2022-02-02"


def test_the_digest_covers_the_time_zone(tmp_path: Path) -> None:
    digests = set()
    for zone in ("UTC", "Asia/Shanghai"):
        folder = rulebook_folder(tmp_path / zone[:3], on_2020_01_01=edition("2020-01-01", time_zone=zone))
        program, _ = load(folder / "2020-01-01.yaml")
        assert program is not None
        digests.add(program.digest)
    assert len(digests) == 2


@pytest.mark.parametrize(
    "name", ["London", "GMT+8", "CST", "localtime", "posix/UTC", "Europe", "../UTC", "europe/london"]
)
def test_what_is_no_time_zone(name: str) -> None:
    assert not time_zones.is_time_zone(name)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("London", "Europe/London"),
        ("new york", "America/New_York"),
        ("Asia/Shangai", "Asia/Shanghai"),
        ("utc", "UTC"),
        ("GMT+8", None),
        ("Asia/Beijing", None),
        ("nowhere at all", None),
        ("", None),
    ],
)
def test_the_nearest_time_zone(name: str, nearest: str | None) -> None:
    assert time_zones.nearest_time_zone(name) == nearest
