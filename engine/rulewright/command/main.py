"""The commands of `rulewright`. What a command needs is imported when it runs, so that each starts fast."""

# ruff: noqa: PLC0415  imports inside the commands are for start-up time

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from rulewright import __version__

if TYPE_CHECKING:
    from rulewright.command.rulebooks import Choice

app = typer.Typer(
    name="rulewright",
    help="Check facts against requirements that live in a document, and explain every verdict.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Format(str, Enum):
    """The formats of a report."""

    text = "text"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"
    html = "html"
    markdown = "markdown"
    junit = "junit"
    sarif = "sarif"
    oscal = "oscal"


class DetailName(str, Enum):
    """How much is written of each case."""

    verdict = "verdict"
    findings = "findings"
    full = "full"


class InputName(str, Enum):
    """The formats of fact files."""

    yaml = "yaml"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"


class TraceFormat(str, Enum):
    """The formats of a trace."""

    text = "text"
    markdown = "markdown"
    json = "json"


class FixFormat(str, Enum):
    """The formats of what to change."""

    text = "text"
    json = "json"


class ReplayFormat(str, Enum):
    """The formats of what is different."""

    text = "text"
    json = "json"


class ExplainFormat(str, Enum):
    """The formats of an explanation."""

    text = "text"
    json = "json"


class EngineName(str, Enum):
    """The engines that evaluate."""

    durable = "durable"
    reference = "reference"


class SchemaOf(str, Enum):
    """The files that have a JSON Schema."""

    rulebook = "rulebook"
    cases = "cases"
    tests = "tests"


RulebookOption = Annotated[
    str | None,
    typer.Option(
        "--rulebook",
        "-r",
        metavar="NAME|PATH",
        help="A shipped rulebook's name, a folder or a file; else the one of the case, of the folder, or that fits.",
    ),
]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"rulewright {__version__}")
        raise typer.Exit


def _chosen(rulebook: str | None, facts: Sequence[str] = (), kind: str | None = None) -> Choice:
    """Return the rulebook of a command; without one, say so and end with 2."""
    from rulewright.command.outputs import tell
    from rulewright.command.rulebooks import choose_rulebook

    choice = choose_rulebook(rulebook, facts, kind)
    if isinstance(choice, list):
        tell(choice)
        raise typer.Exit(2)
    return choice


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    pass


_ROWS = "Files of rows"
_BATCH = "Many cases (jsonl, csv, parquet)"


