"""The command line of `rulewright`: all commands, and the entry point of the program."""

from __future__ import annotations

import gc

import click

from rulewright import __version__
from rulewright.command.last_resort import run_guarded
from rulewright.command.lazy_group import LazyGroup
from rulewright.command.parameters import Option

#: Environment variable in which a shell requests completions.
COMPLETE_VARIABLE = "_RULEWRIGHT_COMPLETE"


def _print_version(context: click.Context, parameter: click.Parameter, is_wanted: bool) -> None:
    if is_wanted and not context.resilient_parsing:
        click.echo(f"rulewright {__version__}")
        context.exit()


app = LazyGroup(
    name="rulewright",
    help="Check facts against requirements that live in a document, and explain every verdict.\n\n"
    "`rulewright COMMAND --help` describes a command.",
    sections={
        "Check facts": {
            "check": "rulewright.command.check_command",
            "explain": "rulewright.command.explain_command",
            "fix": "rulewright.command.fix_command",
            "ask": "rulewright.command.ask_command",
            "import": "rulewright.command.import_command",
            "replay": "rulewright.command.replay_command",
        },
        "Write rulebooks": {
            "lint": "rulewright.command.lint_command",
            "test": "rulewright.command.test_command",
            "trace": "rulewright.command.trace_command",
            "schema": "rulewright.command.schema_command",
        },
        "Set up": {"completion": "rulewright.command.completion_command"},
    },
    statuses={
        0: "The command succeeded. Of `check`: every case is ready or not applicable.",
        1: "The answer is no: some case is not ready, some test fails.",
        2: "Nothing, or not everything that was asked for, could be done.",
        3: "The command is done, and some rows were rejected.",
    },
    complete_variable=COMPLETE_VARIABLE,
    context_settings={"help_option_names": ["-h", "--help"]},
    params=[
        Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_print_version,
            help="Print the version and exit.",
        )
    ],
)


#: Number of new objects between searches for cyclic garbage. Python's default of 700 costs a check of one case a
#: twelfth of its time, spent on modules that stay. With this number, garbage can grow to some megabytes.
_OBJECTS_BETWEEN_COLLECTIONS = 50_000


def run() -> None:
    """Run the command line and end the process with its exit status."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    run_guarded(app)
