"""Parser of a rulebook's translation file, which has translated texts under the keys of the rulebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from rulewright.diagnostics import Diagnostic, Span, did_you_mean, in_source_order
from rulewright.model.languages import Language
from rulewright.model.rulebook import Rulebook
from rulewright.model.translation import TextPath, TranslatedText, Translation, texts_of_rulebook
from rulewright.model.values import FieldType
from rulewright.parse.sections import Report, as_mapping, read_scalar
from rulewright.source import MappingNode, ScalarNode, read_authored, short

#: The texts of a rulebook, nested by its keys.
_Tree: TypeAlias = "dict[str, _Tree | str]"


def read_translation(
    data: bytes, name: str, rulebook: Rulebook, language: Language
) -> tuple[Translation, list[Diagnostic]]:
    """Return the translation in the bytes of a file called `name`, and its diagnostics."""
    documents, diagnostics = read_authored(data, name)
    report = Report()
    report.diagnostics.extend(diagnostics)
    texts: dict[TextPath, TranslatedText] = {}
    if documents:
        root = as_mapping(documents[0], "a translation", report)
        if root is not None:
            _read(root, _tree(rulebook), (), texts, report)
    elif not diagnostics:
        report.add("S008", "the file is empty", Span(name), "a translation has the keys of its rulebook")
    if len(documents) > 1:
        message = "a translation holds one document, and this is a second"
        report.add("S011", message, documents[1].span, "put its texts into the first")
    return Translation(language, texts), in_source_order(report.diagnostics)


def _tree(rulebook: Rulebook) -> _Tree:
    tree: _Tree = {}
    for own in texts_of_rulebook(rulebook):
        below = tree
        for key in own.path[:-1]:
            found = below.setdefault(key, {})
            assert isinstance(found, dict), "a text has nothing below it"
            below = found
        below[own.path[-1]] = own.text
    return tree


def _read(
    node: MappingNode, tree: _Tree, here: TextPath, texts: dict[TextPath, TranslatedText], report: Report
) -> None:
    for entry in node.entries:
        key = entry.key.text
        below = tree.get(key)
        path = (*here, key)
        if below is None:
            within = f" under `{'.'.join(here)}`" if here else ""
            message = f"the rulebook has no text `{short(key)}`{within} to translate"
            report.add("R043", message, entry.key.span, did_you_mean(key, tree))
        elif isinstance(below, Mapping):
            inner = as_mapping(entry.value, "a mapping of translations", report)
            if inner is not None:
                _read(inner, below, path, texts, report)
        else:
            text = read_scalar(entry.value, FieldType.TEXT, report)
            if isinstance(text, str) and not text.strip():
                report.add("R003", f"`{key}` has no text", entry.value.span, "write one, or leave the key out")
            elif isinstance(text, str):
                content = entry.value.content if isinstance(entry.value, ScalarNode) else None
                texts[path] = TranslatedText(text, entry.value.span, content)