@app.command()
def check(
    facts: Annotated[
        list[str],
        typer.Argument(
            metavar="FACTS...",
            help="Files (YAML, JSON, JSON Lines, CSV, Parquet; .gz and .zst too), folders, globs; - is standard input.",
        ),
    ],
    rulebook: RulebookOption = None,
    edition: Annotated[
        str | None, typer.Option(metavar="DATE", help="The edition; else the newest complete one in force.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="Evaluate for this date; else the case's own, else today in the rulebook's time zone."
        ),
    ] = None,
    format: Annotated[Format, typer.Option("--format", "-f", help="The format of the report.")] = Format.text,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write the report here; whole or not at all."),
    ] = None,
    engine: Annotated[EngineName, typer.Option(help="The engine that evaluates.")] = EngineName.durable,
    lang: Annotated[
        str | None,
        typer.Option(
            metavar="LANGUAGE",
            help="en or zh, and en,zh for html, the first of them first; else English, and in html all that there are.",
        ),
    ] = None,
    templates: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="For html: templates that stand in the place of ours of the same names."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="In text, tell what is met or does not apply too.")] = False,
    record: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Keep each decision here, to be judged again by `rulewright replay`."),
    ] = None,
    input: Annotated[
        InputName | None, typer.Option("--input", help="What the files are, where their names do not tell.")
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(metavar="KIND", help="Each row is a fact of this kind.", rich_help_panel=_ROWS),
    ] = None,
    ref: Annotated[
        str, typer.Option(metavar="COLUMN", help="The column that names the fact.", rich_help_panel=_ROWS)
    ] = "ref",
    case: Annotated[
        str,
        typer.Option(
            metavar="COLUMN", help="The column that names the case; its rows stand together.", rich_help_panel=_ROWS
        ),
    ] = "case",
    detail: Annotated[
        DetailName | None,
        typer.Option(
            help="How much is written of each case; else full in jsonl, verdict in csv and parquet.",
            rich_help_panel=_BATCH,
        ),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, help="So many cores; else all.", rich_help_panel=_BATCH)
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD", help="Count verdicts by the values of this field.", rich_help_panel=_BATCH),
    ] = None,
    view: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Write the subjects that this view of the rulebook picks, with what it shows of them.",
            rich_help_panel=_BATCH,
        ),
    ] = None,
    summary: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write the counts here, as JSON.", rich_help_panel=_BATCH)
    ] = None,
    sample: Annotated[
        int,
        typer.Option(
            min=0,
            help="Write only so many cases of each situation, in full: a few that show every way the rulebook went.",
            rich_help_panel=_BATCH,
        ),
    ] = 0,
    resume: Annotated[bool, typer.Option(help="Go on with a run that was cut off.", rich_help_panel=_BATCH)] = False,
    max_rejected: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help="End early when more cases are rejected.", rich_help_panel=_BATCH),
    ] = None,
    progress: Annotated[
        bool | None, typer.Option(help="Show how far it is; else on a terminal.", rich_help_panel=_BATCH)
    ] = None,
    spark: Annotated[
        str | None,
        typer.Option(
            metavar="MASTER",
            help="Judge on Apache Spark, as local[4] or spark://host:7077: FACTS... is IN... OUT, a new folder.",
            rich_help_panel=_BATCH,
        ),
    ] = None,
    chunk_bytes: Annotated[int | None, typer.Option(min=1, hidden=True)] = None,
) -> None:
    """Check cases against a rulebook and explain each verdict.

    Ends with 0 when every case is ready or not applicable, 1 when some case is not, 2 when an input is at fault.
    """
    from rulewright.batch.rows import Rows
    from rulewright.command.inputs import report_mistakes
    from rulewright.command.outputs import tell

    mistakes = report_mistakes(lang, templates, format.value)
    if mistakes:
        tell(mistakes)
        raise typer.Exit(2)
    rows = None if kind is None else Rows(kind, ref, case)
    read_as = None if input is None else input.value
    choice = _chosen(rulebook, facts, kind) if spark is None else _chosen(rulebook, [], kind)
    if spark is not None:
        from rulewright.command.on_spark import SparkArguments, run_spark_check

        others = {
            "--output": output,
            "--engine reference": engine is EngineName.reference,
            "--all": everything,
            "--jobs": jobs,
            "--by": by,
            "--view": view,
            "--summary": summary,
            "--sample": sample,
            "--resume": resume,
            "--max-rejected": max_rejected is not None,
            "--progress": progress,
        }
        raise typer.Exit(
            run_spark_check(
                SparkArguments(
                    spark,
                    facts,
                    choice.named,
                    edition,
                    as_of,
                    format.value,
                    None if detail is None else detail.value,
                    read_as,
                    rows,
                    [name for name, given in others.items() if given],
                )
            )
        )
    if format in (Format.jsonl, Format.csv, Format.parquet):
        from rulewright.command.batch import BatchArguments, run_batch_check

        if record is not None:
            from rulewright.command.recording import refuse

            raise typer.Exit(refuse(format.value))

        arguments = BatchArguments(
            facts,
            choice,
            edition,
            as_of,
            format.value,
            None if detail is None else detail.value,
            output,
            engine.value,
            read_as,
            rows,
            jobs,
            by or [],
            sample,
            view,
            summary,
            resume,
            max_rejected,
            progress,
            chunk_bytes,
        )
        raise typer.Exit(run_batch_check(arguments))
    from rulewright.command.check import run_check

    raise typer.Exit(
        run_check(
            facts,
            choice,
            edition,
            as_of,
            format.value,
            output,
            engine.value,
            everything,
            read_as,
            rows,
            lang,
            templates,
            record,
        )
    )


