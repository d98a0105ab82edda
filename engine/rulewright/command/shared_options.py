"""Options that several commands have, declared once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from rulewright.command.completions import complete_files, complete_rulebooks
from rulewright.command.parameters import Choice, argument, option

_Declared = TypeVar("_Declared", bound=Callable[..., Any])

#: The sections of help pages that several commands have.
RULEBOOK, EVALUATION, OUTPUT = "Rulebook", "Evaluation", "Output"


rulebooks_argument = argument(
    "rulebooks",
    nargs=-1,
    metavar="[RULEBOOK]...",
    shell_complete=complete_rulebooks,
    description="Names, folders or files. Default: the rulebooks of this folder.",
)

rulebook_option = option(
    "--rulebook",
    "-r",
    section=RULEBOOK,
    metavar="NAME|PATH",
    shell_complete=complete_rulebooks,
    default_text="the rulebook that the case names, else the rulebook of this folder, else the only shipped one "
    "that fits",
    help="Use this rulebook: the name of a shipped rulebook, or the path of a folder or file.",
)

edition_option = option(
    "--edition",
    section=RULEBOOK,
    metavar="DATE",
    default_text="the newest complete edition in force",
    help="Use the edition of this date, as in 2023-09-28.",
)

newest_edition_option = option(
    "--edition",
    section=RULEBOOK,
    metavar="DATE",
    default_text="the newest edition",
    help="Use the edition of this date, as in 2023-09-28.",
)

as_of_option = option(
    "--as-of",
    section=RULEBOOK,
    metavar="DATE",
    default_text="the date in the case, else today in the time zone of the rulebook",
    help="Evaluate as of this date.",
)

engine_option = option(
    "--engine",
    section=EVALUATION,
    type=Choice(["durable", "plain"], former={"reference": "plain"}),
    metavar="ENGINE",
    default="durable",
    help="Evaluate with durable-rules, or rule by rule without it.",
)


def output_option(written: str, metavar: str = "FILE") -> Callable[[_Declared], _Declared]:
    """Declare the option that names the file to write."""
    return option(
        "--output",
        "-o",
        section=OUTPUT,
        metavar=metavar,
        shell_complete=complete_files,
        default_text="standard output",
        help=f"Write {written} to this file, completely or not at all.",
    )


def format_option(*formats: str, help: str = "Write this format.") -> Callable[[_Declared], _Declared]:
    """Declare the option that names the format; the first is the default."""
    return option(
        "--format",
        "-f",
        section=OUTPUT,
        type=Choice(formats),
        metavar="FORMAT",
        default=formats[0],
        help=help,
    )
