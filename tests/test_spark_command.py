"""`rulewright check --spark`: what it writes, how it ends, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import test_spark
from batches import without_rows, write_parquet
from commands import AT_FAULT, FINE, NOT_READY, REJECTED, Ran, edition, rulebook_folder, rw
from test_spark import in_any_order, spark, today

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

needs_spark = test_spark.pytestmark
__all__ = ["spark", "today"]

MASTER = ("--spark", "local[2]")
BOOK = ("-r", "alibaba-cloud-icp-filing")
LINES = '{"case":"a","request":{"days":3}}\n{"case":"b","request":{"days":30,"reason":"é"}}\n'


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return rulebook_folder(tmp_path / "leave", on_2026_01_01=edition("2026-01-01"))


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    file = tmp_path / "c.jsonl"
    file.write_text(LINES, encoding="utf-8")
    return file


def written(folder: Path) -> list[str]:
    parts = sorted(folder.glob("part-*.json"))
    return in_any_order([json.loads(line) for part in parts for line in part.read_text("utf-8").splitlines()])


def refused(code: str, ran: Ran, *words: str) -> None:
    assert (ran.status, ran.codes[:1], ran.out) == (AT_FAULT, [code], "")
    for word in words:
        assert word in ran.err


@pytest.mark.usefixtures("spark")
class TestRuns:
    pytestmark = needs_spark

    def test_lines_to_lines(self, lines: Path, book: Path, tmp_path: Path) -> None:
        out, local = tmp_path / "out", tmp_path / "local.jsonl"
        ran = rw("check", lines, out, *MASTER, "-r", book)
        assert ran.status == NOT_READY, ran.err
        assert "2 cases evaluated, 2 distinct situations\n  1 ready, 1 not ready" in ran.err
        rw("check", lines, "-f", "jsonl", "--detail", "verdict", "-o", local, "-r", book)
        assert written(out) == in_any_order([json.loads(line) for line in local.read_text("utf-8").splitlines()])
        assert not (tmp_path / "out.rejected").exists()
        refused("U005", rw("check", lines, out, *MASTER, "-r", book), f"`{out}` is there already")
        assert len(written(out)) == 2

    def test_what_is_rejected_stands_beside(self, lines: Path, book: Path, tmp_path: Path) -> None:
        out, local = tmp_path / "out", tmp_path / "local.jsonl"
        lines.write_text(LINES + '{"case":"c","request":{"days":0}}\n{"request":{"days":"3"}}\n', encoding="utf-8")
        ran = rw("check", lines, out, *MASTER, "-r", book, "--detail", "findings")
        assert ran.status == REJECTED
        assert f"rejected for 1 F003, 1 F005; see {out}.rejected" in ran.err
        rw("check", lines, "-f", "jsonl", "--detail", "findings", "-o", local, "-r", book)
        told = (tmp_path / "local.jsonl.rejected.jsonl").read_text("utf-8").splitlines()
        assert written(tmp_path / "out.rejected") == in_any_order([without_rows(json.loads(line)) for line in told])
        assert len(written(out)) == 2

    def test_rows_of_parquet_and_of_a_table(self, book: Path, tmp_path: Path, spark: SparkSession) -> None:
        rows = [{"id": f"r{number}", "days": number % 8 + 1} for number in range(20)]
        file = write_parquet(tmp_path / "r.parquet", rows, {"id": "VARCHAR", "days": "INTEGER"})
        asked = (*MASTER, "-r", book, "--kind", "request", "--ref", "id", "-f", "parquet")
        assert rw("check", file, tmp_path / "one", *asked).status == FINE
        spark.read.parquet(str(file)).createOrReplaceTempView("requests")
        assert rw("check", "table:requests", tmp_path / "two", *asked).status == FINE
        one, two = (
            in_any_order([row.asDict() for row in spark.read.parquet(str(tmp_path / name)).collect()])
            for name in ("one", "two")
        )
        assert len(one) == 20
        assert one == two

    def test_inputs_that_are_not_there(self, book: Path, tmp_path: Path) -> None:
        for name in (str(tmp_path / "no.jsonl"), str(tmp_path / "no.parquet"), "table:no"):
            refused("S001", rw("check", name, tmp_path / "out", *MASTER, "-r", book), "cannot be read")
        assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("master", ["spark://127.0.0.1:1", "spark://nowhere"])
class TestMasters:
    pytestmark = needs_spark

    def test_a_master_that_does_not_answer(self, master: str, lines: Path, tmp_path: Path) -> None:
        ran = rw("check", lines, tmp_path / "out", "--spark", master, *BOOK)
        refused("U020", ran, f"no Spark can be had of `{master}`")


def test_what_does_not_go_together(lines: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rulewright.command.on_spark.missing_spark", lambda: None)
    out = tmp_path / "out"
    refused("U004", rw("check", lines, *MASTER, *BOOK), "IN... OUT")
    refused("U004", rw("check", lines, out, *MASTER, *BOOK, "-f", "csv"), "take jsonl or parquet")
    refused("U004", rw("check", lines, out, *MASTER, *BOOK, "--detail", "full"), "verdict or findings")
    ran = rw("check", lines, out, *MASTER, *BOOK, "-o", "x", "--resume", "--engine", "plain")
    assert ran.codes == ["U004"] * 3
    refused("U006", rw("check", tmp_path / "a.yaml", out, *MASTER, *BOOK), "--input jsonl")
    refused("U006", rw("check", lines, tmp_path / "a.parquet", out, *MASTER, *BOOK), "one of these at a time")
    refused("U006", rw("check", lines, "table:x", out, *MASTER, *BOOK), "read alone")


def test_what_is_missing_is_told(lines: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rulewright.command.on_spark.find_spec", lambda name: None)
    refused("U022", rw("check", lines, tmp_path / "out", *MASTER, *BOOK), "pip install 'rulewright[spark]'")
    monkeypatch.setattr("rulewright.command.on_spark.find_spec", lambda name: name)
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    refused("U022", rw("check", lines, tmp_path / "out", *MASTER, *BOOK), "default-jre-headless")


# What Spark cannot take at all, U021, is tested where its rows are: tests/test_spark.py.
