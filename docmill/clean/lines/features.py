"""What the model of lines sees: each line's own measures, its neighbours', and the document's.

Measures are counted in word equivalents, so that scripts written without spaces compare with the others. No word or
script is seen as such but the classes of `cues.toml`, so that what is learned in one language holds in another.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docmill.clean.lines.characters import MOST_CHARACTERS, CharClass, hash_words, read_characters, read_words

__all__ = ["CUES", "features"]

Numbers = NDArray[Any]
Floats = NDArray[np.float32]

_SOURCE = (files("docmill.clean.lines") / "cues.toml").read_text(encoding="utf-8")
CUES: dict[str, list[str]] = tomllib.loads(_SOURCE)["cues"]
_MOST = 4000  # characters of a line looked at
_WORDS = 24  # words of a line looked at for cues
_UNSPACED_CHARS_A_WORD = 1.7
_UNSPACED_WIDTH = 3.0  # Latin letters that say as much as one letter of an unspaced script
_CUE_BITS = 20
_PROSE_WORDS, _LONG_WORDS = 8.0, 25.0
_SHORT_WORDS = 6.0
_FREQUENT = 30  # most frequent words of a document
_SHIFTS = (-2, -1, 1, 2)
_WINDOWS = (2, 5, 12, 30)


@cache
def _cue_table() -> NDArray[np.uint16]:
    """For the top bits of a hash, the classes of cues as bits."""
    table = np.zeros(1 << _CUE_BITS, np.uint16)
    for bit, terms in enumerate(CUES.values()):
        for term in terms:
            for hashed in hash_words(term):
                table[hashed >> (64 - _CUE_BITS)] |= 1 << bit
    return table


@dataclass(frozen=True, slots=True)
class _Measures:
    """Of each line, and of all words by line."""

    counts: Floats  # (lines, classes)
    words: Floats
    capitals: Floats
    letters_a_word: Floats
    cues: Floats  # (lines, classes of cues)
    first: NDArray[np.uint8]  # class of the first and last character
    last: NDArray[np.uint8]
    word_hashes: NDArray[np.uint64]
    terms: NDArray[np.uint64]  # words; pairs of letters in unspaced scripts
    word_lines: NDArray[np.int32]
    line_hashes: NDArray[np.uint64]


def _chunks(lines: Sequence[str]) -> Iterator[list[str]]:
    if sum(map(len, lines)) + len(lines) <= MOST_CHARACTERS:  # as of most documents
        yield [line[:_MOST] for line in lines]
        return
    chunk: list[str] = []
    size = 0
    for line in lines:
        cut = line[:_MOST]
        if size + len(cut) >= MOST_CHARACTERS:
            yield chunk
            chunk, size = [], 0
        chunk.append(cut)
        size += len(cut) + 1
    if chunk:
        yield chunk


def _measure(lines: list[str]) -> _Measures:
    characters = read_characters(lines)
    words = read_words(characters)
    n = len(lines)
    counts = characters.counts()
    spaced = ~words.unspaced
    word_count = np.bincount(words.line, spaced, n) + counts[:, CharClass.UNSPACED] / _UNSPACED_CHARS_A_WORD
    near = words.place < _WORDS
    table, shift = _cue_table(), np.uint64(64 - _CUE_BITS)
    found = table[words.hashes >> shift] | table[words.pairs >> shift] * (words.pairs != 0)
    found *= near
    telling = np.flatnonzero(found)
    where, found = words.line[telling], found[telling]
    cues = np.stack([np.bincount(where, (found >> bit) & 1, n) for bit in range(len(CUES))], axis=1)
    empty = characters.starts == characters.ends
    weights = (words.hashes >> np.uint64(11)) * (words.place + 1).astype(np.uint64)
    prefix = np.concatenate([[np.uint64(0)], np.cumsum(weights)])
    totals = np.cumsum(np.bincount(words.line, minlength=n))
    line_hashes = prefix[totals] - prefix[np.concatenate([[0], totals[:-1]])]
    return _Measures(
        counts=counts,
        words=word_count.astype(np.float32),
        capitals=np.bincount(words.line, words.capital, n).astype(np.float32),
        letters_a_word=(
            np.bincount(words.line, words.lengths * spaced, n) / np.maximum(np.bincount(words.line, spaced, n), 1)
        ).astype(np.float32),
        cues=cues.astype(np.float32),
        first=np.where(empty, 0, characters.classes[characters.starts]),
        last=np.where(empty, 0, characters.classes[np.maximum(characters.ends - 1, 0)]),
        word_hashes=words.hashes,
        terms=np.where(words.unspaced, words.pairs, words.hashes),
        word_lines=words.line,
        line_hashes=line_hashes,
    )


def _measure_all(lines: Sequence[str]) -> _Measures:
    parts = [_measure(chunk) for chunk in _chunks(lines)]
    if len(parts) == 1:
        return parts[0]
    offsets = np.cumsum([0] + [len(part.words) for part in parts[:-1]])

    def joined(name: str) -> Numbers:
        return np.concatenate([getattr(part, name) for part in parts])

    values = {name: joined(name) for name in _Measures.__slots__ if name != "word_lines"}
    lines_of_words = np.concatenate([p.word_lines + np.int32(o) for p, o in zip(parts, offsets, strict=True)])
    return _Measures(**values, word_lines=lines_of_words)


def _group(gaps: NDArray[np.bool_], values: Floats) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Of the group of lines without a blank one between: size, place in it, rest of it, and its values' sum."""
    first = np.flatnonzero(gaps)
    sizes = np.diff(np.append(first, len(gaps)))
    place = np.arange(len(gaps)) - np.repeat(first, sizes)
    size = np.repeat(sizes, sizes)
    total = np.repeat(np.add.reduceat(values, first), sizes)
    return size, place, size - place - 1, total


