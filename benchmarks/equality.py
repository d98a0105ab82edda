"""Whether a results file says what plain Python says of the same cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.workload import FLAT, Answer, Workload
from benchmarks.workload.flat import AT_RISK, READY

#: Of each file the first cases are compared, and then one of so many.
FIRST, ONE_OF = 1_000, 101


class UnequalError(Exception):
    """A tool says something else than another."""


def compare(workload: Workload, source: Path, output: Path) -> int:
    """Compare a sample of a results file with what plain Python says; give the number of cases that were compared.

    A line that is no valid case has no result, or one that is not compared.
    """
    checked = 0
    with source.open("rb") as cases, output.open("rb") as results:
        numbered = enumerate(cases)
        if workload.is_rejected is not None and not _has_all_results(workload, source, output):
            numbered = ((number, line) for number, line in numbered if not workload.is_rejected(number))
        for (number, line), result in zip(numbered, results, strict=True):
            if number >= FIRST and number % ONE_OF:
                continue
            if workload.is_rejected is not None and workload.is_rejected(number):
                continue
            case, told = json.loads(line), json.loads(result)
            found = (told["case"], answer_of(told, workload))
            wanted = (case[workload.key], workload.decide(case))
            if found != wanted:
                raise UnequalError(f"{output.name}, line {number + 1}: {found} where plain Python has {wanted}")
            checked += 1
    return checked


def _has_all_results(workload: Workload, source: Path, output: Path) -> bool:
    """Return true where a tool has written a result for each line, even for those that are no valid case."""
    assert workload.is_rejected is not None, "only dirty lines are rejected"
    lines, results = _lines(source), _lines(output)
    valid = sum(not workload.is_rejected(number) for number in range(lines))
    if results not in (lines, valid):
        raise UnequalError(f"{output.name}: {results:,} results of {lines:,} lines, of which {valid:,} are valid")
    return results == lines


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)


def answer_of(told: dict[str, Any], workload: Workload) -> Answer:
    """The answer of a line of results: with the verdict derived by hand, or with verdict and findings of Rulewright."""
    if "subjects" not in told:
        violated = told["violated"]
        return violated, _with_risk(told["verdict"], violated)
    findings = [finding for subject in told["subjects"] for finding in subject["findings"]]
    found = {one["rule"] for one in findings if one["outcome"] == "violated"}
    violated = [rule for rule in workload.rules if rule in found]
    verdict = _with_risk(told["verdict"], violated)
    concluded = {one["rule"] for one in findings if one["outcome"] == "concluded"}
    if workload is FLAT and (verdict == AT_RISK) != ("at-risk" in concluded):
        raise UnequalError(f"{told['case']} is {verdict}, and the rules conclude {sorted(concluded)}")
    return violated, verdict


def _with_risk(verdict: str, violated: list[str]) -> str:
    """Rulewright's verdict is ready although something may be at risk, which it tells by the warnings."""
    return AT_RISK if verdict == READY and violated else verdict
