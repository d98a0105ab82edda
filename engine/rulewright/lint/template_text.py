"""Rule texts as Jinja's parser reads them, with the place of each word in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum

from jinja2 import TemplateSyntaxError, nodes

from rulewright.diagnostics import Span
from rulewright.model.rulebook import Advise, Rule
from rulewright.text_environment import text_environment

_ENVIRONMENT = text_environment()


_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
#: A name in single braces, as in other template languages.
PLAIN_BRACES = re.compile(r"(?<!\{)\$?\{ *([A-Za-z_][\w.]*) *\}(?!\})")


class Role(Enum):
    """The role of a word in a tag."""

    VARIABLE = "variable"
    ATTRIBUTE = "attribute"
    FILTER = "filter"
    TEST = "test"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Word:
    """A word or sign in a tag, with its line and offset in the text. `first` is true for the first word of the tag."""

    text: str
    role: Role
    line: int
    offset: int
    first: bool


@dataclass(frozen=True, slots=True)
class TemplateText:
    """A text of a rule, with its place in the file.

    `content` is the place of its first character if the file contains the text verbatim. `used` has the offsets that
    `next_place` already returned, so that a repeated word gets a place each time.
    """

    text: str
    span: Span
    content: Span | None = None
    words: tuple[Word, ...] = ()
    used: set[int] = field(default_factory=set)

    def next_place(self, line: int, name: str, role: Role) -> Span:
        """Return the next unused place of a word on a line of the text."""
        for word in self.words:
            if (word.line, word.text, word.role) == (line, name, role) and word.offset not in self.used:
                self.used.add(word.offset)
                return self.at(word.offset)
        return self.place(line)

    def place(self, line: int | None, *words: str, after: int = 0) -> Span:
        """Return the place of the first of the words on a line, from an offset on; else the place of the line."""
        for word in self.words:
            if word.line == (line or 1) and word.text in words and word.offset >= after:
                return self.at(word.offset)
        if self.content is None:
            return self.span
        return self.at(after) if after else replace(self.content, line=self.content.line + (line or 1) - 1)

    def last_tag(self, word: str) -> Span:
        """Return the place of the last tag that begins with a word."""
        offsets = [found.offset for found in self.words if found.text == word and found.first]
        return self.at(offsets[-1]) if offsets else self.span

    def last_offset(self) -> int:
        """Return the offset of the last word that could be read."""
        return self.words[-1].offset if self.words else 0

    def at(self, offset: int) -> Span:
        """Return the place of a character of the text."""
        if self.content is None:
            return self.span
        before = self.text[:offset]
        column = offset - (before.rfind("\n") + 1)
        return replace(self.content, line=self.content.line + before.count("\n"), column=self.content.column + column)

    def plain_braces(self) -> Iterator[tuple[str, str, Span]]:
        """Yield each name in single braces outside of tags, as in `{days}`: the match, the name and its place."""
        outside = _TAG.sub(lambda tag: " " * len(tag[0]), self.text)
        for found in PLAIN_BRACES.finditer(outside):
            yield found[0], found[1], self.at(found.start())

    def broken_tag(self) -> int:
        """Return the offset of the first tag that cannot be parsed by itself, or 0 if each can."""
        for tag in _TAG.finditer(self.text):
            around = tag[0]
            if around.startswith("{%"):
                keyword = around[2:].lstrip("-+ ").partition(" ")[0]
                if keyword in ("else", "endif"):
                    continue
                around = {"if": around + "{% endif %}", "elif": "{% if x %}" + around + "{% endif %}"}.get(
                    keyword, around
                )
            try:
                _ENVIRONMENT.parse(around)
            except TemplateSyntaxError:
                return tag.start()
        return 0


def texts_of(rule: Rule) -> Iterator[TemplateText]:
    """Yield the texts of a rule, as its author wrote them."""
    main = "advise" if isinstance(rule.action, Advise) else "explain"
    for key, text in ((main, rule.explain), ("remedy", rule.remedy)):
        if text:
            span = rule.text_spans.get(key, rule.span)
            yield TemplateText(text, span, rule.content_spans.get(key), tuple(_words(text)))


def parse_text(text: TemplateText) -> nodes.Template:
    """Return the syntax tree of a text. Raise Jinja's errors, or RecursionError if it nests too deep."""
    return _ENVIRONMENT.parse(text.text)


def compile_text(text: TemplateText) -> None:
    """Compile a text to detect nesting that passes the parser and our checks but is too deep for Python."""
    _ENVIRONMENT.from_string(text.text)


def names_in(text: TemplateText) -> set[str]:
    """Return every name in the tags of a text: variables, the fields they reach, filters and tests."""
    return {word.text for word in text.words}


def _words(text: str) -> Iterator[Word]:
    """Yield the words and signs in the tags of a text, up to the first syntax error."""
    offset = 0
    before: list[str] = []
    try:
        for line, kind, value in _ENVIRONMENT.lex(text):
            # the lexer omits spaces that a `-` in a tag removes, so the offset of each token must be searched for
            offset = max(text.find(value, offset), offset)
            if kind in ("variable_begin", "block_begin"):
                before = []
            elif kind not in ("whitespace", "data"):
                yield Word(value.strip(), _role(kind, before), line, offset, not before)
                before.append(value)
            offset += len(value)
    except TemplateSyntaxError:
        return


def _role(kind: str, before: list[str]) -> Role:
    if kind != "name":
        return Role.OTHER
    last = before[-1] if before else ""
    if last == "is" or (last == "not" and before[-2:-1] == ["is"]):
        return Role.TEST
    return {".": Role.ATTRIBUTE, "|": Role.FILTER}.get(last, Role.VARIABLE)