@app.command()
def replay(
    records: Annotated[list[str], typer.Argument(metavar="DIR|FILE...", help="Records, or folders of them.")],
    rulebook: Annotated[
        str | None,
        typer.Option("--rulebook", "-r", metavar="NAME|PATH", help="Judge by this rulebook; else by the recorded one."),
    ] = None,
    edition: Annotated[
        str | None, typer.Option(metavar="DATE", help="Judge by this edition; else by the recorded one.")
    ] = None,
    format: Annotated[
        ReplayFormat, typer.Option("--format", "-f", help="The format of what is different.")
    ] = ReplayFormat.text,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write it here; whole or not at all.")
    ] = None,
    engine: Annotated[EngineName, typer.Option(help="The engine that evaluates.")] = EngineName.durable,
) -> None:
    """Judge decisions again that `check --record` kept, and tell whether the same comes out.

    Ends with 0 when it does for all of them, 1 when something is different, 2 when a record or a rulebook is at fault.
    """
    from rulewright.command.replaying import run_replay

    raise typer.Exit(run_replay(records, rulebook, edition, format.value, output, engine.value))


@app.command()
def fix(
    facts: Annotated[
        list[str],
        typer.Argument(metavar="CASE...", help="Case files (YAML, JSON), folders, globs; - is standard input."),
    ],
    rulebook: RulebookOption = None,
    edition: Annotated[
        str | None, typer.Option(metavar="DATE", help="The edition; else the newest complete one in force.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="Evaluate for this date; else the case's own, else today in the rulebook's time zone."
        ),
    ] = None,
    format: Annotated[FixFormat, typer.Option("--format", "-f", help="The format of the answers.")] = FixFormat.text,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write the answers here; whole or not at all.")
    ] = None,
    subject: Annotated[
        list[str] | None, typer.Option(metavar="REF", help="Make this subject ready, whatever becomes of others.")
    ] = None,
    write: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write the case with the first answers here, its comments and all."),
    ] = None,
    maximum_changes: Annotated[int, typer.Option(min=1, help="Look for answers that change so many facts.")] = 6,
    maximum_answers: Annotated[int, typer.Option(min=1, help="Look for so many sets of facts to change.")] = 20,
    maximum_steps: Annotated[int, typer.Option(min=1, help="End a search after so many steps, and say so.")] = 50_000,
    engine: Annotated[EngineName, typer.Option(help="The engine that evaluates.")] = EngineName.durable,
) -> None:
    """Find the smallest changes that make cases ready, or what stands in the way.

    Ends with 0 when every case is ready already, 1 when some case is not, 2 when an input is at fault.
    """
    from rulewright.command.fixing import FixArguments, run_fix
    from rulewright.fix.fixes import Limits

    limits = Limits(maximum_changes, maximum_answers, maximum_steps)
    arguments = FixArguments(
        facts,
        _chosen(rulebook, facts),
        edition,
        as_of,
        format.value,
        output,
        engine.value,
        limits,
        write,
        subject or [],
    )
    raise typer.Exit(run_fix(arguments))


@app.command()
def explain(
    case: Annotated[str, typer.Argument(metavar="CASE", help="A case file; - is standard input.")],
    rule: Annotated[str | None, typer.Option(metavar="RULE", help="Explain how this rule came out.")] = None,
    why_not: Annotated[
        str | None, typer.Option(metavar="RULE", help="Explain why this rule did not fire, and what would make it.")
    ] = None,
    subject: Annotated[str | None, typer.Option(metavar="REF", help="Of this subject only.")] = None,
    rulebook: RulebookOption = None,
    edition: Annotated[
        str | None, typer.Option(metavar="DATE", help="The edition; else the newest complete one in force.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="Evaluate for this date; else the case's own, else today in the rulebook's time zone."
        ),
    ] = None,
    format: Annotated[
        ExplainFormat, typer.Option("--format", "-f", help="A tree, or the chain as data.")
    ] = ExplainFormat.text,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write it here; whole or not at all."),
    ] = None,
    engine: Annotated[EngineName, typer.Option(help="The engine that evaluates.")] = EngineName.durable,
    everything: Annotated[bool, typer.Option("--all", help="Tell what did not matter too.")] = False,
) -> None:
    """Tell why a case came out as it did: from the verdict to the facts, with every reason.

    Ends with 0 when it is explained, 2 when an input is at fault.
    """
    from rulewright.command.explaining import run_explain
    from rulewright.render.tree import Asked

    asked = Asked(why_not or rule, subject, why_not is not None, everything)
    raise typer.Exit(
        run_explain(case, _chosen(rulebook, [case]), edition, as_of, format.value, output, engine.value, asked)
    )


