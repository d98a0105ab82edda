"""`rulewright explain CODE`: the page of a diagnostic, as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
from click.core import ParameterSource

from rulewright.command.outputs import report_diagnostics, write_output
from rulewright.command.status import AT_FAULT, FINE
from rulewright.diagnostic_types import DIAGNOSTIC_TYPES
from rulewright.diagnostics import Diagnostic
from rulewright.shipped import shipped_folder

#: A word of this form is a code, unless there is a file with this name.
_CODE = re.compile(r"[A-Za-z][0-9]{1,4}\Z", re.ASCII)
_FENCE, _HEADING = "```", re.compile(r"#+ ")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_NEAREST = 3
#: The arguments of `explain` that apply to a page.
_OF_A_PAGE = frozenset({"case", "output"})


def explain_code(word: str, output: str | None, context: click.Context) -> int | None:
    """Write the page of a code and return the exit status, or return None for a case file."""
    if not _CODE.match(word) or Path(word).exists():
        return None
    code = word.upper()
    if code not in DIAGNOSTIC_TYPES:
        *others, last = (f"`{one}`" for one in nearest_codes(code))
        near = f"did you mean {', '.join(others)} or {last}?"
        report_diagnostics([Diagnostic("U037", f"no diagnostic has the code `{word}`", help=near)])
        return AT_FAULT
    mistakes = [
        Diagnostic("U033", f"{option} is for a case, and `{word}` is a code", help=f"leave {option} out")
        for option in _other_options(context)
    ]
    if mistakes:
        report_diagnostics(mistakes)
        return AT_FAULT
    failure = write_output(page_text(page_source(code)), output, for_people=True)
    if failure is not None:
        report_diagnostics([failure])
        return AT_FAULT
    return FINE


def nearest_codes(code: str) -> list[str]:
    """Return the codes nearest to an unknown one, from the same family if it exists."""
    number = int(code[1:])
    family = [known for known in DIAGNOSTIC_TYPES if known[0] == code[0]] or list(DIAGNOSTIC_TYPES)
    return sorted(sorted(family, key=lambda known: (abs(int(known[1:]) - number), known))[:_NEAREST])


def page_source(code: str) -> str:
    """Return the Markdown page of a code."""
    return (shipped_folder("docs/diagnostics") / f"{code}.md").read_text(encoding="utf-8")


def page_text(markdown: str) -> str:
    """Return a page as plain text, without the markup of headings, blocks and links."""
    return "\n".join(_text_lines(markdown.splitlines()))


def _text_lines(lines: list[str]) -> Iterator[str]:
    in_block = False
    for line in lines:
        if line.startswith(_FENCE):
            in_block = not in_block
        elif in_block:
            yield f"    {line}".rstrip()
        else:
            yield _LINK.sub(_link_text, _HEADING.sub("", line, count=1) if line.startswith("#") else line)


def _link_text(link: re.Match[str]) -> str:
    """Return the text of a link, with its address if it leads to another site."""
    text, target = link.groups()
    return f"{text} ({target})" if "://" in target else text


def _other_options(context: click.Context) -> list[str]:
    """Return the given options that do not apply to a page."""
    return [
        parameter.opts[0]
        for parameter in context.command.params
        if parameter.name not in _OF_A_PAGE
        and context.get_parameter_source(str(parameter.name)) is ParameterSource.COMMANDLINE
    ]
