"""Choose one of a dump's lines, or none, by a weighted sum of what is seen of each."""

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.resources import files
from typing import TypeVar

__all__ = ["choose", "read_weights"]

Seen = TypeVar("Seen")


def read_weights(name: str) -> dict[str, float]:
    """The weight of each feature, and `none`: what a line must have more than to be chosen."""
    weights: dict[str, float] = tomllib.loads((files("docmill.describe") / name).read_text(encoding="utf-8"))
    return weights


def choose(
    features: Mapping[str, Callable[[Seen], float]],
    weights: Mapping[str, float],
    seen: Iterable[Seen],
    slow: Sequence[str] = (),
) -> Seen | None:
    """The line with the highest sum; None where no line has enough.

    Args:
        features: Never negative.
        weights: Of each, and `none`.
        seen: The lines.
        slow: Those of the features, never above 1, that are looked at last, and only of lines that may yet be chosen.
    """
    quick = [(weights[name], feature) for name, feature in features.items() if name not in slow]
    rest = [(weights[name], features[name]) for name in slow]
    gains = [sum(max(weight, 0) for weight, _ in rest[at:]) for at in range(len(rest) + 1)]  # at most, from each on
    best, chosen = weights["none"], None
    for one in seen:
        total = sum(weight * feature(one) for weight, feature in quick)
        for gain, (weight, feature) in zip(gains, rest, strict=False):
            if total + gain <= best:
                break
            total += weight * feature(one)
        else:
            if total > best:
                best, chosen = total, one
    return chosen
