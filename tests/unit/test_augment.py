"""Variations of labelled dumps keep what a label rests on."""

import random

import numpy as np
import pytest

from training.augment import Pools, _menued, _portal, _unknown_words, dump_of, vary

LINES = ["Home", "Log in", "", "The river rose two metres.", "The River fell again in May.", "", "More news"]
LABELS = [0.0, 0.0, None, 1.0, 1.0, None, 0.0]
POOLS = Pools(
    [(f"Title {n}", f"Opening of article {n}, a sentence of some words.") for n in range(30)], ["A post."] * 5
)


def _chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  the same variations each time


def test_unknown_words_keep_their_shape() -> None:
    """Hidden words have the same length and case, and equal words stay equal; labels and gaps are untouched."""
    dump = dump_of(LINES, LABELS)
    for seed in range(9):
        made = _unknown_words(dump, POOLS, _chance(seed))
        assert [len(line) for line in made.lines] == [len(line) for line in dump.lines]
        assert [c.isupper() for c in "".join(made.lines)] == [c.isupper() for c in "".join(dump.lines)]
        assert made.lines[2].split()[1] == made.lines[3].split()[1].lower()
        assert np.array_equal(made.labels, dump.labels)
    assert made.gaps == dump.gaps


def test_a_portal_has_teasers_around_a_short_article() -> None:
    """What is put in is no content; of the article something is left."""
    made = _portal(dump_of(LINES, LABELS), POOLS, _chance(3))
    teasers = [i for i, line in enumerate(made.lines) if "article" in line or line.startswith("Title")]
    assert len(teasers) > 5
    assert made.labels[teasers].max() == 0
    assert len(made.content()) > 0


def test_a_menu_stands_above_the_article() -> None:
    """The article is whole, and nothing of the menu is content."""
    dump = dump_of(LINES, LABELS)
    made = _menued(dump, POOLS, _chance(3))
    assert len(made.lines) == len(made.gaps) == len(made.labels) > 2 * len(dump.lines)
    assert [made.lines[i] for i in made.content()] == [dump.lines[i] for i in dump.content()]
    assert made.lines[-2:] == dump.lines[-2:]


@pytest.mark.parametrize("seed", range(20))
def test_variations_are_well_formed(seed: int) -> None:
    """Each line has a gap and a label, whatever is varied."""
    made = vary(dump_of(LINES, LABELS), POOLS, _chance(seed))
    assert len(made.lines) == len(made.gaps) == len(made.labels) > 0
