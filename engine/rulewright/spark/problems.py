"""What can be wrong with a value, numbered, so that a row is looked at for numbers and few have a message made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from pyspark.sql import Column
from pyspark.sql import functions as F

from rulewright.spark.expressions import short

#: The type of what is noted of a row with which something is wrong: the problem, and what came.
NOTED_TYPE = "struct<problem: int, type: string, text: string>"


class Shown(IntEnum):
    """What a message shows of what came: nothing, the text itself, or what it is in words."""

    NOTHING = 0
    TEXT = 1
    DESCRIBED = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """A code, and the message around what is shown of what came."""

    code: str
    before: str
    shown: Shown = Shown.NOTHING
    after: str = ""


@dataclass(frozen=True, slots=True)
class Problems:
    """The problems that rows are looked at for, each with its number."""

    numbered: list[Problem] = field(default_factory=list)

    def number(self, problem: Problem) -> Column:
        """The number of a problem, which is new."""
        self.numbered.append(problem)
        return F.lit(len(self.numbered) - 1)

    def told(self, noted: Column) -> Column:
        """What is wrong, in words, from what was noted; null where nothing was."""
        problem = F.get(self._literal(), noted.getField("problem"))
        text, type_ = noted.getField("text"), noted.getField("type")
        shown = (
            F.when(problem.getField("shown") == Shown.NOTHING.value, F.lit(""))
            .when(problem.getField("shown") == Shown.TEXT.value, short(text))
            .otherwise(_described(type_, text))
        )
        message = F.concat(problem.getField("before"), F.coalesce(shown, F.lit("")), problem.getField("after"))
        wrong = F.struct(problem.getField("code").alias("code"), message.alias("message"))
        return F.when(noted.isNotNull(), wrong)

    def _literal(self) -> Column:
        return F.array(
            *(
                F.struct(
                    F.lit(each.code).alias("code"),
                    F.lit(each.before).alias("before"),
                    F.lit(each.shown.value).alias("shown"),
                    F.lit(each.after).alias("after"),
                )
                for each in self.numbered
            )
        )


def noted(problem: Column, type_: Column, text: Column) -> Column:
    """What is noted of a problem; null where its number is."""
    entry = F.struct(problem.alias("problem"), type_.alias("type"), text.alias("text"))
    return F.when(problem.isNotNull(), entry)


def first_number(checks: Sequence[tuple[Column, Column]]) -> Column:
    """The number of the first check that hits; null where none does."""
    chosen = F.when(*checks[0])
    for check in checks[1:]:
        chosen = chosen.when(*check)
    return chosen


def _described(type_: Column, text: Column) -> Column:
    """What came, in a few words."""
    # a VARIANT keeps of 3.0 that it was no whole number, and not its zero; what has more digits was one
    is_pointless = type_.startswith("DECIMAL") & ~text.contains(".") & (F.length(text) < 19)
    quoted = F.concat(short(text, 40), F.when(is_pointless, F.lit(".0")).otherwise(F.lit("")))
    return (
        F.when(type_ == "STRING", F.concat(F.lit('the text "'), quoted, F.lit('"')))
        .when(type_ == "BOOLEAN", F.concat(F.lit("the yes/no `"), quoted, F.lit("`")))
        .when(type_.startswith("ARRAY"), F.lit("a list"))
        .when(type_.startswith("OBJECT"), F.lit("a mapping"))
        .when(type_.isNotNull(), F.concat(F.lit("the number `"), quoted, F.lit("`")))
        .otherwise(F.concat(F.lit("`"), quoted, F.lit("`")))
    )
