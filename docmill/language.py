"""Language: a vote of the document's paragraphs, each read by two small models and what is known of close relatives.

The models are py3langid (naive Bayes over byte n-grams, Lui and Baldwin 2012) and CLD2 (naive Bayes over letter
quadgrams). They err on different texts and know different languages, so their evidence is added, on a prior.
"""

import math
import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from docmill.scripts import ScriptRun, script_runs
from schemas.document import Language

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

__all__ = ["VERSION", "identify"]

VERSION = "2"
_SOURCE = (files("docmill") / "language.toml").read_text(encoding="utf-8")
_DATA = tomllib.loads(_SOURCE)
_CODES: dict[str, str] = _DATA["codes"]
_IGNORED = {model: frozenset(codes) for model, codes in _DATA["ignored"].items()}
_PRIOR: dict[str, float] = {code: tier["weight"] for tier in _DATA["prior"] for code in tier["languages"]}
_RELATIVES = [{code: frozenset(words.split()) for code, words in group.items()} for group in _DATA["relatives"]]

_PIECE = 200  # characters of a run shown to the models
_PIECES = 10  # at most, spread evenly over the document
_ENOUGH = 24  # letters; shorter runs vote only where there is nothing longer
_TOO_LITTLE = 4  # letters
_LIKELY = 20  # of py3langid's languages, those looked at
_RARE = 1e-5  # the probability of the others, about
_CLD2_WEIGHT = 2.0  # how much CLD2's word adds to py3langid's log-probabilities
_UNKNOWN = -1.5  # log-probability where py3langid does not know a language CLD2 names
_SHORT = 40  # letters
_PLENTY = 150  # letters from which CLD2's word is enough where it is sure
_PURE = 95  # per cent of the text
_CERTAIN = 0.99
_WORD_WEIGHT = 1.0  # a word of one relative
_LATIN_SERBIAN = -1.5  # in Latin letters Serbian is rarer than its relatives
_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")  # CLD2 refuses them
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class _Vote:
    code: str
    confidence: float
    letters: int
    script: str


def identify(text: str) -> Language:
    """The dominant language with its confidence, script, and every language's share of the text's letters.

    Returns:
        Code `und` with confidence 0 where there are hardly any letters.
    """
    votes = [_vote(run) for run in _pieces(script_runs(text))]
    letters: dict[str, float] = defaultdict(float)
    certainty: dict[str, float] = defaultdict(float)
    scripts: dict[tuple[str, str], int] = defaultdict(int)
    for vote in votes:
        letters[vote.code] += vote.letters
        certainty[vote.code] += vote.letters * vote.confidence
        scripts[vote.code, vote.script] += vote.letters
    total = sum(letters.values())
    if total < _TOO_LITTLE:
        return Language(code="und", confidence=0.0, shares={})
    shares = {code: round(n / total, 3) for code, n in sorted(letters.items(), key=lambda item: (-item[1], item[0]))}
    best = next(iter(shares))
    _, script = max((n, script) for (code, script), n in scripts.items() if code == best)
    confidence = certainty[best] / letters[best] * shares[best]
    return Language(code=best, confidence=round(confidence, 3), script=_script(best, script), shares=shares)


def _pieces(runs: list[ScriptRun]) -> list[ScriptRun]:
    """The runs long enough to tell, evenly spread over a long document."""
    enough = min(_ENOUGH, max((run.letters for run in runs), default=0))
    telling = [run for run in runs if run.letters >= enough]
    step = max(1, -(-len(telling) // _PIECES))
    return telling[::step]


def _vote(run: ScriptRun) -> _Vote:
    text = run.text[:_PIECE]
    guess, certain = _by_cld2(text, run.letters)
    if (
        guess
        and certain
        and run.letters >= _PLENTY
        and guess in _PRIOR
        and not any(guess in group for group in _RELATIVES)
    ):
        return _Vote(guess, _CERTAIN, run.letters, run.script)  # a tenth of the time, and the same answer
    likely: dict[str, float] = defaultdict(float)
    for label, probability in _py3langid().rank(text)[:_LIKELY]:
        likely[_CODES.get(label, label)] += probability
    scores = {code: math.log(probability + _RARE) for code, probability in likely.items()}
    if guess:
        scores[guess] = scores.get(guess, math.log(_RARE) if guess in _by_py3langid() else _UNKNOWN) + _CLD2_WEIGHT
    if run.script == "Latn" and "sr" in scores:
        scores["sr"] += _LATIN_SERBIAN
    doubt = min(1.0, _SHORT / run.letters)  # the longer the text, the less it matters what was expected
    for code in scores:
        scores[code] += _PRIOR.get(code, 0.0) * doubt
    best = max(scores, key=lambda code: (scores[code], code))
    for group in _RELATIVES:
        if best in group:
            words = _WORD.findall(text.lower())
            for code, own in group.items():
                scores[code] = scores.get(code, math.log(_RARE)) + _WORD_WEIGHT * sum(word in own for word in words)
            best = max(scores, key=lambda code: (scores[code], code))
    odds = sum(math.exp(score - scores[best]) for score in scores.values())
    return _Vote(best, 1 / odds, run.letters, run.script)


def _by_cld2(text: str, letters: int) -> tuple[str | None, bool]:
    """CLD2's first guess, none where it falls back on English for want of anything better; and whether it is sure."""
    import pycld2

    readable = _UNREADABLE.sub(" ", text)
    try:
        reliable, _, [(_, code, share, _), *_] = pycld2.detect(readable, bestEffort=True)
    except pycld2.error:  # a code point it takes for invalid UTF-8
        return None, False
    if code in _IGNORED["cld2"] or (code == "en" and not reliable and letters < _ENOUGH):
        return None, False
    return _CODES.get(code, code), bool(reliable) and share >= _PURE


@lru_cache(maxsize=1)
def _py3langid() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages([label for label in model.labels if label not in _IGNORED["py3langid"]])
    return model


@lru_cache(maxsize=1)
def _by_py3langid() -> frozenset[str]:
    """The languages py3langid can name."""
    return frozenset(_CODES.get(label, label) for label in _py3langid().labels)


def _script(code: str, script: str) -> str:
    """The script as ISO 15924 names a language's mix: Japanese and Korean write several."""
    return {"ja": "Jpan", "ko": "Kore"}.get(code, script)
