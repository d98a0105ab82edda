"""Chain from facts to a verdict as trees for the terminal, with the verdict first and its reasons below."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from rulewright.model.chain import Chain, Derivation, OutcomeReached, RelatedList, TableCell, ValueReached
from rulewright.model.conditions import (
    AllOf,
    AllRelated,
    AnyOf,
    AnyRelated,
    Comparison,
    CountOf,
    FieldOf,
    Literal,
    Membership,
    Not,
    NotCovered,
    ParameterOf,
    RuleOutcome,
)
from rulewright.model.explanation import Explanation
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.values import Absent, Truth
from rulewright.render.arrange import MOST_WRITTEN, WORST_FIRST, first, place
from rulewright.render.clean import clean
from rulewright.render.marks import OUTCOME_STYLES, VERDICT_STYLES, encodable, mark
from rulewright.render.words import ENGLISH, Words

#: Maximum depth of a tree. A chain can have hundreds of steps, so deeper nodes continue in trees of their own.
_DEEPEST = 12

#: The outcomes that decide each verdict.
_DECIDING = {
    Verdict.NOT_READY: Outcome.VIOLATED,
    Verdict.NEEDS_INFORMATION: Outcome.UNKNOWN,
    Verdict.READY: Outcome.MET,
    Verdict.NOT_APPLICABLE: Outcome.NOT_APPLICABLE,
}
_FIRED = (Outcome.MET, Outcome.VIOLATED, Outcome.CONCLUDED, Outcome.ADVISED)

_COUNTS = {Truth.TRUE: "counts", Truth.FALSE: "does not count", Truth.UNKNOWN: "is open"}
_FAILS = {Truth.TRUE: "fails", Truth.FALSE: "does not fail", Truth.UNKNOWN: "is open"}

#: A unique item of a chain: the name of its list and its position.
_Key: TypeAlias = tuple[str, int]


@dataclass(frozen=True, slots=True)
class _Node:
    """A line of a tree, with a function for its children. `key` identifies a unique item of the chain."""

    label: Text
    below: Callable[[], list[_Node]] = list
    key: _Key | None = None


@dataclass(frozen=True, slots=True)
class TreeRequest:
    """The requested explanation: of everything, a rule, a subject, or both; `why_not` asks what is missing to fire."""

    rule: str | None = None
    ref: str | None = None
    why_not: bool = False
    everything: bool = False

    def of(self, outcome: OutcomeReached) -> bool:
        """Return whether an outcome is part of the request."""
        return self.rule in (None, outcome.rule) and self.ref in (None, outcome.ref)


def print_trees(explanation: Explanation, asked: TreeRequest, console: Console, words: Words = ENGLISH) -> None:
    """Print the trees of an explanation with a chain."""
    assert explanation.chain is not None, "an explanation without its chain has no tree"
    _Trees(explanation, explanation.chain, asked, console, words).print()


class _Trees:
    """Builds the trees of one case."""

    def __init__(
        self, explanation: Explanation, chain: Chain, asked: TreeRequest, console: Console, words: Words
    ) -> None:
        self.explanation = explanation
        self.chain = chain
        self.asked = asked
        self.console = console
        self.words = words
        self.kinds = {subject.kind: subject.kind_label for subject in explanation.subjects}
        self.of_subject: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for number, outcome in enumerate(chain.outcomes):
            self.of_subject[outcome.kind, outcome.ref].append(number)
        self.shown: set[_Key] = set()
        self.continued: deque[tuple[int, _Node]] = deque()
        self.counted = 0

    def print(self) -> None:
        root = self.head()
        self.grow(root, self.requested_nodes(), 0)
        self.console.print(root, highlight=False)
        while self.continued:
            number, node = self.continued.popleft()
            tree = Tree(Text(f"[{number}] ", style="dim").append_text(node.label))
            self.grow(tree, node.below(), 0)
            self.console.print(tree, highlight=False)

    def grow(self, tree: Tree, nodes: Iterable[_Node], depth: int) -> None:
        """Add nodes to a tree. A repeated item refers to its first place, and a too deep one to a later tree."""
        for node in nodes:
            label = node.label
            label.plain = encodable(label.plain, self.console)
            if node.key is not None and node.key in self.shown:
                tree.add(label.append("  (see above)", style="dim"))
                continue
            if node.key is not None:
                self.shown.add(node.key)
            below = node.below()
            if below and depth >= _DEEPEST and node.key is not None:
                self.counted += 1
                tree.add(label.copy().append(f"  (goes on below at [{self.counted}])", style="dim"))
                self.continued.append((self.counted, node))
                continue
            self.grow(tree.add(label), below, depth + 1)

    def head(self) -> Tree:
        verdict = self.explanation.verdict
        label = Text(self.words.verdicts[verdict], style=VERDICT_STYLES[verdict])
        label.append("  ").append(encodable(clean(self.explanation.case), self.console), style="not bold default")
        return Tree(label)

    def requested_nodes(self) -> list[_Node]:
        outcomes = list(enumerate(self.chain.outcomes))
        if self.asked.rule is not None:
            found = [(place_, one) for place_, one in outcomes if self.asked.of(one)]
            if self.asked.why_not:
                written, more = first(found, self.asked.everything)
                return [node for place_, one in written for node in self.why_not(place_, one)] + self.more(more)
            written, more = first(found, self.asked.everything)
            return [self.outcome(place_, of_whom=True) for place_, _ in written] + self.more(more)
        verdicts = [place_ for place_, one in enumerate(self.chain.verdicts) if self.asked.ref in (None, one.ref)]
        # if not all subjects are shown, those that decide the verdict of the case come first
        if len(verdicts) > MOST_WRITTEN and not self.asked.everything:
            verdicts.sort(key=lambda place_: WORST_FIRST.index(self.chain.verdicts[place_].verdict))
        shown, more = first(verdicts, self.asked.everything)
        return [self.verdict(place_) for place_ in shown] + self.more(more)

    def more(self, number: int) -> list[_Node]:
        return [_Node(Text(self.words.more_with_all.of(number), style="dim"))] if number else []

    def verdict(self, number: int) -> _Node:
        one = self.chain.verdicts[number]
        label = Text(self.words.verdicts[one.verdict], style=VERDICT_STYLES[one.verdict])
        label.append(f"  {self.who(one.kind, one.ref)}", style="not bold default")

        def below() -> list[_Node]:
            good = (Verdict.READY, Verdict.NOT_APPLICABLE)
            own: list[int] = []
            if self.asked.everything:
                own = self.of_subject[one.kind, one.ref]
            elif one.verdict not in good or self.chain.verdict in good or self.asked.ref is not None:
                wanted = _DECIDING[one.verdict]
                own = [place_ for place_ in one.outcomes if self.chain.outcomes[place_].outcome is wanted]
            return [self.outcome(place_) for place_ in own]

        return _Node(label, below, ("verdicts", number))

    def who(self, kind: str, ref: str) -> str:
        return clean(f"{self.kinds.get(kind, kind)} {ref}")

    # --- outcomes ---

    def outcome(self, number: int, of_whom: bool = False) -> _Node:
        one = self.chain.outcomes[number]
        label = Text(f"{mark(one.outcome, self.console)} ", style=OUTCOME_STYLES.get(one.outcome, ""))
        label.append(clean(one.title), style="default")
        label.append(f"  {_outcome_words(one.outcome)}", style=OUTCOME_STYLES.get(one.outcome, ""))
        label.append(f"  {clean(one.rule)}", style="dim")
        if of_whom:
            label.append(f"  {self.who(one.kind, one.ref)}", style="default")
        return _Node(label, lambda: self.reasons(one), ("outcomes", number))

    def reasons(self, one: OutcomeReached) -> list[_Node]:
        found: list[_Node] = []
        # the condition needs no explanation of where the rule applies
        settled = one.outcome in (Outcome.MET, Outcome.SILENT)
        if one.applies is not None and (self.asked.everything or not settled or one.applies.truth is Truth.TRUE):
            found.append(self.titled("where it applies", one.applies))
        if one.condition is not None:
            found.append(self.titled("what it requires" if one.verb == "require" else "when it does", one.condition))
        return found

    def titled(self, title: str, condition: Derivation) -> _Node:
        (node,) = self.condition(condition)
        return _Node(Text(f"{title}: ", style="dim").append_text(node.label), node.below, node.key)

    def why_not(self, number: int, one: OutcomeReached) -> Iterator[_Node]:
        yield self.outcome(number, of_whom=True)
        if one.outcome in _FIRED:
            said = f"The rule was evaluated for {one.ref}: {_outcome_words(one.outcome)}."
            yield _Node(Text(said, style="dim"))
            return
        needs = list(self.needs(one))
        if needs:
            yield _Node(Text("what would have to be otherwise", style="bold"), lambda: needs)

    def needs(self, one: OutcomeReached) -> Iterator[_Node]:
        for condition in (one.applies, one.condition):
            if condition is not None and condition.truth is not Truth.TRUE:
                yield self.need(condition)

    def need(self, derived: Derivation, *, negated: bool = False) -> _Node:
        """Return what a condition needs to become true, without the parts that need no change.

        A `negated` condition needs to become false, so `all` and `any` change places.
        """
        match derived.node:
            case AllOf() | AnyOf():
                open_ = [part for part in derived.parts if _is_needed(part)]
                title = "all of these" if isinstance(derived.node, AllOf) is not negated else "one of these"
                if len(open_) == 1:
                    return self.need(open_[0], negated=negated)
                return _Node(Text(title), lambda: [self.need(part, negated=negated) for part in open_])
            case Not():
                return self.need(derived.parts[0], negated=not negated)
            case NotCovered():
                return _Node(Text(clean(derived.words)))
            case _:
                return self.need_of_test(derived)

    def need_of_test(self, derived: Derivation) -> _Node:
        """Return what a test needs. Below it are the needs of the rules that would conclude a suitable value."""
        needed = derived.needed
        left = derived.parts[0] if isinstance(derived.node, Comparison | Membership) else None
        if needed is None or left is None or not isinstance(left.node, FieldOf) or not _is_reached(left):
            asked = Text(f"{clean(derived.words)}", style="" if needed is None else "dim")
            return _Node(asked if needed is None else asked.append(f": {clean(needed.words)}", style="default"))
        one = self.chain.values[left.steps[-1]]
        label = Text(f"{self.who(one.kind, one.ref)}: {clean(one.label)}: ", style="dim")
        label.append(clean(needed.words), style="default").append(f"  (it is {clean(one.shown)})", style="dim")

        def below() -> list[_Node]:
            others = [(number, self.chain.outcomes[number]) for number in one.others]
            return [
                _Node(
                    Text(f"{clean(other.title)}  {clean(other.rule)}"),
                    lambda other=other: list(self.needs(other)),  # type: ignore[misc]  # mypy infers no default
                    ("needs", number),
                )
                for number, other in others
                if needed.operator in ("is", "in") and other.concludes[one.field] in needed.values
            ]

        return _Node(label, below)

    # --- conditions ---

    def condition(self, derived: Derivation) -> list[_Node]:
        """Return a condition as one node, with its decisive parts; with all parts if everything is requested."""
        match derived.node:
            case AllOf() | AnyOf():
                telling = list(derived.parts) if self.asked.everything else _decisive_parts(derived)
                if len(telling) == 1:
                    return self.condition(telling[0])
                title = "all of these" if isinstance(derived.node, AllOf) else "any of these"
                return [self.node(derived.truth, title, lambda: [n for part in telling for n in self.condition(part)])]
            case Not():
                return self.negation(derived)
            case _:
                return [self.test(derived)]

    def negation(self, derived: Derivation) -> list[_Node]:
        """Return a negated condition. A negated test is one line, with the words and the truth of the negation."""
        (part,) = derived.parts
        match part.node:
            case Not():
                return self.condition(part.parts[0])
            case AllOf() | AnyOf():
                telling = list(part.parts) if self.asked.everything else _decisive_parts(part)
                title = "not all of these" if isinstance(part.node, AllOf) else "none of these"
                return [self.node(derived.truth, title, lambda: [n for one in telling for n in self.condition(one)])]
            case _:
                return [self.test(part, derived)]

    def node(self, truth: Truth, words: str, below: Callable[[], list[_Node]], key: _Key | None = None) -> _Node:
        return _Node(Text(f"{mark(truth, self.console)} {clean(words)}"), below, key)

    def test(self, derived: Derivation, negation: Derivation | None = None) -> _Node:
        said = negation or derived
        label = Text(f"{mark(said.truth, self.console)} {clean(said.words)}")
        inline, values = self.inline(derived)
        if inline:
            label.append(f"  {inline}", style="dim")
        if derived.needed is not None:
            label.append(f"  needed: {clean(derived.needed.words)}", style="bold")

        def below() -> list[_Node]:
            nodes = [self.value(number) for number in values]
            match derived.node:
                case Comparison():
                    left, right = derived.parts
                    return [*nodes, *self.verdicts_in(left), *self.related_in(left), *self.related_in(right)]
                case Membership():
                    left = derived.parts[0]
                    return [*nodes, *self.verdicts_in(left), *self.related_in(left)]
                case AnyRelated() | AllRelated():
                    every = isinstance(derived.node, AllRelated)
                    return [*nodes, *self.related(derived.related_facts, every=every)]
                case RuleOutcome():
                    return [] if derived.reached is None else [self.outcome(derived.reached)]
                case _:
                    return nodes

        return _Node(label, below)

    def verdicts_in(self, derived: Derivation) -> list[_Node]:
        return [] if derived.reached is None else [self.verdict(derived.reached)]

    def inline(self, derived: Derivation) -> tuple[str, list[int]]:
        """Return the compared value with its place, and the positions of values that need nodes of their own."""
        compared = derived.parts[:1] if isinstance(derived.node, Membership) else derived.parts
        if not compared:
            return "", []
        values = [number for part in compared for number in _values_in(part)]
        deeper = [number for number in values if not _is_leaf(self.chain.values[number])]
        deeper += [number for part in compared for number in _unknown_steps(part) if number not in deeper]
        shown, at = self.shown_value(compared[0])
        told = f"(it is {shown})" if shown else ""
        return (f"{told} {at}" if at else told), deeper

    def shown_value(self, derived: Derivation) -> tuple[str, str | None]:
        """Return the value of an expression in words, and its place."""
        match derived.node:
            case FieldOf() if derived.steps and derived.reached is None:
                one = self.chain.values[derived.steps[-1]]
                return clean(one.shown), place(one.at)
            case CountOf():
                least, most = derived.bounds or (0, None)
                if most is None:
                    return Absent.UNKNOWN.value, None
                return (str(least) if least == most else f"{least} to {most}"), None
            case Literal():
                return "", None
            case ParameterOf() if isinstance(derived.result, tuple):
                return "", None
            case _:
                return clean(_value_words(derived.value)), None

    def value(self, number: int) -> _Node:
        one = self.chain.values[number]
        label = Text(f"{self.who(one.kind, one.ref)}: {clean(one.label)} is {clean(one.shown)}")
        at = place(one.at)
        if one.stated:
            label.append("  stated" if at is None else f"  {at}", style="dim")
        return _Node(label, lambda: self.sources(one), ("values", number))

    def sources(self, one: ValueReached) -> list[_Node]:
        nodes: list[_Node] = []
        silent = one.stated and not self.asked.everything
        if one.cell is not None:
            row = self.row_of(one.cell)
            since = "" if one.cell.since is None else f", since {one.cell.since}"
            words = f"table {one.cell.table}{row}{since}"
            by = one.cell.by
            nodes.append(_Node(Text(clean(words)), lambda: [self.value(by)]))
        if one.computed is not None and not silent:
            computed = one.computed
            nodes += [self.value(number) for number in _values_in(computed)]
            nodes += self.related_in(computed)
        nodes += [self.outcome(number) for number in one.concluded_by]
        unexplained = not one.concluded_by and not silent and (one.computed is None or one.value is Absent.UNKNOWN)
        if self.asked.everything or unexplained:
            nodes += [self.outcome(number) for number in one.others]
        return nodes

    def row_of(self, cell: TableCell) -> str:
        """Return the row of a cell in words, or the key without a row."""
        key = self.chain.values[cell.by]
        if cell.row is not None:
            return f", row {cell.row}"
        return "" if isinstance(key.value, Absent) else f", which has no row for {_value_words(key.value)}"

    # --- related facts ---

    def related_in(self, derived: Derivation) -> list[_Node]:
        if derived.related is not None:
            return self.related(derived.related)
        return [node for part in derived.parts for node in self.related_in(part)]

    def related(self, found: RelatedList, *, every: bool = False) -> list[_Node]:
        """Return the nodes of related facts: whether each counts or, for `every`, whether each fails."""
        if not found.listed:
            return [_Node(Text(clean(f"the case does not list them: {self.kinds.get(found.of, found.of)}")))]
        nodes: list[_Node] = []
        for fact in found.facts:
            told = (_FAILS if every else _COUNTS)[fact.counts]
            meets, reference, summed = fact.meets, fact.reference, fact.summed
            open_ = fact.refers is Truth.UNKNOWN

            def below(
                meets: int | None = meets, reference: int = reference, summed: int | None = summed, open_: bool = open_
            ) -> list[_Node]:
                nodes = [self.value(reference)] if open_ else []
                if meets is not None:
                    nodes += self.condition(self.chain.conditions[meets].condition)
                return nodes + ([] if summed is None else [self.value(summed)])

            key = None if meets is None else ("conditions", meets)
            words = f"{self.who(found.of, fact.ref)} {told}"
            truth = ~fact.counts if every else fact.counts
            nodes.append(_Node(Text(f"{mark(truth, self.console)} {words}"), below, key))
        if found.elsewhere and self.asked.everything:
            nodes.append(_Node(Text(f"{found.elsewhere} more, of others", style="dim")))
        return nodes


def _decisive_parts(derived: Derivation) -> list[Derivation]:
    """Return the parts that decide the truth of a condition."""
    decided_by_one = Truth.FALSE if isinstance(derived.node, AllOf) else Truth.TRUE
    if derived.truth in (decided_by_one, Truth.UNKNOWN):
        return [part for part in derived.parts if part.truth is derived.truth]
    return list(derived.parts)


def _is_needed(derived: Derivation) -> bool:
    """Return whether a part of a condition has unmet needs."""
    match derived.node:
        case AllOf() | AnyOf() | Not():
            return any(map(_is_needed, derived.parts))
        case NotCovered():
            return True
        case _:
            return derived.needed is not None


def _is_reached(derived: Derivation) -> bool:
    """Return whether no reference on the path of a field is unknown."""
    return isinstance(derived.node, FieldOf) and len(derived.steps) == len(derived.node.path)


def _values_in(derived: Derivation) -> list[int]:
    """Return the positions of the values that an expression reads, with its references if one is unknown."""
    if derived.steps:
        return list(derived.steps[-1:] if _is_reached(derived) else derived.steps)
    return list(dict.fromkeys(number for part in derived.parts for number in _values_in(part)))


def _unknown_steps(derived: Derivation) -> list[int]:
    """Return the position of the unknown reference that ends the path of a field."""
    return list(derived.steps[-1:]) if derived.reached is None and not _is_reached(derived) else []


def _is_leaf(one: ValueReached) -> bool:
    """Return whether a value has no origin to explain beyond its place."""
    return one.cell is None and one.computed is None and not one.concluded_by and not one.others


def _value_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value.value if isinstance(value, Absent) else value)


def _outcome_words(outcome: Outcome) -> str:
    """Return an outcome in words, as in the other reports."""
    return "not the case" if outcome is Outcome.SILENT else outcome.value.replace("_", " ")
