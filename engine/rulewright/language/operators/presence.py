"""`given` and `known`: a value is there, and something is known of it."""

from __future__ import annotations

from rulewright.language import operands
from rulewright.model.entries import Keyword, Operator, Presence, Sql
from rulewright.model.values import Absent, Value

_GIVEN, _NOT_GIVEN = "write `given: yes`", "write `given: no`"


def _is_given(value: Value) -> bool | None:
    return None if value is Absent.UNKNOWN else value is not Absent.NONE


def _is_given_sql(value: Sql, none: Sql | None) -> Sql:
    from rulewright.language import sql  # noqa: PLC0415  # loads sqlglot, which a single case does not need

    branches = [] if none is None else [(none, sql.FALSE)]
    return sql.choose(*branches, (sql.is_not_null(value), sql.TRUE))


def _is_known(value: Value) -> bool | None:
    return value is not Absent.UNKNOWN


def _is_known_sql(value: Sql, none: Sql | None) -> Sql:
    from rulewright.language import sql  # noqa: PLC0415  # loads sqlglot, which a single case does not need

    known = sql.is_not_null(value)
    return known if none is None else sql.any_true([none, known])


GIVEN = Presence(
    key="given",
    keywords=(
        Keyword(
            "given",
            "Whether there is a value; `none`, as in an empty cell, is not one.",
            hints={
                **dict.fromkeys(("exists", "is_given", "present", "is_present", "not_null", "required"), _GIVEN),
                **dict.fromkeys(("missing", "is_missing", "absent", "null", "is_null", "empty", "blank"), _NOT_GIVEN),
            },
        ),
    ),
    schema=operands.YES_NO,
    truth=_is_given,
    sql=_is_given_sql,
)
KNOWN = Presence(
    key="known",
    keywords=(Keyword("known", "Whether anybody said; never unknown itself."),),
    schema=operands.YES_NO,
    truth=_is_known,
    sql=_is_known_sql,
)

OPERATORS: tuple[Operator, ...] = (GIVEN, KNOWN)
