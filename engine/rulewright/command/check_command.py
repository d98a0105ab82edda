"""Declaration of `rulewright check`."""

# ruff: noqa: PLC0415  the work is imported when the command runs, so that help and completion start fast

from __future__ import annotations

from typing import Any

import click

from rulewright.command.completions import complete_files, complete_folders, complete_languages
from rulewright.command.help_pages import Command
from rulewright.command.parameters import Choice, Number, argument, option
from rulewright.command.shared_options import (
    OUTPUT,
    as_of_option,
    edition_option,
    engine_option,
    format_option,
    output_option,
    rulebook_option,
)
from rulewright.render.formats import REPORT_FORMATS

#: Sections that are only on this help page.
_FACTS, _ROWS, _REJECTED = "Facts", "Rows (CSV, Parquet, or with --kind)", "Rejected rows"
_MANY, _SPARK = "Large runs (jsonl, csv, parquet)", "Spark"
_RECORDS = ("jsonl", "csv", "parquet")
#: JSON comes first, then the formats of records, then the reports.
_FORMATS = tuple(dict.fromkeys(("text", "json", *_RECORDS, *REPORT_FORMATS)))


@click.command(
    "check",
    cls=Command,
    statuses={
        0: "Every case is ready or not applicable.",
        1: "Some case is not ready, or needs information.",
        2: "Nothing, or not everything that was asked for, could be done. No output is written.",
        3: "Done, and some rows were rejected. --allow-rejected accepts some.",
    },
)
@argument(
    "facts",
    nargs=-1,
    required=True,
    metavar="FACTS...",
    shell_complete=complete_files,
    description="Files (YAML, JSON, JSON Lines, CSV, Parquet; .gz and .zst, too), folders, or patterns such as "
    "'facts/*.jsonl'; - is standard input.",
)
@option(
    "--input",
    type=Choice(["yaml", "json", "jsonl", "csv", "parquet"]),
    section=_FACTS,
    metavar="FORMAT",
    default_text="the format that the name of each file shows",
    help="Read files of this format.",
)
@option(
    "--kind",
    section=_ROWS,
    metavar="KIND",
    help="Read each row as a fact of this kind.",
)
@option(
    "--ref",
    default="ref",
    section=_ROWS,
    metavar="COLUMN",
    help="Take the name of the fact from this column.",
)
@option(
    "--case",
    default="case",
    section=_ROWS,
    metavar="COLUMN",
    help="Take the name of the case from this column. Consecutive rows of one name are one case.",
)
@option(
    "--columns",
    multiple=True,
    section=_ROWS,
    metavar="OLD=NEW",
    help="Rename a column before it is looked up.",
)
@option(
    "--unknown-columns",
    type=Choice(["reject", "ignore", "keep"]),
    default="reject",
    section=_ROWS,
    metavar="ACTION",
    help="Reject files with unknown columns, ignore these columns, or keep their values in the records.",
)
@option(
    "--delimiter",
    section=_ROWS,
    metavar="CHARACTER",
    default_text="recognized among comma, semicolon, tab and |",
    help="Separate the cells of CSV files by this character, as in ';' or tab.",
)
@option(
    "--encoding",
    section=_ROWS,
    metavar="NAME",
    default_text="UTF-8 or UTF-16",
    help="Decode CSV files without a byte order mark by this encoding, as in gb18030.",
)
@rulebook_option
@edition_option
@as_of_option
@engine_option
@format_option(*_FORMATS, help="Write the report in this format.")
@output_option("the report")
@option(
    "--detail",
    type=Choice(["verdict", "findings", "full"]),
    section=OUTPUT,
    metavar="DETAIL",
    default_text="full in jsonl, verdict in csv and parquet",
    help="Write so much of each case in jsonl, csv and parquet.",
)
@option(
    "--all",
    "everything",
    is_flag=True,
    section=OUTPUT,
    help="Show every finding in text and markdown, and in text also what is met.",
)
@option(
    "--lang",
    section=OUTPUT,
    metavar="LANGUAGE",
    shell_complete=complete_languages,
    default_text="en; in html, every language of the rulebook",
    help="Write the report in English (en) or Chinese (zh). An HTML page can have both: en,zh.",
)
@option(
    "--templates",
    section=OUTPUT,
    metavar="FOLDER",
    shell_complete=complete_folders,
    help="Use the templates of this folder in html, in place of the shipped ones of the same names.",
)
@option(
    "--record",
    section=OUTPUT,
    metavar="DIR",
    shell_complete=complete_folders,
    help="Add a record of each decision to this folder. `rulewright replay` evaluates records again.",
)
@option(
    "--summary",
    section=OUTPUT,
    metavar="FILE",
    shell_complete=complete_files,
    help="Write the counts and the identity of the run to this file, as JSON.",
)
@option(
    "--max-rejected",
    type=Number(minimum=0),
    section=_REJECTED,
    metavar="N",
    help="Stop, and write nothing, when more than N cases are rejected.",
)
@option(
    "--allow-rejected",
    section=_REJECTED,
    metavar="N|N%",
    help="Accept N rejected rows, or N percent of the rows read, without exit status 3.",
)
@option(
    "--jobs",
    "-j",
    type=Number(minimum=1),
    section=_MANY,
    metavar="N",
    default_text="all cores",
    help="Use N cores.",
)
@option(
    "--by",
    multiple=True,
    section=_MANY,
    metavar="FIELD",
    help="Count verdicts by the values of this field.",
)
@option(
    "--view",
    section=_MANY,
    metavar="NAME",
    help="Write only the subjects that this view of the rulebook picks, with the fields that it shows.",
)
@option(
    "--sample",
    type=Number(minimum=0),
    default=0,
    section=_MANY,
    metavar="N",
    help="Write only N cases of each situation, in full. 0 writes all cases.",
)
@option(
    "--keep",
    multiple=True,
    section=_MANY,
    metavar="COLUMN",
    help="Write this column of a rejected row with its errors.",
)
@option(
    "--resume/--no-resume",
    default=False,
    section=_MANY,
    help="Continue a run that was interrupted.",
)
@option(
    "--progress/--no-progress",
    default=None,
    section=_MANY,
    default_text="on a terminal only",
    help="Show the progress.",
)
@option("--chunk-bytes", type=Number(minimum=1), hidden=True)
@option(
    "--spark",
    section=_SPARK,
    metavar="MASTER",
    help="Evaluate on Apache Spark, as in local[4] or spark://host:7077. The last of FACTS is then a new folder for "
    "the output.",
)
@click.pass_context
def command(context: click.Context, /, **options: Any) -> int:
    """Check cases against a rulebook and explain each verdict."""
    from rulewright.command.check_options import CheckOptions, check_facts
    from rulewright.command.run_start import begin

    return check_facts(CheckOptions(**options), begin(context))
