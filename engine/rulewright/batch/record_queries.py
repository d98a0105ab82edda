"""Queries over the results of a chunk: records, rows of views, and counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rulewright.batch.answers import ENDING, RANK
from rulewright.batch.columnar import COMBINATION, EXACT_CASES, FINDINGS, Columnar, KindCombinations
from rulewright.batch.duckdb_sql import all_true, lists, name, no_rows, string, table_of
from rulewright.batch.options import Detail, OutputFormat
from rulewright.batch.reading import CASES, NAME
from rulewright.batch.records import (
    LINE_START,
    NAMED,
    RANKS,
    SUBJECTS_END,
    Row,
    subject_start,
    subjects_start,
)
from rulewright.evaluate.kind_rules import RuleResults
from rulewright.model.outcomes import Outcome
from rulewright.model.rulebook import View
from rulewright.observe.columns import CASE, REF, ROW, computed_column, stated_column, value_column

_ANSWERS, _GATHERED = "answers", "gathered"
#: The maximum number of facts in a chunk and of rules about a kind, which make the place of a record unique.
_FACTS, _RULES = 1_000_000_000, 100_000
#: The columns of the results `r`, of their cases `n`, and of the results of their combinations `z`.
_CASE, _ROW, _REF, _NAME_OF_ROW = f"r.{name(CASE)}", f"r.{name(ROW)}", f"r.{name(REF)}", f"r.{name(NAME)}"
_RANK, _ENDING, _COMBINATION = f"z.{name(RANK)}", f"z.{name(ENDING)}", f"z.{name(COMBINATION)}"
_CASES_OF_RESULTS = f" JOIN {name(CASES)} AS n ON n.{name(CASE)} = {_CASE}"


class RecordQueries:
    """Queries of the records and counts of one program's cases, without those of the exact path."""

    def __init__(self, columnar: Columnar) -> None:
        self.columnar = columnar
        self._answers = columnar.answers
        self._told: set[tuple[int, ...]] = set()
        self._is_lines = columnar.format is OutputFormat.JSON_LINES
        columnar.database.run(table_of(_ANSWERS, no_rows(self._answers.types)))

    def records_of_rows(self, kind_name: str, has_exact: bool) -> str:
        """Return the query of the records of cases with one row each."""
        kind = self.columnar.kinds[kind_name]
        if self.columnar.detail is Detail.VERDICT:
            columns = self._answers.columns(_NAME_OF_ROW, "z")
        elif self._is_lines:
            start = _chosen_by_rank(_RANK, [subjects_start(verdict) for verdict in RANKS])
            parts = [string(LINE_START), _NAME_OF_ROW, start, string(subject_start(kind_name)), _REF, _ENDING]
            columns = {"line": f"CONCAT({', '.join([*parts, string(SUBJECTS_END)])})"}
        else:
            return self._finding_rows(kind, has_exact)
        query = self.columnar.with_combinations(kind, _placed(_CASE, "0", columns))
        return f"{query} WHERE {_is_not_exact(_CASE)}" if has_exact else query

    def _finding_rows(self, kind: KindCombinations, has_exact: bool, has_cases: bool = False) -> str:
        inner = [
            f"{_CASE} AS case_number",
            f"{_ROW} AS place",
            f"{f'n.{name(NAME)}' if has_cases else _NAME_OF_ROW} AS {name('case')}",
            f"{_REF} AS ref",
            f"{_chosen_by_rank(_RANK, [verdict.value for verdict in RANKS])} AS verdict",
            f"UNNEST(z.{name(FINDINGS)}) AS finding",
            f"GENERATE_SUBSCRIPTS(z.{name(FINDINGS)}, 1) AS number",
        ]
        query = self.columnar.with_combinations(kind, inner, _CASES_OF_RESULTS if has_cases else "")
        if has_exact:
            query += f" WHERE {_is_not_exact(_CASE)}"
        first = list(self.columnar.rulebook.kinds).index(kind.name) * _FACTS * _RULES
        columns = {
            "case": name("case"),
            "kind": string(kind.name),
            "ref": "ref",
            "verdict": "verdict",
            **{part: f"STRUCT_EXTRACT(finding, '{part}')" for part in ("rule", "outcome", "severity")},
        }
        placed = _placed("case_number", f"place * {_RULES} + number + {first}", columns)
        return f"SELECT {', '.join(placed)} FROM ({query}) AS f"

    def gather(self, kinds: Sequence[str]) -> None:
        """Create the table with the combined results of each case's subjects."""
        run, case = self.columnar.database.run, name(CASE)
        if self.columnar.rows is not None:
            table = name(self.columnar.kinds[self.columnar.rows.kind].results)
            cases = f"SELECT {case}, MIN({name(NAME)}) AS {name(NAME)} FROM {table} GROUP BY {case}"
            run(table_of(CASES, cases))
        columns = [f"n.{case}", f"n.{name(NAME)}", f"COALESCE(g.{name(RANK)}, 0) AS {name(RANK)}"]
        if self.columnar.detail is Detail.VERDICT:
            nothing = f"CAST({string(self._answers.no_rules)} AS BIT)"
            columns += [f"COALESCE(g.{name(one.value)}, {nothing}) AS {name(one.value)}" for one in NAMED]
        elif self._is_lines:
            columns.append("COALESCE(g.subjects, '') AS subjects")
        joined = f"{name(CASES)} AS n LEFT JOIN ({self._gathered(kinds)}) AS g ON g.{case} = n.{case}"
        run(table_of(_GATHERED, f"SELECT {', '.join(columns)} FROM {joined} WHERE {_is_not_exact(f'n.{case}')}"))
        if self.columnar.detail is Detail.VERDICT:
            self._learn_gathered()

    def records_of_cases(self, kinds: Sequence[str]) -> str:
        """Return the query of the records of the gathered cases."""
        if self.columnar.detail is not Detail.VERDICT and not self._is_lines:
            queries = [self._finding_rows(self.columnar.kinds[kind], True, True) for kind in kinds]
            return " UNION ALL ".join(queries)
        case_name, source = f"g.{name(NAME)}", f"{name(_GATHERED)} AS g"
        if self.columnar.detail is Detail.VERDICT:
            same = all_true([f"g.{name(part)} = a.{name(part)}" for part in self._answers.key])
            source += f" JOIN {name(_ANSWERS)} AS a ON {same}"
            columns = self._answers.columns(case_name, "a")
        else:
            start = _chosen_by_rank(f"g.{name(RANK)}", [subjects_start(verdict) for verdict in RANKS])
            parts = [string(LINE_START), case_name, start, "g.subjects", string(SUBJECTS_END)]
            columns = {"line": f"CONCAT({', '.join(parts)})"}
        return f"SELECT {', '.join(_placed(f'g.{name(CASE)}', '0', columns))} FROM {source}"

    def _gathered(self, kinds: Sequence[str]) -> str:
        """Return the query of the combined results of each case's subjects."""
        parts: list[str] = []
        for place, kind in enumerate(kinds):
            columns = [_CASE, _RANK]
            if self.columnar.detail is Detail.VERDICT:
                columns += [f"z.{name(outcome.value)}" for outcome in NAMED]
            elif self._is_lines:
                columns.append(f"CONCAT({string(subject_start(kind))}, {_REF}, {_ENDING}) AS subject")
                columns.append(f"{_ROW} + {place * _FACTS} AS place")
            parts.append(self.columnar.with_combinations(self.columnar.kinds[kind], columns))
        columns = [name(CASE), f"MAX({name(RANK)}) AS {name(RANK)}"]
        if self.columnar.detail is Detail.VERDICT:
            columns += [f"BIT_OR({name(outcome.value)}) AS {name(outcome.value)}" for outcome in NAMED]
        elif self._is_lines:
            columns.append("STRING_AGG(subject, ',' ORDER BY place) AS subjects")
        return f"SELECT {', '.join(columns)} FROM ({' UNION ALL '.join(parts)}) AS s GROUP BY {name(CASE)}"

    def _learn_gathered(self) -> None:
        """Insert the answers for new combinations of outcomes into the database."""
        run = self.columnar.database.run
        keys = ", ".join(f"CAST({name(part)} AS VARCHAR)" for part in self._answers.key)
        found = run(f"SELECT DISTINCT {keys} FROM {name(_GATHERED)}")
        new = [key for key in found if key not in self._told]
        if not new:
            return
        rows = [(int(rank), *masks, *self._answers.cells(int(rank), masks)) for rank, *masks in new]
        insert = f"INSERT INTO {name(_ANSWERS)} {lists(self._answers.types)}"
        run(insert, [list(column) for column in zip(*rows, strict=True)])
        self._told.update(new)

    # --- views ---

    def viewed(self, view: View, has_exact: bool) -> list[Row]:
        """Return the subjects that a view selects: case number, row number, case name, ref, and values."""
        kind = self.columnar.kinds[view.about]
        picked = [
            number
            for number, key in enumerate(kind.combinations)
            if kind.rules.of(key).outcomes.get(view.rule) == Outcome(view.outcome)
        ]
        has_cases = self.columnar.rows is None
        case_name = f"n.{name(NAME)}" if has_cases else _NAME_OF_ROW
        values = [self._value_of(kind, each) for each in view.show]
        joins = _CASES_OF_RESULTS if has_cases else ""
        query = self.columnar.with_combinations(kind, [_CASE, _ROW, case_name, _REF, *values], joins)
        query += f" WHERE {_COMBINATION} IN ({', '.join(map(str, picked or [-1]))})"
        if has_exact:
            query += f" AND {_is_not_exact(_CASE)}"
        return self.columnar.database.run(query)

    def _value_of(self, kind: KindCombinations, field: str) -> str:
        """Return the expression of a field's value in a query over results and combinations."""
        if value_column(field) in kind.columns:
            return f"r.{name(value_column(field))}"
        given = (stated_column(field), computed_column(field))
        columns = [f"r.{name(column)}" for column in given if column in kind.columns]
        if any(each.name == field for each in kind.derived):
            columns.append(f"z.{name(f'c_{field}')}")
        return f"COALESCE({', '.join(columns)})" if columns else "NULL"

    # --- counts ---

    def counted(self, kind_name: str, has_exact: bool, by: Sequence[str] = ()) -> list[tuple[RuleResults, int, Row]]:
        """Return the distinct results of a kind's subjects with their numbers, by the values of some fields."""
        kind = self.columnar.kinds[kind_name]
        if kind.counts is not None and not has_exact and not by:
            return [(kind.rules.of(key), number, ()) for key, number in kind.counts.items() if number]
        keys = [_COMBINATION, *(self._value_of(kind, one) for one in by)]
        query = self.columnar.with_combinations(kind, [*keys, "COUNT(*)"])
        if has_exact:
            query += f" WHERE {_is_not_exact(_CASE)}"
        found = self.columnar.database.run(f"{query} GROUP BY {', '.join(keys)}")
        return [(kind.rules.of(kind.combinations[number]), times, tuple(values)) for number, *values, times in found]

    def counted_cases(self) -> dict[str, int]:
        """Return the number of gathered cases by verdict."""
        query = f"SELECT {name(RANK)}, COUNT(*) FROM {name(_GATHERED)} GROUP BY {name(RANK)}"
        return {RANKS[rank].value: number for rank, number in self.columnar.database.run(query)}

    def first_of_each(self, kind_name: str, number: int, has_exact: bool) -> list[tuple[int, RuleResults]]:
        """Return the first `number` cases with each combination of situations."""
        kind, case, combination = self.columnar.kinds[kind_name], name(CASE), name(COMBINATION)
        query = self.columnar.with_combinations(kind, [f"DISTINCT {_CASE}", _COMBINATION])
        if has_exact:
            query += f" WHERE {_is_not_exact(_CASE)}"
        nth = f"ROW_NUMBER() OVER (PARTITION BY {combination} ORDER BY {case}) AS nth"
        ranked = f"SELECT *, {nth} FROM ({query}) AS c"
        first = f"SELECT {case}, {combination} FROM ({ranked}) AS d WHERE nth <= {number}"
        return [(one, kind.rules.of(kind.combinations[found])) for one, found in self.columnar.database.run(first)]


def _chosen_by_rank(rank: str, texts: Sequence[str]) -> str:
    branches = (f"WHEN {rank} = {number} THEN {string(text)}" for number, text in enumerate(texts))
    return f"CASE {' '.join(branches)} END"


def _placed(number: str, place: str, columns: Mapping[str, str]) -> list[str]:
    named = {"case_number": number, "place": place, **columns}
    return [f"{part} AS {name(column)}" for column, part in named.items()]


def _is_not_exact(number: str) -> str:
    return f"NOT {number} IN (SELECT {name(CASE)} FROM {name(EXACT_CASES)})"
