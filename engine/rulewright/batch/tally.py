"""Counts of a batch: verdicts, outcomes of rules, rejected cases, and verdicts by the values of fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from rulewright.compile.program import Program
from rulewright.evaluate.letters import LEFT_OUT, OUTCOMES, Letters
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.rulebook import View
from rulewright.model.values import Value


@dataclass(slots=True)
class Tally:
    """Counts of a batch: cases by verdict, subjects by kind and verdict, rules by outcome, rejected cases by code.

    `read` is the number of rows (lines, documents) counted when the input is cut. `evaluated_rows` and `rejected_rows`
    are the rows of evaluated and of rejected cases. `unread` is the number of inputs that cannot be read to the end.
    `skipped` has the rows that are neither evaluated nor rejected, by reason (a plural noun: "blank rows"). `by` has
    the subjects by field, value (as text, None if unknown) and verdict. `viewed` is the number of subjects that a view
    selects, `total` the sum of its number over them. `programs` has the name, edition and digest of each program used;
    `notices` has the notices about the cases.
    """

    verdicts: Counter[str] = field(default_factory=Counter)
    subjects: Counter[tuple[str, str]] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    rejected: int = 0
    read: int = 0
    evaluated_rows: int = 0
    rejected_rows: int = 0
    unread: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    by: Counter[tuple[str, str | None, str]] = field(default_factory=Counter)
    viewed: int = 0
    total: Decimal = Decimal(0)
    programs: set[tuple[str, str, str]] = field(default_factory=set)
    notices: set[str] = field(default_factory=set)

    @property
    def cases(self) -> int:
        """Return the number of evaluated cases."""
        return self.verdicts.total()

    @property
    def uncounted(self) -> int:
        """Return the number of rows read but not evaluated, rejected or skipped; negative if too many were counted."""
        return self.read - self.evaluated_rows - self.rejected_rows - self.skipped.total()

    def add(self, other: Tally) -> None:
        """Add the counts of another tally."""
        self.verdicts.update(other.verdicts)
        self.subjects.update(other.subjects)
        self.outcomes.update(other.outcomes)
        self.codes.update(other.codes)
        self.by.update(other.by)
        self.rejected += other.rejected
        self.read += other.read
        self.evaluated_rows += other.evaluated_rows
        self.rejected_rows += other.rejected_rows
        self.unread += other.unread
        self.skipped.update(other.skipped)
        self.viewed += other.viewed
        self.total += other.total
        self.programs |= other.programs
        self.notices |= other.notices

    def count_program(self, program: Program, notices: Iterable[str]) -> None:
        """Record that a program evaluated a case, with the notices about it."""
        self.programs.add((program.rulebook.name, str(program.rulebook.edition), program.digest))
        self.notices.update(notices)

    def count_subject(self, kind: str, verdict: Verdict, outcomes: Mapping[str, Outcome], number: int = 1) -> None:
        """Count `number` subjects with the same outcomes."""
        self.subjects[kind, verdict.value] += number
        for rule, outcome in outcomes.items():
            self.outcomes[rule, outcome.value] += number

    def count_alike(self, kind: str, subjects: Iterable[tuple[Verdict, Letters[str, Outcome], int]]) -> None:
        """Count the subjects of one kind, given the number of subjects for each verdict and set of outcomes.

        All outcomes are letters for the same rules and are counted rule by rule.
        """
        letters: dict[int, list[str]] = {}
        rules: Sequence[str] = ()
        for verdict, outcomes, number in subjects:
            self.subjects[kind, verdict.value] += number
            letters.setdefault(number, []).append(outcomes.letters)
            rules = rules or outcomes.keys_in_order
        counts: Counter[tuple[int, str]] = Counter()
        for number, found in letters.items():
            if len(found) == 1:
                for one in enumerate(found[0]):
                    counts[one] += number
                continue
            together = "".join(found)
            for place in range(len(rules)):
                those = together[place :: len(rules)]
                for letter in set(those):
                    counts[place, letter] += number * those.count(letter)
        for (place, letter), number in counts.items():
            if letter != LEFT_OUT:
                self.outcomes[rules[place], OUTCOMES[letter].value] += number

    def count_viewed(self, view: View, values: Sequence[Value]) -> None:
        """Count a subject that a view selects."""
        self.viewed += 1
        value = values[view.show.index(view.total)] if view.total is not None else None
        if isinstance(value, int | Decimal):
            self.total += value

    def to_json(self) -> dict[str, Any]:
        """Return the counts as JSON."""
        return {
            "verdicts": dict(self.verdicts),
            "subjects": [[*key, number] for key, number in self.subjects.items()],
            "outcomes": [[*key, number] for key, number in self.outcomes.items()],
            "codes": dict(self.codes),
            "rejected": self.rejected,
            "rows": [self.read, self.evaluated_rows, self.rejected_rows, self.unread],
            "skipped": dict(self.skipped),
            "by": [[*key, number] for key, number in self.by.items()],
            "viewed": self.viewed,
            "total": str(self.total),
            "programs": sorted(self.programs),
            "notices": sorted(self.notices),
        }

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> Tally:
        """Return the tally with the counts from `to_json`."""
        tally = cls(Counter(written["verdicts"]), codes=Counter(written["codes"]), rejected=written["rejected"])
        for kind, verdict, number in written["subjects"]:
            tally.subjects[kind, verdict] += number
        for rule, outcome, number in written["outcomes"]:
            tally.outcomes[rule, outcome] += number
        for name, value, verdict, number in written["by"]:
            tally.by[name, value, verdict] += number
        tally.skipped = Counter(written["skipped"])
        tally.read, tally.evaluated_rows, tally.rejected_rows, tally.unread = written["rows"]
        tally.viewed, tally.total = written["viewed"], Decimal(written["total"])
        tally.programs = {(name, edition, digest) for name, edition, digest in written["programs"]}
        tally.notices = set(written["notices"])
        return tally
