"""What cases come to in short: a verdict, and a mask of the rules for each outcome whose rules it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rulewright.batch.duckdb_sql import name, string
from rulewright.batch.options import OutputFormat
from rulewright.batch.records import LINE_START, NAMED, RANKS, Answer, Row, answer_cells, answer_ending
from rulewright.evaluate.letters import LEFT_OUT, Letters
from rulewright.model.outcomes import OUTCOME_LETTERS, Outcome
from rulewright.model.rulebook import Rulebook

#: The columns of a verdict's rank, and of what stands in a line behind the name of a case or the ref of a subject.
RANK, ENDING = "rank", "ending"
#: What makes bits of letters: one for each rule that came out so.
_BITS = {
    wanted: {
        ord(LEFT_OUT): "0",
        **{ord(letter): "1" if outcome is wanted else "0" for outcome, letter in OUTCOME_LETTERS.items()},
    }
    for wanted in Outcome
}


class Answers:
    """The columns and the cells of the answers that one rulebook gives, in one format.

    A mask has a bit for each rule of the rulebook, in its order.
    """

    def __init__(self, rulebook: Rulebook, format_: OutputFormat) -> None:
        self.rulebook = rulebook
        self.format = format_
        #: The mask of no rules; one bit at least, as SQL wants it.
        self.no_rules = "0" * len(rulebook.rules) or "0"
        #: The columns that tell one answer from another.
        self.key = (RANK, *(outcome.value for outcome in NAMED))

    @property
    def types(self) -> dict[str, str]:
        """The columns of an answer with their SQL types, those of its key first."""
        types = {RANK: "TINYINT", **{outcome.value: "BIT" for outcome in NAMED}}
        if self.format is OutputFormat.JSON_LINES:
            return {**types, ENDING: "VARCHAR"}
        named = "VARCHAR[]" if self.format is OutputFormat.PARQUET else "VARCHAR"
        return {**types, "verdict": "VARCHAR", **{f"named_{outcome.value}": named for outcome in NAMED}}

    def columns(self, case_name: str, alias: str) -> dict[str, str]:
        """The columns of a record, of a query over a table with answers."""
        if self.format is OutputFormat.JSON_LINES:
            return {"line": f"CONCAT({string(LINE_START)}, {case_name}, {alias}.{name(ENDING)})"}
        named = {outcome.value: f"{alias}.{name(f'named_{outcome.value}')}" for outcome in NAMED}
        return {"case": case_name, "verdict": f"{alias}.{name('verdict')}", **named}

    def cells(self, rank: int, masks: Sequence[str]) -> Row:
        """The cells of an answer behind its key, from the rank of its verdict and a mask for each named outcome."""
        rules = tuple(
            tuple(rule for rule, bit in zip(self.rulebook.rules, mask, strict=False) if bit == "1") for mask in masks
        )
        answer = Answer(RANKS[rank], rules)
        if self.format is OutputFormat.JSON_LINES:
            return (answer_ending(answer),)
        return answer_cells(answer, self.format)

    def mask(self, places: Sequence[int], outcomes: Mapping[str, Outcome], wanted: Outcome) -> str:
        """Which rules came out so.

        `places` has the place of each rule of the rulebook among the outcomes, the last for one that is not there.
        """
        assert isinstance(outcomes, Letters), "situations have letters"
        if OUTCOME_LETTERS[wanted] not in outcomes.letters:
            return self.no_rules
        bits = outcomes.letters.translate(_BITS[wanted]) + "0"
        return "".join([bits[place] for place in places])
