"""The group of all commands, which imports only the module of the running command."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from rulewright.command.help_pages import knowing_command, option_rows, with_help_text, write_sections, write_statuses
from rulewright.command.parameters import WrongUsageError
from rulewright.command.run_arguments import remember_arguments

_AT_FAULT = 2


class LazyGroup(click.Group):
    """Commands by section of the help page, each with the module that declares it as `command`."""

    def __init__(
        self,
        *words: Any,
        sections: Mapping[str, Mapping[str, str]],
        statuses: Mapping[int, str],
        complete_variable: str,
        **attributes: Any,
    ) -> None:
        super().__init__(*words, **attributes)
        self.sections = sections
        self.statuses = statuses
        self.complete_variable = complete_variable

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of the help page."""
        return [name for commands in self.sections.values() for name in commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command and return the command; None if there is no such command."""
        modules = [commands[cmd_name] for commands in self.sections.values() if cmd_name in commands]
        if not modules:
            return None
        command: click.Command = import_module(modules[0]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command of the arguments; raises WrongUsageError with the nearest name."""
        if not ctx.resilient_parsing and self.get_command(ctx, args[0]) is None:
            from rulewright.diagnostics import cut, did_you_mean  # noqa: PLC0415  start-up time: for mistakes only

            hint = did_you_mean(args[0], self.list_commands(ctx))
            raise WrongUsageError(f"unknown command `{cut(args[0])}`", hint, ctx)
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Store the arguments and parse them; without arguments, print the help page and fail."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), err=True)
            ctx.exit(_AT_FAULT)
        remember_arguments(ctx, args)
        with knowing_command(ctx):
            return super().parse_args(ctx, args)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option that prints the help page."""
        return with_help_text(super().get_help_option(ctx))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in their sections, the options and the exit statuses."""
        for heading, commands in self.sections.items():
            write_sections(formatter, {heading: [(name, self._summary(ctx, name)) for name in commands]})
        write_sections(
            formatter, {"Options": [row for rows in option_rows(self.get_params(ctx)).values() for row in rows]}
        )
        write_statuses(formatter, self.statuses)

    def _summary(self, ctx: click.Context, name: str) -> str:
        """Return the first sentence of a command's help page."""
        command = self.get_command(ctx, name)
        return "" if command is None else (command.help or "").split("\n\n")[0].replace("\n", " ")

    def main(self, args: Sequence[str] | None = None, *words: Any, **options: Any) -> NoReturn:
        """Run the command line and end with the exit status that the command returns.

        Only Click's exceptions become exit statuses here. Click's own `main` ends with 1 after an interrupt or a closed
        reader, but 1 means that a case is not ready.
        """
        try:
            sys.exit(self._run(_given(args)))
        except click.exceptions.Exit as ended:
            sys.exit(ended.exit_code)
        except click.ClickException as error:
            from rulewright.command.usage_errors import write_usage_error  # noqa: PLC0415  start-up time

            write_usage_error(error)
            sys.exit(_AT_FAULT)
        except BrokenPipeError:
            sys.exit(_AT_FAULT)

    def _run(self, arguments: list[str]) -> int:
        instruction = os.environ.get(self.complete_variable)
        if instruction:
            from click.shell_completion import shell_complete  # noqa: PLC0415  start-up time

            return shell_complete(self, {}, str(self.name), self.complete_variable, instruction)
        with self.make_context(self.name, arguments) as context:
            status = self.invoke(context)
        return status if isinstance(status, int) else 0


def _given(arguments: Sequence[str] | None) -> list[str]:
    """Return the given arguments, by default those of the process."""
    if arguments is not None:
        return list(arguments)
    if os.name != "nt":
        return sys.argv[1:]
    from click.utils import _expand_args  # noqa: PLC0415  there, no shell expands patterns and variables

    return _expand_args(sys.argv[1:])
