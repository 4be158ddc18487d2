"""How many letters of each script a text holds."""

import re
from collections import Counter

__all__ = ["foreign_letters", "script_counts"]

_LETTERS = {
    "latin": re.compile(r"[A-Za-zÀ-ɏ]"),
    "cyrillic": re.compile(r"[\u0400-\u04ff]"),
    "greek": re.compile(r"[\u0370-\u03ff]"),
    "arabic": re.compile(r"[\u0600-\u06ff]"),
    "hebrew": re.compile(r"[\u0590-\u05ff]"),
    "thai": re.compile(r"[\u0e00-\u0e7f]"),
    "han": re.compile(r"[\u3040-\u30ff\u3400-\u9fff]"),
    "hangul": re.compile(r"[\uac00-\ud7af]"),
}
_FOREIGN_SHARE = 0.02  # a script with less than this share of the document's letters is foreign to it


def script_counts(text: str) -> Counter[str]:
    """Letters a script."""
    if text.isascii():
        return Counter({"latin": len(_LETTERS["latin"].findall(text))})
    return Counter({script: len(letters.findall(text)) for script, letters in _LETTERS.items()})


def foreign_letters(part: Counter[str], whole: Counter[str]) -> int:
    """How many letters of a part are of scripts that the rest of the document hardly uses."""
    rest = whole.total() - part.total()
    return sum(n for script, n in part.items() if n and whole[script] - n <= _FOREIGN_SHARE * rest)
