"""Tests of texts, and the flag with which a test takes capital and small letters as the same."""

from __future__ import annotations

from rulewright.language import operands
from rulewright.model.entries import Operator, Schema

IGNORE_CASE = "ignore_case"
IGNORE_CASE_ABOUT = "`yes` takes the letters A to Z as a to z, for is, is_not, in and not_in."
IGNORE_CASE_SCHEMA: Schema = operands.YES_NO

OPERATORS: tuple[Operator, ...] = ()
