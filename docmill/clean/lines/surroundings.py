"""What stands around a line, and where in the document it stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from docmill.arrays import Flags, Floats, Numbers

__all__ = ["PLACES", "Measured", "context", "context_names", "places"]


_PROSE_WORDS = 8.0
_SHORT_WORDS = 6.0
_SHIFTS = (-2, -1, 1, 2)
_WINDOWS = (2, 5, 12, 30)
_MARKED = ("comment", "related", "legal", "share", "byline", "menu")  # cues whose distance is measured
_AMOUNTS = (
    "index", "left", "prose_chars_before", "prose_chars_after", "group", "group_place", "group_rest", "group_size",
    "group_mean", "run", "run_ends",
)  # fmt: skip
_MARKS = ("prose", *_MARKED)
_PAGE = ("page_lines", "page_prose", "page_prose_lines", "page_typical", "page_gaps", "page_comment")
PLACES = (
    *_AMOUNTS, *(f"since_{name}" for name in _MARKS), *(f"until_{name}" for name in _MARKS),
    "position", "prose_before", "prose_after", "of_longest", "of_typical", "run_share", *_PAGE,
)  # fmt: skip
_LOGS = len(_AMOUNTS) + 2 * len(_MARKS)  # the first of them are logarithms


def context_names(around: Sequence[str]) -> Iterator[str]:
    """Names of what `context` writes of some measures."""
    for shift in _SHIFTS:
        yield from (f"{name}{shift:+d}" for name in around)
    for window in _WINDOWS:
        for side in "-+":
            yield from (f"{name}{side}{window}w" for name in around)


def context(own: Floats, values: Floats) -> None:
    """Write neighbours' measures, one by one and as means over windows before and after."""
    n, width = own.shape
    most = max(_WINDOWS)
    padded = np.zeros((n + 2 * most, width), np.float32)
    padded[most : most + n] = own
    at = 0
    for shift in _SHIFTS:
        values[:, at : at + width] = padded[most + shift : most + shift + n]
        at += width
    sums = np.zeros((n + 2 * most + 1, width))
    np.cumsum(padded, axis=0, dtype=np.float64, out=sums[1:])
    for window in _WINDOWS:
        means = (sums[window:] - sums[:-window]).astype(np.float32)
        means *= np.float32(1 / window)
        values[:, at : at + width] = means[most - window : most - window + n]
        values[:, at + width : at + 2 * width] = means[most + 1 : most + 1 + n]
        at += 2 * width


@dataclass(frozen=True, slots=True)
class Measured:
    """Of each line."""

    sizes: Floats  # characters
    words: Floats
    ends: Floats  # 1 where it ends a sentence
    prose: Flags  # whether it reads as running text
    gaps: Flags  # whether a blank line stands before it
    cues: Mapping[str, Flags]  # of each class, whether a word of it stands there


def places(lines: Measured, values: Floats) -> None:
    """Write where each line stands and what the document is like, in the order of `PLACES`, shape (lines, places)."""
    sizes, prose, gaps, cues = lines.sizes, lines.prose, lines.gaps, lines.cues
    n = len(sizes)
    index = np.arange(n)
    mass = sizes * prose
    total = max(float(mass.sum()), 1.0)
    typical = float((mass * sizes).sum() / total) or 1.0
    before = np.cumsum(mass, dtype=np.float64) - mass
    after = total - before - mass
    run, ended = _runs(lines.words >= _PROSE_WORDS, sizes, lines.ends)
    amounts = (index, n - 1 - index, before, after, *_group(gaps, sizes), run, ended)
    for at, column in enumerate(amounts):
        values[:, at] = column
    short = lines.words <= _SHORT_WORDS
    marks = np.array([prose, *(short & cues[name] for name in _MARKED)])
    first = len(_AMOUNTS)
    values[:, first : first + len(marks)] = _since(marks).T
    values[:, first + len(marks) : _LOGS] = _since(marks[:, ::-1])[:, ::-1].T
    logs = values[:, :_LOGS]
    np.log1p(np.maximum(logs, 0, out=logs), out=logs)
    shares = (
        index / n, before / total, after / total, sizes / max(float(sizes.max()), 1.0), sizes / max(typical, 1.0),
        run / max(float(run.max()), 1.0),
    )  # fmt: skip
    for at, column in enumerate(shares, start=_LOGS):
        values[:, at] = column
    page = (np.log1p(n), np.log1p(total), prose.mean(), np.log1p(typical), gaps.mean(), cues["comment"].mean())
    values[:, _LOGS + len(shares) :] = page


def _group(gaps: Flags, sizes: Floats) -> tuple[Numbers, ...]:
    """Of the group of lines without a blank one between: lines, place in it, rest of it, size, and a line's mean."""
    first = np.flatnonzero(gaps)
    lines = np.diff(np.append(first, len(gaps)))
    group = np.cumsum(gaps) - 1
    size = np.add.reduceat(sizes, first)
    place = np.arange(len(gaps)) - first[group]
    return lines[group], place, lines[group] - place - 1, size[group], (size / lines)[group]


def _runs(long: Flags, sizes: Floats, ends: Floats) -> tuple[Numbers, Numbers]:
    """Of the run of long lines (a single short one does not end it): size and sentence ends."""
    inside = long.copy()
    inside[1:-1] |= long[:-2] & long[2:]
    run = np.cumsum(~inside)
    return np.bincount(run, sizes * inside)[run] * inside, np.bincount(run, ends * inside)[run] * inside


def _since(flags: Flags) -> Numbers:
    """Lines since the last flagged one, the line itself included; as many as there are lines where there was none.

    Of several sets of flags at once, shape (sets, lines).
    """
    n = flags.shape[-1]
    index = np.arange(n)
    return index - np.maximum.accumulate(np.where(flags, index, -n), axis=-1)
