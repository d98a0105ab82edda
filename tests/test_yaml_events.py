"""The parser in C gives what the exact parser gives, for every text that it is trusted with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, strategies as st

from commands import ROOT
from rulewright.source import yaml_nodes
from rulewright.yaml_events import UnlikeError, exact_events, fast_events

TEXTS = sorted(
    path.read_text(encoding="utf-8")
    for folder in ("rulebook", "examples", "tests/diagnostics", "tests/case_diagnostics")
    for path in (ROOT / folder).rglob("*.yaml")
    if "\ufffd" not in path.read_bytes().decode("utf-8", "replace")
)
SHORT = [text for text in TEXTS if len(text) < 1_500]
PIECES = st.sampled_from(
    [
        *"\t\n \r#:-,[]{}&*!|>'\"%@`?~\x85\u2028\ufeff\u00a0é中\U0001f600\x07\\",
        *("\r\n", "---\n", "...\n", "? ", "- ", ": ", "<<: ", "!!str ", " #", "\n\n", "'x", "|\n", "|2-\n", ">+\n"),
        *("&a ", "*a", "%YAML 1.1\n", "%TAG ! x\n", '"\\u00e9\\\n  x"', "'it''s'", "a:b", "[a: b, c]", "{a: 1, b}"),
    ]
)


def described(event: Any) -> tuple[object, ...]:
    """Return everything that is read of an event."""
    name = type(event).__name__
    if name.startswith(("Stream", "Document")) or name.endswith("EndEvent"):
        return (name,)
    start = (event.start_mark.line, event.start_mark.column)
    if name == "AliasEvent":
        return (name, start, event.anchor)
    tag = None if event.tag is None else str(event.tag)
    if name != "ScalarEvent":
        return (name, start, event.anchor, tag)
    end = (event.end_mark.line, event.end_mark.column)
    return (name, start, event.anchor, tag, event.value, event.style or None, end)


def is_trusted(text: str) -> bool:
    """Compare both parsers on a text; return whether the parser in C was trusted with it."""
    try:
        fast = [described(event) for event in fast_events(text)]
    except UnlikeError:
        return False
    assert fast == [described(event) for event in exact_events(text)]
    return True


def test_the_parser_in_c_is_trusted_with_the_shipped_rulebooks() -> None:
    shipped = [
        path.read_text(encoding="utf-8") for path in (ROOT / "rulebook" / "alibaba-cloud-icp-filing").glob("*.yaml")
    ]
    assert len(shipped) > 3
    assert all(map(is_trusted, shipped))


def test_both_parsers_agree_on_every_file() -> None:
    assert sum(map(is_trusted, TEXTS)) > len(TEXTS) // 2


@given(st.data())
def test_both_parsers_agree_on_mutated_files(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(SHORT))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 3))
        text = text[:place] + data.draw(st.one_of(PIECES, st.just(""))) + text[place + cut :]
    is_trusted(text)


@given(st.lists(PIECES | st.sampled_from(["a", "b: c\n", "  "]), max_size=12).map("".join))
@example("a: 1\nb:\n")
@example("a: &x 1\nb: *x\n")
@example("- !!int '3'\n")
@example("a: |\n  b\n \n  c\n")
@example("a\x85b: 1\n")
def test_both_parsers_agree_on_random_texts(text: str) -> None:
    is_trusted(text)


@pytest.mark.parametrize("text", ["a:\n", "a: &x 1\n", "*x : 1\n", "!!str a\n", "a:\tb\n", "a: [\n", "a\u2028b: 1\n"])
def test_texts_on_which_the_parsers_may_differ_are_not_trusted(text: str) -> None:
    assert not is_trusted(text)


def test_a_machine_without_the_parser_in_c_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = Path(ROOT / "examples" / "shop-launch.yaml").read_text(encoding="utf-8")
    fast = yaml_nodes(text, "shop-launch.yaml", 1)
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert not is_trusted(text)
    assert yaml_nodes(text, "shop-launch.yaml", 1) == fast
