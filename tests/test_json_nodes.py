"""Ordinary JSON is read without the YAML parser, and comes to the same nodes at the same places."""

from __future__ import annotations

import json
import string
from typing import Any

import pytest
from hypothesis import example, given, note, settings, strategies as st

from rulewright import Span
from rulewright.json_nodes import json_node
from rulewright.nodes import MAXIMUM_DEPTH, MAXIMUM_NODES, ListNode, MappingNode, Node, ScalarNode
from rulewright.source import read_nodes, yaml_nodes
from strategies import Drawer

FILE, LINE = "cases.jsonl", 7

#: What YAML has a meaning for, and JSON none.
STRANGE = [
    "a", "", " ", "  b", "c ", "no", "~", "<<", "- ", "# x", ": ", "---", "...", "{{ x }}", "'", '"', "\\", "\\\\",
    "\\n", "/", "\n", "\r", "\t", "\b", "\f", "\x00", "\x1b", "\xa0", "\xad", "\u2027", "é", "备案", "😀", "\U0010ffff",
    "&a", "*a", "!!str x", "%x",
]  # fmt: skip
#: What is left to the YAML parser where it is not escaped, or even then.
REFUSED = [
    "\x7f", "\x85", "\u2028", "\u2029", "\ufeff", "\ufffe", "\uffff", "\ud800", "\udc00", "\ud83d\ude00", "x" * 990,
    "x" * 1_100,
]  # fmt: skip
NUMBERS = [
    "0", "-0", "1", "-1", "1.50", "1e5", "1E+05", "-0.0e-0", "123456789012345678901234567890", "1.", "01", ".5", "+1",
    "1e", "-",
]  # fmt: skip
WORDS = ["true", "false", "null", "True", "NaN", "Infinity", "~", "yes", "a"]
GAPS = ["", "", "", " ", "  ", "\n", "\r\n", "\r", "\n\n  ", "\t", " " * 30, "#\n", "\ufeff"]
PIECES = [
    "", *'{}[],:"\\-#& \n\t', "{}", "[]", ": ", ", ", '"a"', "'a'", "\\u00", "--- ", "0", "e", "null", "\ufeff",
    "\x85", "\x01", "?",
]  # fmt: skip


def shown(node: Node) -> Any:
    """All of a node, its places too, which are left out of its equality."""
    match node:
        case ScalarNode(text, plain, span):
            return text, plain, span, node.content
        case ListNode(items, span):
            return span, [shown(item) for item in items]
        case MappingNode(entries, span):
            return span, [(shown(entry.key), shown(entry.value)) for entry in entries]


class Writer(Drawer):
    """Writes JSON, mostly, in any of the ways that it can be written."""

    def written(self, depth: int) -> str:
        kind = self.number(0, 9)
        if depth == 0 or (kind < 3 and depth < 4):
            return self.pick([self.pick(WORDS[:3]), self.pick(NUMBERS[:9]), self.string(), self.string()])
        if kind == 3 and self.chance(10):
            return self.pick([*NUMBERS, *WORDS])
        parts = self.number(0, 3)
        if kind % 2:
            return "[" + self.joined([self.written(depth - 1) for _ in range(parts)]) + "]"
        entries = [f"{self.string()}{self.colon()}{self.written(depth - 1)}" for _ in range(parts)]
        return "{" + self.joined(entries) + "}"

    def gap(self) -> str:
        return self.pick(GAPS if self.chance(3) else GAPS[:8])

    def colon(self) -> str:
        before = self.gap() if self.chance(10) else self.pick(["", "", " "])
        return f"{before}:{self.gap()}"

    def joined(self, parts: list[str]) -> str:
        return ",".join(f"{self.gap()}{part}{self.gap()}" for part in parts) or self.gap()

    def string(self) -> str:
        pool = REFUSED if self.chance(5) else [*string.ascii_letters, *STRANGE]
        text = "".join(self.some(pool, 0, 4))
        return '"' + "".join(map(self.character, text)) + '"'

    def character(self, character: str) -> str:
        if self.chance(10) or ord(character) < 32 or 0xD800 <= ord(character) < 0xE000:
            units = character.encode("utf-16-be", "surrogatepass")
            return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
        if character in '"\\' or (character == "/" and self.chance(50)):
            return f"\\{character}"
        return character


@st.composite
def texts(draw: Any) -> str:
    """JSON, and what once was JSON."""
    writer = Writer(draw)
    text = writer.gap() + writer.written(4) + writer.gap()
    for _ in range(writer.number(0, 2) if writer.chance(40) else 0):
        start = writer.number(0, len(text))
        end = min(len(text), start + writer.pick([0, 1, 1, 3]))
        text = text[:start] + writer.pick(PIECES) + text[end:]
    return text


@settings(max_examples=10 * settings().max_examples)
@given(texts())
@example('{"\\\\": "\\\\\\\\", "\\\\n": "\\\\a"}')
@example('{"a": [1\r\n, 2\r], "b"  : {}\r}\r\n')
def test_the_nodes_and_their_places_are_those_of_the_yaml_parser(text: str) -> None:
    note(repr(text))
    node = json_node(text, FILE, LINE)
    if node is not None:
        nodes, diagnostics = yaml_nodes(text, FILE, LINE)
        assert not diagnostics, diagnostics[0]
        assert [shown(node)] == [shown(one) for one in nodes]


