"""Check facts against requirements that live in a document, and explain every verdict.

```python
import rulewright as rw

rulebook = rw.load("annual-leave/", as_of="2026-03-01")
result = rulebook.check({"employee": {"ref": "ann", "contract": "permanent", "started": "2025-11-01"}})
print(result.verdict, result.findings[0].message)
```

The names below are the public ones; everything else is internal and may change. They are loaded when they are first
used, so that importing the package takes a few milliseconds.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from rulewright.version import __version__

if TYPE_CHECKING:
    from rulewright.api.authoring import RulebookTest, RulebookTests, lint, schema, test
    from rulewright.api.cases import Case, RejectedCase
    from rulewright.api.files import Summary
    from rulewright.api.findings import (
        BySubject,
        Change,
        Evidence,
        FactValue,
        Finding,
        Fix,
        Fixes,
        FixGroup,
        Subject,
    )
    from rulewright.api.importing import Importer, importers
    from rulewright.api.reading import read_cases
    from rulewright.api.result import Result
    from rulewright.api.rulebook import Rulebook, load
    from rulewright.api.tables import ArrowTable, CheckedTable
    from rulewright.diagnostics import Diagnostic, Related, Severity, Span
    from rulewright.errors import ArgumentError, InputError, OutputError, RulebookError, RulewrightError
    from rulewright.model.explanation import Gap, MissingFact, RulebookIdentity, SourcePlace
    from rulewright.model.outcomes import Outcome, Verdict
    from rulewright.model.rulebook import RuleSeverity
    from rulewright.model.values import Truth

__all__ = [
    "ArgumentError",
    "ArrowTable",
    "BySubject",
    "Case",
    "Change",
    "CheckedTable",
    "Diagnostic",
    "Evidence",
    "FactValue",
    "Finding",
    "Fix",
    "FixGroup",
    "Fixes",
    "Gap",
    "Importer",
    "InputError",
    "MissingFact",
    "Outcome",
    "OutputError",
    "RejectedCase",
    "Related",
    "Result",
    "RuleSeverity",
    "Rulebook",
    "RulebookError",
    "RulebookIdentity",
    "RulebookTest",
    "RulebookTests",
    "RulewrightError",
    "Severity",
    "SourcePlace",
    "Span",
    "Subject",
    "Summary",
    "Truth",
    "Verdict",
    "__version__",
    "importers",
    "lint",
    "load",
    "read_cases",
    "schema",
    "test",
]

#: The module of each public name.
_MODULES = {
    "api.authoring": ("RulebookTest", "RulebookTests", "lint", "schema", "test"),
    "api.cases": ("Case", "RejectedCase"),
    "api.reading": ("read_cases",),
    "api.files": ("Summary",),
    "api.findings": (
        "BySubject",
        "Change",
        "Evidence",
        "FactValue",
        "Finding",
        "Fix",
        "FixGroup",
        "Fixes",
        "Subject",
    ),
    "api.importing": ("Importer", "importers"),
    "api.result": ("Result",),
    "api.rulebook": ("Rulebook", "load"),
    "api.tables": ("ArrowTable", "CheckedTable"),
    "diagnostics": ("Diagnostic", "Related", "Severity", "Span"),
    "errors": ("ArgumentError", "InputError", "OutputError", "RulebookError", "RulewrightError"),
    "model.explanation": ("Gap", "MissingFact", "RulebookIdentity", "SourcePlace"),
    "model.outcomes": ("Outcome", "Verdict"),
    "model.rulebook": ("RuleSeverity",),
    "model.values": ("Truth",),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Return a public name, loaded now."""
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
    return value


class _Package(ModuleType):
    """The package, in which no module inside takes the place of a public name: Python sets it as it is imported."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _MODULE_OF and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
