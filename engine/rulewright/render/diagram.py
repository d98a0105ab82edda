"""Diagram of how a verdict came about, from left to right: facts, conditions, rules, subjects and the case."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rulewright.diagnostics import Span
from rulewright.model.explanation import ExplainedTest, Explanation, Finding
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.rulebook import RuleSeverity
from rulewright.model.values import Absent, Truth
from rulewright.render.clean import clean
from rulewright.render.words import Words

#: Widths of the columns and of the gap between them. All lengths are in pixels.
_WIDTHS = (164, 190, 160, 116, 106)
_GAP = 34
_TOP, _BETWEEN, _BETWEEN_RULES, _PADDING = 34, 10, 22, 9
_LINE, _SMALL_LINE = 17, 15
#: Width of a letter and of a wide (Chinese) character, relative to the font size.
_NARROW, _WIDE = 0.55, 1.0
_TYPE, _SMALL_TYPE = 13, 12
_MARK_ROOM = 20
_MOST_LINES = 3
_OPENING, _CLOSING = "（“‘《「(", "，。；：、？！）”’》」),.;:?!"
#: Maximum number of rules in a diagram. A larger one is unreadable.
MOST_RULES = 60

_OF_TRUTH = {Truth.TRUE: ("good", "yes"), Truth.FALSE: ("bad", "no"), Truth.UNKNOWN: ("open", "unknown")}
_OF_OUTCOME = {
    Outcome.MET: ("good", "check"),
    Outcome.VIOLATED: ("bad", "cross"),
    Outcome.UNKNOWN: ("open", "question"),
    Outcome.ADVISED: ("plain", "info"),
    Outcome.CONCLUDED: ("plain", "info"),
}
_OF_VERDICT = {
    Verdict.READY: ("good", "check"),
    Verdict.NOT_READY: ("bad", "cross"),
    Verdict.NEEDS_INFORMATION: ("open", "question"),
    Verdict.NOT_APPLICABLE: ("plain", "dash"),
}
#: The outcome of the requirements that decide each verdict.
_DECIDING = {
    Verdict.NOT_READY: Outcome.VIOLATED,
    Verdict.NEEDS_INFORMATION: Outcome.UNKNOWN,
    Verdict.READY: Outcome.MET,
}
_SHOWN = (Outcome.VIOLATED, Outcome.UNKNOWN, Outcome.MET, Outcome.ADVISED, Outcome.CONCLUDED)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in a box. `small` lines describe the lines above them."""

    text: str
    x: int
    y: int
    small: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the diagram, with its tone, its mark, its wrapped lines and its whole text."""

    x: int
    y: int
    width: int
    height: int
    tone: str
    mark: str
    lines: tuple[Line, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A line from a box to a box on its right, as an SVG path."""

    path: str
    tone: str


