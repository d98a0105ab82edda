"""Read the expectations of a test: verdicts, outcomes, values and missing facts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from typing import TypeVar

from rulewright.diagnostics import Related, did_you_mean
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.possible import possible_outcomes
from rulewright.model.rulebook import Rulebook
from rulewright.model.values import Absent, FieldType, Value
from rulewright.parse.language_keys import EXPECTED
from rulewright.parse.sections import Report, Section, as_list, read_scalar
from rulewright.scalars import Mismatch, typed_value
from rulewright.source import Entry, ListNode, MappingNode, Node, ScalarNode, short
from rulewright.testing.tests import Expected

Word = TypeVar("Word", bound=Enum)


class ExpectationReader:
    """Reads the expectations of tests of one rulebook.

    An expectation of a subject that is not in the test would never be compared, so it is reported.
    """

    def __init__(self, rulebook: Rulebook, report: Report) -> None:
        self.rulebook = rulebook
        self.report = report

    def read_subject(self, node: MappingNode, kinds: Sequence[str] | None, ref: str) -> Expected:
        """Return the expectations of the subject with a ref; `kinds` are its kinds, or none if they are not known."""
        return self.read(Section(node, EXPECTED, "what is expected", self.report), kinds, f"called `{short(ref)}`")

    def read(self, section: Section, kinds: Sequence[str] | None, where: str) -> Expected:
        """Return the expectations of subjects of these kinds; `kinds` is none if the kinds are not known."""
        within = list(self.rulebook.kinds) if kinds is None else kinds
        verdict = section.node("verdict")
        missing = section.node("missing")
        return Expected(
            None if verdict is None else self._word(verdict, Verdict),
            self._outcomes(section.mapping("outcomes"), within, where),
            self._values(section.mapping("values"), within, where),
            None if missing is None else self._missing(missing),
        )

    def _outcomes(self, entries: Sequence[Entry], kinds: Collection[str], where: str) -> Mapping[str, Outcome]:
        outcomes = {}
        for entry in entries:
            rule = self.rulebook.rules.get(entry.key.text)
            outcome = self._word(entry.value, Outcome)
            if rule is None:
                message, help_ = (
                    f"unknown rule `{short(entry.key.text)}`",
                    did_you_mean(entry.key.text, self.rulebook.rules),
                )
                self.report.add("T004", message, entry.key.span, help_)
            elif rule.about not in kinds:
                self._unused(f"the rule `{rule.name}` is about `{rule.about}`", rule.about, entry, where)
            elif outcome is not None and outcome not in (possible := possible_outcomes(rule)):
                self.report.add(
                    "T006",
                    f"`{outcome.value}` never comes out of the rule `{rule.name}`",
                    entry.value.span,
                    "what comes out of it: " + ", ".join(f"`{one.value}`" for one in possible),
                    (Related(f"`{rule.name}` is declared", rule.span),),
                )
            elif outcome is not None:
                outcomes[rule.name] = outcome
        return outcomes

    def _values(self, entries: Sequence[Entry], kinds: Sequence[str], where: str) -> Mapping[tuple[str, str], Value]:
        values: dict[tuple[str, str], Value] = {}
        for entry in entries:
            name = entry.key.text
            having = [kind.name for kind in self.rulebook.kinds.values() if name in kind.fields]
            there = [kind for kind in having if kind in kinds]
            if not having:
                known = {field for kind in self.rulebook.kinds.values() for field in kind.fields}
                self.report.add("T004", f"unknown field `{short(name)}`", entry.key.span, did_you_mean(name, known))
            elif not there:
                self._unused(f"`{name}` is a field of `{having[0]}`", having[0], entry, where)
            for kind in there:
                value = self._value(entry.value, kind, name)
                if value is not None:
                    values[kind, name] = value
        return values

    def _value(self, node: Node, kind: str, name: str) -> Value | None:
        declared = self.rulebook.kinds[kind].fields[name]
        # in quotes, `unknown` and `none` are texts or choices like any others
        if isinstance(node, ScalarNode) and node.plain and node.text in {absent.value for absent in Absent}:
            return Absent(node.text)
        value = typed_value(node, declared.type, declared.choices or None)
        if isinstance(value, Mismatch):
            self.report.add("R022" if value.outside_choices else "R021", value.message, node.span, value.help)
            return None
        return value

    def _missing(self, node: Node) -> tuple[str, ...]:
        if isinstance(node, ListNode) and not node.items:
            return ()
        fields = {field for kind in self.rulebook.kinds.values() for field in kind.fields} | set(self.rulebook.kinds)
        names = []
        for item in as_list(node, "a list of fields", self.report):
            name = read_scalar(item, FieldType.TEXT, self.report)
            if isinstance(name, str) and name not in fields:
                self.report.add("T004", f"unknown field `{short(name)}`", item.span, did_you_mean(name, fields))
            elif isinstance(name, str):
                names.append(name)
        return tuple(names)

    def _word(self, node: Node, words: type[Word]) -> Word | None:
        text = read_scalar(node, FieldType.TEXT, self.report)
        known = {word.value: word for word in words}
        if text in known:
            return known[str(text)]
        if isinstance(text, str):
            message = f"`{short(text)}` is no {words.__name__.lower()}"
            self.report.add("R004", message, node.span, did_you_mean(text, known))
        return None

    def _unused(self, what: str, kind: str, entry: Entry, where: str) -> None:
        message = f"{what}, and there is no {kind} {where}"
        self.report.add("T007", message, entry.key.span, "leave it out, or state such a fact")
