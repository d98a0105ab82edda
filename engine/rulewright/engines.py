"""Engines by name: each evaluates cases by a program; the results are explained the same way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rulewright.compile.program import Program
from rulewright.diagnostics import Diagnostic
from rulewright.evaluate.durable import durable_engine
from rulewright.evaluate.plain import plain_engine
from rulewright.explain.explain import Explainer
from rulewright.infer import missing_engine
from rulewright.installed import installed_version
from rulewright.model.explanation import Explanation
from rulewright.model.facts import Case
from rulewright.model.languages import Language
from rulewright.model.outcomes import CaseResult
from rulewright.model.rulebook import Rulebook
from rulewright.version import __version__

if TYPE_CHECKING:
    from rulewright.render.json_lines import JsonLines

DURABLE, PLAIN = "durable", "plain"
#: Former names of engines, which are still accepted.
FORMER_NAMES = {"reference": PLAIN}


class Judge:
    """Evaluates cases by one program with one engine, and explains the results."""

    def __init__(self, program: Program, engine: str = DURABLE) -> None:
        self.program = program
        self.engine = engine
        self._rulebooks = {Language.ENGLISH: program.rulebook}
        self._explainers: dict[Language, Explainer] = {}
        self._evaluator = durable_engine(program) if engine == DURABLE else plain_engine(program.rulebook)
        self._results: dict[int, CaseResult] = {}
        self._lines: JsonLines | None = None

    @staticmethod
    def unavailable(engine: str) -> Diagnostic | None:
        """Return the diagnostic of an engine that this machine cannot use, or None if it can."""
        return missing_engine() if engine == DURABLE else None

    def add(self, cases: Sequence[Case]) -> None:
        """Evaluate cases in one batch, and cache their results by identity."""
        self._results.update({id(case): result for case, result in zip(cases, self.judge(cases), strict=True)})

    def judge(self, cases: Sequence[Case]) -> list[CaseResult]:
        """Return the results of the cases, in the same order."""
        return self._evaluator.evaluate(cases)

    def result(self, case: Case) -> CaseResult:
        """Return the result of a case. A case without a cached result is evaluated now."""
        if id(case) not in self._results:
            self.add([case])
        return self._results[id(case)]

    def add_language(self, language: Language, rulebook: Rulebook) -> None:
        """Add the rulebook in another language, for explanations in that language."""
        self._rulebooks[language] = rulebook
        self._explainers.pop(language, None)

    def explainer(self, language: Language = Language.ENGLISH) -> Explainer:
        """Return the explainer of a language. Any language but English must have been added with `add_language`."""
        found = self._explainers.get(language)
        if found is None:
            name = engine_name(self.engine)
            found = Explainer(self._rulebooks[language], self.program.digest, name, language)
            self._explainers[language] = found
        return found

    def explain(
        self,
        case: Case,
        result: CaseResult,
        notices: tuple[str, ...] = (),
        language: Language = Language.ENGLISH,
    ) -> Explanation:
        """Return the explanation of a result."""
        return self.explainer(language).explain(case, result, notices)

    def explain_in_line(self, case: Case, result: CaseResult, notices: tuple[str, ...] = ()) -> str:
        """Return the explanation of a result as a line of JSON with its line feed."""
        if self._lines is None:
            from rulewright.render.json_lines import JsonLines  # noqa: PLC0415  slow to import, and few runs need it

            self._lines = JsonLines()
        return self._lines.write([self.explain(case, result, notices)])

    def explain_with_chain(
        self,
        case: Case,
        result: CaseResult,
        notices: tuple[str, ...] = (),
        language: Language = Language.ENGLISH,
    ) -> Explanation:
        """Return the explanation of a result, including its chain from facts to the verdict."""
        explainer = self.explainer(language)
        return explainer.with_chain(explainer.explain(case, result, notices), case, result)


def engine_name(engine: str) -> str:
    """Return the name and version of the program and of the engine."""
    if engine == PLAIN:
        return f"rulewright {__version__}, plain"
    try:
        durable = installed_version("durable-rules", "durable_rules_engine")
    except ImportError:  # the engine is not installed as a package
        durable = "unknown"
    return f"rulewright {__version__}, durable-rules {durable}"
