"""The commands of `rulewright`. What a command needs is imported when it runs, so that each starts fast."""

# ruff: noqa: PLC0415  imports inside the commands are for start-up time

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rulewright.command.arguments import Commands
from rulewright.version import __version__

if TYPE_CHECKING:
    from rulewright.command.clashes import Output
    from rulewright.command.identity import Start
    from rulewright.command.rulebooks import Choice

app = typer.Typer(
    name="rulewright",
    cls=Commands,
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


class UnknownName(str, Enum):
    """What happens to unknown columns and keys."""

    reject = "reject"
    ignore = "ignore"
    keep = "keep"


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


def _refuse_clashes(
    outputs: Sequence[Output],
    reads: Sequence[str] = (),
    *,
    rulebook: str | None = None,
    folders: Sequence[str | None] = (),
    are_facts: bool = False,
) -> None:
    """End the command if an output would replace a file that is read, or another output."""
    from rulewright.command.clashes import find_clashes
    from rulewright.command.outputs import tell

    clashes = find_clashes(outputs, reads, rulebook=rulebook, folders=folders, are_facts=are_facts)
    if clashes:
        tell(clashes)
        raise typer.Exit(2)


def _start(context: typer.Context) -> Start:
    """Return the start of the run, or end the command if SOURCE_DATE_EPOCH is wrong."""
    from rulewright.command.identity import start_run
    from rulewright.command.outputs import tell
    from rulewright.diagnostics import Diagnostic

    start = start_run(context)
    if isinstance(start, Diagnostic):
        tell([start])
        raise typer.Exit(2)
    return start


_ROWS = "Files of rows"
_BATCH = "Many cases (jsonl, csv, parquet)"


@app.command()
def check(
    context: typer.Context,
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
    everything: Annotated[
        bool,
        typer.Option("--all", help="In text and markdown, show every finding; in text, also what is met."),
    ] = False,
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
    unknown_columns: Annotated[
        UnknownName,
        typer.Option(
            help="Reject files with unknown columns, ignore the columns, or keep their values in the records.",
            rich_help_panel=_ROWS,
        ),
    ] = UnknownName.reject,
    columns: Annotated[
        list[str] | None,
        typer.Option(metavar="OLD=NEW", help="Rename a column before it is looked up.", rich_help_panel=_ROWS),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN", help="Write this column of a rejected row with the reject.", rich_help_panel=_ROWS
        ),
    ] = None,
    delimiter: Annotated[
        str | None,
        typer.Option(
            metavar="CHARACTER",
            help="The separator of CSV cells, as ';' or tab; else recognized: comma, semicolon, tab or |.",
            rich_help_panel=_ROWS,
        ),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The encoding of CSV files without a byte order mark, as gb18030; else UTF-8 or UTF-16.",
            rich_help_panel=_ROWS,
        ),
    ] = None,
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
        str | None, typer.Option(metavar="FILE", help="Write the counts and the identity of the run here, as JSON.")
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
        typer.Option(min=0, metavar="N", help="Stop, and write nothing, when more cases than this are rejected."),
    ] = None,
    allow_rejected: Annotated[
        str | None,
        typer.Option(
            metavar="N|N%", help="Take so many rejected rows, or percent of the rows read, as fine: no exit status 3."
        ),
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

    Exit status: 0, every case is ready or not applicable; 1, some case is not; 2, nothing, or not all that was asked
    for, could be done, and no output is written; 3, done, but rows were rejected (--allow-rejected takes some as fine).
    """
    from rulewright.batch.rows import Rows
    from rulewright.command.clashes import Output
    from rulewright.command.inputs import column_mistakes, read_columns, report_mistakes
    from rulewright.command.outputs import tell
    from rulewright.command.status import read_allowance
    from rulewright.diagnostics import Diagnostic

    start, allowance = _start(context), read_allowance(allow_rejected)
    mistakes = [*report_mistakes(lang, templates, format.value), *column_mistakes(ref, case)]
    mistakes += [allowance] if isinstance(allowance, Diagnostic) else []
    if mistakes or isinstance(allowance, Diagnostic):
        tell(mistakes)
        raise typer.Exit(2)
    rows = None if kind is None else Rows(kind, ref, case)
    read_as = None if input is None else input.value
    is_batch = format in (Format.jsonl, Format.csv, Format.parquet)
    asked = read_columns(unknown_columns.value, columns or [], keep or [], delimiter, encoding, is_report=not is_batch)
    if isinstance(asked, list):
        tell(asked)
        raise typer.Exit(2)
    if spark is None:
        outputs = [Output("--output", output, is_batch=is_batch)]
        outputs += [] if summary is None else [Output("--summary", summary)]
        outputs += [] if record is None else [Output("--record", record, is_folder=True)]
    else:
        outputs = [Output("OUT", one, is_folder=True) for one in (facts[-1], f"{facts[-1]}.rejected")]
    _refuse_clashes(
        outputs, facts if spark is None else facts[:-1], rulebook=rulebook, folders=[templates], are_facts=True
    )
    choice = _chosen(rulebook, facts if spark is None else facts[:-1] or facts, kind)
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
            "--allow-rejected": allow_rejected is not None,
            "--progress": progress,
            "--unknown-columns": unknown_columns is not UnknownName.reject,
            "--columns": columns,
            "--keep": keep,
            "--delimiter": delimiter is not None,
            "--encoding": encoding is not None,
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
    if is_batch:
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
            asked,
        )
        raise typer.Exit(run_batch_check(arguments, start, allowance))
    from rulewright.command.account import Ending
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
            asked,
            ending=Ending(start, allowance, max_rejected, summary),
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

    Exit status: 0, all results are the same; 1, some result is different; 2, no record could be evaluated; 3, done,
    but some records were rejected.
    """
    from rulewright.command.clashes import Output
    from rulewright.command.replaying import run_replay

    _refuse_clashes([Output("--output", output)], records, rulebook=rulebook, are_facts=True)
    raise typer.Exit(run_replay(records, rulebook, edition, format.value, output, engine.value))


@app.command()
def fix(
    context: typer.Context,
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
        list[str] | None, typer.Option(metavar="REF", help="Make this subject ready. No other becomes worse.")
    ] = None,
    write: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write the case with the first answers here, its comments and all."),
    ] = None,
    maximum_changes: Annotated[int, typer.Option(min=1, help="Examine sets of up to so many changes.")] = 6,
    maximum_answers: Annotated[int, typer.Option(min=1, help="Report up to so many sets of facts.")] = 20,
    maximum_steps: Annotated[int, typer.Option(min=1, help="End a search after so many steps.")] = 40_000,
    engine: Annotated[EngineName, typer.Option(help="The engine that evaluates.")] = EngineName.durable,
) -> None:
    """Find the smallest changes that make cases ready, or the facts that prevent it.

    Exit status: 0, every case is ready already; 1, some case is not; 2, nothing, or not all that was asked for, could
    be done; 3, done, but some cases were rejected.
    """
    from rulewright.command.account import Ending
    from rulewright.command.clashes import Output
    from rulewright.command.fixing import FixArguments, run_fix
    from rulewright.fix.fixes import Limits

    outputs = [Output("--output", output)]
    outputs += [] if write is None else [Output("--write", write, may_replace_input=True)]
    _refuse_clashes(outputs, facts, rulebook=rulebook, are_facts=True)
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
    raise typer.Exit(run_fix(arguments, Ending(_start(context))))


