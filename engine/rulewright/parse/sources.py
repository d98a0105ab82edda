"""Parser of source documents, their clauses, and the sources of rules, tables and values."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rulewright.diagnostics import Related
from rulewright.model.rulebook import Clause, Document, Source
from rulewright.model.values import FieldType
from rulewright.parse.language_keys import CLAUSE, DOCUMENT, RULE_NAME_PATTERN, SOURCE
from rulewright.parse.sections import Report, Section, as_list, as_mapping, read_scalar, unknown_name
from rulewright.source import Entry, ListNode, Node


def read_documents(book: Section) -> dict[str, Document]:
    """Return the source documents by name."""
    documents = {}
    for entry in book.mapping("documents", RULE_NAME_PATTERN):
        node = as_mapping(entry.value, "a document", book.report)
        if node is None:
            book.report.unread.add(entry.key.text)
            continue
        section = Section(node, DOCUMENT, f"the document `{entry.key.text}`", book.report, entry.key.span)
        documents[entry.key.text] = Document(
            entry.key.text,
            section.text("title") or entry.key.text,
            section.text("publisher"),
            section.date("updated"),
            section.text("url"),
            MappingProxyType(_read_clauses(section)),
            span=entry.key.span,
        )
    return documents


def _read_clauses(document: Section) -> dict[str, Clause]:
    clauses = {}
    for entry in document.mapping("clauses", RULE_NAME_PATTERN):
        clause = _read_clause(entry, document.report)
        if clause is None:
            document.report.unread.add(entry.key.text)
        else:
            clauses[clause.name] = clause
    return clauses


def _read_clause(entry: Entry, report: Report) -> Clause | None:
    name = entry.key.text
    node = as_mapping(entry.value, "a clause", report)
    if node is None:
        return None
    section = Section(node, CLAUSE, f"the clause `{name}`", report, entry.key.span)
    place, says, no_rule = section.text("section"), section.text("says"), section.text("no_rule")
    return None if place is None or says is None else Clause(name, place, says, no_rule, span=entry.key.span)


def read_sources(section: Section, documents: Mapping[str, Document]) -> tuple[Source, ...]:
    """Return the sources under the key `source`, which is one source or a list. Report invalid sources.

    Each document may be cited once: one source can cite several of its clauses.
    """
    node, report = section.node("source"), section.report
    if not isinstance(node, ListNode):
        return () if node is None else (_read_source(node, section, documents),)
    items = as_list(node, "a source or a list of sources", report)
    if not items:
        report.unread.add(f"the source of {section.what}")
        return (Source("", None, span=node.span),)
    found: list[Source] = []
    for item in items:
        source = _read_source(item, section, documents)
        before = next((one for one in found if one.document == source.document), None)
        if before is not None and source.document in documents:
            help_ = "cite all of it in one source, as in `clause: [first, second]`"
            related = (Related(f"`{source.document}` is cited", before.span),)
            report.add("R019", f"the document `{source.document}` is cited twice", source.span, help_, related)
            report.unread.add(f"the source of {section.what}")
        else:
            found.append(source)
    return tuple(found)


def _read_source(node: Node, section: Section, documents: Mapping[str, Document]) -> Source:
    """Return a source. Without a `section`, it takes the sections of its clauses."""
    mapping = as_mapping(node, "a source", section.report)
    source = None if mapping is None else Section(mapping, SOURCE, "a source", section.report)
    name = None if source is None else source.text("document")
    document = None if name is None else documents.get(name)
    if source is None or document is None:
        section.report.unread.add(f"the source of {section.what}")
        if source is not None and name is not None:
            unknown_name("R018", "document", name, documents, source.span_of("document"), section.report)
        return Source(name or "", None, span=node.span)
    clauses = _read_cited(source, document)
    sections = dict.fromkeys(document.clauses[clause].section for clause in clauses)
    place = source.text("section") or "; ".join(sections) or None
    return Source(document.name, place, clauses, span=node.span)


def _read_cited(source: Section, document: Document) -> tuple[str, ...]:
    """Return the clauses that a source cites and its document has. Report the others."""
    node, report = source.node("clause"), source.report
    if node is None:
        return ()
    cited: list[str] = []
    items = as_list(node, "a clause or a list of clauses", report) if isinstance(node, ListNode) else (node,)
    for item in items:
        name = read_scalar(item, FieldType.TEXT, report)
        if isinstance(name, str) and name not in document.clauses:
            related = (Related(f"`{document.name}` is declared", document.span),)
            of = f"`{document.name}`"
            unknown_name("R024", "clause", name, document.clauses, item.span, report, of=of, related=related)
        elif isinstance(name, str) and name in cited:
            report.add("R019", f"the clause `{name}` is cited twice", item.span, "take one of the two out")
        elif isinstance(name, str):
            cited.append(name)
    if not cited or len(cited) < len(items):
        report.unread.add(f"the clauses that {source.what} cites")
    return tuple(cited)
