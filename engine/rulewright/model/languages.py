"""Languages of reports."""

from __future__ import annotations

from enum import Enum


class Language(Enum):
    """A language of reports; its value is the word for `--lang` and the name of a translation file."""

    ENGLISH = "en"
    CHINESE = "zh"

    @property
    def locale(self) -> str:
        """Return the locale for numbers, dates, months and plurals."""
        return {"en": "en", "zh": "zh_Hans_CN"}[self.value]

    @property
    def tag(self) -> str:
        """Return the language tag of a web page (BCP 47)."""
        return {"en": "en", "zh": "zh-CN"}[self.value]

    @property
    def own_name(self) -> str:
        """Return the name of the language in that language."""
        return {"en": "English", "zh": "中文"}[self.value]
