"""Render the results of a search in the words of a language."""

from __future__ import annotations

from rulewright.engines import Judge
from rulewright.fix.fix_wording import ChangeWording
from rulewright.fix.results import FoundAnswer, FoundPart, SearchResult, Undone
from rulewright.model.explanation import MissingFact
from rulewright.model.fixes import Answer, Fixes, Part
from rulewright.model.languages import Language
from rulewright.model.outcomes import Verdict


def report_fixes(
    found: SearchResult, judge: Judge, notices: tuple[str, ...] = (), language: Language = Language.ENGLISH
) -> Fixes:
    """Return the changes of a case in a language that its rulebook has."""
    return _Report(found, judge, language).fixes(notices)


#: The limits after which a smaller set of changes may exist.
_NOT_SMALLEST = (Undone.CUT_OFF, Undone.NOT_PRICED, Undone.LARGER_SETS, Undone.MORE_ANSWERS, Undone.NOT_CONFIRMED)


def _is_smallest(part: FoundPart) -> bool:
    return not any(limit.undone in _NOT_SMALLEST for limit in part.limits)


class _Report:
    def __init__(self, found: SearchResult, judge: Judge, language: Language) -> None:
        self._found = found
        self._judge = judge
        self._language = language
        self._explanation = judge.explain(found.case, found.result, language=language)
        self._wording = ChangeWording(judge.explainer(language).rulebook, found.case, self._explanation, language)

    def fixes(self, notices: tuple[str, ...]) -> Fixes:
        found, said = self._found, self._wording.phrases
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
            tuple(self._wording.change(found.variables[key], number, ()) for key, number in found.first.items()),
            explained.verdict,
            explained.missing,
            (*notices, *self._explanation.notices, *not_together),
            None if found.left_out is None else self._wording.left_out(found.left_out, bool(found.first)),
            self._summary(explained.verdict),
        )

    def _summary(self, after: Verdict) -> str:
        said, parts = self._wording.phrases, self._found.parts
        if self._explanation.verdict in (Verdict.READY, Verdict.NOT_APPLICABLE):
            return said.nothing_to_change
        if not parts:
            return said.only_missing
        if not any(part.answers for part in parts):
            if not all(part.is_impossible for part in parts):
                return said.none_found
            can_change = any(variable.is_stated for variable in self._found.variables.values())
            return said.impossible if can_change else said.nothing_changes
        if after is Verdict.NEEDS_INFORMATION:
            return said.no_blocker_left
        if after is not Verdict.READY:
            return said.part_only
        return said.smallest if all(map(_is_smallest, parts)) else said.not_smallest

    def _part(self, part: FoundPart) -> Part:
        wording = self._wording
        return Part(
            tuple(wording.subject(*target) for target in part.targets),
            tuple(map(self._answer, part.answers)),
            tuple(
                tuple(
                    wording.fixed(one.variable, one.needed, tuple(wording.rule(*rule) for rule in one.violates))
                    for one in facts
                )
                for facts in part.obstacles
            ),
            tuple(map(wording.unsolved, part.unsolvable)),
            tuple(map(wording.limit, part.limits)),
            part.is_impossible,
            _is_smallest(part),
        )

    def _answer(self, answer: FoundAnswer) -> Answer:
        solution, wording = answer.solution, self._wording
        changes = [
            wording.change(self._found.variables[key], number, solution.alternatives.get(key, ()))
            for key, number in solution.point.items()
        ]
        missing: tuple[MissingFact, ...] = ()
        if answer.verdict is Verdict.NEEDS_INFORMATION:
            missing = self._judge.explain(answer.case, answer.result, language=self._language).missing
        return Answer(
            tuple(changes),
            solution.cost,
            tuple(wording.rule(*requirement) for requirement in answer.satisfies),
            answer.verdict,
            missing,
            wording.sentence(changes),
        )
