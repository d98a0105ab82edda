"""Notices about the edition that a case is evaluated by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from rulewright.model.languages import Language


class NoticeKind(Enum):
    """The kinds of notices."""

    BEFORE_THE_EDITION = "before the edition"
    LEFT_ASIDE = "left aside"


_TEXTS: Mapping[Language, Mapping[NoticeKind, str]] = {
    Language.ENGLISH: {
        NoticeKind.BEFORE_THE_EDITION: (
            "{as_of} is before the edition of {edition}, by which the case is judged all the same"
        ),
        NoticeKind.LEFT_ASIDE: (
            "the edition of {edition} covers only a part of its document and is left aside; "
            "take it with --edition {edition}"
        ),
    },
    Language.CHINESE: {
        NoticeKind.BEFORE_THE_EDITION: "{as_of} 早于 {edition} 版的生效日期，仍按该版本判断",
        NoticeKind.LEFT_ASIDE: "{edition} 版只涵盖其文档的一部分，未被采用；如需采用，请使用 --edition {edition}",
    },
}


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice about an edition on a date."""

    kind: NoticeKind
    edition: date
    as_of: date

    def text(self, language: Language = Language.ENGLISH) -> str:
        """Return the notice in words."""
        return _TEXTS[language][self.kind].format(edition=self.edition, as_of=self.as_of)
