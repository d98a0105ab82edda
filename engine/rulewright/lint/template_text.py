"""The texts of rules as Jinja's parser sees them, and where in the file a word of them stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from jinja2 import TemplateSyntaxError, nodes

from rulewright.diagnostics import Span
from rulewright.model.rulebook import Advise, Rule
from rulewright.texts import text_environment

_ENVIRONMENT = text_environment()


@dataclass(frozen=True, slots=True)
class Word:
    """A word or sign in a tag of a text: what comes before it, its line in the text and its place."""

    text: str
    before: str
    line: int
    offset: int


@dataclass(frozen=True, slots=True)
class TemplateText:
    """A text of a rule, its place, and that of its first character where the text stands in the file as it is."""

    text: str
    span: Span
    content: Span | None = None
    words: tuple[Word, ...] = field(default=())

    def place(self, line: int | None, *words: str, before: str | None = None) -> Span:
        """The place of the first of the words on a line of the text, behind `before`; else that of the line."""
        if self.content is None:
            return self.span
        line = line or 1
        for word in self.words:
            if word.line == line and word.text in words and before in (None, word.before):
                return self.at(word.offset)
        return replace(self.content, line=self.content.line + line - 1)

    def last_place(self, word: str) -> Span:
        """The place of the last tag that begins with a word."""
        offsets = [found.offset for found in self.words if found.text == word and found.before == ""]
        return self.at(offsets[-1]) if offsets else self.span

    def at(self, offset: int) -> Span:
        """The place of a character of the text."""
        if self.content is None:
            return self.span
        before = self.text[:offset]
        column = offset - (before.rfind("\n") + 1)
        return replace(self.content, line=self.content.line + before.count("\n"), column=self.content.column + column)


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
    offset, before = 0, ""
    try:
        for line, kind, value in _ENVIRONMENT.lex(text):
            # the lexer leaves out spaces that a `-` in a tag takes away, so its tokens are looked for in turn
            offset = max(text.find(value, offset), offset)
            if kind in ("name", "operator", "integer", "float", "string"):
                yield Word(value, before, line, offset)
                before = value
            elif kind != "whitespace":
                before = ""
            offset += len(value)
    except TemplateSyntaxError:
        return
