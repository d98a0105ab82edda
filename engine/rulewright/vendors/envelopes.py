"""Envelopes that SDKs and tools wrap around an answer, and error answers."""

from __future__ import annotations

from collections.abc import Iterator

from rulewright.diagnostics import Diagnostic
from rulewright.vendors.answer_files import VendorAnswer, parse_json
from rulewright.vendors.display import Json, raw
from rulewright.vendors.key_spellings import find_key
from rulewright.vendors.tables import Importer

#: Maximum nesting of envelopes. SDKs nest a response, its body and its data.
_DEEPEST = 5
_ENVELOPES = ("body", "data", "result", "response", "content", "value", "payload")
#: Suffixes of keys named after the answer, as in `DescribeInstancesResponse`.
_NAMED_AFTER = ("response", "responsebody", "result")
_CODES, _MESSAGES = ("Code", "ErrorCode"), ("Message", "ErrorMessage", "Msg")
#: Codes of successful answers.
_SUCCESS = frozenset({"", "0", "200", "ok", "success", "successful", "null"})
_HELP = {
    (
        "Forbidden",
        "NoPermission",
        "Unauthorized",
        "NotAuthorized",
        "AccessDenied",
    ): "ask for the right to make this call",
    ("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSecurityToken"): "check the access key",
    ("Throttling", "ServiceUnavailable", "InternalError"): "wait a while",
}


def unwrap(answer: VendorAnswer) -> Iterator[VendorAnswer]:
    """Yield the answer, then the contents of its envelopes, the outer ones first."""
    waiting = [answer]
    for _ in range(_DEEPEST):
        inner: list[VendorAnswer] = []
        for one in waiting:
            yield one
            if isinstance(one.value, dict):
                inner += [_parsed(one.at(key)) for key in one.value if _wraps(key)]
        waiting = inner


def error_answer(importer: Importer, answer: VendorAnswer) -> Diagnostic | None:
    """Return the diagnostic of an error answer, or None for any other answer."""
    for inner in unwrap(answer):
        for one in (inner, *(inner.at(key) for key in _keys(inner.value) if key.lower() in ("error", "errors"))):
            found = _error(one.value)
            if found is None:
                continue
            code, message = found
            said = f"`{code}`, `{message}`" if message else f"`{code}`"
            first = next((way for codes, way in _HELP.items() if code.startswith(codes)), "mend what it tells of")
            return Diagnostic(
                "I003",
                f"expected an answer of {importer.answers}, found an error that was answered instead: {said}",
                one.span(()),
                help=f"{first}, and repeat the call until it answers with {importer.tables[0].kind.several}",
            )
    return None


def _error(value: Json) -> tuple[str, str] | None:
    """Return the code and the message of an error, or None if the value is not an error."""
    if not isinstance(value, dict):
        return None
    code = next((value[key] for key in (find_key(value, name) for name in _CODES) if key), None)
    message = next((value[key] for key in (find_key(value, name) for name in _MESSAGES) if key), None)
    if isinstance(code, bool) or not isinstance(code, str | int) or str(code).strip().lower() in _SUCCESS:
        return None
    if not isinstance(message, str) and isinstance(code, int):  # a number without a message may be a count
        return None
    return raw(code), raw(message) if isinstance(message, str) else ""


def _keys(value: Json) -> list[str]:
    return list(value) if isinstance(value, dict) else []


def _wraps(key: str) -> bool:
    name = key.lower().replace("_", "").replace("-", "")
    return name in _ENVELOPES or name.endswith(_NAMED_AFTER)


def _parsed(answer: VendorAnswer) -> VendorAnswer:
    """Return the parsed value of an answer that is a JSON text, with one place; other answers unchanged."""
    if isinstance(answer.value, str) and answer.value.lstrip().startswith(("{", "[")):
        parsed = parse_json(answer.file, answer.value)
        if isinstance(parsed, VendorAnswer):
            place = answer.place
            return VendorAnswer(answer.file, parsed.value, lambda _: place(()))
    return answer
