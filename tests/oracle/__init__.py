"""The oracle: a plain evaluator of the rulebook language, against which the product is tested.

It imports nothing of the product and reads a rulebook as the YAML data that an author wrote. It is slow, and each
law stands in one place:

| law | module |
|---|---|
| scalars as written: nothing is converted before the vocabulary gives a type | `loading` |
| a type reads a scalar; how a value is returned | `field_types` |
| unknown and none, Kleene's truth, exact numbers, ranges of counts | `values` |
| `is`, `at_least`, `in`, `given` …: one function per operator | `operators` |
| `plus`, `months_between`, `count` …: one function per expression | `expressions` |
| `all`, `any`, `not`, `outcome` …: one function per word of a condition | `conditions` |
| `require`, `conclude`, `advise`, verdicts | `rules` |
| kinds, fields, tables, parameters, facts, values by date | `documents` |
| the order of evaluation, candidates of a value, contradictions | `evaluation` |

To add a word, write its function in its module. A rulebook and a case with errors have no meaning here: a mistake in
them may raise any exception.
"""

from __future__ import annotations

from oracle.evaluation import evaluate
from oracle.loading import Bare, load, load_all
from oracle.values import Absent

__all__ = ["Absent", "Bare", "evaluate", "load", "load_all"]
