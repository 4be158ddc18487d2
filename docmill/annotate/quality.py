"""Quality: documented signals of a text's worth and one score, so that consumers can filter.

The signals follow Gopher's (Rae et al. 2021, table A1) and C4's (Raffel et al. 2020) heuristics, each turned into a
share or count; the score multiplies a penalty for each signal outside of its usual range.
"""

import re
from collections import Counter
from collections.abc import Sequence

import re2

from schemas.document import Block, BlockKind, Quality, Removal

__all__ = ["assess"]

_WORD = re.compile(r"[^\W\d_]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_GLUED = re2.compile(r"[a-zа-яё]{2}[.,;:!?][A-ZА-ЯЁ]?[a-zа-яё]{2}|[a-zà-ÿа-яё]{3}[A-ZА-ЯЁ][a-zà-ÿа-яё]{3}".encode())
_LONG = 28  # letters that no word has
_DIGIT = re.compile(r"\d")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@\S+")
_SYMBOL = re.compile(
    r"[^\w\s.,;:!?'\"’‘“”«»„()\[\]（）【】《》。，、；：！？「」…\-‐–—/%&·،؛؟٪\u0300-\u036f\u064b-\u0652\u0900-\u0dff\u0e00-\u0eff]|[#*_|~^\\]"
)
_SENTENCE = re.compile(r"[.!?。！？؟…][\"”»’')）]?(?=\s|$|[\u3400-\u9fff])")
# Signal: value where the penalty sets in, value where it is full, and the factor then.
_RANGES = {
    "words": (60.0, 5.0, 0.3),
    "language_confidence": (0.7, 0.2, 0.5),
    "boilerplate_share": (0.6, 0.98, 0.7),
    "repeated_line_share": (0.1, 0.5, 0.4),
    "repeated_phrase_share": (0.2, 0.6, 0.3),
    "symbol_share": (0.05, 0.25, 0.3),
    "digit_share": (0.2, 0.5, 0.5),
    "glued_share": (0.01, 0.08, 0.5),
    "capital_share": (0.3, 0.8, 0.7),
    "sentence_share": (0.5, 0.0, 0.6),
}
_NGRAM = 5


def assess(text: str, blocks: Sequence[Block], removed: Sequence[Removal], confidence: float) -> Quality:
    """Signals and score. `words` counts two Chinese characters as one word; shares are of 0 to 1.

    `boilerplate_share` knows removed pieces by the 200 characters the removal log keeps of each.
    """
    plain = _ADDRESS.sub(" ", text) if "@" in text or "://" in text or "www." in text else text
    words = _WORD.findall(plain)
    cjk = len(_CJK.findall(text))
    letters = sum(map(len, words)) or 1
    characters = len("".join(text.split())) or 1
    spaced = [word for word in words if not _CJK.search(word)] if cjk else words
    kept = sum(len(block.text) for block in blocks) or 1
    dropped = sum(len(removal.text) for removal in removed)
    prose = [b.text for b in blocks if b.kind not in (BlockKind.HEADING, BlockKind.TABLE, BlockKind.CODE)]
    signals = {
        "words": float(len(spaced) + cjk // 2),
        "language_confidence": confidence,
        "boilerplate_share": dropped / (dropped + kept),
        "repeated_line_share": _repeated([block.text for block in blocks]),
        "repeated_phrase_share": _repeated_phrases(
            words if cjk * 2 < letters else list(_CJK.findall(text)), cjk * 2 >= letters
        ),
        "symbol_share": len(_SYMBOL.findall(text)) / characters,
        "digit_share": len(_DIGIT.findall(text)) / characters,
        "glued_share": _glued(plain, words) / max(len(words), 1),
        "capital_share": sum(map(str.isupper, text)) / letters,
        "sentence_share": _sentences(prose),
    }
    score = 1.0
    for name, (start, full, factor) in _RANGES.items():
        excess = min(1.0, max(0.0, (signals[name] - start) / (full - start)))
        score *= 1 - (1 - factor) * excess
    return Quality(score=round(score, 3), signals={name: round(value, 4) for name, value in signals.items()})


def _glued(text: str, words: Sequence[str]) -> int:
    """Places where two words seem to have run together."""
    return len(_GLUED.findall(text.encode("utf-8", "replace"))) + sum(len(word) >= _LONG for word in words)


def _repeated(lines: Sequence[str]) -> float:
    """Share of characters in lines that stand more than once."""
    counts = Counter(lines)
    total = sum(map(len, lines)) or 1
    return sum(len(line) * (n - 1) for line, n in counts.items()) / total


def _repeated_phrases(words: Sequence[str], characters: bool) -> float:  # noqa: FBT001
    """Share of runs of 5 words (10 Chinese characters) that stood before."""
    size = 2 * _NGRAM if characters else _NGRAM
    total = len(words) - size + 1
    distinct = len(set(zip(*(words[i:] for i in range(size)), strict=False)))
    return (total - distinct) / total if total > 0 else 0.0


def _sentences(prose: Sequence[str]) -> float:
    """Share of the prose's characters in blocks that hold the end of a sentence."""
    total = sum(map(len, prose))
    return sum(len(text) for text in prose if _SENTENCE.search(text)) / total if total else 0.0