@app.command()
def explain(
    context: typer.Context,
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
    """Explain the verdict of a case: every reason, from the verdict to the facts.

    Exit status: 0, every case is explained; 2, no case could be explained; 3, some cases are explained, and others were
    rejected.
    """
    from rulewright.command.account import Ending
    from rulewright.command.clashes import Output
    from rulewright.command.explaining import run_explain
    from rulewright.render.tree import Asked

    start = _start(context)
    _refuse_clashes([Output("--output", output)], [case], rulebook=rulebook, are_facts=True)
    asked = Asked(why_not or rule, subject, why_not is not None, everything)
    choice = _chosen(rulebook, [case])
    raise typer.Exit(
        run_explain(case, choice, edition, as_of, format.value, output, engine.value, asked, Ending(start))
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

    Exit status, as of a check of that file: 0, it is ready or not applicable; 1, it is not; 2, it cannot be read or
    written.
    """
    from rulewright.command.asking import run_ask
    from rulewright.command.clashes import Output

    out = Output("--output", output, may_replace_input=True)
    _refuse_clashes([out], [] if case is None else [case], rulebook=rulebook)
    is_pipe = case is not None and case != "-" and Path(case).exists() and not Path(case).is_file()
    seen = [] if case is None or is_pipe else [case]  # a pipe is read once
    raise typer.Exit(run_ask(case, _chosen(rulebook, seen), edition, as_of, output))


@app.command()
def lint(
    rulebooks: Annotated[
        list[str] | None, typer.Argument(metavar="[RULEBOOK]...", help="Names, folders or files; else the folder's.")
    ] = None,
) -> None:
    """Report everything that is wrong with rulebooks.

    Exit status: 0, no rulebook has an error; 2, some rulebook has one, or cannot be read.
    """
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
    """Run the tests beside rulebooks.

    Exit status: 0, all tests pass; 1, some test fails; 2, nothing, or not all that was asked for, could be done.
    """
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
    from rulewright.command.clashes import Output

    _refuse_clashes([Output("--output", output)], rulebook=rulebook)
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
    from rulewright.command.clashes import Output
    from rulewright.command.tracing import run_trace

    _refuse_clashes([Output("--output", output)], rulebook=rulebook)
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
    from rulewright.command.clashes import Output
    from rulewright.command.importing import run_import

    _refuse_clashes([Output("--output", output)], words)
    raise typer.Exit(run_import(words, output))


def run() -> None:
    """Run the command line."""
    from rulewright.command.last_resort import run_guarded

    run_guarded(app)
