"""`rulewright check`: case files are checked and each verdict is explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING

from rulewright.api.evaluation import has_table, helpful, smallest_changes
from rulewright.batch.chunks import DamagedInputError, read_chunks
from rulewright.batch.columns import AS_THEY_ARE, Columns
from rulewright.batch.exact import Found, read_cases
from rulewright.batch.fitting import columns_for, is_of_rows, rows_for
from rulewright.batch.hashing import InputHashes
from rulewright.batch.headers import read_header_of, unused_columns
from rulewright.batch.inputs import Input, find_inputs, input_format
from rulewright.batch.rows import Rows
from rulewright.batch.spool import Spool
from rulewright.batch.stated import read_stated
from rulewright.batch.storage import PREFIX, WriteError, writing_temporary
from rulewright.batch.unpacking import Opener
from rulewright.catalogue import Catalogue, Chosen, find_rulebook
from rulewright.command.account import Account, Ending
from rulewright.command.command_inputs import read_date, read_languages
from rulewright.command.outputs import remark, report_diagnostics, text_console, write_output
from rulewright.command.rulebooks import RulebookChoice
from rulewright.command.status import AT_FAULT
from rulewright.compile.program import Program
from rulewright.diagnostics import Diagnostic, Span, has_errors, in_source_order
from rulewright.engines import Judge
from rulewright.model.explanation import Explanation
from rulewright.model.facts import Case
from rulewright.model.languages import Language
from rulewright.model.outcomes import Verdict
from rulewright.model.run import Run, RunInput
from rulewright.read.documents import CaseDocument, unique_cases
from rulewright.render.formats import REPORT_FORMATS, ReportContent

if TYPE_CHECKING:
    from rulewright.model.fixes import Fixes
    from rulewright.render.portfolio import Portfolio

# ruff: noqa: PLC0415  each format imports only its own modules

#: Maximum number of cases that a page shows one after the other; more are in a table.
FEW = 12


@dataclass(frozen=True, slots=True)
class ExplainedCases:
    """The explanations of evaluated cases with their `cases`, and the diagnostics of the run."""

    explanations: list[Explanation]
    diagnostics: list[Diagnostic]
    cases: list[Case]
    account: Account = field(default_factory=Account)


@dataclass(frozen=True, slots=True)
class CasesRead:
    """Cases, each with its edition, and their catalogue, or None if the rulebook was not found.

    `diagnostics` are all diagnostics; `account` has those of rejected rows.
    """

    cases: list[tuple[Case, Chosen]]
    catalogue: Catalogue | None
    diagnostics: list[Diagnostic]
    account: Account = field(default_factory=Account)


def run_check(
    facts: Sequence[str],
    rulebook: RulebookChoice,
    edition: str | None,
    as_of: str | None,
    format_: str,
    output: str | None,
    engine: str,
    everything: bool,
    input_: str | None = None,
    rows: Rows | None = None,
    lang: str | None = None,
    templates: str | None = None,
    record: str | None = None,
    columns: Columns = AS_THEY_ARE,
    *,
    ending: Ending,
) -> int:
    """Check the cases of the files and write one report for all; return the exit status.

    `rows` describes the rows of flat files; by default, the vocabulary determines it. `lang` lists the languages of the
    report; only a page can have several. `templates` is a folder of user templates. `record` is a folder for decision
    records, in English, which are written before the report. `ending` has the options for rejected rows and the
    summary.
    """
    languages = read_languages(lang, format_)
    read = read_cases_of(facts, rulebook, edition, as_of, engine, input_, rows, columns)
    if isinstance(languages, Diagnostic) or read.catalogue is None:
        report_diagnostics(
            in_source_order([*([languages] if isinstance(languages, Diagnostic) else []), *read.diagnostics])
        )
        return AT_FAULT
    judges, diagnostics, account = _Judges(read.catalogue, engine, languages), read.diagnostics, read.account
    told: dict[Language, list[Explanation]] = {}
    fixes: dict[Language, list[Fixes | None]] = {}
    # a page of many cases stores their common parts once instead of complete explanations
    portfolio: Portfolio | None = None
    has_table = format_ == "html" and _is_table_of(read.cases)
    # text for a terminal has no entry: it shows remedies that can help, and no changes
    shows = REPORT_FORMATS.get(format_)
    kept: list[tuple[Case, Explanation]] = []
    for position, (case, chosen) in enumerate(read.cases):
        judge = judges.judge(chosen.program, read.cases[position:])
        result = judge.result(case)
        diagnostics += result.errors
        account.add(case, result, chosen)
        if result.verdict is None:
            continue
        if record is not None:
            kept.append((case, judge.explain(case, result, chosen.notices)))
        explain = judge.explain_with_chain if format_ == "json" else judge.explain
        explained = {
            language: explain(case, result, chosen.notices_in(language), language) for language in judges.languages
        }
        is_searched = (shows is None or shows.shows_remedies) and result.verdict is Verdict.NOT_READY
        useful = helpful(judge, case, result, explained) if is_searched else explained
        if has_table:
            portfolio = portfolio or _portfolio(judges.languages)
            portfolio.add(useful)
            continue
        has_changes = is_searched and shows is not None and shows.shows_changes and not _is_table_of(read.cases)
        changes = smallest_changes(judge, case, result, judges.languages) if has_changes else {}
        for language, one in useful.items():
            told.setdefault(language, []).append(one)
            fixes.setdefault(language, []).append(changes.get(language))
    account.mistakes += judges.diagnostics
    diagnostics = [*diagnostics, *judges.diagnostics]
    report_diagnostics(in_source_order(diagnostics))
    rulebook.remark_after(diagnostics)
    status = ending.status(account)
    if status == AT_FAULT:
        report_diagnostics(ending.reasons(account, diagnostics))
        return AT_FAULT
    if kept:
        from rulewright.command.recording import write_records

        failure = write_records(kept, record or "")
        if failure is not None:
            report_diagnostics([failure])
            return AT_FAULT
    run = ending.run(account)
    own = None if templates is None else Path(templates)
    if portfolio is not None:
        page = portfolio.page(run, own)
        failure = page if isinstance(page, Diagnostic) else write_output(page, output)
    else:
        # JSON has the same shape for one case, whether or not other cases were rejected
        several = account.tally.rejected > 0 or len(told[judges.languages[0]]) > 1
        failure = _write(told, fixes, format_, output, everything, several, own, run)
    failure = failure or ending.write_summary(account, run)
    if failure is not None:
        report_diagnostics([failure])
        return AT_FAULT
    return status


def _is_table_of(cases: Sequence[tuple[Case, Chosen]]) -> bool:
    """Return whether a page has too many cases or subjects to show each of them in full."""
    return len(cases) > FEW or has_table(case for case, _ in cases)


def _portfolio(languages: Sequence[Language]) -> Portfolio:
    from rulewright.render.portfolio import Portfolio

    return Portfolio(languages)


class _Judges:
    """The judges of the chosen programs, all with the same languages."""

    def __init__(self, catalogue: Catalogue, engine: str, languages: Sequence[Language]) -> None:
        self.catalogue = catalogue
        self.engine = engine
        self.languages = list(languages)
        self.diagnostics: list[Diagnostic] = []
        self._judges: dict[str, Judge] = {}

    def judge(self, program: Program, cases: Sequence[tuple[Case, Chosen]]) -> Judge:
        """Return the judge of a program; a new judge gets all cases of the program, to evaluate them together."""
        found = self._judges.get(program.digest)
        if found is None:
            self.languages = self.languages or list(self.catalogue.languages(program))
            found = self._judges[program.digest] = Judge(program, self.engine)
            for language in self.languages:
                rulebook, wrong = self.catalogue.translated(program, language)
                self.diagnostics += wrong
                found.add_language(language, rulebook)
            found.add([case for case, chosen in cases if chosen.program is program])
        return found


def explain_files(
    facts: Sequence[str],
    rulebook: RulebookChoice,
    edition: str | None,
    as_of: str | None,
    engine: str,
    input_: str | None = None,
    rows: Rows | None = None,
    *,
    wholly: bool = False,
) -> ExplainedCases:
    """Return the explanations of the cases with a verdict, and the diagnostics of the others.

    With `wholly`, explanations include the chain.
    """
    read = read_cases_of(facts, rulebook, edition, as_of, engine, input_, rows)
    diagnostics, explanations, explained = read.diagnostics, list[Explanation](), list[Case]()
    if read.catalogue is None:
        return ExplainedCases([], diagnostics, [], Account(mistakes=diagnostics))
    judges = _Judges(read.catalogue, engine, [Language.ENGLISH])
    for position, (case, chosen) in enumerate(read.cases):
        judge = judges.judge(chosen.program, read.cases[position:])
        result = judge.result(case)
        diagnostics += result.errors
        read.account.add(case, result, chosen)
        if result.verdict is not None:
            explain = judge.explain_with_chain if wholly else judge.explain
            explanations.append(explain(case, result, chosen.notices))
            explained.append(case)
    return ExplainedCases(explanations, diagnostics, explained, read.account)


def read_cases_of(
    facts: Sequence[str],
    rulebook: RulebookChoice,
    edition: str | None,
    as_of: str | None,
    engine: str,
    input_: str | None = None,
    rows: Rows | None = None,
    columns: Columns = AS_THEY_ARE,
) -> CasesRead:
    """Read the cases of some files, each with its edition, and the errors in options and files."""
    on, wanted = read_date(as_of, "--as-of"), read_date(edition, "--edition")
    found, read_as = find_rulebook(rulebook.named), input_format(input_)
    wrong = [item for item in (on, wanted, found, read_as, Judge.unavailable(engine)) if isinstance(item, Diagnostic)]
    if (
        wrong
        or isinstance(on, Diagnostic)
        or isinstance(wanted, Diagnostic)
        or isinstance(found, Diagnostic)
        or isinstance(read_as, Diagnostic)
    ):
        return CasesRead([], None, wrong)
    account = Account()
    inputs, diagnostics = find_inputs(facts, read_as)
    for one in diagnostics:
        if has_errors([one]):
            account.reject([one], 0)
            account.inputs += [] if one.span is None else [RunInput(one.span.file, None, None)]
    catalogue = Catalogue(found)
    try:
        documents, more = _read(inputs, rows, catalogue, on, wanted, columns, rulebook.opener, account)
    except WriteError as error:
        return CasesRead([], None, [error.diagnostic(can_resume=False)])
    judged, still_more = _choose(documents, catalogue, on, wanted, columns, account)
    return CasesRead(judged, catalogue, [*diagnostics, *more, *still_more], account)


def _read(
    inputs: Sequence[Input],
    rows: Rows | None,
    catalogue: Catalogue,
    on: date | None,
    edition: date | None,
    columns: Columns,
    opener: Opener,
    account: Account,
) -> tuple[list[tuple[CaseDocument, Rows | None]], list[Diagnostic]]:
    place = Path(gettempdir())
    with writing_temporary(place):
        temporary = TemporaryDirectory(prefix=PREFIX, dir=place, ignore_cleanup_errors=True)
    with temporary as folder:
        return _read_into(inputs, rows, catalogue, on, edition, columns, opener, Spool(Path(folder)), account)


def _read_into(
    inputs: Sequence[Input],
    rows: Rows | None,
    catalogue: Catalogue,
    on: date | None,
    edition: date | None,
    columns: Columns,
    opener: Opener,
    spool: Spool,
    account: Account,
) -> tuple[list[tuple[CaseDocument, Rows | None]], list[Diagnostic]]:
    documents: list[tuple[CaseDocument, Rows | None]] = []
    diagnostics: list[Diagnostic] = []
    hashes = InputHashes(opener)
    headers = []
    for source in inputs:
        kind = None
        if rows is not None or is_of_rows(source):
            chosen, told = catalogue.choose(on or catalogue.today(edition), edition)
            if chosen is None:
                errors = [item for item in told if has_errors([item])]
                diagnostics += errors
                account.mistakes += errors
                break
            rows, wrong = rows_for(source, rows, chosen.program.rulebook)
            if wrong is not None:
                diagnostics.append(wrong)
                account.mistakes.append(wrong)
                continue
            kind = chosen.program.rulebook.kinds[rows.kind] if rows is not None else None
        header = read_header_of(source, kind, rows, opener, columns)
        headers.append(header)
        diagnostics += header.diagnostics
        if header.diagnostics:
            account.reject(header.diagnostics, 0)
            account.inputs.append(RunInput(source.name, None, None))
            continue
        source = replace(source, form=header.form)
        own = rows if kind is not None else None
        found: list[Found] = []
        try:
            for chunk in read_chunks(source, header.start, opener):
                spooled = spool.put(chunk, header.columns)
                account.tally.read += chunk.rows
                found += read_cases(spooled, own, kind, None, columns)
        except DamagedInputError as error:
            diagnostics.append(error.diagnostic)
            account.reject([error.diagnostic], 0)
            account.inputs.append(RunInput(source.name, None, None))
        else:
            account.inputs.append(hashes.finish(source))
            if not found:
                help_ = "a case has a key for each kind of fact that it states"
                diagnostics.append(Diagnostic("S008", "the file is empty", Span(source.name), help_))
        for one in found:
            diagnostics += one.diagnostics
            if one.skipped is not None:
                account.tally.skipped[one.skipped] += one.rows
            elif one.document is None or one.diagnostics:
                account.reject(one.diagnostics, one.rows)
            else:
                documents.append((one.document, own))
                account.set_rows(one.document, one.rows)
    for reason, number in account.tally.skipped.items():
        remark(f"{number:,} {'row' if number == 1 else 'rows'} skipped: {reason}")
    mistakes = [*unused_columns(columns, inputs, headers), *columns_for(columns, inputs, rows)]
    account.mistakes += mistakes
    sound, wrong_names = unique_cases(document for document, _ in documents)
    good = set(map(id, sound))
    named_twice = iter(wrong_names)
    for document, _ in documents:
        if id(document) not in good:
            account.reject_document(document, [next(named_twice)])
    return [one for one in documents if id(one[0]) in good], diagnostics + mistakes + wrong_names


def _choose(
    documents: Sequence[tuple[CaseDocument, Rows | None]],
    catalogue: Catalogue,
    on: date | None,
    edition: date | None,
    columns: Columns,
    account: Account,
) -> tuple[list[tuple[Case, Chosen]], list[Diagnostic]]:
    cases: list[tuple[Case, Chosen]] = []
    of_rulebooks: dict[Diagnostic, None] = {}
    of_cases: list[Diagnostic] = []
    for document, rows in documents:
        as_of = on or document.as_of or catalogue.today(edition)
        chosen, told = catalogue.choose(as_of, edition)
        if chosen is None:
            errors = [item for item in told if has_errors([item])]
            of_rulebooks.update((item, None) for item in errors)
            account.mistakes += errors
            account.reject_document(document, errors)
            continue
        case, wrong = read_stated(document, chosen.program.rulebook, as_of, rows, columns)
        of_cases += wrong
        if case is None:
            account.reject_document(document, wrong)
        else:
            cases.append((case, chosen))
            account.set_case(document, case)
    return cases, [*of_rulebooks, *of_cases]


def _write(
    told: Mapping[Language, Sequence[Explanation]],
    fixes: Mapping[Language, Sequence[Fixes | None]],
    format_: str,
    output: str | None,
    everything: bool,
    several: bool,
    templates: Path | None,
    run: Run,
) -> Diagnostic | None:
    report = ReportContent(told, fixes, run, everything, several, templates)
    if format_ in REPORT_FORMATS:
        written = REPORT_FORMATS[format_].write(report)
        return written if isinstance(written, Diagnostic) else write_output(written, output)
    from rulewright.render.terminal import print_text

    console, buffer = text_console(output)
    print_text(report.explanations, console, everything=everything, words=report.words, run=run)
    return write_output(buffer.getvalue(), output, for_people=True)