def _runs(long: NDArray[np.bool_], size: Floats, ends: Floats) -> tuple[Numbers, Numbers, Numbers]:
    """Of the run of long lines (a single short one does not end it): size, sentence ends, share of the longest."""
    inside = long.copy()
    inside[1:-1] |= long[:-2] & long[2:]
    run = np.cumsum(~inside)
    sizes = np.bincount(run, size * inside)
    ended = np.bincount(run, ends * inside)
    own = sizes[run] * inside
    return own, ended[run] * inside, own / max(float(sizes.max()), 1.0)


def _since(flags: NDArray[np.bool_]) -> Floats:
    """Lines since the last flagged one, the line itself included; as many as there are lines where there was none.

    Of several sets of flags at once, shape (sets, lines).
    """
    n = flags.shape[-1]
    index = np.arange(n)
    last = np.maximum.accumulate(np.where(flags, index, -n), axis=-1)
    return (index - last).astype(np.float32)


def _frequent_share(m: _Measures, n: int) -> tuple[Floats, Floats]:
    """Shares of a line's words that are among the document's most frequent, and that stand in no other line."""
    if not len(m.word_hashes):
        return np.zeros(n, np.float32), np.zeros(n, np.float32)
    _, inverse, counts = np.unique(m.word_hashes, return_inverse=True, return_counts=True)
    bar = max(2, np.partition(counts, -_FREQUENT)[-_FREQUENT] if len(counts) > _FREQUENT else 2)
    total = np.maximum(np.bincount(m.word_lines, minlength=n), 1)
    frequent = np.bincount(m.word_lines, counts[inverse] >= bar, n) / total
    single = np.bincount(m.word_lines, counts[inverse] == 1, n) / total
    return frequent.astype(np.float32), single.astype(np.float32)


def _log(values: Numbers) -> Floats:
    logs: Floats = np.log1p(np.maximum(values, 0)).astype(np.float32)
    return logs


