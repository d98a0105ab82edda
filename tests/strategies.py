"""Random rulebooks as YAML text, well typed and free of cycles by construction, and random cases for them.

A rulebook grows item by item: each field, rule or verdict reads only what stood before it. What has been drawn is kept
as plain data, so that a test can put it into another order before it is written out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import note, strategies as st

from rulewright.model.facts import Case, Fact
from rulewright.model.rulebook import Rulebook
from rulewright.model.values import FieldType, Known
from rulewright.parse.rulebook import parse_rulebook

T = TypeVar("T")

TEXT, CHOICE, YES_NO = FieldType.TEXT, FieldType.CHOICE, FieldType.YES_NO
WHOLE, DECIMAL, DATE, REFERENCE = FieldType.WHOLE_NUMBER, FieldType.DECIMAL, FieldType.DATE, FieldType.REFERENCE
NUMBERS = (WHOLE, DECIMAL)

# The first of each is the simplest; values meet often, and those at the edges are among them.
TEXTS = [
    "a", "A", "", "yes", "no", "b", "ab", "Ba", "ß", "SS", "İ", "i̇", "ı", "K",
    "é", "é", "'\"\\%_", " a", "a\n", "😀", "3",
]  # fmt: skip
CHOICES = ["a", "A", "yes", "ß"]
WHOLES = [0, 1, 2, 3, -1, 5, 2_147_483_647, 999_999_999_999_999, -999_999_999_999_999]
DECIMALS = [
    Decimal(text)
    for text in (
        "0", "1", "0.5", "1.50", "-0.1", "2.000000001", "0.000000001",
        "999999.999999999", "999999999999999", "-99999999999999.9", "1E+2",
    )
]  # fmt: skip
DATES = [
    date.fromisoformat(text)
    for text in (
        "2024-01-31", "2024-02-29", "2024-02-28", "2023-02-28", "2023-12-31", "2024-03-01", "2024-03-30",
        "2025-02-28", "0001-01-01", "9999-12-31",
    )
]  # fmt: skip
REFS = ["a", "b", "A", "ß", "1"]
VERDICTS = ["ready", "not_ready", "not_applicable"]
OUTCOMES = {
    "require": ["met", "violated", "not_applicable"],
    "conclude": ["concluded", "silent", "not_applicable"],
    "advise": ["advised", "silent", "not_applicable"],
    "uncovered": ["not_applicable"],
}
POOLS: Mapping[FieldType, Sequence[Known]] = {
    TEXT: TEXTS, YES_NO: [True, False], WHOLE: WHOLES, DECIMAL: DECIMALS, DATE: DATES, REFERENCE: REFS,
}  # fmt: skip


class Plain(str):
    """A scalar that is written without quotes."""

    __slots__ = ()


def scalar(value: Known | None) -> Any:
    """A value as it stands in a rulebook."""
    if value is None:
        return Plain("~")
    if isinstance(value, bool):
        return Plain("yes" if value else "no")
    return value if isinstance(value, str) else Plain(value)


def write(value: Any) -> str:
    """Plain data as YAML, in the flow style that JSON has too."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{write(key)}: {write(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(write, value)) + "]"
    return str(value) if isinstance(value, Plain) else json.dumps(value)


def write_rulebook(book: Mapping[str, Any]) -> str:
    """A rulebook as YAML, with an entry a line so that a failing one can be read."""
    lines = []
    for key, value in book.items():
        if key in ("facts", "not_covered", "parameters", "tables", "rules") and isinstance(value, Mapping):
            lines.append(f"{key}: {'{}' if not value else ''}")
            lines += [f"  {name}: {write(item)}" for name, item in value.items()]
        else:
            lines.append(f"{key}: {write(value)}")
    return "\n".join(lines) + "\n"


def read(book: Mapping[str, Any]) -> Rulebook:
    """The rulebook that was drawn, by way of its text."""
    text = write_rulebook(book)
    note(text)
    rulebook, diagnostics = parse_rulebook(text.encode(), "drawn.yaml")
    assert not diagnostics, "\n".join(map(str, diagnostics))
    assert rulebook is not None
    return rulebook


