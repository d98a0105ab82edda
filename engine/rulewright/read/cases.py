"""Case files: YAML streams and JSON, a case a document; JSON Lines, a case a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from rulewright.diagnostics import Diagnostic, Related, Span, did_you_mean
from rulewright.model.facts import Case, Fact
from rulewright.model.rulebook import Field, Kind, Rulebook
from rulewright.model.values import FieldType, Known
from rulewright.scalars import Mismatch, describe, is_null, typed_value
from rulewright.source import Entry, ListNode, MappingNode, Node, read_nodes

STANDARD_INPUT = "-"
_HEADER = ("case", "as_of")


@dataclass(frozen=True, slots=True)
class CaseDocument:
    """A case of which only the name and the date are read, so that the edition can be chosen for it."""

    name: str
    as_of: date | None
    node: MappingNode


def read_documents(data: bytes, name: str) -> tuple[list[CaseDocument], list[Diagnostic]]:
    """The cases in the bytes of a file called `name`, and what is wrong with those that cannot be read."""
    nodes, diagnostics = _read(data, name)
    if not nodes and not diagnostics:
        diagnostics.append(
            Diagnostic("S008", "the file is empty", Span(name), "a case has a key for each kind of fact it states")
        )
    documents = []
    for node in nodes:
        default = _default_name(name) if len(nodes) == 1 else f"{_default_name(name)}-{len(documents) + 1}"
        document = _read_header(node, default, diagnostics)
        if document is not None:
            documents.append(document)
    return documents, diagnostics


def _read(data: bytes, name: str) -> tuple[list[Node], list[Diagnostic]]:
    if PurePath(name).suffix not in (".jsonl", ".ndjson"):
        return read_nodes(data, name)
    nodes: list[Node] = []
    diagnostics: list[Diagnostic] = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            found, wrong = read_nodes(line, name, first_line=number)
            nodes.extend(found)
            diagnostics.extend(wrong)
    return nodes, diagnostics


def _default_name(name: str) -> str:
    return "case" if name == STANDARD_INPUT else PurePath(name).name.split(".")[0] or "case"


def _read_header(node: Node, default: str, diagnostics: list[Diagnostic]) -> CaseDocument | None:
    if not isinstance(node, MappingNode):
        diagnostics.append(
            Diagnostic(
                "F008",
                f"{describe(node)} stands where a case is expected",
                node.span,
                "a case is a mapping with a key for each kind of fact; several cases are documents with `---` between",
            )
        )
        return None
    name: Known | Mismatch = default
    as_of: Known | Mismatch | None = None
    good = True
    for entry in node.entries:
        if entry.key.text in _HEADER and not is_null(entry.value):
            type_ = FieldType.TEXT if entry.key.text == "case" else FieldType.DATE
            value = typed_value(entry.value, type_)
            if isinstance(value, Mismatch):
                diagnostics.append(
                    Diagnostic("F003", f"`{entry.key.text}`: {value.message}", entry.value.span, value.help)
                )
                good = False
            elif entry.key.text == "case":
                name = value
            else:
                as_of = value
    if not good:
        return None
    return CaseDocument(str(name), as_of if isinstance(as_of, date) else None, node)


def same_names(documents: Iterable[CaseDocument]) -> list[Diagnostic]:
    """What is wrong where several cases have one name."""
    first: dict[str, CaseDocument] = {}
    diagnostics = []
    for document in documents:
        if document.name in first:
            diagnostics.append(
                Diagnostic(
                    "F012",
                    f"a second case is called `{document.name[:60]}`",
                    document.node.span,
                    "give each case a name of its own with `case:`",
                    (Related("the first is", first[document.name].node.span),),
                )
            )
        first.setdefault(document.name, document)
    return diagnostics


def read_case(document: CaseDocument, rulebook: Rulebook, as_of: date) -> tuple[Case | None, list[Diagnostic]]:
    """The case with its facts typed by the rulebook's vocabulary; no case when anything in it is wrong."""
    reader = _Reader(rulebook)
    facts: dict[str, tuple[Fact, ...]] = {}
    for entry in document.node.entries:
        name = entry.key.text
        if name in _HEADER or is_null(entry.value):
            continue
        kind = rulebook.kinds.get(name)
        if kind is None:
            reader.add(
                "F001",
                f"unknown kind of fact `{name[:60]}`",
                entry.key.span,
                did_you_mean(name, [*rulebook.kinds, *_HEADER]),
            )
            continue
        facts[name] = reader.facts(kind, entry)
    reader.check_references(facts)
    if reader.diagnostics:
        return None, reader.diagnostics
    return Case(document.name, as_of, facts, document.node.span), []


