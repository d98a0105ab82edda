"""The part of docs/command-line.md that is made from the declarations of the commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import click

from rulewright.command.app import app
from rulewright.command.help_pages import Command, option_rows
from rulewright.command.parameters import Argument

#: The line of the page after which everything is made.
MARK = "<!-- The rest is made from the commands: pytest tests/test_command_line.py --update-golden -->\n"


def made_part() -> str:
    """Return the Markdown of all commands, in the order of the help page."""
    context = click.Context(app, info_name="rulewright", help_option_names=["-h", "--help"])
    return "\n".join(line for name in app.list_commands(context) for line in _command(context, name))


def _command(above: click.Context, name: str) -> Iterator[str]:
    command = app.get_command(above, name)
    assert isinstance(command, Command)
    context = click.Context(command, info_name=name, parent=above)
    yield f"\n## rulewright {name}\n"
    for paragraph in (command.help or "").split("\n\n"):
        lines = paragraph.removeprefix("\b\n").split("\n")
        yield "\n".join(["```", *lines, "```"]) if "\b" in paragraph else " ".join(lines)
        yield ""
    usage = context.get_usage().removeprefix("Usage: ")
    yield f"```\n{' '.join(usage.split())}\n```\n"
    arguments = [(one.metavar or "", one.text) for one in command.params if isinstance(one, Argument)]
    sections: Mapping[str, list[tuple[str, str]]] = {
        **({"Arguments": arguments} if arguments else {}),
        **option_rows(command.get_params(context)),
    }
    for heading, rows in sections.items():
        if rows != [("-h, --help", "Print this help and exit.")]:
            yield from _table(heading, "", rows)
    yield from _table("Exit status", "", ((str(number), text) for number, text in command.statuses.items()))


def _table(first: str, second: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield f"| {first} | {second} |"
    yield "|---|---|"
    for name, text in rows:
        shown = name if name.isdigit() else "`" + name.replace("|", "\\|") + "`"
        yield f"| {shown} | {text.replace('|', chr(92) + '|')} |"
    yield ""
