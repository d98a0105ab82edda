"""Escaping of foreign text in Markdown."""

from __future__ import annotations

import re

from rulewright.render.clean import clean

#: Markup characters anywhere in a line, including those of template languages that produce Markdown pages.
_INLINE = re.compile(r"[\\`*_{}%#\[\]<>&|~$]")
#: Markup at the beginning of a line: headings, quotes, lists, rules.
_AT_THE_START = re.compile(r"[+\-=:]|[0-9]{1,9}[.)]")
#: Signs that ticket systems turn into mentions, ticket links and automatic links.
_CALLS = re.compile(r"(@(?=\w))|([#!](?=[0-9]))|((?<=[a-z]):(?=//))|((?<=\bwww)\.)", re.IGNORECASE)
_NOTHING = "&ZeroWidthSpace;"
#: Characters that would end an address or are invalid in it.
_ENDING = re.compile(r"[<>\\]")


def escaped(text: str) -> str:
    """Return the text as one line of Markdown without markup, links or mentions."""
    plain = clean(text).strip()
    start = _AT_THE_START.match(plain)
    head = ""
    if start is not None:
        head, plain = plain[: start.end()], plain[start.end() :]
        head = f"{head[:-1]}\\{head[-1]}"
    return head + _CALLS.sub(_uncalled, _INLINE.sub(r"\\\g<0>", plain))


def _uncalled(found: re.Match[str]) -> str:
    """Return a sign with a zero-width space after it, or before it where that separates it from its word."""
    return f"{_NOTHING}{found[0]}" if found[0] in ".:" else f"{found[0]}{_NOTHING}"


def code(text: str) -> str:
    """Return the text as a code span, in which Markdown interprets nothing."""
    plain = clean(text).strip()
    if not plain or "{" in plain:  # template languages also interpret braces in code spans
        return escaped(plain)
    longest = max((len(run) for run in re.findall("`+", plain)), default=0)
    fence = "`" * (longest + 1)
    gap = " " if plain[0] == "`" or plain[-1] == "`" else ""
    return f"{fence}{gap}{plain}{gap}{fence}"


def link(text: str, address: str | None) -> str:
    """Return the text as a link to a checked address, or as plain text without an address."""
    if address is None:
        return escaped(text)
    return f"[{escaped(text)}](<{_ENDING.sub(_percent, address)}>)"


def _percent(found: re.Match[str]) -> str:
    return f"%{ord(found[0]):02X}"
