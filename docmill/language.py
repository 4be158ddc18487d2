"""Language: a vote of the document's paragraphs, each read by two small models and what is known of close relatives.

The models are py3langid (naive Bayes over byte n-grams, Lui and Baldwin 2012) and CLD2 (naive Bayes over letter
quadgrams). They err on different texts and know different languages, so their evidence is added, on a prior. CLD2 has
no wheels for Python 3.14 and later: without it the other decides alone, and is wrong about twice as many short texts.
"""

import math
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from docmill.langid import Identifier
from docmill.scripts import ScriptRun, run_text, script_name, script_runs
from schemas.document import Language

__all__ = ["VERSION", "identify"]

VERSION = "4"
_SOURCE = (files("docmill") / "language.toml").read_text(encoding="utf-8")
_DATA = tomllib.loads(_SOURCE)
_CODES: dict[str, str] = _DATA["codes"]
_DENSITY: dict[str, float] = _DATA["density"]
_IGNORED = {model: frozenset(codes) for model, codes in _DATA["ignored"].items()}
_PRIOR: dict[str, float] = {code: tier["weight"] for tier in _DATA["prior"] for code in tier["languages"]}
_RELATIVES = [{code: frozenset(words.split()) for code, words in group.items()} for group in _DATA["relatives"]]

