"""One edition of a rulebook that evaluates cases and explains the results, shared by threads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from threading import Lock

from rulewright.catalogue import Catalogue, Chosen
from rulewright.engines import Judge
from rulewright.errors import RulebookError
from rulewright.explain.explain import Explainer
from rulewright.model.explanation import Explanation
from rulewright.model.facts import Case
from rulewright.model.fixes import Fixes
from rulewright.model.languages import Language
from rulewright.model.outcomes import CaseResult, Verdict

# ruff: noqa: PLC0415  templates and the search for changes are loaded when they are used


class Evaluation:
    """Evaluates cases by one edition, and explains the results in the languages of its rulebook.

    Evaluation itself is safe to share. Explainers are made behind a lock, each once; what they cache is then shared.
    """

    def __init__(self, catalogue: Catalogue, chosen: Chosen, engine: str) -> None:
        self.catalogue = catalogue
        self.program = chosen.program
        self.judge = Judge(chosen.program, engine)
        self._lock = Lock()
        self._spoken: set[Language] = set()

    def result(self, case: Case) -> CaseResult:
        """Return the result of a case."""
        return self.judge.judge([case])[0]

    def languages(self) -> list[Language]:
        """Return the languages of the rulebook: English and those of its translations."""
        return self.catalogue.languages(self.program)

    def explainer(self, language: Language) -> Explainer:
        """Return the explainer of a language; a RulebookError has the mistakes of a translation."""
        with self._lock:
            if language not in self._spoken:
                rulebook, wrong = self.catalogue.translated(self.program, language)
                if wrong:
                    raise RulebookError(wrong)
                self.judge.add_language(language, rulebook)
                self._spoken.add(language)
            return self.judge.explainer(language)

    def explain(
        self, case: Case, result: CaseResult, chosen: Chosen, language: Language = Language.ENGLISH
    ) -> Explanation:
        """Return the explanation of a result."""
        return self.explainer(language).explain(case, result, chosen.notices_in(language))


def helpful(
    judge: Judge, case: Case, result: CaseResult, explained: Mapping[Language, Explanation]
) -> Mapping[Language, Explanation]:
    """Return the explanations of one result without the remedies that cannot help."""
    if result.verdict is not Verdict.NOT_READY:
        return explained
    from rulewright.fix.remedies import search_needless, without_remedies

    needless = search_needless(judge, case, result)
    return {language: without_remedies(one, needless) for language, one in explained.items()}


def smallest_changes(
    judge: Judge, case: Case, result: CaseResult, languages: Iterable[Language]
) -> dict[Language, Fixes]:
    """Return the changes that make a case ready, in each language; none for a case that is not `not ready`."""
    if result.verdict is not Verdict.NOT_READY:
        return {}
    from rulewright.fix.fix_report import report_fixes
    from rulewright.fix.fixes import search_fixes

    found = search_fixes(judge, case, result)
    return {language: report_fixes(found, judge, language=language) for language in languages}


def has_table(cases: Iterable[Case]) -> bool:
    """Return True if a page of these cases has too many subjects to write each of them out."""
    from rulewright.render.dividing import MOST_SUBJECTS

    return sum(len(facts) for case in cases for facts in case.facts.values()) > MOST_SUBJECTS
