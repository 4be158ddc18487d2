"""Words by which a short block announces readers' comments, or links to other pages, as numbers."""

import tomllib
from importlib.resources import files

import numpy as np

from docmill.clean.page.vocabulary import word_tokens
from docmill.clean.page.words import word_numbers

__all__ = ["CUES"]

_PHRASES = tomllib.loads((files("docmill.clean.lines") / "cues.toml").read_text(encoding="utf-8"))["cues"]
CUES = {
    name: np.unique(word_numbers([words[0] for phrase in _PHRASES[name] if len(words := word_tokens(phrase)) == 1]))
    for name in ("comment", "related")
}
"""For each kind the numbers of the words; phrases of several words are left out."""
