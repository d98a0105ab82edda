"""Messages of wrong usage: the error, a hint, and the usage of the command."""

from __future__ import annotations

from collections.abc import Sequence

import click

from rulewright.command.parameters import Argument, WrongUsageError, name_of
from rulewright.diagnostics import cut, did_you_mean, visible


def write_usage_error(error: click.ClickException) -> None:
    """Write an error in the arguments to standard error."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    message, hint = _message_and_hint(error, context)
    lines = [f"Error: {message}"]
    if hint:
        lines.append(f"  help: {hint}")
    if context is not None:
        lines += ["", context.get_usage()]
    click.echo("\n".join(visible(line) for one in lines for line in one.split("\n")), err=True)


def _message_and_hint(error: click.ClickException, context: click.Context | None) -> tuple[str, str | None]:
    see_help = None if context is None else f"`{context.command_path} --help` lists the options"
    match error:
        case WrongUsageError():
            return error.message, error.hint or see_help
        case click.NoSuchOption():
            near = did_you_mean(error.option_name, _options(context)) or ""
            hint = near if near.startswith("did you mean") else see_help
            return f"unknown option `{cut(error.option_name)}`", hint
        case click.MissingParameter():
            return f"missing argument {name_of(error.param)}", _wanted(error.param) or see_help
        case click.BadOptionUsage():
            return _wrong_value(error.option_name, [] if context is None else context.command.params, see_help)
    return error.format_message().rstrip("."), see_help


def _wrong_value(name: str, parameters: Sequence[click.Parameter], see_help: str | None) -> tuple[str, str | None]:
    """Return the message for an option without its value, or for a flag with one."""
    found = next(
        (one for one in parameters if isinstance(one, click.Option) and name in one.opts + one.secondary_opts), None
    )
    if found is not None and found.is_flag:
        return f"the option `{name}` takes no value", f"write `{name}` alone"
    return f"the option `{name}` needs a value", see_help if found is None else f"write `{name} {found.metavar}`"


def _wanted(parameter: click.Parameter | None) -> str | None:
    """Return the description of a missing argument as an imperative."""
    if not isinstance(parameter, Argument):
        return None
    described = parameter.description.rstrip(".")
    return f"give {described[:1].lower()}{described[1:]}"


def _options(context: click.Context | None) -> list[str]:
    """Return the options on the help page of a command."""
    if context is None:
        return []
    parameters = context.command.get_params(context)
    shown = [one for one in parameters if isinstance(one, click.Option) and not one.hidden]
    return [name for one in shown for name in (*one.opts, *one.secondary_opts)]
