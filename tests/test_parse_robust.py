"""Whatever a rulebook looks like: no exception, and each diagnostic has a place within the file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from unicodedata import category

import pytest
from hypothesis import example, given, strategies as st

from rulewright import Diagnostic
from rulewright.diagnostics import has_errors
from rulewright.lint.linting import lint
from rulewright.parse.rulebook import parse_rulebook
from rulewright.source import Entry, ListNode, MappingNode, Node, ScalarNode, read_nodes

#: A rulebook that has everything the language has.
TRAVEL = Path(__file__).parent / "rulebooks" / "travel.yaml"
TREE = read_nodes(TRAVEL.read_bytes(), "travel.yaml")[0][0]
WORDS = (  # noqa: SIM905 - one a line would be eighty lines
    "employee trip traveller traveller.manager.verdict grade grade.label start cost limit countries floor band policy "
    "as_of verdict ref all any not count sum outcome is in given known ignore_case field parameter where through of to "
    "yes no 3 -1 1.5 1e3 1e99999999 12345678901234567890 .nan 0x1F 2023-01-01 2023-13-01 0000-00-00 ٣ text choice "
    "reference plus minus months_between maximum require conclude advise when applies about type value values since "
    "met unknown needs_information x.y . .. ~ [] {} << *a &a !!int {{ref}} {%if%} | > % @ ' \" : - ? #"
).split()
TAGS = (  # noqa: SIM905
    "{{ }} {% %} {{- -}} if else endif for ref traveller traveller.country cost days status countries nope . | "
    "months money('EUR') ( ) + - ~ * == < in is not given and or 1 1.5 'x' none [ ] text"
).split()


def scalars() -> st.SearchStrategy[ScalarNode]:
    texts = st.one_of(st.sampled_from(WORDS), st.text(max_size=8))
    return st.builds(ScalarNode, texts, st.booleans())


def nodes() -> st.SearchStrategy[Node]:
    return st.recursive(
        scalars(),
        lambda children: st.one_of(
            st.lists(children, max_size=3).map(lambda items: ListNode(tuple(items))),
            st.dictionaries(st.sampled_from(WORDS), children, max_size=3).map(
                lambda entries: MappingNode(
                    tuple(Entry(ScalarNode(key, True), value) for key, value in entries.items())
                )
            ),
        ),
        max_leaves=5,
    )


def parts_of(node: Node) -> list[Node]:
    """A node and all nodes in it."""
    inside = [entry.value for entry in node.entries] if isinstance(node, MappingNode) else []
    inside = list(node.items) if isinstance(node, ListNode) else inside
    return [node, *(part for child in inside for part in parts_of(child))]


def exchanged(node: Node, old: Node, new: Node) -> Node:
    """The tree with one of its nodes, told by identity, in the place of another."""
    if node is old:
        return new
    if isinstance(node, MappingNode):
        return replace(node, entries=tuple(Entry(each.key, exchanged(each.value, old, new)) for each in node.entries))
    if isinstance(node, ListNode):
        return replace(node, items=tuple(exchanged(item, old, new) for item in node.items))
    return node


def written(node: Node) -> str:
    """A node as YAML: in the style of JSON, a part a line, with plain scalars plain where that can be."""
    if isinstance(node, MappingNode):
        entries = (f"{json.dumps(entry.key.text)}: {written(entry.value)}" for entry in node.entries)
        return "{" + ",\n ".join(entries) + "}"
    if isinstance(node, ListNode):
        return "[" + ", ".join(map(written, node.items)) + "]"
    bare = node.plain and node.text.isascii() and not set(node.text) & set("{}[],&*#?|<>=!%@:`'\" \n-")
    return node.text if bare else json.dumps(node.text)


@st.composite
def rulebooks(draw: st.DrawFn) -> bytes:
    """The whole rulebook with a few of its parts changed."""
    tree: Node = TREE
    for _ in range(draw(st.integers(1, 4))):
        parts = parts_of(tree)
        old = parts[draw(st.integers(0, len(parts) - 1))]
        new: Any
        match draw(st.sampled_from(["new", "wrap", "copy", "quote", "drop", "rename", "add"])):
            case "new":
                new = draw(nodes())
            case "wrap":
                new = ListNode((old,))
            case "copy":
                new = parts[draw(st.integers(0, len(parts) - 1))]
            case "quote" if isinstance(old, ScalarNode):
                new = replace(old, plain=not old.plain)
            case "drop" if isinstance(old, MappingNode) and old.entries:
                gone = draw(st.sampled_from(old.entries))
                new = replace(old, entries=tuple(entry for entry in old.entries if entry is not gone))
            case "rename" if isinstance(old, MappingNode) and old.entries:
                renamed = draw(st.sampled_from(old.entries))
                key = draw(scalars())
                new = replace(
                    old, entries=tuple(Entry(key, each.value) if each is renamed else each for each in old.entries)
                )
            case "add" if isinstance(old, MappingNode):
                new = replace(old, entries=(*old.entries, Entry(draw(scalars()), draw(nodes()))))
            case _:
                new = draw(scalars())
        tree = exchanged(tree, old, new)
    return written(tree).encode("utf-8", "surrogatepass")


def checked(data: bytes) -> list[Diagnostic]:
    rulebook, diagnostics = parse_rulebook(data, "travel.yaml")
    if rulebook is None or rulebook.unread:
        assert has_errors(diagnostics), "something was left out in silence"
    if rulebook is not None:
        diagnostics = [*diagnostics, *lint(rulebook)]
    lines = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for diagnostic in diagnostics:
        assert all(category(character) != "Cc" for line in str(diagnostic).split("\n") for character in line)
        for span in (diagnostic.span, *(related.span for related in diagnostic.related)):
            assert span is not None
            assert span.file == "travel.yaml"
            assert 1 <= span.line <= len(lines)
            assert 1 <= span.column <= len(lines[span.line - 1]) + 1
    return diagnostics


def test_the_whole_language_is_in_order() -> None:
    assert [str(diagnostic) for diagnostic in checked(TRAVEL.read_bytes()) if diagnostic.code != "W002"] == []
    assert [str(diagnostic) for diagnostic in checked(written(TREE).encode()) if diagnostic.code != "W002"] == []


@given(rulebooks())
def test_parts_of_any_shape(data: bytes) -> None:
    checked(data)


@given(st.integers(0, 4_000), st.integers(0, 30), st.one_of(st.sampled_from(WORDS), st.text(max_size=6)))
@example(0, 5_000, "")
def test_text_of_any_kind(position: int, gone: int, come: str) -> None:
    text = TRAVEL.read_text(encoding="utf-8")
    checked((text[:position] + come + text[position + gone :]).encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=60))
def test_bytes_of_any_kind(data: bytes) -> None:
    checked(data)


@given(st.lists(st.sampled_from(TAGS), max_size=14), st.sampled_from(["'", '"', "|", ">"]))
def test_texts_of_any_kind(words: list[str], style: str) -> None:
    text = " ".join(words)
    value = {
        "'": "'" + text.replace("'", "''") + "'",
        '"': json.dumps(text),
        "|": "|\n      " + text.replace(" }} ", " }}\n      "),
        ">": ">-\n      " + text,
    }[style]
    explain = "\"{{ traveller }} from {{ traveller.country }}: {{ cost | money('EUR') }}\""
    source = TRAVEL.read_text(encoding="utf-8")
    assert explain in source
    checked(source.replace(explain, value).encode())


@pytest.mark.parametrize("inner", ["(" * 3_000 + "1" + ")" * 3_000, "1" + " + 1" * 4_000, "not " * 4_000 + "remote"])
def test_texts_that_nest_too_deep(inner: str) -> None:
    data = TRAVEL.read_bytes().replace(
        b"Wait {{ (6 - months_employed) | months }}.", f"{{{{ {inner[:9_900]} }}}}".encode()
    )
    assert "R040" in {diagnostic.code for diagnostic in checked(data)}
