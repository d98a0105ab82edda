"""`rulewright explain`: the reasons for a verdict, and for each rule that fired or did not fire."""

from __future__ import annotations

from collections.abc import Sequence

from rulewright.command.account import Ending
from rulewright.command.check import explain_files
from rulewright.command.outputs import report_diagnostics, text_console, write_output
from rulewright.command.rulebooks import RulebookChoice
from rulewright.command.status import AT_FAULT, FINE, REJECTED
from rulewright.diagnostics import Diagnostic, did_you_mean, in_source_order
from rulewright.model.explanation import Explanation
from rulewright.render.json import write_json
from rulewright.render.tree import TreeRequest, print_trees


def run_explain(
    facts: str,
    rulebook: RulebookChoice,
    edition: str | None,
    as_of: str | None,
    format_: str,
    output: str | None,
    engine: str,
    asked: TreeRequest,
    ending: Ending,
) -> int:
    """Explain the verdicts of the cases of a file; return the exit status."""
    judged = explain_files([facts], rulebook, edition, as_of, engine, wholly=True)
    account = judged.account
    unknown = _unknown_names(judged.explanations, asked)
    account.mistakes += unknown
    diagnostics = [*judged.diagnostics, *unknown]
    report_diagnostics(in_source_order(diagnostics))
    rulebook.remark_after(diagnostics)
    status = ending.status(account)
    if status == AT_FAULT:
        report_diagnostics(ending.reasons(account, judged.diagnostics))
        return AT_FAULT
    if format_ == "json":
        several = account.tally.rejected > 0 or len(judged.explanations) > 1
        written = write_json(judged.explanations, run=ending.run(account), several=several)
        failure = write_output(written, output)
    else:
        console, buffer = text_console(output)
        for number, explanation in enumerate(judged.explanations):
            if number:
                console.print()
            print_trees(explanation, asked, console)
        lines = [line.rstrip() for line in buffer.getvalue().split("\n")]
        failure = write_output("\n".join(lines), output, for_people=True)
    report_diagnostics([] if failure is None else [failure])
    if failure is not None:
        return AT_FAULT
    return REJECTED if status == REJECTED else FINE


def _unknown_names(explanations: Sequence[Explanation], asked: TreeRequest) -> list[Diagnostic]:
    """Return the errors for requested names that no case has."""
    outcomes = [one for explanation in explanations if explanation.chain for one in explanation.chain.outcomes]
    refs = {subject.ref for explanation in explanations for subject in explanation.subjects}
    if not explanations:
        return []
    found: list[Diagnostic] = []
    if asked.ref is not None and asked.ref not in refs:
        found.append(Diagnostic("U012", f"no subject has the ref `{asked.ref}`", help=did_you_mean(asked.ref, refs)))
    rules = {one.rule for one in outcomes}
    if asked.rule is not None and asked.rule not in rules:
        message = f"no rule about a subject of the case has the name `{asked.rule}`"
        found.append(Diagnostic("U014", message, help=did_you_mean(asked.rule, rules)))
    elif not found and asked.rule is not None and not any(map(asked.of, outcomes)):
        message = f"the rule `{asked.rule}` is not about `{asked.ref}`"
        about = sorted({one.ref for one in outcomes if one.rule == asked.rule})
        found.append(Diagnostic("U012", message, help=did_you_mean(str(asked.ref), about)))
    return found
