"""Removal of reactions that can never fire, and of results that nothing reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from rulewright.compile.program import UNKNOWN, Atom, Reaction


def prune(heights: Mapping[int, Sequence[Reaction]], given: Set[str], results: Set[str]) -> dict[int, list[Reaction]]:
    """Return the reactions by height that can fire, limited to the conclusions that are read or are results.

    `given` are the properties with values from outside, and `results` the properties of the result. Reactions read
    properties that are set at lower heights.
    """
    possible = _possible(heights, given)
    return _read(possible, results)


def _possible(heights: Mapping[int, Sequence[Reaction]], given: Set[str]) -> dict[int, list[Reaction]]:
    values: dict[str, set[str]] = {}
    found: dict[int, list[Reaction]] = {}
    for height in sorted(heights):
        for reaction in heights[height]:
            if all(name in given or value == UNKNOWN or value in values.get(name, ()) for name, value in reaction.when):
                # a property that is never set is always unknown
                when = tuple(atom for atom in reaction.when if atom[0] in given or atom[0] in values)
                found.setdefault(height, []).append(Reaction(reaction.name, when, reaction.then))
        for reaction in found.get(height, ()):
            for name, value in reaction.then:
                values.setdefault(name, set()).add(value)
    return found


def _read(heights: Mapping[int, Sequence[Reaction]], results: Set[str]) -> dict[int, list[Reaction]]:
    atoms: set[Atom] = set()
    # an unknown value depends on every reaction that sets the property
    whole_properties = set(results)
    found: dict[int, list[Reaction]] = {}
    for height in sorted(heights, reverse=True):
        used = []
        for reaction in heights[height]:
            then = tuple(atom for atom in reaction.then if atom[0] in whole_properties or atom in atoms)
            if then:
                used.append(Reaction(then[0][0], reaction.when, then))
        for reaction in used:
            atoms.update(reaction.when)
            whole_properties.update(name for name, value in reaction.when if value == UNKNOWN)
        if used:
            found[height] = used
    return found
