"""Files as people have them: compressed, in UTF-16, in pages."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from commands import rw
from rulewright.vendors import answer_files
from rulewright.vendors.registry import import_case

XML = """<?xml version="1.0" encoding="UTF-16"?>
<ListCnameResult><Cname><Domain>a.example</Domain><Status>Enabled</Status></Cname></ListCnameResult>"""


def page(*numbers: int, **members: Any) -> bytes:
    instances = [{"InstanceId": f"i-{number}", "InstanceChargeType": "PostPaid"} for number in numbers]
    return json.dumps({"Instances": {"Instance": instances}, **members}).encode()


def codes(*pages: bytes) -> list[str]:
    text, problems = import_case("aliyun-ecs", [(f"page-{number}.json", data) for number, data in enumerate(pages)])
    assert text is not None
    return [problem.code for problem in problems]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("packed", [False, True])
def test_every_encoding_gives_the_same_case(encoding: str, packed: bool) -> None:
    for source, text in (("aliyun-ecs", page(1).decode()), ("aliyun-oss", XML)):
        content = text.encode(encoding)
        given, problems = import_case(source, [("a.json", gzip.compress(content) if packed else content)])
        assert problems == []
        assert given == import_case(source, [("a.json", text.encode())])[0]


def test_a_packed_file_names_its_case_without_its_ending() -> None:
    text, _ = import_case("aliyun-ecs", [("folder/shop.json.gz", gzip.compress(page(1)))])
    assert text is not None and "\ncase: shop\n" in text


def test_a_file_that_unpacks_to_far_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_files, "_LONGEST_UNPACKED", 1 << 20)
    text, problems = import_case("aliyun-ecs", [("a.gz", gzip.compress(b" " * (1 << 21)))])
    assert text is None
    assert [problem.message for problem in problems] == ["this gzip file holds more than 1 MiB"]


@pytest.mark.parametrize("cut", [3, 11, 20, -1])
def test_a_broken_gzip_file_is_refused(cut: int) -> None:
    content = gzip.compress(page(*range(20)))
    for broken in (content[:cut], content[:12] + b"\xff\xff\xff" + content[15:]):
        text, problems = import_case("aliyun-ecs", [("a.gz", broken)])
        assert text is None and [problem.code for problem in problems] == ["I002"]


def test_a_list_that_is_whole_is_not_warned_of() -> None:
    assert codes(page(1, 2, TotalCount=2)) == []
    assert codes(page(1, TotalCount=2), page(2, TotalCount=2)) == []
    # pages may overlap, and a total may be a text
    assert codes(page(1, 2, TotalCount="3"), page(2, 3, TotalCount="3")) == []
    assert codes(page(1, NextToken="more"), page(2, NextToken="")) == []
    # by the total nothing is missing, whatever the token
    assert codes(page(1, 2, TotalCount=2, NextToken="more")) == []


def test_a_list_that_is_cut_short_is_warned_of() -> None:
    assert codes(page(1, TotalCount=2)) == ["I006"]
    assert codes(page(1, TotalCount=3), page(1, 2, TotalCount=3)) == ["I006"]
    assert codes(page(1, NextToken="more")) == ["I006"]
    assert codes(page(1, NextToken="more"), page(2, NextToken="and more")) == ["I006"]


def test_a_warning_is_told_beside_the_case(tmp_path: Path) -> None:
    (tmp_path / "page.json").write_bytes(page(1, TotalCount=2))
    ran = rw("import", "aliyun-ecs", tmp_path / "page.json")
    assert ran.status == 0
    assert ran.out.startswith("# made by") and ran.codes == ["I006"]
