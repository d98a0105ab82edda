"""`rulewright completion`: the script with which a shell completes commands, options and names."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from rulewright.command.help_pages import Command
from rulewright.command.lazy_group import LazyGroup
from rulewright.command.parameters import Choice, argument


@click.command(
    "completion",
    cls=Command,
    statuses={0: "The script is printed.", 2: "The shell is not supported."},
)
@argument(
    "shell",
    type=Choice(["bash", "zsh", "fish"]),
    metavar="SHELL",
    description="The shell that runs the script.",
)
@click.pass_context
def command(context: click.Context, shell: str) -> int:
    """Print the script with which a shell completes commands, options and names.

    \b
    Bash, in ~/.bashrc:
      eval "$(rulewright completion bash)"
    Zsh, in ~/.zshrc, after compinit:
      eval "$(rulewright completion zsh)"
    Fish, once:
      rulewright completion fish > ~/.config/fish/completions/rulewright.fish
    """
    group = context.find_root().command
    found = get_completion_class(shell)
    assert isinstance(group, LazyGroup) and found is not None, "Click supports each of the shells"
    click.echo(found(group, {}, str(group.name), group.complete_variable).source(), nl=False)
    return 0
