"""Facts of a case, typed by the vocabulary of a rulebook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from rulewright.diagnostics import Diagnostic, Related, Span, did_you_mean, in_source_order
from rulewright.model.contradictions import plain, wrong_order
from rulewright.model.facts import Case, Fact
from rulewright.model.hosts import host_name
from rulewright.model.rulebook import Field, Kind, Rulebook
from rulewright.model.values import FieldType, Known
from rulewright.read.documents import HEADER, CaseDocument, as_name
from rulewright.scalars import Mismatch, describe, is_null, typed_value
from rulewright.source import Entry, ListNode, MappingNode, Node, ScalarNode, short


def read_case(document: CaseDocument, rulebook: Rulebook, as_of: date) -> tuple[Case | None, list[Diagnostic]]:
    """Return the case with facts typed by the rulebook's vocabulary, or None and the diagnostics."""
    reader = _Reader(rulebook)
    if document.rulebook not in (None, rulebook.name):
        named = document.node.get("rulebook") or document.node
        message = f"the case names the rulebook `{short(str(document.rulebook))}`, and `{rulebook.name}` is used"
        reader.add("F015", message, named.span, "name the right rulebook with --rulebook, or correct the case")
        return None, reader.diagnostics
    facts = reader.read(document.node)
    if reader.diagnostics:
        return None, in_source_order(reader.diagnostics)
    return Case(document.name, as_of, facts, document.node.span), []


