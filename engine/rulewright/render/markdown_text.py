"""Text that others wrote, as Markdown that shows it and obeys nothing in it."""

from __future__ import annotations

import re

from rulewright.render.clean import clean

#: These mean something wherever they stand; some do to what makes pages of Markdown by templates.
_INLINE = re.compile(r"[\\`*_{}%#\[\]<>&|~$]")
#: These mean something where a line begins with them: headings, quotes, lists, rules.
_AT_THE_START = re.compile(r"[+\-=:]|[0-9]{1,9}[.)]")
#: Sites of tickets call people and link to other tickets by these, and to addresses that stand in a text.
_CALLS = re.compile(r"(@(?=\w))|([#!](?=[0-9]))|((?<=[a-z]):(?=//))|((?<=\bwww)\.)", re.IGNORECASE)
_NOTHING = "&ZeroWidthSpace;"
#: These would end an address, or be no part of it any more.
_ENDING = re.compile(r"[<>\\]")


def escaped(text: str) -> str:
    """The text in one line of Markdown: no markup, no link, no mention of anybody comes of what is in it."""
    plain = clean(text).strip()
    start = _AT_THE_START.match(plain)
    head = ""
    if start is not None:
        head, plain = plain[: start.end()], plain[start.end() :]
        head = f"{head[:-1]}\\{head[-1]}"
    return head + _CALLS.sub(_uncalled, _INLINE.sub(r"\\\g<0>", plain))


def _uncalled(found: re.Match[str]) -> str:
    """A sign with a character of no width behind it, or before it where that is what parts it from its word."""
    return f"{_NOTHING}{found[0]}" if found[0] in ".:" else f"{found[0]}{_NOTHING}"


def code(text: str) -> str:
    """The text as a span of code, in which nothing means anything to Markdown."""
    plain = clean(text).strip()
    if not plain or "{" in plain:  # to templates, code is as good as any other text
        return escaped(plain)
    longest = max((len(run) for run in re.findall("`+", plain)), default=0)
    fence = "`" * (longest + 1)
    gap = " " if plain[0] == "`" or plain[-1] == "`" else ""
    return f"{fence}{gap}{plain}{gap}{fence}"


def link(text: str, address: str | None) -> str:
    """The text as a link to an address that was found to be one; as it is without an address."""
    if address is None:
        return escaped(text)
    return f"[{escaped(text)}](<{_ENDING.sub(_percent, address)}>)"


def _percent(found: re.Match[str]) -> str:
    return f"%{ord(found[0]):02X}"
