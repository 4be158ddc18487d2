"""Choose one of a dump's lines, or none, by a weighted sum of what is seen of each."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from typing import TypeVar

__all__ = ["choose", "read_weights"]

Seen = TypeVar("Seen")


def read_weights(name: str) -> dict[str, float]:
    """The weight of each feature, and `none`: what a line must have more than to be chosen."""
    weights: dict[str, float] = tomllib.loads((files("docmill.describe") / name).read_text(encoding="utf-8"))
    return weights


def choose(
    features: Mapping[str, Callable[[Seen], float]], weights: Mapping[str, float], seen: Iterable[Seen]
) -> Seen | None:
    """The line with the highest sum; None where no line has enough."""
    scored = [(sum(weights[name] * feature(one) for name, feature in features.items()), one) for one in seen]
    best, line = max(scored, key=lambda entry: entry[0], default=(0.0, None))
    return line if best > weights["none"] else None
