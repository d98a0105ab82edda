"""Check of the translation of a rulebook."""

from __future__ import annotations

from collections.abc import Iterator

from rulewright.diagnostics import Diagnostic
from rulewright.lint.templates import template_mistakes
from rulewright.model.rulebook import Rulebook
from rulewright.model.translation import Translation, texts_of_rulebook, translated


def check_translation(rulebook: Rulebook, translation: Translation, file: str) -> Iterator[Diagnostic]:
    """Yield the mistakes in the translated texts of rules, and the texts without a translation."""
    own = {(diagnostic.code, diagnostic.message, diagnostic.span) for diagnostic in template_mistakes(rulebook)}
    for mistake in template_mistakes(translated(rulebook, translation)):
        if (mistake.code, mistake.message, mistake.span) not in own:
            yield mistake
    for text in texts_of_rulebook(rulebook):
        if text.path not in translation.texts:
            *outer, last = text.path
            message = f"`{'.'.join(outer) or last}` has no `{last}` in `{translation.language.value}`"
            if not outer:
                message = f"the rulebook has no `{last}` in `{translation.language.value}`"
            yield Diagnostic("W005", message, text.span, f"write it under the same keys in {file}")
