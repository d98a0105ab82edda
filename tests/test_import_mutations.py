"""Whatever an answer holds, an importer writes a case file that reads back or says what is wrong; it never raises."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from packages import IMPORTERS
from rulewright import Severity
from rulewright.diagnostics import has_errors
from rulewright.source import ListNode, MappingNode, ScalarNode, read_nodes
from rulewright.vendors.alibaba_cloud.vocabulary import VOCABULARY
from rulewright.vendors.answer_files import VendorAnswer, read_json
from rulewright.vendors.registry import find_importers, import_case, import_sources

FOLDER = Path(__file__).parent / "importers"
FIELDS = {kind.name: kind.fields for kind in VOCABULARY}
ANSWERS = {
    name: [
        json.loads(json.dumps(answer.value, default=float))
        for path in sorted((FOLDER / name / "good").glob("*.json"))
        if isinstance(answer := read_json(path.name, path.read_bytes()), VendorAnswer)
    ]
    for name in IMPORTERS
}
XML = [path.read_bytes() for path in sorted((FOLDER / "aliyun-oss").glob("*/*.xml"))]
#: What may come where something else is expected, words of the answers among it.
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["", " ", "PrePaid", "2099-12-31T15:59Z", "0", "True", "no", "a.example", "\u202e", "\ud800"]),
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, member in inner for place in places(member, (*path, key)))]


@st.composite
def mutated(draw: st.DrawFn, name: str) -> Any:
    """An answer for an importer with a few values replaced, left out, doubled or renamed."""
    answer = [copy.deepcopy(ANSWERS[name][draw(st.integers(0, len(ANSWERS[name]) - 1))])]
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(places(answer)[1:]))
        around: Any = answer
        for step in way:
            around = around[step]
        change = draw(st.sampled_from(["replace", "leave out", "double", "rename"]))
        if change == "replace" or not way:
            around[last] = draw(VALUES)
        elif change == "leave out":
            del around[last]
        elif change == "double" and isinstance(around, list):
            around.append(copy.deepcopy(around[last]))
        elif change == "rename" and isinstance(around, dict):
            key = draw(st.sampled_from(sorted(around)) | st.text(max_size=4))
            around[key] = around.pop(last)
    return answer[0]


def reads_back(text: str | None, problems: list[Any]) -> None:
    assert all(problem.severity is not Severity.WARNING for problem in problems) or text is not None
    assert (text is None) == has_errors(problems)
    if text is None:
        assert all(str(problem).isprintable() or "\n  " in str(problem) for problem in problems)
        return
    nodes, wrong = read_nodes(text.encode("utf-8"), "case.yaml")
    assert wrong == [] and len(nodes) == 1 and isinstance(nodes[0], MappingNode)
    for entry in nodes[0].entries[1:]:
        assert isinstance(entry.value, ListNode)
        for subject in entry.value.items:
            assert isinstance(subject, MappingNode) and subject.entries[0].key.text == "ref"
            assert {member.key.text for member in subject.entries} <= {"ref", *FIELDS[entry.key.text]}
            assert all(isinstance(member.value, ScalarNode) for member in subject.entries)


@pytest.mark.parametrize("name", [name for name in IMPORTERS if ANSWERS[name]])
@given(data=st.data())
def test_a_mutated_answer_never_breaks_an_importer(name: str, data: st.DataObject) -> None:
    answer = data.draw(mutated(name))
    reads_back(*import_case(name, [("a.json", json.dumps(answer).encode())]))


@given(data=st.data())
def test_mutated_answers_never_break_joining(data: st.DataObject) -> None:
    names = st.sampled_from([name for name in IMPORTERS if ANSWERS[name]])
    requests = [
        (
            name,
            f"{number}.json",
            json.dumps(data.draw(mutated(name))).encode(),
        )
        for number, name in enumerate(data.draw(st.lists(names, min_size=2, max_size=4)))
    ]
    reads_back(*import_sources(requests))


@given(content=st.sampled_from(XML), position=st.integers(0), piece=st.binary(max_size=6), cut=st.integers(0, 40))
def test_mutated_xml_never_breaks_its_importer(content: bytes, position: int, piece: bytes, cut: int) -> None:
    position %= len(content) + 1
    reads_back(*import_case("aliyun-oss", [("a.xml", content[:position] + piece + content[position + cut :])]))


@given(content=st.binary() | st.text().map(lambda text: text.encode("utf-8", "replace")))
@pytest.mark.parametrize("name", IMPORTERS)
def test_bytes_never_break_an_importer(name: str, content: bytes) -> None:
    reads_back(*import_case(name, [("-", content)]))


@given(words=st.lists(st.sampled_from([*IMPORTERS, "a.json", "b.json", "./terraform", ""]), max_size=6))
def test_every_file_of_a_command_line_has_the_source_before_it(words: list[str]) -> None:
    pairs, problems = find_importers().pair_with_sources(words)
    if not words or words[0] not in IMPORTERS:
        assert pairs == [] and [problem.code for problem in problems] == ["I001"]
        return
    assert [file for _, file in pairs] == [word for word in words if word not in IMPORTERS]
    empty = [
        word for word, after in zip(words, [*words[1:], "terraform"], strict=True) if {word, after} <= {*IMPORTERS}
    ]
    assert [problem.code for problem in problems] == ["I003"] * len(empty)
    for source, file in pairs:
        assert source in words[: len(words) - words[::-1].index(file)]
