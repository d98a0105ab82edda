"""Reactions without those that can never hold and without what nobody reads of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from rulewright.compile.program import UNKNOWN, Atom, Reaction


def needed(heights: Mapping[int, Sequence[Reaction]], given: Set[str], told: Set[str]) -> dict[int, list[Reaction]]:
    """The reactions by height that can hold, with that part of what they conclude which is read or told.

    `given` are the properties whose values come from outside, `told` those whose values are the result. What reactions
    read is set at lower heights.
    """
    possible = _possible(heights, given)
    return _read(possible, told)


def _possible(heights: Mapping[int, Sequence[Reaction]], given: Set[str]) -> dict[int, list[Reaction]]:
    values: dict[str, set[str]] = {}
    found: dict[int, list[Reaction]] = {}
    for height in sorted(heights):
        for reaction in heights[height]:
            if all(name in given or value == UNKNOWN or value in values.get(name, ()) for name, value in reaction.when):
                # of what nobody ever sets it is no question whether it is unknown
                when = tuple(atom for atom in reaction.when if atom[0] in given or atom[0] in values)
                found.setdefault(height, []).append(Reaction(reaction.name, when, reaction.then))
        for reaction in found.get(height, ()):
            for name, value in reaction.then:
                values.setdefault(name, set()).add(value)
    return found


def _read(heights: Mapping[int, Sequence[Reaction]], told: Set[str]) -> dict[int, list[Reaction]]:
    atoms: set[Atom] = set()
    # whether a property is unknown depends on all that sets it
    whole = set(told)
    found: dict[int, list[Reaction]] = {}
    for height in sorted(heights, reverse=True):
        kept = []
        for reaction in heights[height]:
            then = tuple(atom for atom in reaction.then if atom[0] in whole or atom in atoms)
            if then:
                kept.append(Reaction(then[0][0], reaction.when, then))
        for reaction in kept:
            atoms.update(reaction.when)
            whole.update(name for name, value in reaction.when if value == UNKNOWN)
        if kept:
            found[height] = kept
    return found