@dataclass(frozen=True, slots=True)
class RuleInWords:
    """A rule of the diagram as text: its finding, and its tests with a truth."""

    finding: Finding
    tests: tuple[ExplainedTest, ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """A diagram from facts to the verdict, and the same content as a list."""

    width: int
    height: int
    headings: tuple[Line, ...]
    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    told: tuple[RuleInWords, ...]


def decisive_findings(explanation: Explanation) -> tuple[Finding, ...]:
    """Return the findings that decided the verdict of the case."""
    outcome = _DECIDING.get(explanation.verdict)
    return tuple(
        finding
        for finding in explanation.findings
        if finding.outcome is outcome and finding.severity is RuleSeverity.BLOCKING
    )


def applicable_findings(explanation: Explanation) -> tuple[Finding, ...]:
    """Return the findings of all rules that apply, except those that did not fire."""
    return tuple(finding for finding in explanation.findings if finding.outcome in _SHOWN)


def draw_diagram(explanation: Explanation, findings: Sequence[Finding], words: Words) -> Diagram | None:
    """Return the diagram of some findings, or None if there are none or more than `MOST_RULES`."""
    if not findings or len(findings) > MOST_RULES:
        return None
    return _Drawing(explanation, findings, words).draw_diagram()


@dataclass(slots=True)
class _Node:
    """A box under construction. `wish` is the preferred position of its middle."""

    column: int
    tone: str
    mark: str
    text: str
    small: str = ""
    wish: float = 0.0
    y: int = 0

    @property
    def lines(self) -> list[tuple[str, bool]]:
        room = _WIDTHS[self.column] - 2 * _PADDING - _MARK_ROOM
        told = [(line, False) for line in wrap_lines(self.text, room, _TYPE)]
        return told + [(line, True) for line in wrap_lines(self.small, room, _SMALL_TYPE)]

    @property
    def height(self) -> int:
        return 2 * _PADDING + sum(_SMALL_LINE if small else _LINE for _, small in self.lines)

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    def box(self) -> Box:
        x, y = _left(self.column), self.y
        lines, at = [], y + _PADDING
        for text, small in self.lines:
            at += _SMALL_LINE if small else _LINE
            lines.append(Line(text, x + _PADDING + _MARK_ROOM, at - 4, small))
        whole = " ".join(part for part in (self.text, self.small) if part)
        return Box(x, y, _WIDTHS[self.column], self.height, self.tone, self.mark, tuple(lines), whole)


class _Drawing:
    def __init__(self, explanation: Explanation, findings: Sequence[Finding], words: Words) -> None:
        self.explanation = explanation
        self.findings = findings
        self.words = words
        self.columns: tuple[dict[object, _Node], ...] = ({}, {}, {}, {}, {})
        self.links: dict[tuple[int, object, object], None] = {}
        self.labels = {subject.kind: subject.kind_label for subject in explanation.subjects}
        self.facts = {
            fact.at: (subject, fact)
            for subject in explanation.subjects
            for fact in subject.facts
            if fact.at is not None
        }

    def draw_diagram(self) -> Diagram:
        case = self._node(4, "case", _OF_VERDICT[self.explanation.verdict], self._verdict(self.explanation.verdict))
        case.small = clean(self.explanation.case)
        self._conditions_and_rules()
        for number in (0, 3, 4):
            self._place_column(number)
        lowest = min(node.y for column in self.columns for node in column.values())
        for column in self.columns:
            for node in column.values():
                node.y += _TOP - lowest
        boxes = tuple(node.box() for column in self.columns for node in column.values())
        used = [bool(column) for column in self.columns]
        headings = tuple(
            Line(heading, _left(number), 16, True)
            for number, heading in enumerate(self.words.chain_columns)
            if used[number]
        )
        told = tuple(
            RuleInWords(one, tuple(test for test in one.tests if test.truth is not None)) for one in self.findings
        )
        height = max(box.y + box.height for box in boxes) + 2
        return Diagram(_left(4) + _WIDTHS[4] + 2, height, headings, boxes, tuple(self._drawn()), told)

    def _verdict(self, verdict: Verdict) -> str:
        return self.words.verdicts[verdict]

    def _node(self, column: int, key: object, look: tuple[str, str], text: str, small: str = "") -> _Node:
        return self.columns[column].setdefault(key, _Node(column, *look, clean(text), clean(small)))

    def _link(self, column: int, left: object, right: object) -> None:
        """Add a line from a box of a column to a box of the next column."""
        self.links[column, left, right] = None

    def _conditions_and_rules(self) -> None:
        """Place the conditions below each other, and each rule beside the middle of its conditions."""
        at = 0.0
        for finding in self._by_subject():
            subject = (finding.kind, finding.ref)
            rule = (finding.rule, *subject)
            node = self._node(2, rule, _OF_OUTCOME.get(finding.outcome, ("plain", "dash")), finding.title)
            top = at
            for test in finding.tests:
                if test.truth is None:
                    continue
                key = (*subject, test.test)
                if key not in self.columns[1]:
                    condition = self._node(1, key, _OF_TRUTH[test.truth], test.test, self._shown_value(test))
                    condition.wish = at + condition.height / 2
                    condition.y = round(at)
                    at += condition.height + _BETWEEN
                self._link(1, key, rule)
                self._facts(finding, test, key)
            own = [self.columns[1][left].middle for column, left, right in self.links if (column, right) == (1, rule)]
            node.wish = (own[0] + own[-1]) / 2 if own else top + node.height / 2
            node.y = round(max(node.wish - node.height / 2, top if own == [] else -1e9))
            above = list(self.columns[2].values())[-2:-1]
            if above:
                node.y = max(node.y, above[0].y + above[0].height + _BETWEEN)
            at = max(at, node.y + node.height + _BETWEEN) + _BETWEEN_RULES - _BETWEEN
            self._subject(subject, rule)

    def _by_subject(self) -> list[Finding]:
        order = {(subject.kind, subject.ref): number for number, subject in enumerate(self.explanation.subjects)}
        return sorted(self.findings, key=lambda finding: order.get((finding.kind, finding.ref), len(order)))

    def _shown_value(self, test: ExplainedTest) -> str:
        if test.value is Absent.UNKNOWN and test.truth is Truth.UNKNOWN:
            return ""
        return test.shown

    def _subject(self, key: tuple[str, str], rule: object) -> None:
        verdicts = {(one.kind, one.ref): one.verdict for one in self.explanation.subjects}
        verdict = verdicts.get(key, self.explanation.verdict)
        label = f"{self.labels.get(key[0], key[0])} {key[1]}"
        self._node(3, key, _OF_VERDICT[verdict], label, self._verdict(verdict))
        self._link(2, rule, key)
        self._link(3, key, "case")

    def _facts(self, finding: Finding, test: ExplainedTest, condition: object) -> None:
        stated = self.facts.get(test.at) if test.at is not None else None
        if stated is not None:
            subject, fact = stated
            where = f"{self.labels.get(subject.kind, subject.kind)} {subject.ref}"
            self._node(0, fact.at, ("plain", "info"), f"{fact.label}{self.words.label_mark}{fact.shown}", where)
            self._link(0, fact.at, condition)
        elif test.at is not None:
            self._node(0, test.at, ("plain", "info"), test.shown, _name(test.at))
            self._link(0, test.at, condition)
        elif test.truth is Truth.UNKNOWN:
            for missing in self.explanation.missing:
                if finding.rule in missing.needed_by and missing.kind == finding.kind and missing.ref == finding.ref:
                    key = (missing.kind, missing.ref, missing.field)
                    self._node(0, key, ("open", "unknown"), missing.label, self.words.not_stated)
                    self._link(0, key, condition)

    def _place_column(self, column: int) -> None:
        """Place each box of a column beside the middle of its linked boxes, without overlaps."""
        nodes = self.columns[column]
        for key, node in nodes.items():
            if column == 0:
                others = [self.columns[1][right].middle for at, left, right in self.links if (at, left) == (0, key)]
            else:
                others = [
                    self.columns[column - 1][left].middle
                    for at, left, right in self.links
                    if (at, right) == (column - 1, key)
                ]
            node.wish = sum(others) / len(others) if others else 0.0
        ordered = sorted(nodes.values(), key=lambda node: node.wish)
        for node in ordered:
            node.y = round(node.wish - node.height / 2)
        for above, below in pairwise(ordered):
            below.y = max(below.y, above.y + above.height + _BETWEEN)

    def _drawn(self) -> Iterable[Link]:
        for column, left, right in self.links:
            begin, end = self.columns[column][left], self.columns[column + 1][right]
            x, y = _left(column) + _WIDTHS[column], round(begin.middle)
            to_x, to_y = _left(column + 1), round(end.middle)
            half = (to_x - x) // 2
            yield Link(f"M{x} {y}C{x + half} {y} {to_x - half} {to_y} {to_x} {to_y}", begin.tone)


def _left(column: int) -> int:
    return 1 + sum(_WIDTHS[:column]) + column * _GAP


def _name(at: Span) -> str:
    return str(at)


def text_width(text: str, size: int) -> float:
    """Return the approximate width of a text in a font size."""
    wide: Mapping[bool, float] = {True: _WIDE, False: _NARROW}
    return size * sum(wide[unicodedata.east_asian_width(letter) in "WF"] for letter in text)


def wrap_lines(text: str, room: int, size: int) -> list[str]:
    """Return the text in lines that fit the room, broken at spaces and between Chinese characters.

    A text of more than `_MOST_LINES` lines is cut, with an ellipsis.
    """
    lines: list[str] = []
    line = ""
    for part in _parts(text):
        if line and text_width((line + part).rstrip(), size) > room:
            lines.append(line.rstrip())
            line = ""
        line += part if line else part.lstrip()
        while text_width(line.rstrip(), size) > room:  # a single word longer than a line
            fits = next(end for end in range(len(line) - 1, 0, -1) if end == 1 or text_width(line[:end], size) <= room)
            lines.append(line[:fits])
            line = line[fits:]
    if line.strip():
        lines.append(line.rstrip())
    if len(lines) > _MOST_LINES:
        last = lines[_MOST_LINES - 1]
        while last and text_width(last + "…", size) > room:
            last = last[:-1]
        return [*lines[: _MOST_LINES - 1], last.rstrip() + "…"]
    return lines


def _parts(text: str) -> Iterable[str]:
    """Yield the pieces between which a line may break, each with its trailing space."""
    piece = ""
    for letter in text:
        if piece and _may_end(piece, letter):
            yield piece
            piece = ""
        piece += letter
    if piece:
        yield piece


def _may_end(piece: str, follows: str) -> bool:
    """Return whether a line may break after a piece: not inside a number, nor before closing punctuation."""
    if piece[-1] in _OPENING or follows in _CLOSING:
        return False
    if piece[-1] in ".,:" and follows.isdigit() and piece[-2:-1].isdigit():
        return False
    return piece[-1] in " -_/.:@" or any(unicodedata.east_asian_width(one) in "WF" for one in (piece[-1], follows))