@dataclass
class Declared:
    """A field that can be read, with what it can be compared with."""

    type: FieldType
    choices: list[str] = field(default_factory=list)
    to: str | None = None


@dataclass
class Drawer:
    """Draws small decisions; each shrinks towards the first choice and towards no."""

    draw: Any

    def chance(self, percent: int) -> bool:
        return bool(self.draw(st.integers(0, 99)) >= 100 - percent)

    def number(self, least: int, most: int) -> int:
        return int(self.draw(st.integers(least, most)))

    def pick(self, options: Sequence[T]) -> T:
        return options[self.number(0, len(options) - 1)]

    def some(self, options: Sequence[T], least: int, most: int) -> list[T]:
        """Some of the options, none twice, in any order."""
        left = list(options)
        count = min(len(left), self.number(least, most))
        return [left.pop(self.number(0, len(left) - 1)) for _ in range(count)]

    def order(self, options: Sequence[T]) -> list[T]:
        return self.some(options, len(options), len(options))


@dataclass
class Author(Drawer):
    """Writes one rulebook."""

    pools: Mapping[FieldType, Sequence[Any]] = field(default_factory=lambda: POOLS)
    kinds: dict[str, dict[str, Any]] = field(default_factory=dict)
    readable: dict[str, dict[str, Declared]] = field(default_factory=dict)
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)
    lists: dict[str, FieldType] = field(default_factory=dict)
    singles: dict[str, FieldType] = field(default_factory=dict)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    uncovered: dict[str, dict[str, Any]] = field(default_factory=dict)
    sealed: set[str] = field(default_factory=set)

    def rulebook(self) -> dict[str, Any]:
        for name in ("k", "m", "n")[: self.number(1, 3)]:
            self.kinds[name], self.readable[name] = {}, {}
        for kind in self.kinds:
            self._base_fields(kind)
        for _ in range(self.number(0, 2)):
            self._parameter()
        for _ in range(self.number(1, 14)):
            kind = self.pick(list(self.kinds))
            steps = [self._judge, self._conclude, self._compute, self._judge, self._conclude, self._table, self._seal]
            steps += [self._judge, self._conclude, self._leave_out]
            self.pick(steps)(kind)
        complete = {"complete": Plain(self.pick(["yes", "no"]))} if self.uncovered else {}
        partial = {**complete, "not_covered": self.uncovered} if self.uncovered else {}
        return {
            "rulebook": "drawn",
            "edition": Plain("2024-01-01"),
            "language": Plain("1"),
            "title": "drawn",
            **partial,
            "facts": {kind: {"fields": fields} for kind, fields in self.kinds.items()},
            "parameters": self.parameters,
            "tables": self.tables,
            "rules": self.rules,
        }

    # --- vocabulary ---

    def _declare(self, kind: str, name: str, type_: FieldType) -> tuple[dict[str, Any], Declared]:
        declared = Declared(type_)
        written: dict[str, Any] = {"type": Plain(type_.value)}
        if type_ is CHOICE:
            declared.choices = self.some(CHOICES, 1, 4)
            written["of"] = dict.fromkeys(declared.choices, "x")
        if type_ is REFERENCE:
            declared.to = self.pick(list(self.kinds))
            written["to"] = declared.to
        return written, declared

    def _base_fields(self, kind: str) -> None:
        for number in range(self.number(1, 4)):
            written, declared = self._declare(
                kind, f"b{number}", self.pick([YES_NO, WHOLE, TEXT, DATE, CHOICE, DECIMAL])
            )
            self.kinds[kind][f"b{number}"], self.readable[kind][f"b{number}"] = written, declared
        for number in range(self.number(0, 2)):
            written, declared = self._declare(kind, f"r{number}", REFERENCE)
            self.kinds[kind][f"r{number}"], self.readable[kind][f"r{number}"] = written, declared

    def _new_name(self, kind: str, letter: str) -> str:
        return f"{letter}{len(self.kinds[kind])}"

    def _dated(self, one_value: Any) -> list[dict[str, Any]]:
        since: list[date | None] = [*sorted(self.some(list(self.pools[DATE]), 1, 3))]
        if self.chance(60):
            since[0] = None
        return [{**({} if day is None else {"since": Plain(day)}), "value": one_value()} for day in since]

    def _parameter(self) -> None:
        type_ = self.pick([WHOLE, TEXT, DATE, DECIMAL, YES_NO])
        name = f"p{len(self.parameters)}"
        as_list = self.chance(40)

        def value() -> Any:
            if as_list:
                return [scalar(item) for item in self.some(self.pools[type_], 1, 4)]
            return scalar(self.pick(self.pools[type_]))

        written: dict[str, Any] = {"type": Plain(type_.value)}
        written.update({"values": self._dated(value)} if self.chance(40) else {"value": value()})
        self.parameters[name] = written
        (self.lists if as_list else self.singles)[name] = type_

    def _table(self, kind: str) -> None:
        keys = {
            name: found
            for name, found in self.readable[kind].items()
            if found.type in (TEXT, CHOICE) and "computed" not in self.kinds[kind].get(name, {})
        }
        if not keys:
            return
        by = self.pick(list(keys))
        columns: dict[str, Any] = {}
        declared: dict[str, Declared] = {}
        for number in range(self.number(1, 3)):
            name = f"t{len(self.tables)}_{number}"
            columns[name], declared[name] = self._declare(
                kind, name, self.pick([YES_NO, WHOLE, TEXT, DATE, CHOICE, DECIMAL])
            )
        rows = {key: self._row(declared) for key in self.some(keys[by].choices or list(self.pools[TEXT]), 1, 4)}
        written = {"about": kind, "by": by, "columns": columns, "rows": rows}
        match self.pick(["no row", "none", "row"]):
            case "none":
                written["otherwise"] = Plain("none")
            case "row":
                rows["otherwise"] = self._row(declared)
        self.tables[f"t{len(self.tables)}"] = written
        self.readable[kind].update(declared)

    def _row(self, columns: Mapping[str, Declared]) -> dict[str, Any]:
        return {name: cell for name, found in columns.items() if (cell := self._cell(found)) is not None}

    def _cell(self, column: Declared) -> Any:
        def value() -> Any:
            return scalar(None if self.chance(20) else self.value(column))

        if self.chance(20):
            return None
        return self._dated(value) if self.chance(25) else value()

    def value(self, declared: Declared) -> Known:
        """A value of a field; mostly one of a few, so that values meet."""
        pool: Sequence[Known] = declared.choices or self.pools[declared.type]
        return self.pick(pool[:3] if self.chance(50) else pool)

    def _compute(self, kind: str) -> None:
        type_ = self.pick([WHOLE, DECIMAL, DATE, WHOLE, TEXT, YES_NO, CHOICE, REFERENCE])
        name = self._new_name(kind, "c")
        written, declared = self._declare(kind, name, type_)
        expression = self.expression(kind, declared, 2)
        if expression is None:
            return
        written["computed"] = expression
        if self.chance(30):
            written["may_be_given"] = Plain("yes")
        self.kinds[kind][name], self.readable[kind][name] = written, declared

    # --- rules ---

    def _rule(self, kind: str, verb: str, **more: Any) -> None:
        rule: dict[str, Any] = {"about": kind, **more}
        if self.chance(50):
            rule["applies"] = self.condition(kind, 2)
        if verb != "require" and self.chance(80):
            rule["when"] = self.condition(kind, 2)
        self.rules[f"rule{len(self.rules)}-{verb}"] = rule

    def _judge(self, kind: str) -> None:
        if self.chance(35):
            self._rule(kind, "advise", advise="told", severity=Plain(self.pick(["note", "warning"])))
        else:
            severity = self.pick(["warning", "note"] if kind in self.sealed else ["blocking", "warning"])
            self._rule(kind, "require", require=self.condition(kind, 3), severity=Plain(severity))

    def _conclude(self, kind: str) -> None:
        """Some new fields, and rules that conclude them."""
        fields = {}
        for _ in range(self.number(1, 2)):
            name = self._new_name(kind, "d")
            written, fields[name] = self._declare(kind, name, self.pick([YES_NO, WHOLE, TEXT, CHOICE, DECIMAL, DATE]))
            expression = self.expression(kind, fields[name], 1) if self.chance(20) else None
            if expression is not None:
                written["computed"] = expression
            if self.chance(40):
                written["may_be_given"] = Plain(self.pick(["no", "yes"]))
            self.kinds[kind][name] = written
        for _ in range(self.number(1, 3)):
            concluded = {name: scalar(self.value(fields[name])) for name in self.some(list(fields), 1, 2)}
            self._rule(kind, "conclude", conclude=concluded)
        self.readable[kind].update(fields)

    def _leave_out(self, kind: str) -> None:
        """Leave something uncovered, of a kind whose verdict nothing reads."""
        if kind not in self.sealed:
            entry: dict[str, Any] = {"about": kind, "what": "the rest"}
            if self.chance(80):
                entry["applies"] = self.condition(kind, 2)
            self.uncovered[f"part{len(self.uncovered)}-uncovered"] = entry

    def _seal(self, kind: str) -> None:
        """From here on the kind's verdict can be read, and no further rule decides it."""
        self.sealed.add(kind)

    # --- expressions ---

    def paths(self, kind: str, types: Sequence[FieldType], depth: int = 2) -> dict[str, Declared]:
        """All readable fields of these types, those reached through references too."""
        found: dict[str, Declared] = {}
        for name, declared in self.readable[kind].items():
            if declared.type in types:
                found[name] = declared
            if declared.to is not None and depth > 0:
                for path, reached in self.paths(declared.to, types, depth - 1).items():
                    found[f"{name}.{path}"] = reached
        if kind in self.sealed and CHOICE in types:
            found["verdict"] = Declared(CHOICE, VERDICTS)
        return found

    def related(self, kind: str, depth: int, where_needed: bool = False) -> dict[str, Any] | None:
        """Facts that refer to the subject, met by a condition of their own or not."""
        options = [
            (other, name)
            for other, fields in self.readable.items()
            for name, declared in fields.items()
            if declared.to == kind
        ]
        if not options:
            return None
        of, through = self.pick(options)
        found: dict[str, Any] = {"of": of, "through": through}
        if depth > 0 and (where_needed or self.chance(70)):
            found["where"] = self.condition(of, depth - 1)
        elif self.chance(15) and (outcome := self._outcome(of, 0)) is not None:
            found["where"] = dict([outcome])
        return found

    def expression(self, kind: str, wanted: Declared, depth: int) -> Any:
        """An expression in the form that a part of another has; none where nothing of the type can be read."""
        if wanted.type in NUMBERS:
            return self._number(kind, wanted.type, depth)
        if wanted.type is DATE:
            return self._date(kind, depth)
        options: list[Any] = [
            Plain(path)
            for path, found in self.paths(kind, [wanted.type]).items()
            if found.to == wanted.to and set(found.choices) <= set(wanted.choices or found.choices)
        ]
        options += [{"parameter": name} for name, type_ in self.singles.items() if type_ is wanted.type]
        return self.pick(options) if options else None

    def _number(self, kind: str, type_: FieldType, depth: int) -> Any:
        types = [WHOLE] if type_ is WHOLE else [WHOLE, DECIMAL]
        options: list[Any] = [lambda: scalar(self.pick(self.pools[self.pick(types)]))]
        paths = list(self.paths(kind, types))
        if paths:
            options += [lambda: Plain(self.pick(paths))] * 3
        named = [name for name, found in self.singles.items() if found in types]
        if named:
            options.append(lambda: {"parameter": self.pick(named)})
        if depth > 0:
            options += [lambda: self._arithmetic(kind, type_, depth), lambda: self._between(kind, depth)]
            options += [lambda: self._count_or_sum(kind, types, depth)]
        found = self.pick(options)()
        return scalar(self.pick(self.pools[type_])) if found is None else found

    def _arithmetic(self, kind: str, type_: FieldType, depth: int) -> Any:
        operation = self.pick(["plus", "minus", "maximum", "minimum"])
        parts = 2 if operation == "minus" else self.number(2, 3)
        return {operation: [self._number(kind, type_, depth - 1) for _ in range(parts)]}

    def _between(self, kind: str, depth: int) -> Any:
        operation = self.pick(["months_between", "days_between"])
        return {operation: [self._date(kind, depth - 1), self._date(kind, depth - 1)]}

    def _date(self, kind: str, depth: int) -> Any:
        options: list[Any] = [Plain("as_of"), *map(Plain, self.paths(kind, [DATE]))]
        options += [{"parameter": name} for name, type_ in self.singles.items() if type_ is DATE]
        if depth > 0 and self.chance(30):
            return {self.pick(["maximum", "minimum"]): [self._date(kind, depth - 1) for _ in range(self.number(2, 3))]}
        return self.pick(options)

    def _count_or_sum(self, kind: str, types: Sequence[FieldType], depth: int) -> Any:
        related = self.related(kind, depth - 1)
        if related is None:
            return None
        numbers = [name for name, found in self.readable[related["of"]].items() if found.type in types]
        if numbers and self.chance(60):
            return {"sum": {"field": self.pick(numbers), **related}}
        return {"count": related}

    # --- conditions ---

    def condition(self, kind: str, depth: int) -> dict[str, Any]:
        """A condition: mostly one entry, sometimes several that all have to hold."""
        entries: dict[str, Any] = {}
        for _ in range(2 if self.chance(15) else 1):
            key, value = self._entry(kind, depth)
            entries[key] = value
        return entries

    def _entry(self, kind: str, depth: int) -> tuple[str, Any]:
        test = self._field_test
        options: list[Callable[[str, int], tuple[str, Any] | None]] = [test]
        if depth > 0:
            options += [
                test,
                self._joined,
                self._joined,
                self._negated,
                self._related_test,
                self._aggregate,
                self._outcome,
            ]
        found = self.pick(options)(kind, depth)
        return self._field_test(kind, depth) if found is None else found

    def _joined(self, kind: str, depth: int) -> tuple[str, Any]:
        parts = [self.condition(kind, depth - 1) for _ in range(self.number(1, 3))]
        return self.pick(["all", "any"]), parts

    def _negated(self, kind: str, depth: int) -> tuple[str, Any]:
        return "not", self.condition(kind, depth - 1)

    def _related_test(self, kind: str, depth: int) -> tuple[str, Any] | None:
        related = self.related(kind, depth)
        return None if related is None else (self.pick(["any", "all"]), related)

    def _aggregate(self, kind: str, depth: int) -> tuple[str, Any] | None:
        found = self._count_or_sum(kind, NUMBERS, depth)
        if found is None:
            return None
        ((name, related),) = found.items()
        return name, {**related, **self._operators(kind, Declared(DECIMAL if name == "sum" else WHOLE), depth)}

    def _outcome(self, kind: str, depth: int) -> tuple[str, Any] | None:
        rules = [name for name, rule in {**self.rules, **self.uncovered}.items() if rule["about"] == kind]
        if not rules:
            return None
        chosen = self.some(rules, 1, 2)
        return "outcome", {rule: Plain(self.pick(OUTCOMES[rule.rpartition("-")[2]])) for rule in chosen}

    def _field_test(self, kind: str, depth: int) -> tuple[str, Any]:
        paths = self.paths(kind, list(FieldType))
        concluded = [path for path in paths if path.startswith("d")]
        path = self.pick(concluded if concluded and self.chance(35) else list(paths))
        declared = paths[path]
        if self.chance(30):
            return path, scalar(self.value(declared))
        operators = self._operators(kind, declared, depth)
        if self.chance(25):
            operators = {self.pick(["given", "known"]): scalar(self.pick([True, False]))}
        return path, operators

    def _operators(self, kind: str, left: Declared, depth: int) -> dict[str, Any]:
        """One or two operators with what they compare with."""
        groups = [["is", "is_not", "in", "not_in"]]
        if left.type in NUMBERS:
            groups = [["at_least", "at_most", "more_than", "less_than"], *groups]
        if left.type is DATE:
            groups = [["before", "after", "on_or_before", "on_or_after"], *groups]
        if left.type is TEXT:
            groups = [*groups, ["starts_with"]]
        written: dict[str, Any] = {}
        for _ in range(2 if self.chance(15) else 1):
            operator = self.pick(self.pick(groups))
            written[operator] = (
                self._options(left) if operator in ("in", "not_in") else self._operand(kind, left, depth)
            )
        if left.type in (TEXT, CHOICE) and self.chance(40):
            written["ignore_case"] = scalar(self.pick([True, False]))
        return written

    def _options(self, left: Declared) -> Any:
        fitting = [name for name, type_ in self.lists.items() if _fits(type_, left.type)]
        if fitting and self.chance(50):
            return {"parameter": self.pick(fitting)}
        pool = left.choices or self.pools[self.pick(NUMBERS) if left.type in NUMBERS else left.type]
        return [scalar(value) for value in self.some(pool, 1, 3)]

    def _operand(self, kind: str, left: Declared, depth: int) -> Any:
        """The right side of a comparison: mostly a value, else something that is read."""
        if self.chance(60):
            return scalar(self.value(left))
        types = [type_ for type_ in FieldType if _fits(type_, left.type)]
        options = [path for path, found in self.paths(kind, types).items() if found.to == left.to]
        if left.type in (*NUMBERS, DATE) and self.chance(50):
            found = self.expression(kind, Declared(DECIMAL) if left.type in NUMBERS else left, max(0, depth - 1))
            return {"field": found} if isinstance(found, Plain) and found[0].isalpha() else self._literal(found, left)
        named = [name for name, type_ in self.singles.items() if _fits(type_, left.type)]
        if named and self.chance(40):
            return {"parameter": self.pick(named)}
        return {"field": self.pick(options)} if options else scalar(self.value(left))

    def _literal(self, found: Any, left: Declared) -> Any:
        return scalar(self.value(left)) if found is None else found