@app.command()
def ask(
    case: Annotated[str | None, typer.Argument(metavar="[CASE]", help="The case file to start from.")] = None,
    rulebook: RulebookOption = None,
    edition: Annotated[
        str | None, typer.Option(metavar="DATE", help="The edition; else the newest complete one in force.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="Evaluate for this date; else the case's own, else today in the rulebook's time zone."
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="CASE", help="Write the case file here; whole or not at all."),
    ] = None,
) -> None:
    """Ask for the facts that can still change the verdict, the most decisive first, and write the case file.

    Ends as a check of that file does: 0 when it is ready or not applicable, 1 when not, 2 when an input is at fault.
    """
    from rulewright.command.asking import run_ask

    raise typer.Exit(run_ask(case, _chosen(rulebook, [] if case is None else [case]), edition, as_of, output))


@app.command()
def lint(
    rulebooks: Annotated[
        list[str] | None, typer.Argument(metavar="[RULEBOOK]...", help="Names, folders or files; else the folder's.")
    ] = None,
) -> None:
    """Tell everything that is wrong with rulebooks; ends with 2 when there are errors."""
    from rulewright.command.author import run_lint

    raise typer.Exit(run_lint(rulebooks or []))


@app.command()
def test(
    rulebooks: Annotated[
        list[str] | None, typer.Argument(metavar="[RULEBOOK]...", help="Names, folders or files; else the folder's.")
    ] = None,
    coverage: Annotated[bool, typer.Option(help="Print which outcomes of each rule the tests show.")] = False,
    engine: Annotated[EngineName, typer.Option(help="The engine that evaluates.")] = EngineName.durable,
) -> None:
    """Run the tests beside rulebooks; ends with 1 when one fails, with 2 when a file is at fault."""
    from rulewright.command.author import run_tests

    raise typer.Exit(run_tests(rulebooks or [], coverage, engine.value))


@app.command()
def schema(
    of: Annotated[SchemaOf, typer.Argument(help="What the schema is of.")] = SchemaOf.rulebook,
    rulebook: RulebookOption = None,
    edition: Annotated[str | None, typer.Option(metavar="DATE", help="The edition; else the newest.")] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write the schema here; whole or not at all.")
    ] = None,
) -> None:
    """Print the JSON Schema of the rulebook language, or of the case or test files of a rulebook."""
    from rulewright.command.author import run_schema

    named = None if of is SchemaOf.rulebook else _chosen(rulebook).named
    raise typer.Exit(run_schema(of.value, named, edition, output))


@app.command()
def trace(
    rulebook: Annotated[
        str | None, typer.Argument(metavar="[RULEBOOK]", help="A name, a folder or a file; else the folder's.")
    ] = None,
    edition: Annotated[str | None, typer.Option(metavar="DATE", help="The edition; else the newest.")] = None,
    format: Annotated[TraceFormat, typer.Option("--format", "-f", help="The format of the trace.")] = TraceFormat.text,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write the trace here; whole or not at all.")
    ] = None,
) -> None:
    """Tell which rules carry each clause of a rulebook's documents, and which tests show each rule.

    Ends with 1 when a clause is without a rule or a rule without a test, with 2 when a file is at fault.
    """
    from rulewright.command.tracing import run_trace

    raise typer.Exit(run_trace(_chosen(rulebook).named, edition, format.value, output))


@app.command("import")
def import_(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE FILE...",
            help="What the files are, as in aliyun-ecs, and the files; - is standard input. The name of another source "
            "and its files may follow.",
        ),
    ],
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write the case file here; whole or not at all."),
    ] = None,
) -> None:
    """Turn what other systems tell into one case file, with a comment on each fact."""
    from rulewright.command.importing import run_import

    raise typer.Exit(run_import(words, output))


def run() -> None:
    """Run the command line."""
    try:
        app()
    except KeyboardInterrupt:  # before or behind what Typer looks after
        sys.exit(130)
