"""The words of the reports, all in one place: a further language is one more `Words`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.rulebook import RuleSeverity
from rulewright.model.values import Truth


@dataclass(frozen=True, slots=True)
class Counted:
    """A phrase with a number in it, for one and for any other number."""

    one: str
    other: str

    def of(self, number: int) -> str:
        """The phrase for this number."""
        return (self.one if number == 1 else self.other).format(number=number)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; the writers fill in what stands in braces."""

    language: str
    verdicts: Mapping[Verdict, str]
    outcome_headings: Mapping[Outcome, str]
    outcome_leads: Mapping[Outcome, str]
    outcome_counts: Mapping[Outcome, Counted]
    verdict_counts: Mapping[Verdict, Counted]
    severities: Mapping[RuleSeverity, str]
    truths: Mapping[Truth | None, str]

    # the sentences of a verdict
    ready: str
    blocked: Counted
    undecided: str
    not_applicable: str
    also_missing: Counted
    other_points: Counted
    gaps: Counted
    not_complete: str

    # headings
    report: str
    overview: str
    cases: Counted
    what_to_do: str
    change: str
    find_out: str
    notices: str
    missing: str
    not_covered: str
    facts: str
    basis: str
    looked_at: str

    # labels
    case: str
    verdict: str
    to_do: str
    source: str
    updated: str
    stated_at: str
    note: str
    needed_for: str
    needed_by: str
    maybe_needed_by: str
    question: str
    rulebook: str
    edition: str
    digest: str
    engine: str
    as_of: str
    condition: str
    result: str
    value: str
    field: str
    where_from: str
    not_met: str
    open_questions: str

    # phrases
    instead: str
    checked: str
    nothing_to_do: str
    nothing_to_do_but_read: str
    no_remedy: str
    only_gaps: str
    covered_by: str
    covered_nowhere: str
    derived: str
    not_stated: str
    no_place: str
    empty: str
    conditions: Counted
    stated_facts: Counted


ENGLISH = Words(
    language="en",
    verdicts={
        Verdict.READY: "Ready",
        Verdict.NOT_READY: "Not ready",
        Verdict.NEEDS_INFORMATION: "More information needed",
        Verdict.NOT_APPLICABLE: "Nothing applies",
    },
    outcome_headings={
        Outcome.MET: "Met",
        Outcome.VIOLATED: "Not met",
        Outcome.ADVISED: "Advice",
        Outcome.CONCLUDED: "Concluded",
        Outcome.SILENT: "Looked at, and not the case",
        Outcome.UNKNOWN: "Not decided yet",
        Outcome.NOT_APPLICABLE: "Does not apply",
    },
    outcome_leads={
        Outcome.VIOLATED: "Only what is blocking decides the verdict.",
        Outcome.UNKNOWN: "These depend on what is still to be found out.",
        Outcome.ADVISED: "Good to know. None of it changes the verdict.",
    },
    outcome_counts={
        Outcome.MET: Counted("{number} met", "{number} met"),
        Outcome.VIOLATED: Counted("{number} not met", "{number} not met"),
        Outcome.ADVISED: Counted("{number} piece of advice", "{number} pieces of advice"),
        Outcome.CONCLUDED: Counted("{number} concluded", "{number} concluded"),
        Outcome.SILENT: Counted("{number} not the case", "{number} not the case"),
        Outcome.UNKNOWN: Counted("{number} not decided yet", "{number} not decided yet"),
        Outcome.NOT_APPLICABLE: Counted("{number} does not apply", "{number} do not apply"),
    },
    verdict_counts={
        Verdict.READY: Counted("{number} ready", "{number} ready"),
        Verdict.NOT_READY: Counted("{number} not ready", "{number} not ready"),
        Verdict.NEEDS_INFORMATION: Counted("{number} needs information", "{number} need information"),
        Verdict.NOT_APPLICABLE: Counted("{number} to which nothing applies", "{number} to which nothing applies"),
    },
    severities={
        RuleSeverity.BLOCKING: "Blocking",
        RuleSeverity.WARNING: "Warning",
        RuleSeverity.NOTE: "Note",
    },
    truths={
        Truth.TRUE: "Holds",
        Truth.FALSE: "Does not hold",
        Truth.UNKNOWN: "Not known",
        None: "Did not matter",
    },
    ready="Everything that must be met is met.",
    blocked=Counted(
        "{number} requirement is not met.",
        "{number} requirements are not met.",
    ),
    undecided="It cannot be decided yet.",
    not_applicable="Nothing in the rulebook that must be met applies to this case.",
    also_missing=Counted("{number} question is open.", "{number} questions are open."),
    other_points=Counted("{number} other point needs attention.", "{number} other points need attention."),
    gaps=Counted(
        "{number} thing that it needs is not covered by this edition.",
        "{number} things that it needs are not covered by this edition.",
    ),
    not_complete="The edition of {edition} covers only a part of its document: check the rest yourself.",
    report="Report",
    overview="Overview",
    cases=Counted("{number} case", "{number} cases"),
    what_to_do="What to do",
    change="Change",
    find_out="Find out",
    notices="Please note",
    missing="Still to be found out",
    not_covered="Not covered by this edition",
    facts="Facts",
    basis="What this rests on",
    looked_at="Also looked at",
    case="Case",
    verdict="Verdict",
    to_do="To do",
    source="Source",
    updated="updated {date}",
    stated_at="Stated at",
    note="Note",
    needed_for="Needed for",
    needed_by="Needed by",
    maybe_needed_by="Maybe by",
    question="Question",
    rulebook="Rulebook",
    edition="Edition",
    digest="Digest",
    engine="Engine",
    as_of="As of",
    condition="Condition",
    result="Result",
    value="Value",
    field="Fact",
    where_from="Where from",
    not_met="Not met",
    open_questions="Open questions",
    instead="You can state {field} instead.",
    checked="Checked as of {as_of} against {rulebook}, edition {edition}.",
    nothing_to_do="Nothing has to be done.",
    nothing_to_do_but_read="Nothing has to be done. There is advice below.",
    no_remedy="The rulebook names no way to change this.",
    only_gaps="Nothing that you change or find out decides it: this edition does not cover all that the case needs.",
    covered_by="Covered by the edition of {edition} (--edition {edition}).",
    covered_nowhere="No edition covers this: look it up in the document.",
    derived="from the rulebook",
    not_stated="not stated",
    no_place="–",
    empty="(empty)",
    conditions=Counted("{number} condition", "{number} conditions"),
    stated_facts=Counted("{number} fact", "{number} facts"),
)
