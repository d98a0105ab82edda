"""Operands: their JSON Schemas, and the values that are worth trying against one."""

from __future__ import annotations

from rulewright.model.entries import Schema
from rulewright.model.values import Known

SCALAR: Schema = {"type": ["string", "number", "boolean"]}
#: Editors that read YAML 1.2 take `yes` and `no` for texts.
YES_NO: Schema = {"enum": [True, False, "yes", "no", "Yes", "No", "YES", "NO"]}

DATE: Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}

VALUE: Schema = {"oneOf": [SCALAR, {"$ref": "#/$defs/expression_mapping"}]}
TEXT: Schema = {"oneOf": [{"type": "string"}, {"$ref": "#/$defs/expression_mapping"}]}
LIST: Schema = {"oneOf": [{"type": "array", "items": SCALAR, "minItems": 1}, {"$ref": "#/$defs/parameter_named"}]}


def itself(operand: Known, filler: str) -> tuple[Known, ...]:
    """Return the operand as the only value to try: consumers try its neighbours in the order of its type."""
    return (operand,)