def _fits(one: FieldType, other: FieldType) -> bool:
    """Whether values of two types can be compared."""
    return one is other or {one, other} <= {TEXT, CHOICE} or {one, other} <= set(NUMBERS)


@st.composite
def books(draw: Any, pools: Mapping[FieldType, Sequence[Any]] = POOLS) -> dict[str, Any]:
    """A rulebook as plain data, for `write_rulebook`."""
    return Author(draw, pools).rulebook()


@st.composite
def cases_of(
    draw: Any, rulebook: Rulebook, most: int = 4, pools: Mapping[FieldType, Sequence[Any]] = POOLS
) -> list[Case]:
    """Some cases for a rulebook: with facts missing, not listed, referring to nothing, at the edges of their types."""
    drawer = Drawer(draw)
    return [
        Case(f"case {number}", drawer.pick(pools[DATE]), _facts(drawer, rulebook, pools))
        for number in range(drawer.number(1, most))
    ]


def _facts(drawer: Drawer, rulebook: Rulebook, pools: Mapping[FieldType, Sequence[Any]]) -> dict[str, tuple[Fact, ...]]:
    listed = [kind for kind in rulebook.kinds if not drawer.chance(8)]
    refs = {kind: drawer.some(REFS, 1, 3) if not drawer.chance(10) else [] for kind in listed}
    derived = {(rule.about, name) for rule in rulebook.rules.values() for name in getattr(rule.action, "values", ())}
    often_derived = 50 if drawer.chance(15) else 10
    facts: dict[str, tuple[Fact, ...]] = {}
    for kind in drawer.order(listed):
        found = []
        for ref in refs[kind]:
            values: dict[str, Known] = {}
            for name, declared in rulebook.kinds[kind].fields.items():
                rare = declared.computed is not None or (kind, name) in derived
                if not declared.may_be_given or not drawer.chance(often_derived if rare else 85):
                    continue
                pool: Sequence[Known] = list(declared.choices) or pools[declared.type]
                if declared.type is REFERENCE and not drawer.chance(10):
                    pool = refs.get(str(declared.refers_to), []) or REFS
                values[name] = drawer.pick(pool[:3] if drawer.chance(50) else pool)
            found.append(Fact(kind, ref, dict(drawer.order(list(values.items())))))
        facts[kind] = tuple(found)
    return facts
