"""Short answers for cases: a verdict, and for each named outcome a mask of the rules with that outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rulewright.batch.duckdb_sql import name, string
from rulewright.batch.options import OutputFormat
from rulewright.batch.records import LINE_START, NAMED, RANKS, Answer, Row, answer_cells, answer_ending
from rulewright.evaluate.letters import LEFT_OUT, Letters
from rulewright.model.outcomes import OUTCOME_LETTERS, Outcome
from rulewright.model.rulebook import Rulebook

#: The columns of a verdict's rank, and of the end of a line after the name of a case or the ref of a subject.
RANK, ENDING = "rank", "ending"
#: Translation of letters to bits, by outcome: 1 for each rule with that outcome.
_BITS = {
    wanted: {
        ord(LEFT_OUT): "0",
        **{ord(letter): "1" if outcome is wanted else "0" for outcome, letter in OUTCOME_LETTERS.items()},
    }
    for wanted in Outcome
}


class Answers:
    """The columns and cells of answers from one rulebook in one format.

    A mask has a bit for each rule of the rulebook, in its order.
    """

    def __init__(self, rulebook: Rulebook, format_: OutputFormat) -> None:
        self.rulebook = rulebook
        self.format = format_
        #: The mask of no rules; it has at least one bit, as SQL requires.
        self.no_rules = "0" * len(rulebook.rules) or "0"
        #: The columns that identify an answer.
        self.key = (RANK, *(outcome.value for outcome in NAMED))

    @property
    def types(self) -> dict[str, str]:
        """Return the columns of an answer with their SQL types, key columns first."""
        types = {RANK: "TINYINT", **{outcome.value: "BIT" for outcome in NAMED}}
        if self.format is OutputFormat.JSON_LINES:
            return {**types, ENDING: "VARCHAR"}
        named = "VARCHAR[]" if self.format is OutputFormat.PARQUET else "VARCHAR"
        return {**types, "verdict": "VARCHAR", **{f"named_{outcome.value}": named for outcome in NAMED}}

    def columns(self, case_name: str, alias: str) -> dict[str, str]:
        """Return the columns of a record as expressions over a table with answers."""
        if self.format is OutputFormat.JSON_LINES:
            return {"line": f"CONCAT({string(LINE_START)}, {case_name}, {alias}.{name(ENDING)})"}
        named = {outcome.value: f"{alias}.{name(f'named_{outcome.value}')}" for outcome in NAMED}
        return {"case": case_name, "verdict": f"{alias}.{name('verdict')}", **named}

    def cells(self, rank: int, masks: Sequence[str]) -> Row:
        """Return the cells of an answer after its key, from the verdict's rank and a mask for each named outcome."""
        rules = tuple(
            tuple(rule for rule, bit in zip(self.rulebook.rules, mask, strict=False) if bit == "1") for mask in masks
        )
        answer = Answer(RANKS[rank], rules)
        if self.format is OutputFormat.JSON_LINES:
            return (answer_ending(answer),)
        return answer_cells(answer, self.format)

    def mask(self, places: Sequence[int], outcomes: Mapping[str, Outcome], wanted: Outcome) -> str:
        """Return the mask of the rules with an outcome.

        `places` has the index of each rule of the rulebook among the outcomes, or -1 for a rule that is not there.
        """
        assert isinstance(outcomes, Letters), "situations have letters"
        if OUTCOME_LETTERS[wanted] not in outcomes.letters:
            return self.no_rules
        bits = outcomes.letters.translate(_BITS[wanted]) + "0"
        return "".join([bits[place] for place in places])
