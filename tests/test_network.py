"""The shape of what is inferred: few reactions, none that nothing reads, alike ones on one page."""

from __future__ import annotations

from rulewright.compile.compiler import compile_rulebook
from rulewright.compile.partitions import partition_reactions
from rulewright.compile.program import TARGET_PROPERTIES, UNKNOWN, Inference, Reaction
from rulewright.compile.pruning import prune
from test_envelope import book, inferences


def inference_of(*rules: str, fields: int = 6) -> Inference:
    declared = {f"y{number}": "type: yes/no" for number in range(fields)}
    rulebook = book(declared, {f"r{number}": rule for number, rule in enumerate(rules)})
    (inference,) = inferences(compile_rulebook(rulebook))
    return inference


def reactions_about(inference: Inference, name: str) -> list[Reaction]:
    return [each for one in inference.partitions for each in one.reactions if each.name == name]


def test_a_small_condition_is_part_of_the_rule_that_reads_it() -> None:
    inference = inference_of("require: {any: [{y0: yes}, {all: [{y1: yes}, {not: {y2: yes}}]}]}")
    observed = {item.property for item in inference.observed}
    reactions = reactions_about(inference, inference.outcomes["r0"])
    assert all({name for name, _ in each.when} <= observed for each in reactions)
    y0, y1, y2 = inference.truths.values()
    met = {each.when for each in reactions if each.then[0][1] == "m"}
    violated = {each.when for each in reactions if each.then[0][1] == "v"}
    assert met == {((y0, "t"),), ((y1, "t"), (y2, "f"))}
    assert violated == {((y0, "f"), (y1, "f")), ((y0, "f"), (y2, "t"))}


def test_a_condition_that_two_rules_read_is_inferred_once() -> None:
    shared = "{any: [{y0: yes}, {y1: yes}, {y2: yes}]}"
    inference = inference_of(f"require: {{all: [{shared}, {{y3: yes}}]}}", f"require: {{all: [{shared}, {{y4: yes}}]}}")
    observed = {item.property for item in inference.observed}
    nodes = [
        {name for name, _ in each.when} - observed
        for rule in ("r0", "r1")
        for each in reactions_about(inference, inference.outcomes[rule])
    ]
    (node,) = set().union(*nodes)
    assert len(reactions_about(inference, node)) == 4


def test_a_condition_and_its_contrary_never_hold_together() -> None:
    inference = inference_of("require: {all: [{y0: yes}, {not: {y0: yes}}]}")
    assert {each.then[0][1] for each in reactions_about(inference, inference.outcomes["r0"])} == {"v"}


def test_only_what_can_be_and_what_is_read_is_concluded() -> None:
    heights = {
        1: [
            Reaction("a", (("given", "t"),), (("a", "t"), ("unread", "t"))),
            Reaction("a", (("given", "f"),), (("a", "f"),)),
            Reaction("unread", (("given", "f"),), (("unread", "f"),)),
        ],
        2: [
            Reaction("b", (("a", "t"), ("never", UNKNOWN)), (("b", "t"),)),
            Reaction("b", (("a", "t"), ("never", "t")), (("b", "f"),)),
            Reaction("c", (("a", "u"),), (("unread", "u"),)),
        ],
    }
    assert prune(heights, {"given"}, {"b"}) == {
        1: [Reaction("a", (("given", "t"),), (("a", "t"),))],
        2: [Reaction("b", (("a", "t"),), (("b", "t"),))],
    }


def test_all_that_sets_a_property_is_kept_where_it_matters_that_none_did() -> None:
    heights = {
        1: [Reaction("a", (("given", value),), (("a", value),)) for value in "tf"],
        2: [Reaction("b", (("a", UNKNOWN),), (("b", "t"),))],
    }
    assert prune(heights, {"given"}, {"b"}) == heights


def test_reactions_that_read_the_same_stand_on_the_same_page() -> None:
    reactions = [
        Reaction(f"r{number}", tuple((f"{'xyz'[number % 3]}{step}", "t") for step in range(6)), ((f"r{number}", "t"),))
        for number in range(30)
    ]
    partitions = partition_reactions("page", {1: reactions})
    assert len(partitions) == 3
    assert all(len(one.properties) == 6 <= TARGET_PROPERTIES for one in partitions)
