"""The phrases of operators and functions: one module for each language."""

from __future__ import annotations

from collections.abc import Mapping

from rulewright.language.phrases import chinese, english
from rulewright.language.phrases.forms import FunctionPhrases, OperatorPhrases
from rulewright.model.languages import Language

OPERATOR_PHRASES: Mapping[Language, Mapping[str, OperatorPhrases]] = {
    Language.ENGLISH: english.OPERATORS,
    Language.CHINESE: chinese.OPERATORS,
}
FUNCTION_PHRASES: Mapping[Language, Mapping[str, FunctionPhrases]] = {
    Language.ENGLISH: english.FUNCTIONS,
    Language.CHINESE: chinese.FUNCTIONS,
}