_STRETCH, _STRETCHES = 50_000, 8  # characters of a very long text that are looked at, spread evenly
_PIECE = 200  # characters of a run shown to the models
_PIECES = 10  # of a script at most, spread evenly over the document
_CLOSELY = 3  # of these, at most looked at with both models
_LEAST_SHARE = 0.1  # of the letters: a script of short runs only is heard from there
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
_FITS = 500.0  # CLD2's score, of 1,024 bytes, from which a text is like others in its language
_WORD_WEIGHT = 1.0  # a word of one relative
_LATIN_SERBIAN = -1.5  # in Latin letters Serbian is rarer than its relatives
_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")  # CLD2 refuses them
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run as the models see it."""

    run: ScriptRun
    text: str
    script: str

    @property
    def letters(self) -> int:
        """Of the whole run."""
        return self.run.letters


@dataclass(frozen=True, slots=True)
class _Vote:
    piece: _Piece
    code: str
    confidence: float


def identify(text: str) -> Language:
    """The dominant language with its confidence, script, and every language's share of the text's letters.

    A language is dominant if most of what is said is in it: most letters, of which an East Asian one counts as two and
    a Chinese one as three, since sentences of the same content have so many fewer. How many letters there are of each
    script is counted; within a script, the paragraphs that are looked at stand for the others.

    Returns:
        Code `und` with confidence 0 where there are hardly any letters.
    """
    sample = _sample(text)
    runs = script_runs(sample)
    letters: dict[str, float] = defaultdict(float)
    certainty: dict[str, float] = defaultdict(float)
    scripts: dict[tuple[str, str], float] = defaultdict(float)
    for votes, weight in _elections(sample, runs):
        for vote in votes:
            part = vote.piece.letters * weight * _DENSITY.get(vote.code, 1.0)
            letters[vote.code] += part
            certainty[vote.code] += part * vote.confidence
            scripts[vote.code, vote.piece.script] += part
    total = sum(letters.values())
    if total < _TOO_LITTLE:
        return Language(code="und", confidence=0.0, shares={})
    shares = {code: round(n / total, 3) for code, n in sorted(letters.items(), key=lambda item: (-item[1], item[0]))}
    best = next(iter(shares))
    _, script = max((n, script) for (code, script), n in scripts.items() if code == best)
    confidence = certainty[best] / letters[best] * shares[best]
    return Language(code=best, confidence=round(confidence, 3), script=_script(best, script), shares=shares)


def _sample(text: str) -> str:
    """A text, or stretches of a very long one, evenly spread."""
    if len(text) <= _STRETCHES * _STRETCH:
        return text
    step = len(text) // _STRETCHES
    return "\n".join(text[start : start + _STRETCH] for start in range(0, step * _STRETCHES, step))


def _elections(text: str, runs: list[ScriptRun]) -> Iterator[tuple[list[_Vote], float]]:
    """For each script, the votes of some of its runs, and how many letters each letter of these stands for."""
    by_script: dict[str, list[ScriptRun]] = defaultdict(list)
    for run in runs:
        by_script[run.script].append(run)
    all_letters = sum(run.letters for run in runs)
    enough = min(_ENOUGH, max((run.letters for run in runs), default=0))
    for own in by_script.values():
        letters = sum(run.letters for run in own)
        telling = [run for run in own if run.letters >= enough]
        if telling:
            step = -(-len(telling) // _PIECES)
            pieces = [_piece(text, run) for run in telling[::step]]
        elif letters >= max(_ENOUGH, _LEAST_SHARE * all_letters):
            pieces = [_joined(text, own, letters)]
        else:
            continue
        votes = _votes(pieces)
        yield votes, letters / sum(vote.piece.letters for vote in votes)


def _piece(text: str, run: ScriptRun) -> _Piece:
    shown = run_text(text, run)
    return _Piece(run, shown[:_PIECE], script_name(run, shown))


def _joined(text: str, runs: list[ScriptRun], letters: int) -> _Piece:
    """Many short runs, as of labels, as if they were one."""
    shown = " ".join(run_text(text, run) for run in runs[:_PIECE])
    return _Piece(runs[0]._replace(letters=letters), shown[:_PIECE], script_name(runs[0], shown))


def _votes(pieces: list[_Piece]) -> list[_Vote]:
    """CLD2 alone can tell long pieces, and short ones of which it says what is known of others.

    Of those that then remain, some are looked at closely, which takes twenty times as long, and the others abstain.
    """
    guesses = [_by_cld2(piece.text, piece.letters) for piece in pieces]
    settled = {
        number: guess
        for number, (piece, (guess, certain)) in enumerate(zip(pieces, guesses, strict=True))
        if guess and certain and piece.letters >= _PLENTY and _is_plain(guess)
    }
    votes = [_Vote(pieces[number], code, _CERTAIN) for number, code in settled.items()]
    known = set(settled.values())
    closely = 0
    for number, piece in enumerate(pieces):
        guess, _ = guesses[number]
        if number in settled:
            continue
        if guess in known and _is_plain(guess):
            votes.append(_Vote(piece, guess, _CERTAIN))
        elif closely < _CLOSELY:
            closely += 1
            votes.append(_vote(piece, guess))
            known.add(votes[-1].code)
    return votes


def _is_plain(code: str) -> bool:
    """Whether CLD2 can be believed: a language that is often written, and has no relative it is mixed up with."""
    return code in _PRIOR and not any(code in group for group in _RELATIVES)


def _vote(piece: _Piece, guess: str | None) -> _Vote:
    """What both models, and what is known of languages, say together."""
    likely: dict[str, float] = defaultdict(float)
    for label, probability in _py3langid().rank(piece.text)[:_LIKELY]:
        likely[_CODES.get(label, label)] += probability
    scores = {code: math.log(probability + _RARE) for code, probability in likely.items()}
    if guess:
        scores[guess] = scores.get(guess, math.log(_RARE) if guess in _by_py3langid() else _UNKNOWN) + _CLD2_WEIGHT
    if piece.script == "Latn" and "sr" in scores:
        scores["sr"] += _LATIN_SERBIAN
    doubt = min(1.0, _SHORT / piece.letters)  # the longer the text, the less it matters what was expected
    for code in scores:
        scores[code] += _PRIOR.get(code, 0.0) * doubt
    best = max(scores, key=lambda code: (scores[code], code))
    for group in _RELATIVES:
        if best in group:
            words = _WORD.findall(piece.text.lower())
            for code, own in group.items():
                scores[code] = scores.get(code, math.log(_RARE)) + _WORD_WEIGHT * sum(word in own for word in words)
            best = max(scores, key=lambda code: (scores[code], code))
    odds = sum(math.exp(score - scores[best]) for score in scores.values())
    return _Vote(piece, best, 1 / odds)


def _by_cld2(text: str, letters: int) -> tuple[str | None, bool]:
    """CLD2's first guess, none where it falls back on English for want of anything better; and whether it is sure."""
    cld2 = _cld2()
    if cld2 is None:
        return None, False
    readable = _UNREADABLE.sub(" ", text)
    try:
        reliable, _, [(_, code, share, score), *_] = cld2.detect(readable, bestEffort=True)
    except cld2.error:  # a code point it takes for invalid UTF-8
        return None, False
    if code in _IGNORED["cld2"] or (code == "en" and not reliable and letters < _ENOUGH):
        return None, False
    return _CODES.get(code, code), bool(reliable) and share >= _PURE and score >= _FITS


def load() -> None:
    """Read the model now, not when it is first needed."""
    _py3langid()


@lru_cache(maxsize=1)
def _cld2() -> Any:  # noqa: ANN401  an untyped library
    """CLD2, where it can be had: py3langid then tells languages alone."""
    try:
        import pycld2
    except ImportError:
        return None
    return pycld2


@lru_cache(maxsize=1)
def _py3langid() -> Identifier:
    return Identifier(_IGNORED["py3langid"])


@lru_cache(maxsize=1)
def _by_py3langid() -> frozenset[str]:
    """The languages py3langid can name."""
    return frozenset(_CODES.get(label, label) for label in _py3langid().labels)


def _script(code: str, script: str) -> str:
    """The script as ISO 15924 names a language's mix: Japanese and Korean write several."""
    return {"ja": "Jpan", "ko": "Kore"}.get(code, script)
