"""Checks of rule texts and their translations: broken templates, unknown variables, and disallowed syntax."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from jinja2 import TemplateSyntaxError, nodes

from rulewright.diagnostics import Diagnostic, did_you_mean
from rulewright.lint.template_checks import TemplateChecks
from rulewright.lint.template_text import TemplateText, compile_text, parse_text, texts_of
from rulewright.model.rulebook import Field, Rule, Rulebook
from rulewright.model.translation import Translation, texts_of_rulebook, translated
from rulewright.model.values import ORDERED

_HELP = "a value stands in `{{ … }}`, a condition in `{% if … %}…{% endif %}`"
_UNEXPECTED_CHARACTER = re.compile(r"unexpected char (?P<quote>['\"])(?P<character>.+)(?P=quote) at (?P<offset>\d+)")
#: Jinja's names for the ends of tags.
_WORDS = {"end of print statement": "}}", "end of statement block": "%}"}
_QUOTED = re.compile(r"'([^']+)'")
#: The variables of the text of a change; numbers and dates have a difference, too.
_VARIABLES = ("ref", "before", "after")
_OF_ORDERED = "difference"


def template_mistakes(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Yield the mistakes in the texts of changes and of rules."""
    for kind in rulebook.kinds.values():
        for field in kind.fields.values():
            if field.changes is not None and field.changes.say is not None:
                text = TemplateText(field.changes.say, field.changes.say_span)
                yield from _mistakes(text, partial(_change_mistakes, field=field))
    for rule in rulebook.rules.values():
        for text in texts_of(rule):
            yield from _mistakes(text, partial(_of_rule, text=text, rule=rule, rulebook=rulebook))


def _of_rule(tree: nodes.Template, text: TemplateText, rule: Rule, rulebook: Rulebook) -> list[Diagnostic]:
    checks = TemplateChecks(text, rule, rulebook)
    checks.check(tree)
    return checks.diagnostics


def _mistakes(text: TemplateText, check: Callable[[nodes.Template], list[Diagnostic]]) -> Iterator[Diagnostic]:
    for written, name, span in text.plain_braces():
        message = f"`{written}` is printed as it is written"
        yield Diagnostic("W011", message, span, f"write `{{{{ {name} }}}}` to print a value")
    try:
        found = check(parse_text(text))
        yield from found
        if not found:
            compile_text(text)
    except TemplateSyntaxError as error:
        yield _syntax_error(error, text)
    except ValueError:  # Python refuses to read a number with this many digits
        yield Diagnostic("R040", "the text has a number with too many digits", text.span, "write a smaller number")
    except (RecursionError, SyntaxError, MemoryError):
        yield Diagnostic("R040", "the text nests too deep", text.span, "write it with fewer `if` and parentheses")


def _change_mistakes(tree: nodes.Template, field: Field) -> list[Diagnostic]:
    """Return the diagnostics of the text of a field's changes, given its syntax tree."""
    if field.changes is None:
        return []
    known = (*_VARIABLES, _OF_ORDERED) if field.type in ORDERED else _VARIABLES
    shown = [node for output in tree.body for node in (output.nodes if isinstance(output, nodes.Output) else [output])]
    found = []
    for node in shown:
        if isinstance(node, nodes.TemplateData):
            continue
        if not isinstance(node, nodes.Name):
            message = "the text of a change shows variables, and may not have anything else in braces"
            found.append(Diagnostic("R042", message, field.changes.say_span, f"variables: {', '.join(known)}"))
        elif node.name == _OF_ORDERED and node.name not in known:
            message = f"only numbers and dates have a `{_OF_ORDERED}`, and `{field.name}` is a {field.type.value}"
            found.append(Diagnostic("R041", message, field.changes.say_span, f"variables: {', '.join(known)}"))
        elif node.name not in known:
            message = f"unknown variable `{node.name}` in the text of a change"
            found.append(Diagnostic("R041", message, field.changes.say_span, did_you_mean(node.name, known)))
    return found


def _syntax_error(error: TemplateSyntaxError, text: TemplateText) -> Diagnostic:
    message = (error.message or "the template is broken").strip()
    tag = text.broken_tag()
    place = text.place(error.lineno, after=tag)
    character = _UNEXPECTED_CHARACTER.match(message)
    if character:
        place = text.at(int(character["offset"]))
        message = f"unexpected `{character['character']}`"
    elif "Jinja was looking for" in message or message.startswith("unexpected end of template"):
        block = re.search(r"block that needs to be closed is '(\w+)'", message)
        message = f"`{block[1]}` is not closed" if block else "the text ends inside a tag"
        if block:
            place = text.last_tag(block[1])
    else:
        unknown = re.match(r"Encountered unknown tag '(\w+)'", message)
        got = unknown or re.search(r"got '(.+)'\Z|unexpected '(.+)'\Z", message)
        words = [_WORDS.get(word, word) for word in got.groups() if word] if got else []
        place = text.place(error.lineno, *words, after=tag)
        if words and message.startswith("unexpected") and text.last_offset() < text.text.find(words[0], tag):
            # this sign stopped the lexer, so it is not among the words
            place = text.at(text.text.find(words[0], text.last_offset()))
        message = f"unknown tag `{words[0]}`" if unknown else f"unexpected `{words[0]}`" if words else message
    return Diagnostic("R040", _QUOTED.sub(r"`\1`", message[0].lower() + message[1:].rstrip(".")), place, _HELP)


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
