"""Check for fields, rules and verdicts that depend on themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from typing_extensions import assert_never

from rulewright.diagnostics import Diagnostic, Related, Span
from rulewright.model.dependencies import FieldItem, Item, RuleItem, VerdictItem, dependencies, find_cycle
from rulewright.model.rulebook import Rulebook


def cycles(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Yield one cycle of each set of items that all depend on each other, from its first item in the file."""
    graph = dependencies(rulebook)
    position = {item: place for place, item in enumerate(graph)}
    for component in _components(graph):
        items = sorted(component, key=lambda item: position.get(item, len(position)))
        cycle = find_cycle({item: tuple(read for read in graph.get(item, ()) if read in component) for item in items})
        if not cycle:
            continue
        spans = [_span(item, rulebook) for item in cycle]
        first = min(range(len(cycle)), key=lambda place: (spans[place].line, spans[place].column))
        cycle, spans = cycle[first:] + cycle[:first], spans[first:] + spans[:first]
        chain = ", which reads ".join(str(item) for item in (*cycle[1:], cycle[0]))
        yield Diagnostic(
            "R030",
            f"{cycle[0]} depends on itself: it reads {chain}",
            spans[0],
            "take away one of these steps",
            tuple(Related(f"{item} is", span) for item, span in zip(cycle[1:], spans[1:], strict=True)),
        )


def _components(graph: Mapping[Item, tuple[Item, ...]]) -> Iterator[frozenset[Item]]:
    """Yield the strongly connected components, by Tarjan's algorithm without recursion."""
    order: dict[Item, int] = {}
    lowest: dict[Item, int] = {}
    stack: list[Item] = []
    on_stack: set[Item] = set()
    for root in graph:
        pending = [] if root in order else [(root, iter(graph[root]))]
        if pending:
            order[root] = lowest[root] = len(order)
            stack.append(root)
            on_stack.add(root)
        while pending:
            item, reads = pending[-1]
            read = next(reads, None)
            if read is not None:
                if read not in order:
                    order[read] = lowest[read] = len(order)
                    stack.append(read)
                    on_stack.add(read)
                    pending.append((read, iter(graph.get(read, ()))))
                elif read in on_stack:
                    lowest[item] = min(lowest[item], order[read])
                continue
            pending.pop()
            if pending:
                above = pending[-1][0]
                lowest[above] = min(lowest[above], lowest[item])
            if lowest[item] == order[item]:
                component = [stack.pop()]
                while component[-1] != item:
                    component.append(stack.pop())
                on_stack.difference_update(component)
                yield frozenset(component)


def _span(item: Item, rulebook: Rulebook) -> Span:
    match item:
        case FieldItem(kind, name):
            field = rulebook.field_at(kind, (name,))
            return field.span if field is not None else rulebook.span
        case RuleItem(name):
            rule = rulebook.rules.get(name)
            return rule.span if rule is not None else rulebook.span
        case VerdictItem(name):
            kind_found = rulebook.kinds.get(name)
            return kind_found.span if kind_found is not None else rulebook.span
        case _:
            assert_never(item)
