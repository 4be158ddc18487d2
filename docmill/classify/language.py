"""Language: a vote of the document's paragraphs, by py3langid."""

import re
from collections import defaultdict
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from schemas.document import Language

__all__ = ["identify"]

_CHUNK = 400  # characters shown to the model at a time
_CHUNKS = 12  # at most, spread evenly over the document
_FEW_LETTERS = 30  # shorter pieces vote only where there is nothing longer
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CJK_LETTERS = 3  # one such character says as much as so many letters of an alphabet
_CHINESE = {"wuu": "zh", "yue": "zh"}  # varieties of Chinese, written the same


@lru_cache(maxsize=1)
def _model() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def identify(text: str) -> Language:
    """The dominant language with its confidence, and every language's share of the text.

    Returns:
        Code `und` with confidence 0 where there are hardly any letters.
    """
    votes: dict[str, float] = defaultdict(float)
    certainty: dict[str, float] = defaultdict(float)
    sized = [(chunk, _letters(chunk)) for chunk in _chunks(text)]
    enough = min(_FEW_LETTERS, max((letters for _, letters in sized), default=0))
    for chunk, letters in sized:
        if letters and letters >= enough:
            code, probability = _model().classify(chunk)
            code = _CHINESE.get(code, code)
            votes[code] += letters
            certainty[code] += letters * float(probability)
    total = sum(votes.values())
    if not total:
        return Language(code="und", confidence=0.0, shares={})
    shares = {code: round(n / total, 3) for code, n in sorted(votes.items(), key=lambda item: (-item[1], item[0]))}
    best = next(iter(shares))
    return Language(code=best, confidence=round(certainty[best] / votes[best] * shares[best], 3), shares=shares)


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text)) + (_CJK_LETTERS - 1) * len(_CJK.findall(text))


def _chunks(text: str) -> list[str]:
    """Paragraphs of one kind of script put together to about the chunk size, evenly spread over a long document."""
    chunks: list[tuple[bool, str]] = []
    for paragraph in text.split("\n"):
        cjk = len(_CJK.findall(paragraph)) * _CJK_LETTERS > len(paragraph) / 2
        if chunks and chunks[-1][0] == cjk and len(chunks[-1][1]) + len(paragraph) < _CHUNK:
            chunks[-1] = (cjk, chunks[-1][1] + "\n" + paragraph)
        elif paragraph.strip():
            chunks.append((cjk, paragraph[:_CHUNK]))
    step = max(1, -(-len(chunks) // _CHUNKS))
    return [chunk for _, chunk in chunks[::step]]
