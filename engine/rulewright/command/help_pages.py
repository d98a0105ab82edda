"""Help pages in a common order: options in sections, then the exit statuses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click

from rulewright.command.parameters import Argument, Option

#: Width of the first column; the text of a longer name starts on the next line.
_COLUMN = 26
_SPACING = 2
Rows = Sequence[tuple[str, str]]


class Command(click.Command):
    """A command whose help page has sections of options and a list of exit statuses."""

    def __init__(self, *words: Any, statuses: Mapping[int, str], **attributes: Any) -> None:
        super().__init__(*words, **attributes)
        self.statuses = statuses

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; errors have the context of the command."""
        with knowing_command(ctx):
            return super().parse_args(ctx, args)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option that prints the help page."""
        return with_help_text(super().get_help_option(ctx))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the arguments, the options in their sections and the exit statuses."""
        arguments = [(one.metavar or "", one.text) for one in self.params if isinstance(one, Argument)]
        sections = {"Arguments": arguments} if arguments else {}
        write_sections(formatter, {**sections, **option_rows(self.get_params(ctx))})
        write_statuses(formatter, self.statuses)


@contextmanager
def knowing_command(context: click.Context) -> Iterator[None]:
    """Add the context to errors that Click's parser raises without one."""
    try:
        yield
    except click.UsageError as error:
        error.ctx = error.ctx or context
        raise


def with_help_text(option: click.Option | None) -> click.Option | None:
    """Return Click's help option with the help text of this program."""
    if option is not None:
        option.help = "Print this help and exit."
    return option


def option_rows(parameters: Iterable[click.Parameter]) -> dict[str, list[tuple[str, str]]]:
    """Return the names and texts of options by section, in the order of the declarations."""
    sections: dict[str, list[tuple[str, str]]] = {}
    others: list[tuple[str, str]] = []
    for one in parameters:
        if isinstance(one, Option) and not one.hidden:
            sections.setdefault(one.section, []).append((one.names, one.text))
        elif isinstance(one, click.Option) and not one.hidden:
            others.append((", ".join(sorted(one.opts, key=len)), one.help or ""))
    return {**sections, "Other": [*sections.pop("Other", []), *others]}


def write_sections(formatter: click.HelpFormatter, sections: Mapping[str, Rows]) -> None:
    """Write rows under headings, all with the same columns."""
    for heading, rows in sections.items():
        with formatter.section(heading):
            padded = [(first.ljust(_COLUMN), second) for first, second in rows]
            formatter.write_dl(padded, col_max=_COLUMN, col_spacing=_SPACING)


def write_statuses(formatter: click.HelpFormatter, statuses: Mapping[int, str]) -> None:
    """Write the exit statuses of a command."""
    with formatter.section("Exit status"):
        formatter.write_dl([(str(number), meaning) for number, meaning in statuses.items()])
