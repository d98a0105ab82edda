"""Merge the facts of a test into the facts of its base, by their `ref`."""

from __future__ import annotations

from rulewright.diagnostics import Related
from rulewright.parse.sections import Report
from rulewright.scalars import is_null
from rulewright.source import Entry, ListNode, MappingNode, Node, ScalarNode, short


def merge_facts(base: MappingNode, given: MappingNode, report: Report) -> MappingNode:
    """Return the facts of a base with the facts of a test merged into them.

    A fact of the test is merged, field by field, into the fact of the base that has its `ref`; a fact with another
    `ref` is added. A fact without a `ref` is merged into the only fact of its kind. `~` removes a field, or all facts
    of a kind. Facts that cannot be merged are reported.
    """
    entries = {entry.key.text: entry for entry in base.entries}
    for entry in given.entries:
        below = entries.get(entry.key.text)
        value = entry.value if below is None else _Merger(entry.key.text, report).merged(below.value, entry.value)
        entries[entry.key.text] = Entry(entry.key, value)
    return MappingNode(tuple(entries.values()), given.span)


class _Merger:
    """Merges the facts of one kind."""

    def __init__(self, kind: str, report: Report) -> None:
        self.kind = kind
        self.report = report

    def merged(self, base: Node, given: Node) -> Node:
        if is_null(base) or isinstance(base, ScalarNode) or isinstance(given, ScalarNode):
            return given  # `~` removes all facts of the kind; any other text is reported with the facts
        stated: list[Node] = list(base.items) if isinstance(base, ListNode) else [base]
        if isinstance(given, MappingNode):
            return self._single(base, stated, given)
        if not given.items:
            help_ = f"write `replace: {{{self.kind}: []}}` beside `given` for no facts of the kind"
            message = f"an empty list of `{self.kind}` changes nothing of the base"
            self.report.add("T009", message, given.span, help_, (Related(f"`{self.kind}` of the base is", base.span),))
            return base
        merged: list[Node] = [*stated]
        seen: set[str] = set()
        for item in given.items:
            ref = _ref(item)
            if not isinstance(item, MappingNode):
                merged.append(item)
            elif ref is None:
                self._unclear(item, base)
            elif ref in seen:  # reported with the facts, as a second fact of one `ref`
                merged.append(item)
            else:
                seen.add(ref)
                self._merge_named(merged, item, ref, base)
        return ListNode(tuple(merged), given.span)

    def _single(self, base: Node, stated: list[Node], given: MappingNode) -> Node:
        """Merge a fact that is written as one mapping."""
        ref = _ref(given)
        if ref is None:
            only = stated[0] if len(stated) == 1 else None
            if isinstance(only, MappingNode):
                one = _merged_fields(only, given)
                return one if isinstance(base, MappingNode) else ListNode((one,), given.span)
            if not stated:
                return given
            self._unclear(given, base)
            return base
        if isinstance(base, MappingNode) and _ref(base) == ref:
            return _merged_fields(base, given)
        self._merge_named(stated, given, ref, base)
        return ListNode(tuple(stated), given.span)

    def _merge_named(self, facts: list[Node], given: MappingNode, ref: str, base: Node) -> None:
        """Merge a fact into the one with its `ref`, or add it."""
        if isinstance(base, MappingNode) and _ref(base) is None:
            message = f"the `{self.kind}` of the base has no `ref`, so `{short(ref)}` may be this fact or another"
            help_ = f"add `ref: {short(ref)}` to the fact of the base, or remove it here"
            self.report.add("T009", message, given.span, help_, (Related(f"`{self.kind}` of the base is", base.span),))
            return
        names = [_ref(fact) or f"{self.kind}-{number}" for number, fact in enumerate(facts, start=1)]
        if ref not in names:
            facts.append(given)
            return
        place = names.index(ref)
        fact = facts[place]
        facts[place] = _merged_fields(fact, given) if isinstance(fact, MappingNode) else given

    def _unclear(self, given: MappingNode, base: Node) -> None:
        self.report.add(
            "T009",
            f"it is unclear which `{self.kind}` of the base this fact changes: it has no `ref`",
            given.span,
            f"add the `ref` of the fact, or write the facts under `replace` to drop every `{self.kind}` of the base",
            (Related(f"`{self.kind}` of the base is", base.span),),
        )


def _ref(fact: Node) -> str | None:
    ref = fact.get("ref") if isinstance(fact, MappingNode) else None
    return ref.text if isinstance(ref, ScalarNode) and not is_null(ref) else None


def _merged_fields(base: MappingNode, given: MappingNode) -> MappingNode:
    """Return a fact with the fields of another merged into it."""
    entries = {entry.key.text: entry for entry in (*base.entries, *given.entries)}
    return MappingNode(tuple(entries.values()), given.span)


def replace_facts(facts: MappingNode, given: MappingNode, replacing: MappingNode, report: Report) -> MappingNode:
    """Return the facts with all facts of some kinds replaced; a kind that is also given is reported."""
    entries = {entry.key.text: entry for entry in facts.entries}
    stated = {entry.key.text: entry for entry in given.entries}
    for entry in replacing.entries:
        kind = entry.key.text
        if kind in stated:
            message = f"`{short(kind)}` is both in `given` and in `replace`"
            related = (Related("it is given", stated[kind].key.span),)
            report.add("R009", message, entry.key.span, "write all its facts in one of the two", related)
        entries[kind] = entry
    return MappingNode(tuple(entries.values()), facts.span)
