"""Normal form of host names, so that all spellings of a name compare equal."""

from __future__ import annotations

import unicodedata

#: Prefix of a label in Punycode.
PUNYCODE = "xn--"
#: A pattern of names in normal form, unless one of their labels is in Punycode.
PLAIN_HOST_NAME = "[a-z0-9_*.-]*[a-z0-9_*-]"
#: A dot of IDNA that NFKC leaves as it is; NFKC turns the other dots into this one or a full stop.
_IDEOGRAPHIC_STOP = "\u3002"


def host_name(text: str) -> str:
    """Return a host name in lower case, with readable labels (`中文.com`) and no final dot or outer blanks.

    A Punycode label without a readable form stays as it is.
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
