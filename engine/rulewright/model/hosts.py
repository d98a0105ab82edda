"""Host names in one form, so that all spellings of a name compare equal."""

from __future__ import annotations

import unicodedata

#: How a label in Punycode begins.
PUNYCODE = "xn--"
#: A pattern of names that are in the one form for certain, unless a label of theirs is in Punycode.
PLAIN_HOST_NAME = "[a-z0-9_*.-]*[a-z0-9_*-]"
#: The dots of IDNA beside the full stop; the others become one of these by NFKC.
_IDEOGRAPHIC_STOP = "\u3002"


def host_name(text: str) -> str:
    """Return a host name in small letters, with readable labels (`中文.com`), no blanks around it, no dot at its end.

    A label in Punycode that no readable label has stays as it is.
    """
    name = unicodedata.normalize("NFKC", text).strip().lower().replace(_IDEOGRAPHIC_STOP, ".")
    if not name.isascii() or PUNYCODE in name:
        name = ".".join(map(_label, unicodedata.normalize("NFC", name).split(".")))
    return name.rstrip(".")


def _label(label: str) -> str:
    if not label.startswith(PUNYCODE):
        return label
    try:
        readable = label[len(PUNYCODE) :].encode("ascii").decode("punycode")
    except UnicodeError:
        return label
    same = readable.encode("punycode").decode("ascii") == label[len(PUNYCODE) :]
    is_label = unicodedata.normalize("NFKC", readable).lower() == readable and readable.isprintable()
    return readable if same and is_label and not readable.isascii() and "." not in readable else label