class _Reader:
    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.diagnostics: list[Diagnostic] = []

    def add(
        self, code: str, message: str, span: Span, help_: str | None = None, related: tuple[Related, ...] = ()
    ) -> None:
        self.diagnostics.append(Diagnostic(code, message, span, help_, related))

    def facts(self, kind: Kind, entry: Entry) -> tuple[Fact, ...]:
        if isinstance(entry.value, MappingNode):
            fact = self.fact(kind, entry.value, kind.name)
            return (fact,)
        if not isinstance(entry.value, ListNode):
            self.add(
                "F008",
                f"{describe(entry.value)} stands where facts of `{kind.name}` are expected",
                entry.value.span,
                "write one mapping of fields, or a list of them",
            )
            return ()
        facts: dict[str, Fact] = {}
        for number, item in enumerate(entry.value.items, start=1):
            if not isinstance(item, MappingNode):
                self.add(
                    "F008",
                    f"{describe(item)} stands where a fact of `{kind.name}` is expected",
                    item.span,
                    "write a mapping of fields",
                )
                continue
            fact = self.fact(kind, item, f"{kind.name}-{number}")
            if fact.ref in facts:
                first = facts[fact.ref].spans.get("ref") or facts[fact.ref].span or item.span
                self.add(
                    "F006",
                    f"a second {kind.name} has the ref `{fact.ref[:60]}`",
                    fact.spans.get("ref", item.span),
                    "give each fact of a kind a `ref` of its own",
                    (Related("the first is", first),),
                )
                continue
            facts[fact.ref] = fact
        return tuple(facts.values())

    def fact(self, kind: Kind, node: MappingNode, default_ref: str) -> Fact:
        ref = default_ref
        values: dict[str, Known] = {}
        spans: dict[str, Span] = {}
        for entry in node.entries:
            name = entry.key.text
            if name == "ref":
                value = typed_value(entry.value, FieldType.TEXT)
                if isinstance(value, Mismatch) or not str(value).strip():
                    message = value.message if isinstance(value, Mismatch) else "the text is empty"
                    help_ = value.help if isinstance(value, Mismatch) else "leave it out, or write a name"
                    self.add("F003", f"`ref`: {message}", entry.value.span, help_)
                else:
                    ref = str(value)
                    spans["ref"] = entry.value.span
                continue
            field = kind.fields.get(name)
            if field is None:
                self.add(
                    "F002",
                    f"unknown field `{name[:60]}` of `{kind.name}`",
                    entry.key.span,
                    did_you_mean(name, ["ref", *(known.name for known in kind.fields.values() if known.may_be_given)]),
                )
            elif not field.may_be_given:
                why = f"stands in the table `{field.from_table}`" if field.from_table else "follows from other facts"
                self.add(
                    "F009", f"`{name}` of `{kind.name}` {why} and cannot be stated", entry.key.span, "leave it out"
                )
            elif not is_null(entry.value):
                stated = self.value(field, entry.value)
                if stated is not None:
                    values[name], spans[name] = stated, entry.value.span
        return Fact(kind.name, ref, values, spans, node.span)

    def value(self, field: Field, node: Node) -> Known | None:
        value = typed_value(node, field.type, field.choices or None)
        if isinstance(value, Mismatch):
            code = "F004" if value.outside_choices else "F003"
            self.add(code, f"`{field.name}`: {value.message}", node.span, value.help)
            return None
        if field.minimum is not None and value < field.minimum:  # type: ignore[operator]  # bounds are of the field's type
            self.add("F005", f"`{field.name}` is {describe(node)}, and at least {field.minimum} is possible", node.span)
            return None
        if field.maximum is not None and value > field.maximum:  # type: ignore[operator]  # bounds are of the field's type
            self.add("F005", f"`{field.name}` is {describe(node)}, and at most {field.maximum} is possible", node.span)
            return None
        return value

    def check_references(self, facts: Mapping[str, tuple[Fact, ...]]) -> None:
        refs = {kind: {fact.ref for fact in found} for kind, found in facts.items()}
        for kind, found in facts.items():
            for field in self.rulebook.kinds[kind].fields.values():
                if field.refers_to is None:
                    continue
                known = refs.get(field.refers_to, set())
                for fact in found:
                    ref = fact.values.get(field.name)
                    if ref is not None and ref not in known:
                        nearest = did_you_mean(str(ref), known)
                        self.add(
                            "F007",
                            f"`{field.name}` refers to the {field.refers_to} `{str(ref)[:60]}`, which is not in this case",
                            fact.spans[field.name],
                            nearest or f"state it under `{field.refers_to}:` with `ref: {str(ref)[:60]}`",
                        )
