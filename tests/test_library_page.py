"""The page on the library: every block of it runs, and its web service answers concurrent requests."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import rulewright as rw
from commands import ROOT

PAGE = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
NOT_READY = {"instance": {"ref": "a", "service_type": "ecs", "region": "cn-hongkong"}}
UNKNOWN = {"instance": {"ref": "b", "service_type": "ecs"}}
WRONG = {"instance": [{"ref": "c", "service_type": "ecs", "region": 5}]}


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Run all blocks in their order, in a folder with the files that they read."""
    folder = tmp_path_factory.mktemp("page")
    shutil.copytree(ROOT / "examples", folder / "examples")
    shutil.copy(ROOT / "tests" / "importers" / "aliyun-ecs" / "good" / "data-wrapper.json", folder / "instances.json")
    found: dict[str, Any] = {"__name__": "page"}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for number, block in enumerate(BLOCKS, start=1):
            exec(compile(block, f"docs/library.md, block {number}", "exec"), found)
        yield found


def test_the_blocks_run(names: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert len(BLOCKS) >= 15
    assert names["summary"].cases == 1
    assert names["summary"].rejected == 1
    assert len(names["checked"]) == 1
    assert [one.name for one in names["checked"].rejected] == ["app-1"]
    assert Path("case.yaml").is_file()


def test_every_exception_and_function_is_on_the_page() -> None:
    functions = ("load", "read_cases", "lint", "test", "schema", "importers")
    errors = ("RulewrightError", "RulebookError", "InputError", "ArgumentError", "OutputError")
    assert [name for name in (*functions, *errors) if name not in PAGE] == []


def answers(app: Any, requests: list[tuple[str, Any]]) -> list[httpx.Response]:
    """Send requests to an application, all at once."""

    async def send() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await asyncio.gather(*(client.post(path, json=body) for path, body in requests))

    return asyncio.run(send())


def test_the_service_answers_concurrent_requests(names: dict[str, Any]) -> None:
    filing = rw.load("alibaba-cloud-icp-filing", as_of="2023-10-15")
    expected = [filing.check(one).to_dict() for one in (NOT_READY, UNKNOWN)]
    bodies = [NOT_READY, UNKNOWN, WRONG] * 20
    got = answers(names["app"], [("/check", body) for body in bodies])
    assert [one.status_code for one in got] == [200, 200, 422] * 20
    assert [one.json() for one in got[0::3]] == [expected[0]] * 20
    assert [one.json() for one in got[1::3]] == [expected[1]] * 20
    (mistake,) = got[2].json()["mistakes"]
    assert (mistake["at"], mistake["code"]) == ("instance[0].region", "F003")


def test_the_service_answers_with_pages_and_refuses_unknown_languages(names: dict[str, Any]) -> None:
    english, chinese, neither = answers(
        names["app"], [("/report", NOT_READY), ("/report?lang=zh", NOT_READY), ("/report?lang=xx", NOT_READY)]
    )
    assert 'lang="en"' in english.text
    assert 'lang="zh-CN"' in chinese.text
    assert (neither.status_code, neither.json()["mistakes"][0]["code"]) == (422, "U015")
