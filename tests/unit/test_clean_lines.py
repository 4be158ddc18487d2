"""The models of lines: what they see is the same wherever a line stands, and what they decide is well formed."""

import itertools
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmill.clean.lines import best_share, judge_lines
from docmill.clean.lines import characters as ch
from docmill.clean.lines.characters import CharClass, hash_words, read_characters, read_words
from docmill.clean.lines.features import CUES, features
from docmill.clean.lines.scope import scope_features

PROSE = "The river rose two metres overnight, and the lower town was cut off from the bridge until noon."


def test_a_words_hash_does_not_depend_on_its_place_or_case() -> None:
    """The same word hashes alike at any place in any line, in any case."""
    found = read_words(read_characters(["River bank", "by the RIVER", PROSE + " river"]))
    [river] = hash_words("river")
    assert [int(found.hashes[0]), int(found.hashes[4]), int(found.hashes[-1])] == [river] * 3
    assert hash_words("log in") == [int(read_words(read_characters(["Please LOG in"])).pairs[1])]
    assert len(set(map(int, read_words(read_characters([PROSE])).hashes))) == len(set(PROSE.lower().split()))


def test_letters_of_unspaced_scripts_are_words() -> None:
    """Chinese letters count one by one, so that two-letter terms are pairs."""
    words = read_words(read_characters(["网友评论 ok"]))
    assert len(words.hashes) == 5
    assert int(words.pairs[2]) == hash_words("评论")[0]


def test_character_classes_are_counted_by_line() -> None:
    """Each line has its own counts; what lies beyond the basic plane is a symbol."""
    counts = read_characters(["Ab1. | 你", "", "😀,"]).counts()
    assert (
        counts[0, [CharClass.UPPER, CharClass.LOWER, CharClass.DIGIT, CharClass.STOP, CharClass.BAR]].tolist()
        == [1] * 5
    )
    assert counts[0, CharClass.UNSPACED] == 1
    assert counts[1].sum() == 1
    assert counts[2, [CharClass.OTHER, CharClass.PAUSE]].tolist() == [1, 1]


@pytest.mark.parametrize("cue", [(name, term) for name, terms in CUES.items() for term in terms[:3]])
def test_cues_are_found(cue: tuple[str, str]) -> None:
    """A term of the list counts for its class, in the middle of a line and in capitals too."""
    name, term = cue
    seen = features([PROSE, f"12 {term.upper()} 34", PROSE], [True, True, True])
    assert seen.column(f"cue_{name}")[1] > 0


def test_reading_in_pieces_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long document is read in pieces; its features are those of one reading."""
    lines = [PROSE, "Home", "12 comments", "网友评论", "Nora Eide says:", PROSE.upper()] * 9
    gaps = [index % 3 == 0 for index in range(len(lines))]
    whole = features(lines, gaps)
    monkeypatch.setattr(sys.modules["docmill.clean.lines.features"], "MOST_CHARACTERS", 300)
    parts = features(lines, gaps)
    assert np.allclose(whole.values, parts.values)
    assert (whole.terms == parts.terms).all()
    assert (whole.term_lines == parts.term_lines).all()


@given(st.lists(st.text(max_size=30), min_size=1, max_size=15), st.data())
def test_features_are_finite(lines: list[str], data: st.DataObject) -> None:
    """Whatever stands in the lines, every feature is a number, and one verdict a line comes out."""
    texts = [line.replace("\n", " ") for line in lines]
    gaps = data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)))
    first = features(texts, gaps)
    assert np.isfinite(first.values).all()
    names, values = scope_features(first, np.full(len(texts), 0.5, np.float32))
    assert values.shape == (len(texts), len(names))
    assert np.isfinite(values).all()
    assert len(judge_lines(texts, gaps).content) == len(texts)


@given(
    st.lists(
        st.tuples(st.sampled_from([0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97]), st.integers(1, 500)),
        min_size=1,
        max_size=7,
    )
)
def test_best_share_is_the_best(lines: list[tuple[float, int]]) -> None:
    """No other choice of lines has a higher expected F1."""
    p, sizes = (np.array(column, np.float32) for column in zip(*lines, strict=True))

    def expected(kept: np.ndarray) -> float:
        return float(2 * (p * sizes)[kept].sum() / (sizes[kept].sum() + (p * sizes).sum()))

    best = max(expected(np.array(choice)) for choice in itertools.product([False, True], repeat=len(p)))
    assert expected(best_share(p, sizes)) == pytest.approx(best, rel=1e-4)


def test_lines_longer_than_a_piece_are_cut() -> None:
    """One line of megabytes neither fails nor is read beyond its beginning."""
    lines = ["Home", "x" * (3 * ch.MOST_CHARACTERS), PROSE]
    assert np.isfinite(features(lines, [True] * 3).values).all()


def test_very_long_documents_are_judged_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory does not grow with the number of lines: each part is judged by itself, and all lines get a verdict."""
    lines = [PROSE, "Home", "12 comments", "About us", PROSE.upper()] * 8
    gaps = [index % 5 == 0 for index in range(len(lines))]
    module = sys.modules["docmill.clean.lines"]
    seen: list[int] = []
    judge = module._judge
    monkeypatch.setattr(module, "_PART", 15)
    monkeypatch.setattr(module, "_judge", lambda part, own: seen.append(len(part)) or judge(part, own))
    found = judge_lines(lines, gaps)
    assert seen == [15, 15, 10]
    assert len(found.content) == len(found.comment_heading) == len(lines)
    assert found.comment_heading[2]
