"""What was found in the words of a language."""

from __future__ import annotations

from rulewright.engines import Judge
from rulewright.fix.found import Found, FoundAnswer, FoundPart
from rulewright.fix.wording import Telling
from rulewright.model.explanation import MissingFact
from rulewright.model.fixes import Answer, Fixes, Part
from rulewright.model.languages import Language
from rulewright.model.outcomes import Verdict


def tell_fixes(
    found: Found, judge: Judge, notices: tuple[str, ...] = (), language: Language = Language.ENGLISH
) -> Fixes:
    """What to change in a case, in one of the languages that its judge speaks."""
    return _Told(found, judge, language).fixes(notices)


class _Told:
    def __init__(self, found: Found, judge: Judge, language: Language) -> None:
        self._found = found
        self._judge = judge
        self._language = language
        self._explanation = judge.explain(found.case, found.result, language=language)
        self._telling = Telling(judge.explainer(language).rulebook, found.case, self._explanation, language)

    def fixes(self, notices: tuple[str, ...]) -> Fixes:
        found, said = self._found, self._telling.phrases
        explained = self._explanation
        if found.first:
            explained = self._judge.explain(*found.after, language=self._language)
        not_together = [said.not_together.format(refs=said.listed.join(refs)) for refs in found.not_together]
        return Fixes(
            found.case.name,
            self._explanation.verdict,
            found.case.as_of,
            self._explanation.rulebook,
            self._explanation.engine,
            tuple(map(self._part, found.parts)),
            tuple(self._telling.change(found.variables[key], number, ()) for key, number in found.first.items()),
            explained.verdict,
            explained.missing,
            (*notices, *self._explanation.notices, *not_together),
        )

    def _part(self, part: FoundPart) -> Part:
        telling = self._telling
        return Part(
            tuple(telling.subject(*target) for target in part.targets),
            tuple(map(self._answer, part.answers)),
            tuple(
                tuple(
                    telling.fixed(one.variable, tuple(telling.rule(*violated) for violated in one.violates))
                    for one in facts
                )
                for facts in part.obstacles
            ),
            tuple(telling.rule(*requirement) for requirement in part.unsolvable),
            tuple(telling.limit(limit) for limit in part.limits),
        )

    def _answer(self, answer: FoundAnswer) -> Answer:
        solution, telling = answer.solution, self._telling
        changes = [
            telling.change(self._found.variables[key], number, solution.alternatives.get(key, ()))
            for key, number in solution.point.items()
        ]
        missing: tuple[MissingFact, ...] = ()
        if answer.verdict is Verdict.NEEDS_INFORMATION:
            missing = self._judge.explain(answer.case, answer.result, language=self._language).missing
        return Answer(
            tuple(changes),
            solution.cost,
            tuple(telling.rule(*requirement) for requirement in answer.satisfies),
            answer.verdict,
            missing,
            telling.sentence(changes),
        )
