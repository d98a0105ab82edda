"""From the rulebook to a program: levels, the tests to observe, and conjunctive rules over their truths."""