ordinary_texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp", "Cn"]), max_size=20)


def json_of(of_texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Objects and arrays."""

    def collections(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.dictionaries(of_texts, values, max_size=4) | st.lists(values, max_size=4)

    scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | of_texts
    return collections(st.recursive(scalars, lambda values: collections(values), max_leaves=12))


@given(
    st.one_of(
        st.tuples(json_of(st.text(max_size=20)), st.just(True)), st.tuples(json_of(ordinary_texts), st.just(False))
    ),
    st.sampled_from([None, 0, 2]),
    st.sampled_from([None, (",", ":"), (" , ", " : ")]),
)
def test_what_json_writers_write_needs_no_yaml_parser(
    written: tuple[Any, bool], indent: int | None, separators: tuple[str, str] | None
) -> None:
    value, ascii_only = written
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent, separators=separators)
    node = json_node(text, FILE, LINE)
    assert node is not None
    assert [shown(node)] == [shown(one) for one in yaml_nodes(text, FILE, LINE)[0]]


def test_a_node_with_its_place() -> None:
    node = json_node('{"a":\n  ["b", 1.50, "\\u0063"]}', FILE, LINE)
    assert node is not None
    assert shown(node) == (
        Span(FILE, 7, 1),
        [
            (
                ("a", False, Span(FILE, 7, 2), Span(FILE, 7, 3)),
                (
                    Span(FILE, 8, 3),
                    [
                        ("b", False, Span(FILE, 8, 4), Span(FILE, 8, 5)),
                        ("1.50", True, Span(FILE, 8, 9), Span(FILE, 8, 9)),
                        ("c", False, Span(FILE, 8, 15), None),
                    ],
                ),
            )
        ],
    )


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "3", '"a"', "null", "a: 1", "- 1", "{", "[", "]", "{]", "[}", "[1}", '{"a": 1]', '{"a"}', '{"a": }',
        '{"a" 1}', "{a: 1}", "{'a': 1}", '{"a": b}', '{"a": \'b\'}', '{"a": 1,}', "[1,]", "[,]", "[1,,2]", "{,}",
        '{"a": 1} {"b": 2}', "[] []", '{"a": 1} # told', '{"a": 1}\n---\n{"a": 2}\n', '--- {"a": 1}',
        '{"a": 1, "a": 2}', '{"a": 1, "\\u0061": 2}', '{"a": &x 1}', '{"a": *x}', '{"a": !!str 1}', "{1: 2}",
        "{null: 2}", '{"a": 01}', '{"a": .5}', '{"a": 1.}', '{"a": +1}', '{"a": NaN}', '{"a": True}', '{"a": nul}',
        '{"a": 0x1F}', '{"a": "b}', '{"a": "\\x41"}', '{"a": "\\u00g0"}', '{"a": "\\u0_41"}', '{"a": "\\ud83d"}',
        '{"a": "\\ude00\\ud83d"}', '{"a": "b\nc"}', '{"a": "b\tc"}', '{"a":\t1}', '{\t"a": 1}', '{"a"\n: 1}',
        '{"a": "\x00"}', '{"a": "\x7f"}', '{"a": "\x85"}', '{"a": "\u2028"}', '{"a": "\u2029"}', '{"a": "\ufeff"}',
        '{"a": "\uffff"}', '\xa0{"a": 1}', '{"a":\u20031}', '{"a": \u0663}', "\ufeff{}", '{"a": "\ud800"}',
        f'{{"{"x" * 1_025}": 1}}', f'{{"a"{" " * 1_025}: 1}}', "[" * 65 + "]" * 65, '{"a":' * 65 + "1" + "}" * 65,
    ],
)  # fmt: skip
def test_what_is_out_of_the_ordinary_is_left_to_the_yaml_parser(text: str) -> None:
    assert json_node(text, FILE, LINE) is None


def test_up_to_the_limits() -> None:
    deep = "[" * MAXIMUM_DEPTH + "]" * MAXIMUM_DEPTH
    assert json_node(deep, FILE) is not None
    assert read_nodes(deep.encode(), FILE)[1] == []
    assert [one.code for one in read_nodes(f"[{deep}]".encode(), FILE)[1]] == ["S005"]
    many = "[" + ",".join(["1"] * (MAXIMUM_NODES - 1)) + "]"
    assert json_node(many, FILE) is not None
    assert json_node(many.replace("]", ",1]"), FILE) is None


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ('{"a": 1, "b": 2, "a": 3}', "S010", 18),
        ('{"a": "\\ud83d"}', "S002", 7),
        ('{"a": "\x01"}', "S004", 8),
        ('{"a": [1, 2}', "S004", 12),
        ('{"a": "\\x4"}', "S004", 10),
    ],
)
def test_mistakes_in_json_are_told_as_they_are_in_yaml(text: str, code: str, column: int) -> None:
    _, diagnostics = read_nodes(text.encode(), FILE, LINE)
    assert [(one.code, one.span) for one in diagnostics] == [(code, Span(FILE, LINE, column))]