def _line_columns(m: _Measures, lines: Sequence[str], gaps: NDArray[np.bool_]) -> dict[str, Floats]:
    """The measures of lines by themselves."""
    counts = m.counts
    n = len(gaps)
    chars = np.fromiter(map(len, lines), np.float32, n)
    seen = np.maximum(counts.sum(axis=1) - 1, 1)
    unspaced = counts[:, CharClass.UNSPACED] / seen
    size = chars * (1 + (_UNSPACED_WIDTH - 1) * unspaced)
    words = m.words * np.maximum(chars / seen, 1)
    some = np.maximum(words, 1)
    letters = np.maximum(counts[:, 1:4].sum(axis=1), 1)
    ends = (m.last == CharClass.STOP) | (
        ((m.last == CharClass.QUOTE) | (m.last == CharClass.BRACKET)) & (counts[:, CharClass.STOP] > 0)
    )
    prose = ((words >= _PROSE_WORDS) & ends) | (words >= _LONG_WORDS)
    _, inverse, repeats = np.unique(m.line_hashes, return_inverse=True, return_counts=True)
    frequent, single = _frequent_share(m, n)
    columns = {
        "size": _log(size),
        "words": _log(words),
        "upper": counts[:, CharClass.UPPER] / letters,
        "capitals": m.capitals / some,
        "digits": counts[:, CharClass.DIGIT] / seen,
        "stops": counts[:, CharClass.STOP] / some,
        "pauses": counts[:, CharClass.PAUSE] / some,
        "colons": counts[:, CharClass.COLON],
        "bars": counts[:, CharClass.BAR] / some,
        "bullets": counts[:, CharClass.BULLET],
        "quotes": counts[:, CharClass.QUOTE] / some,
        "brackets": counts[:, CharClass.BRACKET] / some,
        "dashes": counts[:, CharClass.DASH] / some,
        "others": counts[:, CharClass.OTHER] / some,
        "word_length": m.letters_a_word,
        "first": m.first,
        "last": m.last,
        "ends": ends,
        "prose": prose,
        "repeats": _log(repeats[inverse]),
        "frequent": frequent,
        "single": single,
        "gap": gaps,
    }
    for index, name in enumerate(CUES):
        columns["cue_" + name] = m.cues[:, index] / some
    columns["cues"] = m.cues.sum(axis=1) / some
    return {name: np.asarray(column, np.float32) for name, column in columns.items()}


_AROUND = ("size", "capitals", "digits", "stops", "ends", "prose", "repeats", "frequent", "single", "gap", "cues")


def _context_names() -> Iterator[str]:
    for shift in _SHIFTS:
        yield from (f"{name}{shift:+d}" for name in _AROUND)
    for window in _WINDOWS:
        yield from (f"{name}{side}{window}w" for name in _AROUND for side in "-+")


_CONTEXT = tuple(_context_names())


def _write_context(own: dict[str, Floats], values: Floats) -> None:
    """Neighbours' measures, one by one and as means over windows before and after, in the order of `_CONTEXT`."""
    x = np.stack([own[name] for name in _AROUND], axis=1)
    n, width = x.shape
    most = max(_WINDOWS)
    padded = np.zeros((n + 2 * most, width), np.float32)
    padded[most : most + n] = x
    at = 0
    for shift in _SHIFTS:
        values[:, at : at + width] = padded[most + shift : most + shift + n]
        at += width
    sums = np.zeros((n + 2 * most + 1, width))
    np.cumsum(padded, axis=0, dtype=np.float64, out=sums[1:])
    here = sums[most : most + n]
    following = sums[most + 1 : most + 1 + n]
    for window in _WINDOWS:
        values[:, at : at + 2 * width : 2] = (here - sums[most - window : most - window + n]) / window
        after = sums[most + 1 + window : most + 1 + window + n]
        values[:, at + 1 : at + 2 * width : 2] = (after - following) / window
        at += 2 * width


_MARKED = ("comment", "related", "legal", "share", "byline", "menu")  # cues whose distance is measured


