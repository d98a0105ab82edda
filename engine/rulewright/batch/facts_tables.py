"""The tables of facts of one program: filling them from a chunk, and counting them."""

from __future__ import annotations

from rulewright.batch.case_facts import cases_of_json, facts_of_cases, is_given_column, same_ref_twice
from rulewright.batch.columnar import Columnar
from rulewright.batch.duckdb_sql import name, table_of
from rulewright.batch.inputs import InputFormat
from rulewright.batch.options import Options
from rulewright.batch.reading import CASES, VALID, Reading, empty_facts
from rulewright.batch.row_facts import RowFacts
from rulewright.batch.spool import Spooled
from rulewright.batch.table_counts import COUNTED, TableCounts, table_counts
from rulewright.observe.columns import CASE, REF

#: The table of the cases in which a ref is repeated.
_REPEATED = "cases_with_repeated_refs"


class FactsTables:
    """The tables of facts in one program's database, filled with one chunk after another.

    `kinds` are the kinds with possible facts in the chunk, `reading` is the way in which it was last read.
    """

    def __init__(self, columnar: Columnar, options: Options) -> None:
        self.columnar = columnar
        self.options = options
        self.is_rows = options.rows is not None
        self.kinds: list[str] = [] if options.rows is None else [options.rows.kind]
        self.reading = Reading()
        self._statements: dict[object, str] = {}
        self._filled: set[str] = set()
        self._view = ""
        self._cases = TableCounts()

    @property
    def names(self) -> list[str]:
        """Return the tables with a validity column."""
        results = [self.columnar.kinds[kind].results for kind in self.kinds]
        return results if self.is_rows else [CASES, *results]

    @property
    def all_counts(self) -> list[TableCounts]:
        """Return the counts of each table with a validity column."""
        kinds = [self.columnar.kinds[kind].counted for kind in self.kinds]
        return kinds if self.is_rows else [self._cases, *kinds]

    @property
    def table(self) -> str:
        """Return the table with a row for each line."""
        return self.names[0]

    @property
    def counts(self) -> TableCounts:
        """Return the counts of the table with a row for each line."""
        return self.all_counts[0]

    @staticmethod
    def invalid(table: str) -> str:
        """Return the query of the cases with a row in the table that is not certainly valid."""
        return f"SELECT {name(CASE)} FROM {name(table)} WHERE NOT COALESCE({name(VALID)}, FALSE)"

    def load(self, chunk: Spooled, reading: Reading) -> None:
        """Read the facts of a chunk in one of the ways and observe them."""
        self.reading = reading
        if self.options.rows is None:
            self._load_cases(reading)
        else:
            self._load_rows(chunk, reading, self.options.rows.kind)
        self.columnar.observe(self.kinds)

    def _load_cases(self, reading: Reading) -> None:
        run, rulebook = self.columnar.database.run, self.columnar.rulebook
        key: object = reading
        if key not in self._statements:
            is_overriding = self.options.as_of is not None
            self._statements[key] = table_of(CASES, cases_of_json(reading, rulebook, is_overriding=is_overriding))
        run(self._statements[key])
        self.kinds = self._kinds_given(reading) or list(rulebook.kinds)[:1]  # cases without facts are rejected, too
        for kind in [*self.kinds, *(self._filled - set(self.kinds))]:
            key = (reading, kind, kind in self.kinds)
            if key not in self._statements:
                self._statements[key] = self._facts_of(reading, kind)
            run(self._statements[key])
        self._filled = set(self.kinds)
        self._cases = table_counts(run(f"SELECT {COUNTED} FROM {name(CASES)}"))
        for kind in self.kinds:
            if kind not in reading.single:
                self._separate_repeated(kind)

    def _load_rows(self, chunk: Spooled, reading: Reading, kind: str) -> None:
        key = (reading, chunk.input.format, chunk.columns)
        if key not in self._statements:
            self._statements[key] = self.columnar.facts_made(kind, self._row_facts(chunk, reading))
        statement = self._statements[key]
        if not self.columnar.is_view(kind):
            self.columnar.database.run(statement)
            if reading.is_grouped:
                self._separate_repeated(kind)
        elif statement != self._view:  # creating a view takes as long as evaluating thousands of cases
            self.columnar.database.run(statement)
            self._view = statement

    def _row_facts(self, chunk: Spooled, reading: Reading) -> str:
        options, columnar = self.options, self.columnar
        assert options.rows is not None, "a file of rows is read with the kind that they state"
        base, is_overriding = columnar.plan.bases[options.rows.kind], options.as_of is not None
        facts = RowFacts(columnar.rulebook, options.rows, base, options.columns.unknown, is_overriding)
        match chunk.input.format:
            case InputFormat.JSON_LINES:
                return facts.of_json(reading)
            case InputFormat.CSV:
                return facts.of_cells(reading, chunk.columns)
            case _:
                return facts.of_columns(reading, chunk.columns)

    def _separate_repeated(self, kind: str) -> None:
        """Remove the refs of all facts in cases with a repeated ref of the kind, and mark these facts as invalid.

        A reference to a repeated ref would find several facts, and chains of references would multiply the rows.
        """
        table, run = self.columnar.facts_table(kind), self.columnar.database.run
        repeated = [case for (case,) in run(same_ref_twice(table))]
        if not repeated:
            return
        self.columnar.list_of(_REPEATED, CASE, "BIGINT", sorted(set(repeated)))
        is_repeated = f"{name(CASE)} IN (SELECT {name(CASE)} FROM {name(_REPEATED)})"
        changed = {REF: "NULL", VALID: "FALSE"}
        columns = [
            f"CASE WHEN {is_repeated} THEN {changed[column]} ELSE {name(column)} END AS {name(column)}"
            if column in changed
            else name(column)
            for column in self.columnar.plan.bases[kind].table.types
        ]
        run(table_of(table, f"SELECT {', '.join(columns)} FROM {name(table)}"))

    def _kinds_given(self, reading: Reading) -> list[str]:
        """Return the kinds with facts, or possible facts, in any case."""
        kinds = list(self.columnar.rulebook.kinds)
        if reading.keys is not None:
            return [kind for kind in kinds if kind in reading.keys]
        given = ", ".join(f"BOOL_OR({name(is_given_column(kind))})" for kind in kinds)
        (there,) = self.columnar.database.run(f"SELECT {given} FROM {name(CASES)}")
        return [kind for kind, is_there in zip(kinds, there, strict=True) if is_there]

    def _facts_of(self, reading: Reading, kind: str) -> str:
        base = self.columnar.plan.bases[kind]
        is_given = kind in self.kinds
        facts = facts_of_cases(reading, self.columnar.rulebook, kind, base) if is_given else empty_facts(base)
        return self.columnar.facts_made(kind, facts)
