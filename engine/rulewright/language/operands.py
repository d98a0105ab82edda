"""The JSON Schemas of operands."""

from __future__ import annotations

from rulewright.model.entries import Schema

SCALAR: Schema = {"type": ["string", "number", "boolean"]}
#: Editors that read YAML 1.2 take `yes` and `no` for texts.
YES_NO: Schema = {"enum": [True, False, "yes", "no", "Yes", "No", "YES", "NO"]}

VALUE: Schema = {"oneOf": [SCALAR, {"$ref": "#/$defs/expression_mapping"}]}
LIST: Schema = {"oneOf": [{"type": "array", "items": SCALAR, "minItems": 1}, {"$ref": "#/$defs/parameter_named"}]}