class _Reader:
    """Reads the facts of one case.

    `unclear` has the kinds with an unreadable fact. References to such a kind are not checked, because the unreadable
    fact may be their target.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.diagnostics: list[Diagnostic] = []
        self.unclear: set[str] = set()

    def add(
        self, code: str, message: str, span: Span, help_: str | None = None, related: tuple[Related, ...] = ()
    ) -> None:
        self.diagnostics.append(Diagnostic(code, message, span, help_, related))

    def read(self, node: MappingNode) -> dict[str, tuple[Fact, ...]]:
        """Return the facts by kind."""
        facts: dict[str, tuple[Fact, ...]] = {}
        for entry in node.entries:
            name = entry.key.text
            if name in HEADER or is_null(entry.value):
                continue
            kind = self.rulebook.kinds.get(name)
            if kind is None:
                known = [*self.rulebook.kinds, *HEADER]
                self.add("F001", f"unknown kind of fact `{short(name)}`", entry.key.span, did_you_mean(name, known))
                self.unclear.update(self.rulebook.kinds)
            else:
                facts[name] = self.facts(kind, entry)
        if not facts and not self.diagnostics:
            kinds = " or ".join(f"`{kind}:`" for kind in self.rulebook.kinds)
            help_ = f"state them under {kinds}; an empty list says that there are none"
            self.add("F011", "the case states no facts", node.span, help_)
        self.check_references(facts)
        return facts

    def facts(self, kind: Kind, entry: Entry) -> tuple[Fact, ...]:
        if isinstance(entry.value, MappingNode):
            return (self.fact(kind, entry.value, kind.name),)
        if not isinstance(entry.value, ListNode):
            self.unclear.add(kind.name)
            message = f"{describe(entry.value)} stands where facts of the kind `{kind.name}` are expected"
            self.add("F008", message, entry.value.span, "write one mapping of fields, or a list of them")
            return ()
        facts: dict[str, Fact] = {}
        for number, item in enumerate(entry.value.items, start=1):
            if not isinstance(item, MappingNode):
                self.unclear.add(kind.name)
                message = f"{describe(item)} stands where a fact of the kind `{kind.name}` is expected"
                self.add("F008", message, item.span, "write a mapping of fields")
                continue
            fact = self.fact(kind, item, f"{kind.name}-{number}")
            first = facts.setdefault(fact.ref, fact)
            if first is not fact:
                self.add(
                    "F006",
                    f"a second fact of the kind `{kind.name}` has the ref `{short(fact.ref)}`",
                    fact.spans.get("ref", item.span),
                    "give each fact of a kind a `ref` of its own",
                    (Related("the first is", first.spans.get("ref") or first.span or item.span),),
                )
        return tuple(facts.values())

    def fact(self, kind: Kind, node: MappingNode, default_ref: str) -> Fact:
        ref = default_ref
        values: dict[str, Known] = {}
        spans: dict[str, Span] = {}
        for entry in node.entries:
            name = entry.key.text
            if name == "ref" and is_null(entry.value):
                continue
            if name == "ref":
                stated = self.ref(kind, entry.value)
                if stated is not None:
                    ref, spans["ref"] = stated, entry.value.span
                continue
            field = kind.fields.get(name)
            if field is None:
                known = ["ref", *(field.name for field in kind.fields.values() if field.may_be_given)]
                message = f"unknown field `{short(name)}` of `{kind.name}`"
                self.add("F002", message, entry.key.span, did_you_mean(name, known))
            elif not field.may_be_given:
                self.add("F009", *self.not_to_be_stated(kind, field, entry.key.span))
            elif not is_null(entry.value):
                value = self.value(field, entry.value)
                if value is not None:
                    values[name], spans[name] = value, entry.value.span
        fact = Fact(kind.name, ref, values, spans, node.span)
        self.diagnostics += wrong_order(fact, kind)
        return fact

    def ref(self, kind: Kind, node: Node) -> str | None:
        value = as_name(typed_value(node, FieldType.TEXT))
        if not isinstance(value, Mismatch):
            return str(value)
        self.unclear.add(kind.name)
        self.add("F003", f"`ref`: {value.message}", node.span, value.help)
        return None

    def not_to_be_stated(self, kind: Kind, field: Field, span: Span) -> tuple[str, Span, str]:
        if field.from_table is None:
            return (
                f"`{field.name}` of `{kind.name}` follows from other facts and cannot be stated",
                span,
                "leave it out",
            )
        by = self.rulebook.tables[field.from_table].by
        message = f"`{field.name}` of `{kind.name}` stands in the table `{field.from_table}` and cannot be stated"
        return message, span, f"leave it out: it follows from `{by}`"

    def value(self, field: Field, node: Node) -> Known | None:
        value = typed_value(node, field.type, field.choices or None)
        if field.type is FieldType.REFERENCE:
            value = as_name(value)
        if field.host_name and isinstance(value, str):
            value = host_name(value)
        if isinstance(value, Mismatch):
            help_ = value.help
            if field.type is FieldType.CHOICE and isinstance(node, ScalarNode):
                help_ = did_you_mean(node.text, field.choices)
            code = "F004" if value.outside_choices else "F003"
            self.add(code, f"`{field.name}`: {value.message}", node.span, help_)
            return None
        for bound, word in ((field.minimum, "least"), (field.maximum, "most")):
            if bound is None:
                continue
            # the parser gives bounds the type of their field
            beyond = value < bound if word == "least" else value > bound  # type: ignore[operator]
            if beyond:
                message = f"`{field.name}`: {describe(node)} is beyond what is possible"
                self.add("F005", message, node.span, f"it is `{plain(bound)}` at {word}")
                return None
        return value

    def check_references(self, facts: Mapping[str, tuple[Fact, ...]]) -> None:
        refs = {kind: {fact.ref for fact in found} for kind, found in facts.items()}
        for kind, found in facts.items():
            for field in self.rulebook.kinds[kind].fields.values():
                if field.refers_to is None or field.refers_to in self.unclear:
                    continue
                known = refs.get(field.refers_to, set())
                for fact in found:
                    ref = fact.values.get(field.name)
                    if ref is not None and ref not in known:
                        named = short(str(ref))
                        self.add(
                            "F007",
                            f"`{field.name}`: the {field.refers_to} `{named}` is not in this case",
                            fact.spans[field.name],
                            did_you_mean(str(ref), known)
                            or f"state it under `{field.refers_to}:`, with `ref: {named}`",
                        )