def _place(own: dict[str, Floats], gaps: NDArray[np.bool_]) -> Iterator[tuple[str, Floats]]:
    """Where the line stands in the document, and what the document is like."""
    n = len(gaps)
    size = np.expm1(own["size"])
    prose = own["prose"] > 0
    mass = size * own["prose"]
    total = max(float(mass.sum()), 1.0)
    before = np.cumsum(mass, dtype=np.float64) - mass
    index = np.arange(n)
    group, place, rest, words = _group(gaps, size)
    run, ended, share = _runs(own["words"] >= np.log1p(_PROSE_WORDS), size, own["ends"])
    counted = {
        "index": index, "left": n - 1 - index, "prose_chars_before": before, "prose_chars_after": total - before - mass,
        "group": group, "group_place": place, "group_rest": rest, "group_size": words, "group_mean": words / group,
        "run": run, "run_ends": ended,
    }  # fmt: skip
    logs = dict(zip(counted, _log(np.stack(list(counted.values()))), strict=True))
    typical = float((mass * size).sum() / total) or 1.0
    yield "index", logs["index"]
    yield "left", logs["left"]
    yield "position", (index / n).astype(np.float32)
    yield "prose_before", (before / total).astype(np.float32)
    yield "prose_after", ((total - before - mass) / total).astype(np.float32)
    yield "prose_chars_before", logs["prose_chars_before"]
    yield "prose_chars_after", logs["prose_chars_after"]
    yield "of_longest", (size / max(float(size.max()), 1.0)).astype(np.float32)
    yield "of_typical", (size / max(typical, 1.0)).astype(np.float32)
    for name in ("group", "group_place", "group_rest", "group_size", "group_mean", "run", "run_ends"):
        yield name, logs[name]
    yield "run_share", share.astype(np.float32)
    short = own["words"] <= np.log1p(_SHORT_WORDS)
    flags = np.stack([prose, *(short & (own["cue_" + name] > 0) for name in _MARKED)])
    since, until = _log(_since(flags)), _log(_since(flags[:, ::-1])[:, ::-1])
    for row, name in enumerate(("prose", *_MARKED)):
        yield "since_" + name, since[row]
        yield "until_" + name, until[row]
    for name, value in (
        ("page_lines", np.log1p(n)),
        ("page_prose", np.log1p(total)),
        ("page_prose_lines", float(prose.mean())),
        ("page_typical", np.log1p(typical)),
        ("page_gaps", float(gaps.mean())),
        ("page_comment", float((own["cue_comment"] > 0).mean())),
    ):
        yield name, np.full(n, value, np.float32)


@dataclass(frozen=True, slots=True)
class Features:
    """What a model sees of a document's lines, and what the second one builds on."""

    names: tuple[str, ...]
    values: Floats  # (lines, names)
    sizes: Floats  # characters, unspaced scripts converted
    terms: NDArray[np.uint64]  # hashes of all words
    term_lines: NDArray[np.int32]

    def column(self, name: str) -> Floats:
        """One measure of all lines."""
        return self.values[:, self.names.index(name)]


def features(lines: Sequence[str], gaps: Sequence[bool]) -> Features:
    """The measures of a document's non-blank lines.

    Args:
        lines: Without white space around them, none empty.
        gaps: Whether a blank line, or the document's beginning, stands before each.
    """
    gap = np.asarray(gaps, bool).copy()
    gap[0] = True
    m = _measure_all(lines)
    own = _line_columns(m, lines, gap)
    place = dict(_place(own, gap))
    values = np.empty((len(lines), len(own) + len(_CONTEXT) + len(place)), np.float32)
    first, last = len(own), len(own) + len(_CONTEXT)
    values[:, :first] = np.stack(list(own.values()), axis=1)
    _write_context(own, values[:, first:last])
    values[:, last:] = np.stack(list(place.values()), axis=1)
    return Features(
        names=(*own, *_CONTEXT, *place),
        values=values,
        sizes=np.expm1(own["size"]),
        terms=m.terms,
        term_lines=m.word_lines,
    )
