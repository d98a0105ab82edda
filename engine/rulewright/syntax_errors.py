"""Errors of the YAML parser in plain words, each at the place to correct."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rulewright.diagnostics import Diagnostic, Related, Span

#: An eight-digit escape beyond Unicode. The parser raises an exception of its own for it.
_BEYOND_UNICODE = re.compile(r"\\U(?!000[0-9A-Fa-f]{5}|0010[0-9A-Fa-f]{4})[0-9A-Fa-f]{8}")
#: A line break.
LINE_BREAK = re.compile(r"\r\n?|\n")
_QUOTES = "put texts with `: `, `#` or quotes in them in quotes"


def syntax_error(error: Exception, text: str, name: str, first_line: int) -> Diagnostic:
    """Return the diagnostic of an error that ruamel.yaml raised on a text."""
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415  slow to import, and errors are few

    def place(mark: Any) -> Span:
        return Span(name, mark.line + first_line, mark.column + 1)

    if not isinstance(error, YAMLError):
        beyond = _BEYOND_UNICODE.search(text)
        span = span_at(text, beyond.start() if beyond else 0, name, first_line)
        return Diagnostic("S004", "this escape stands for no character", span, "escapes go up to `\\U0010FFFF`")
    position = getattr(error, "position", None)
    if position is not None:  # YAML does not allow this character anywhere
        span = span_at(text, position, name, first_line)
        return Diagnostic("S004", f"the character U+{ord(text[position]):04X} is not allowed here", span, "take it out")
    if not isinstance(error, MarkedYAMLError) or (error.problem_mark or error.context_mark) is None:
        return Diagnostic("S004", "this is not YAML", Span(name, first_line), _QUOTES)
    problem, context = (" ".join(str(part or "").split()) for part in (error.problem, error.context))
    at = place(error.problem_mark or error.context_mark)
    since = place(error.context_mark or error.problem_mark)
    if "'\\t'" in problem:
        return Diagnostic("S003", "a tab stands where only spaces may indent", at, "replace the tab by spaces")
    for pattern, told in _IN_WORDS:
        found = re.match(pattern, problem)
        if found:
            return told(found, context, at, since)
    message = f"{problem}, {context}" if problem and context else problem or context or "this is not YAML"
    return Diagnostic("S004", message[0].lower() + message[1:], at, _QUOTES)


def span_at(text: str, position: int, name: str, first_line: int = 1) -> Span:
    """Return the place of a character in a text, by the line breaks of YAML."""
    lines = LINE_BREAK.split(text[:position])
    return Span(name, len(lines) - 1 + first_line, len(lines[-1]) + 1)


_Told = Callable[["re.Match[str]", str, Span, Span], Diagnostic]


def _at_problem(message: str, help_: str) -> _Told:
    return lambda found, context, at, since: Diagnostic("S004", found.expand(message), at, help_)


def _at_context(message: str, help_: str) -> _Told:
    return lambda found, context, at, since: Diagnostic("S004", found.expand(message), since, help_)


def _end_of_text(found: re.Match[str], context: str, at: Span, since: Span) -> Diagnostic:
    return Diagnostic("S004", "this quote is never closed", since, "close the text with the quote that opens it")


def _not_closed(found: re.Match[str], context: str, at: Span, since: Span) -> Diagnostic:
    what = "list" if found[1] == "]" else "mapping"
    return Diagnostic(
        "S004",
        f"the {what} is not closed before this",
        at,
        f"close it with `{found[1]}`, or put a `,` between its parts",
        (Related(f"the {what} begins", since),),
    )


def _out_of_line(found: re.Match[str], context: str, at: Span, since: Span) -> Diagnostic:
    what = "list" if "sequence" in context or "collection" in context else "mapping"
    if found[1] in ("]", "}"):
        message, help_ = f"this `{found[1]}` closes nothing", "take it away, or put the text in quotes"
    elif found[1] in ("-", "?", "<block mapping start>", "<block sequence start>"):
        message = f"this does not line up with the {what} that it stands in"
        help_ = "give all its lines the same indentation" if what == "mapping" else "indent all its dashes alike"
    else:
        message, help_ = "this stands behind a value that has ended", _QUOTES
    return Diagnostic("S004", message, at, help_, (Related(f"the {what} begins", since),))


_IN_WORDS: tuple[tuple[str, _Told], ...] = (
    (r"found unexpected end of stream", _end_of_text),
    (r"expected ',' or '([\]}])'", _not_closed),
    (r"expected <block end>, but found '(.*)'", _out_of_line),
    (
        r"mapping values are not allowed here",
        _at_problem(
            "a `:` stands where no key can be", "put a text with `: ` in it in quotes, or correct the indentation"
        ),
    ),
    (
        r"could not find expected ':'",
        _at_context("a key has no `:` behind it", "write `key: value`, or put a text of several lines in quotes"),
    ),
    (
        r"found character '`' that cannot start any token",
        _at_problem("a text cannot start with a backtick", "put the text in quotes"),
    ),
    (
        r"found character '(.)' that cannot start any token",
        _at_problem(r"a text cannot start with `\1`", "put the text in quotes"),
    ),
    (
        r"found unknown escape character '(.)'",
        _at_problem(r"the escape `\\\1` is not known", "write `\\\\` for a backslash, or use single quotes"),
    ),
    (
        r"expected chomping or indentation indicators, but found '(.)'",
        _at_problem(r"`\1` cannot stand behind `|` or `>`", "begin the text on the next line"),
    ),
    (
        r"expected the node content, but found '(.*)'",
        _at_problem(r"a value is missing before `\1`", "write the value, or take away what is too much"),
    ),
    (
        r"expected '<document start>'",
        _at_problem("something stands behind the end of the document", "a document is one mapping or one list"),
    ),
)
