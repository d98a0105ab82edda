"""Find the changes that make a case ready, part by part; the engine verifies each answer before it is reported."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rulewright.engines import Judge
from rulewright.fix.answer_search import find_answers, is_solvable
from rulewright.fix.exclusion import find_exclusion
from rulewright.fix.influence import Influence
from rulewright.fix.obstacles import ObstacleSearch, can_be_met
from rulewright.fix.parts import Cluster, SubjectKey, clusters_of
from rulewright.fix.problem import Limits, Problem
from rulewright.fix.results import FoundPart, Requirement, SearchResult
from rulewright.fix.variables import FactKey, changed, variables_of
from rulewright.model.facts import Case
from rulewright.model.fixes import Fixes
from rulewright.model.outcomes import CaseResult, Verdict

__all__ = ["Limits", "find_fixes", "find_needless", "search_fixes"]


def find_fixes(
    judge: Judge,
    case: Case,
    result: CaseResult,
    limits: Limits | None = None,
    notices: tuple[str, ...] = (),
    subjects: Collection[str] = (),
) -> Fixes:
    """Find the changes that make a case ready, given its result.

    With `subjects`, only the subjects with these refs are made ready, and no other subject becomes worse.
    """
    from rulewright.fix.fix_report import report_fixes  # noqa: PLC0415  a check only searches, and the wording is slow to import

    return report_fixes(search_fixes(judge, case, result, limits, subjects), judge, notices)


def search_fixes(
    judge: Judge, case: Case, result: CaseResult, limits: Limits | None = None, subjects: Collection[str] = ()
) -> SearchResult:
    """Find the changes that `find_fixes` reports, without the words of a language."""
    return _FixSearch(Problem.of(judge, case, result, limits or Limits()), subjects).run()


def find_needless(judge: Judge, case: Case, result: CaseResult) -> frozenset[Requirement]:
    """Find the violated requirements that are not worth meeting: their subjects cannot become ready anyway.

    Such a requirement can be met by itself, but another of the same subject cannot.
    """
    return _FixSearch(Problem.of(judge, case, result, Limits()), ()).needless()


class _FixSearch:
    def __init__(self, problem: Problem, subjects: Collection[str]) -> None:
        self._problem = problem
        self._subjects = subjects
        self._variables = variables_of(problem.index.rulebook, problem.case)
        self._influence = Influence(problem.index, problem.case, problem.result, self._variables)
        self._not_together: list[tuple[str, ...]] = []

    def run(self) -> SearchResult:
        problem = self._problem
        parts: list[FoundPart] = []
        first: dict[FactKey, int] = {}
        for cluster in clusters_of(self._influence, problem.result):
            targets = [subject for subject in cluster.subjects if self._is_wanted(subject)]
            if not targets:
                continue
            found = [
                find_answers(problem, self._influence, self._variables, cluster, one)
                for one in self._solvable_together(cluster, targets)
            ]
            parts += found
            solved = [part for part in found if part.answers]
            # if several parts cannot be made ready together, none of them takes precedence
            first.update(solved[0].answers[0].solution.point if len(solved) == 1 else {})
        case, after = problem.case, problem.result
        if first:
            case = changed(case, {key: self._variables[key].value(number) for key, number in first.items()})
            (after,) = problem.judge.judge([case])
        hopeless = [part.targets for part in parts if part.is_impossible]
        if hopeless:
            parts = [part for part in parts if not part.is_impossible]
            parts += ObstacleSearch(problem, self._influence, self._variables).parts(hopeless)
        impossible = {target for targets in hopeless for target in targets}
        exclusion = None if self._subjects else find_exclusion(problem.judge, case, after, impossible)
        return SearchResult(
            problem.case,
            problem.result,
            self._variables,
            tuple(parts),
            first,
            (case, after),
            tuple(self._not_together),
            exclusion,
        )

    def needless(self) -> frozenset[Requirement]:
        problem = self._problem
        violated: dict[SubjectKey, list[Requirement]] = {}
        for one in problem.violated():
            violated.setdefault(one[1:], []).append(one)
        found: set[Requirement] = set()
        for cluster in clusters_of(self._influence, problem.result):
            for subject in cluster.subjects:
                several = violated.get(subject, ())
                if len(several) > 1 and not self._is_solvable(cluster, [subject]):
                    met = {
                        one for one in several if can_be_met(problem, self._influence, self._variables, cluster, one)
                    }
                    # if each can be met by itself, the conflict between them is the obstacle, and none is needless
                    found |= met if len(met) < len(several) else set()
        return frozenset(found)

    def _is_wanted(self, subject: SubjectKey) -> bool:
        """Return whether a subject is to become ready: it is not ready, and it is named or none is."""
        found = self._problem.result.subject(*subject)
        is_named = not self._subjects or subject[1] in self._subjects
        return is_named and found is not None and found.verdict is Verdict.NOT_READY

    def _solvable_together(self, cluster: Cluster, targets: Sequence[SubjectKey]) -> list[Sequence[SubjectKey]]:
        """Return the targets in groups: all that can become ready together in one group, every other by itself."""
        if len(targets) == 1 or self._is_solvable(cluster, targets):
            return [targets]
        hopeful = [target for target in targets if self._is_solvable(cluster, [target])]
        others: list[Sequence[SubjectKey]] = [[target] for target in targets if target not in hopeful]
        if len(hopeful) > 1 and (len(hopeful) == len(targets) or not self._is_solvable(cluster, hopeful)):
            self._not_together.append(tuple(ref for _, ref in hopeful))
            return [*([target] for target in hopeful), *others]
        return [hopeful, *others] if hopeful else others

    def _is_solvable(self, cluster: Cluster, targets: Sequence[SubjectKey]) -> bool:
        return is_solvable(self._problem, self._influence, self._variables, cluster, targets)
