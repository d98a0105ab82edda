"""The texts of rules as Jinja's parser sees them, and where in the file a word of them stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum

from jinja2 import TemplateSyntaxError, nodes

from rulewright.diagnostics import Span
from rulewright.model.rulebook import Advise, Rule
from rulewright.texts import text_environment

_ENVIRONMENT = text_environment()


_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
#: A name in single braces, as other template languages have it.
PLAIN_BRACES = re.compile(r"(?<!\{)\$?\{ *([A-Za-z_][\w.]*) *\}(?!\})")


class Role(Enum):
    """What a word in a tag is."""

    VARIABLE = "variable"
    ATTRIBUTE = "attribute"
    FILTER = "filter"
    TEST = "test"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Word:
    """A word or sign in a tag of a text: what it is, its line in the text and its place; whether it begins the tag."""

    text: str
    role: Role
    line: int
    offset: int
    first: bool


@dataclass(frozen=True, slots=True)
class TemplateText:
    """A text of a rule, its place, and that of its first character where the text stands in the file as it is.

    `used` has the places that were told already, so that a word that stands there twice is told twice.
    """

    text: str
    span: Span
    content: Span | None = None
    words: tuple[Word, ...] = ()
    used: set[int] = field(default_factory=set)

    def next_place(self, line: int, name: str, role: Role) -> Span:
        """The place of a word on a line of the text that was not asked for before."""
        for word in self.words:
            if (word.line, word.text, word.role) == (line, name, role) and word.offset not in self.used:
                self.used.add(word.offset)
                return self.at(word.offset)
        return self.place(line)

    def place(self, line: int | None, *words: str, after: int = 0) -> Span:
        """The place of the first of the words on a line of the text, from an offset on; else that of the line."""
        for word in self.words:
            if word.line == (line or 1) and word.text in words and word.offset >= after:
                return self.at(word.offset)
        if self.content is None:
            return self.span
        return self.at(after) if after else replace(self.content, line=self.content.line + (line or 1) - 1)

    def last_tag(self, word: str) -> Span:
        """The place of the last tag that begins with a word."""
        offsets = [found.offset for found in self.words if found.text == word and found.first]
        return self.at(offsets[-1]) if offsets else self.span

    def last_offset(self) -> int:
        """Where the last word begins that could be read."""
        return self.words[-1].offset if self.words else 0

    def at(self, offset: int) -> Span:
        """The place of a character of the text."""
        if self.content is None:
            return self.span
        before = self.text[:offset]
        column = offset - (before.rfind("\n") + 1)
        return replace(self.content, line=self.content.line + before.count("\n"), column=self.content.column + column)

    def plain_braces(self) -> Iterator[tuple[str, str, Span]]:
        """Yield each name in single braces outside of tags, as in `{days}`: as written, the name, its place."""
        outside = _TAG.sub(lambda tag: " " * len(tag[0]), self.text)
        for found in PLAIN_BRACES.finditer(outside):
            yield found[0], found[1], self.at(found.start())

    def broken_tag(self) -> int:
        """Where the first tag begins that cannot be parsed by itself; the beginning of the text when all can."""
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
    """The texts of a rule, as its author wrote them."""
    main = "advise" if isinstance(rule.action, Advise) else "explain"
    for key, text in ((main, rule.explain), ("remedy", rule.remedy)):
        if text:
            span = rule.text_spans.get(key, rule.span)
            yield TemplateText(text, span, rule.content_spans.get(key), tuple(_words(text)))


def parsed(text: TemplateText) -> nodes.Template:
    """The syntax tree of a text; raises what Jinja raises, and RecursionError for one that nests too deep."""
    return _ENVIRONMENT.parse(text.text)


def compiled(text: TemplateText) -> None:
    """Compile a text and forget it: what passes the parser and our checks can still be too deep for Python."""
    _ENVIRONMENT.from_string(text.text)


def names_in(text: TemplateText) -> set[str]:
    """Every name that a text has in its tags: variables, the fields that they reach, filters and tests."""
    return {word.text for word in text.words}


def _words(text: str) -> Iterator[Word]:
    """The words and signs in the tags of a text, as far as it can be read."""
    offset = 0
    before: list[str] = []
    try:
        for line, kind, value in _ENVIRONMENT.lex(text):
            # the lexer leaves out spaces that a `-` in a tag takes away, so its tokens are looked for in turn
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
