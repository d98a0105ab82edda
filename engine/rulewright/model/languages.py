"""The languages in which reports are written."""

from __future__ import annotations

from enum import Enum


class Language(Enum):
    """A language of reports; the value is the word that `--lang` takes and that names a file of translations."""

    ENGLISH = "en"
    CHINESE = "zh"

    @property
    def locale(self) -> str:
        """The locale whose numbers, dates, months and plurals it has."""
        return {"en": "en", "zh": "zh_Hans_CN"}[self.value]

    @property
    def tag(self) -> str:
        """What a web page calls it (BCP 47)."""
        return {"en": "en", "zh": "zh-CN"}[self.value]

    @property
    def own_name(self) -> str:
        """What it calls itself."""
        return {"en": "English", "zh": "中文"}[self.value]
