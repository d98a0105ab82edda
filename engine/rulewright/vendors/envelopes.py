"""Envelopes in which SDKs and tools wrap an answer, and errors that came in place of one."""

from __future__ import annotations

from collections.abc import Iterator

from rulewright.diagnostics import Diagnostic
from rulewright.vendors.answers import Answer, parse_json
from rulewright.vendors.keys import found_key
from rulewright.vendors.kinds import KINDS
from rulewright.vendors.tables import Importer
from rulewright.vendors.texts import Json, raw

#: SDKs nest a response, its body and the data in it; nothing wraps deeper than this.
_DEEPEST = 5
_ENVELOPES = ("body", "data", "result", "response", "content", "value", "payload")
#: The answer's own name as a key, as in `DescribeInstancesResponse`.
_NAMED_AFTER = ("response", "responsebody", "result")
_CODES, _MESSAGES = ("Code", "ErrorCode"), ("Message", "ErrorMessage", "Msg")
#: Codes of answers that are none of an error.
_SUCCESS = frozenset({"", "0", "200", "ok", "success", "successful", "null"})
_WAYS_OUT = {
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


def unwrapped(answer: Answer) -> Iterator[Answer]:
    """The answer itself, then what stands in each of its envelopes, the outer ones first."""
    waiting = [answer]
    for _ in range(_DEEPEST):
        inner: list[Answer] = []
        for one in waiting:
            yield one
            if isinstance(one.value, dict):
                inner += [_opened(one.at(key)) for key in one.value if _wraps(key)]
        waiting = inner


def error_answer(importer: Importer, answer: Answer) -> Diagnostic | None:
    """The error that was answered in place of what an importer reads, if the answer is one."""
    for inner in unwrapped(answer):
        for one in (inner, *(inner.at(key) for key in _keys(inner.value) if key.lower() in ("error", "errors"))):
            found = _error(one.value)
            if found is None:
                continue
            code, message = found
            said = f"`{code}`, `{message}`" if message else f"`{code}`"
            first = next((way for codes, way in _WAYS_OUT.items() if code.startswith(codes)), "mend what it tells of")
            return Diagnostic(
                "I003",
                f"expected an answer of {importer.answers}, found an error that was answered instead: {said}",
                one.span(()),
                help=f"{first}, and repeat the call until it answers with {KINDS[importer.tables[0].kind].several}",
            )
    return None


def _error(value: Json) -> tuple[str, str] | None:
    """The code and the message of an error."""
    if not isinstance(value, dict):
        return None
    code = next((value[key] for key in (found_key(value, name) for name in _CODES) if key), None)
    message = next((value[key] for key in (found_key(value, name) for name in _MESSAGES) if key), None)
    if isinstance(code, bool) or not isinstance(code, str | int) or str(code).strip().lower() in _SUCCESS:
        return None
    if not isinstance(message, str) and isinstance(code, int):  # a number without a message may count anything
        return None
    return raw(code), raw(message) if isinstance(message, str) else ""


def _keys(value: Json) -> list[str]:
    return list(value) if isinstance(value, dict) else []


def _wraps(key: str) -> bool:
    name = key.lower().replace("_", "").replace("-", "")
    return name in _ENVELOPES or name.endswith(_NAMED_AFTER)


def _opened(answer: Answer) -> Answer:
    """The answer; where it is a text of JSON, the value of that, which has no places of its own."""
    if isinstance(answer.value, str) and answer.value.lstrip().startswith(("{", "[")):
        parsed = parse_json(answer.file, answer.value)
        if isinstance(parsed, Answer):
            place = answer.place
            return Answer(answer.file, parsed.value, lambda _: place(()))
    return answer
