"""Weights of features by which one of a dump's lines is chosen, or none: conditional logit (McFadden 1974)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docmill.decode import decode
from docmill.extract import extract
from docmill.hygiene import tidy
from docmill.stage import Extracted, Text
from schemas import RawDocument

__all__ = ["FOLDS", "Choice", "choice_among", "fit", "tidied", "write_weights"]

FOLDS = 5
STEPS, RATE, RIDGE = 400, 0.1, 1e-3
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Choice:
    """A dump's lines among which the right one may be."""

    fold: int
    features: Floats  # (lines + 1, features + 1): the last line is none of them, which the last feature says
    right: Floats  # (lines + 1,), sums to 1


def choice_among(lines: Iterable[Iterable[float]], features: int, right: Sequence[bool], fold: int) -> Choice:
    """Among lines, given as so many features each, or none of them, which is right where no line is."""
    rows = [[*map(float, line), 0.0] for line in lines]
    none = [0.0] * features + [1.0]
    share = np.array([*right, not any(right)], float)
    return Choice(fold, np.array([*rows, none]), share / share.sum())


def fit(choices: Sequence[Choice]) -> Floats:
    """Weights of the features, the last of them of choosing none, the likeliest ones, by Adam (Kingma and Ba 2015)."""
    rows, right = (np.concatenate([getattr(choice, name) for choice in choices]) for name in ("features", "right"))
    sizes = [len(choice.right) for choice in choices]
    starts, owner = np.cumsum([0, *sizes[:-1]]), np.repeat(np.arange(len(choices)), sizes)
    scale = rows.std(axis=0) + 1e-6
    rows = rows / scale
    weights, mean, square = (np.zeros(len(scale)) for _ in range(3))
    for step in range(1, STEPS + 1):
        odds = rows @ weights
        chance = np.exp(odds - np.maximum.reduceat(odds, starts)[owner])
        chance /= np.add.reduceat(chance, starts)[owner]
        slope = RIDGE * weights + (chance - right) @ rows / len(choices)
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope**2
        weights -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    found: Floats = weights / scale
    return found


def tidied(dump: str) -> Extracted | None:
    """A dump as cleaning is given it; None for what is no plain text."""
    content = decode(RawDocument(data=dump.encode(), key="dump.txt"))
    extracted = extract(content) if isinstance(content, Text) else None
    return tidy(extracted) if isinstance(extracted, Extracted) else None


def write_weights(path: Path, header: str, names: Iterable[str], weights: Floats) -> None:
    """One line for each of the features and for `none`, in TOML."""
    rows = zip([*names, "none"], weights.tolist(), strict=True)
    path.write_text("\n".join([header, *[f"{name} = {weight:.2f}" for name, weight in rows], ""]), encoding="utf-8")
