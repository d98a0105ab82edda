"""The result of a case: the verdict at once, and everything that explains it when it is asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from io import StringIO
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rulewright.api.arguments import at_least_one, languages_of, refuse
from rulewright.api.evaluation import Evaluation, has_table, helpful, smallest_changes
from rulewright.api.findings import (
    BySubject,
    FactValue,
    Finding,
    Fixes,
    Subject,
    fact_value,
    finding_of,
    fixes_of,
    subject_of,
)
from rulewright.catalogue import Chosen
from rulewright.clock import fixed_time, now
from rulewright.diagnostics import Diagnostic, did_you_mean
from rulewright.errors import ArgumentError
from rulewright.model.explanation import Explanation, MissingFact, RulebookIdentity
from rulewright.model.facts import Case
from rulewright.model.languages import Language
from rulewright.model.outcomes import CaseResult, Verdict
from rulewright.model.rulebook import Conclude
from rulewright.model.run import Counts, Run
from rulewright.model.values import Absent
from rulewright.version import __version__

if TYPE_CHECKING:
    from rich.console import Console

# ruff: noqa: PLC0415  each report imports what it alone needs

#: The width of texts, as on the command line where no terminal shows them.
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Basis:
    """Everything that a result rests on: it is internal, and may change."""

    evaluation: Evaluation
    chosen: Chosen
    case: Case
    result: CaseResult
    started: datetime


@dataclass(frozen=True, eq=False)
class Result:
    """The result of one case, made by `Rulebook.check`.

    `case` is the name of the case, `verdict` the verdict of all its subjects together, `as_of` the date on which it was
    evaluated. Everything else is computed when it is first read, and then kept. Threads can share a result.
    """

    case: str
    verdict: Verdict
    as_of: date
    _basis: Basis = field(repr=False)

    # --- data ---

    @property
    def rulebook(self) -> RulebookIdentity:
        """Return the name, title, edition and digest of the rulebook that was used."""
        return self._basis.evaluation.explainer(Language.ENGLISH).identity

    @property
    def engine(self) -> str:
        """Return the version of Rulewright and of the engine, as in `rulewright 0.1.0, durable-rules 2.0.28`."""
        return self._basis.evaluation.explainer(Language.ENGLISH).engine

    @property
    def notices(self) -> tuple[str, ...]:
        """Return what a reader should know, such as an edition that was not in force yet, in English."""
        return self._explanation.notices

    @cached_property
    def subjects(self) -> BySubject[Subject]:
        """Return the subjects, in the order of the rulebook's kinds and then of the case.

        `result.subjects["ann"]` looks one up by its ref, `result.subjects["employee", "ann"]` by kind and ref.
        """
        return BySubject({(one.kind, one.ref): subject_of(one) for one in self._basis.result.subjects})

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Return the outcome of each rule for each subject that it is about, in the order of the rulebook."""
        return tuple(map(finding_of, self._explanation.findings))

    @property
    def missing(self) -> tuple[MissingFact, ...]:
        """Return the facts that are not given and could still change the verdict, with the question for each."""
        return self._explanation.missing

    @cached_property
    def results(self) -> Mapping[str, BySubject[FactValue]]:
        """Return the values that the rules conclude: by field, and then by subject.

        `result.results["minimum_months"]["web-1"]` is the value of a concluded field for one subject. Each field that a
        rule of the rulebook concludes is there. A subject for which the value is unknown is not; None says that the
        value is known to be absent.
        """
        fields = {
            (rule.about, name): None
            for rule in self._basis.evaluation.program.rulebook.rules.values()
            if isinstance(rule.action, Conclude)
            for name in rule.action.values
        }
        found: dict[str, dict[tuple[str, str], FactValue]] = {name: {} for _, name in fields}
        for subject in self._basis.result.subjects:
            for kind, name in fields:
                if kind == subject.kind and subject.values[name] is not Absent.UNKNOWN:
                    found[name][kind, subject.ref] = fact_value(subject.values[name])
        return {name: BySubject(values) for name, values in found.items()}

    @cached_property
    def _explanation(self) -> Explanation:
        basis = self._basis
        return basis.evaluation.explain(basis.case, basis.result, basis.chosen)

    @cached_property
    def _explained_wholly(self) -> Explanation:
        """Return the explanation with the chain of everything that it rests on."""
        explainer = self._basis.evaluation.explainer(Language.ENGLISH)
        return explainer.with_chain(self._explanation, self._basis.case, self._basis.result)

    # --- questions ---

    def fixes(self, limit: int = 20, *, subjects: Collection[str] = ()) -> Fixes:
        """Return the smallest changes of given facts that make the case ready, each verified by the engine.

        At most `limit` fixes are found for each group of subjects. With `subjects`, those with these refs become ready,
        and no other subject becomes worse. Raises ArgumentError for a ref that the case does not have.
        """
        from rulewright.fix.fixes import Limits, find_fixes

        at_least_one(limit, "limit")
        wanted = [subjects] if isinstance(subjects, str) else list(subjects)
        for ref in wanted:
            self._examine_ref(ref)
        basis = self._basis
        basis.evaluation.explainer(Language.ENGLISH)
        notices = basis.chosen.notices
        judge = basis.evaluation.judge
        return fixes_of(find_fixes(judge, basis.case, basis.result, Limits(answers=limit), notices, wanted))

    def explain(self, rule: str | None = None, *, subject: str | None = None) -> str:
        """Return the way from the facts to the verdict as a text: of everything, or of one rule or subject.

        Raises ArgumentError for a rule or a subject that the case does not have.
        """
        return self._trees(rule, subject, why_not=False)

    def why_not(self, rule: str, *, subject: str | None = None) -> str:
        """Return why a rule did not fire, and what would have to be different, as a text.

        Raises ArgumentError for a rule or a subject that the case does not have.
        """
        return self._trees(rule, subject, why_not=True)

    def _trees(self, rule: str | None, ref: str | None, *, why_not: bool) -> str:
        from rulewright.render.tree import TreeRequest, print_trees

        explanation = self._explained_wholly
        outcomes = [] if explanation.chain is None else explanation.chain.outcomes
        if ref is not None:
            self._examine_ref(ref)
        rules = {one.rule for one in outcomes}
        if rule is not None and rule not in rules:
            refuse("U014", f"no rule about a subject of the case has the name `{rule}`", did_you_mean(rule, rules))
        asked = TreeRequest(rule, ref, why_not)
        if rule is not None and not any(map(asked.of, outcomes)):
            about = sorted({one.ref for one in outcomes if one.rule == rule})
            refuse("U012", f"the rule `{rule}` is not about `{ref}`", did_you_mean(str(ref), about))
        console, buffer = _console()
        print_trees(explanation, asked, console)
        return "\n".join(line.rstrip() for line in buffer.getvalue().split("\n"))

    def _examine_ref(self, ref: str) -> None:
        refs = {subject.ref for subject in self._basis.result.subjects}
        if ref not in refs:
            refuse("U012", f"no subject has the ref `{ref}`", did_you_mean(str(ref), refs))

    # --- reports ---

    def to_dict(self) -> dict[str, Any]:
        """Return the result as data, equal to the JSON that `rulewright check --format json` writes for the case.

        Only `run` differs: a call has no command line and no input files.
        """
        from rulewright.json_runs import run_json
        from rulewright.render.json import case_json

        written: dict[str, Any] = _plain({**case_json(self._explained_wholly), "run": run_json(self._run())})
        return written

    def to_html(
        self, languages: str | Iterable[str] | None = None, *, templates: str | PathLike[str] | None = None
    ) -> str:
        """Return the report as one HTML page, which needs no other file and no network.

        `languages` are `en`, `zh` or both, the first of which is shown first; left out, all that the rulebook has.
        `templates` is a folder with templates of your own. Raises ArgumentError for a language or a template that
        cannot be used, and RulebookError if the translation of the rulebook has mistakes.
        """
        from rulewright.render.html import write_html

        basis = self._basis
        evaluation, case, result = basis.evaluation, basis.case, basis.result
        wanted = evaluation.languages() if languages is None else languages_of(languages)
        explained = self._helpful(wanted)
        own = None if templates is None else Path(templates)
        if has_table([case]):
            from rulewright.render.portfolio import Portfolio

            portfolio = Portfolio(wanted)
            portfolio.add(explained)
            page = portfolio.page(self._run(), own)
        else:
            fixes = smallest_changes(evaluation.judge, case, result, wanted)
            told = {language: [one] for language, one in explained.items()}
            page = write_html(told, own, {one: [fixes.get(one)] for one in wanted}, run=self._run())
        if isinstance(page, Diagnostic):
            raise ArgumentError([page])
        return page

    def to_text(self, language: str = "en", *, everything: bool = False) -> str:
        """Return the report for a terminal, 100 columns wide; with `everything`, every rule and condition."""
        from rulewright.render.terminal import print_text
        from rulewright.render.words import WORDS

        (wanted,) = languages_of([language])
        console, buffer = _console()
        explanation = self._helpful([wanted])[wanted]
        print_text([explanation], console, everything=everything, words=WORDS[wanted])
        return buffer.getvalue().rstrip("\n")

    def __str__(self) -> str:
        return self.to_text()

    def _helpful(self, languages: list[Language]) -> Mapping[Language, Explanation]:
        """Return the explanation in each language, without remedies that cannot help."""
        basis = self._basis
        explained = {
            one: self._explanation
            if one is Language.ENGLISH
            else basis.evaluation.explain(basis.case, basis.result, basis.chosen, one)
            for one in languages
        }
        return helpful(basis.evaluation.judge, basis.case, basis.result, explained)

    def _run(self) -> Run:
        fixed = fixed_time()
        if isinstance(fixed, Diagnostic):
            raise ArgumentError([fixed])
        started, ended = (self._basis.started, now()) if fixed is None else (fixed, fixed)
        return Run(started, ended, __version__, counts=Counts(read=1, evaluated=1, cases=1))


def _console() -> tuple[Console, StringIO]:
    from rich.console import Console

    buffer = StringIO()
    console = Console(
        file=buffer, force_terminal=False, force_jupyter=False, color_system=None, width=_WIDTH, highlight=False
    )
    return console, buffer


def _plain(value: Any) -> Any:
    """Return a value of the writers of JSON with nothing in it but dicts, lists and scalars."""
    if isinstance(value, Mapping):
        return {key: _plain(inside) for key, inside in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
