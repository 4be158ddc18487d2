"""The models of lines: what they see is the same wherever a line stands, and what they decide is well formed."""

import itertools
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmill.clean import clean
from docmill.clean.characters import MOST_CHARACTERS, CharClass, read_characters
from docmill.clean.line import read_dump
from docmill.clean.lines import Judged, best_share, judge_lines
from docmill.clean.lines.features import CUES, NAMES, Features, features
from docmill.clean.lines.scope import NAMES as SCOPE
from docmill.clean.lines.scope import scope_features
from docmill.clean.reading import read
from docmill.clean.reasons import complete_reasons
from docmill.clean.words import hash_words, read_words
from docmill.extract.text import read_lines
from schemas.document import RemovalReason

PROSE = "The river rose two metres overnight, and the lower town was cut off from the bridge until noon."


def _features(lines: list[str], gaps: list[bool]) -> Features:
    return features(read(lines), [line.lower() for line in lines], gaps)


def test_a_words_hash_does_not_depend_on_its_place_or_case() -> None:
    """The same word hashes alike at any place in any line, in any case."""
    found = read_words(read_characters(["River bank", "by the RIVER", PROSE + " river"]))
    [river] = hash_words(["river"])
    assert [int(found.hashes[0]), int(found.hashes[4]), int(found.hashes[-1])] == [river] * 3
    assert hash_words(["log in"]).tolist() == [int(read_words(read_characters(["Please LOG in"])).pairs[1])]
    assert len(set(map(int, read_words(read_characters([PROSE])).hashes))) == len(set(PROSE.lower().split()))


def test_letters_of_unspaced_scripts_are_words() -> None:
    """Chinese letters count one by one, so that two-letter terms are pairs."""
    words = read_words(read_characters(["网友评论 ok"]))
    assert len(words.hashes) == 5
    assert int(words.pairs[2]) == hash_words(["评论"])[0]


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
    seen = _features([PROSE, f"12 {term.upper()} 34", PROSE], [True, True, True])
    assert seen.column(f"cue_{name}")[1] > 0


def test_every_measure_has_a_name() -> None:
    """The columns are as many as their names, no name stands twice, and what is asked for by name is what it says."""
    found = _features([PROSE, "Home", PROSE + " " + PROSE], [True, False, True])
    assert found.values.shape[1] == len(NAMES) == len(set(NAMES))
    assert len(SCOPE) == len(set(SCOPE))
    assert found.column("prose").tolist() == [1, 0, 1]
    assert found.column("prose-1").tolist() == [0, 1, 0]
    assert found.column("prose+2w").tolist() == [0.5, 0.5, 0]
    assert found.column("gap").tolist() == [1, 0, 1]
    assert found.column("of_longest").argmax() == 2
    assert found.column("left").tolist() == pytest.approx(np.log1p([2, 1, 0]).tolist())
    assert found.column("until_prose").tolist() == pytest.approx(np.log1p([0, 1, 0]).tolist())


@given(st.lists(st.text(max_size=30), min_size=1, max_size=15), st.data())
def test_features_are_finite(lines: list[str], data: st.DataObject) -> None:
    """Whatever stands in the lines, every feature is a number, and one verdict a line comes out."""
    texts = [line.replace("\n", " ") for line in lines]
    gaps = data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)))
    first = _features(texts, gaps)
    assert np.isfinite(first.values).all()
    values = scope_features(first, np.full(len(texts), 0.5, np.float32))
    assert values.shape == (len(texts), len(SCOPE))
    assert np.isfinite(values).all()
    found, reading = read_dump(texts, range(1, len(texts) + 1), gaps)
    assert len(judge_lines(reading, found).content) == len(texts)


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
    lines = ["Home", "x" * (3 * MOST_CHARACTERS), PROSE]
    assert np.isfinite(_features(lines, [True] * 3).values).all()


def test_very_long_dumps_are_cleaned_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory does not grow with the number of lines: each part is judged by itself, and all lines get a verdict."""
    lines = [PROSE, "Home", "12 comments", "About us", PROSE.upper()] * 8
    module = sys.modules["docmill.clean"]
    sizes: list[int] = []
    judge = module.judge_lines
    monkeypatch.setattr(module, "_PART", 15)
    monkeypatch.setattr(module, "judge_lines", lambda reading, part: sizes.append(len(part)) or judge(reading, part))
    found = clean(read_lines("\n".join(lines)))
    assert sizes == [15, 15, 10]
    numbers = [block.start_line or 0 for block in (*found.blocks, *found.removed)]
    assert sorted(numbers) == list(range(1, 41))


def test_a_very_long_dumps_title_stands_at_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a later part begins with is none."""
    monkeypatch.setattr(sys.modules["docmill.clean"], "_PART", 4)
    first = ["River floods the lower town", PROSE, PROSE.replace("river", "lake"), PROSE.replace("two", "three")]
    then = ["Ferries stay in the harbour", *(line.replace("bridge", "ferry") for line in first[1:])]
    assert clean(read_lines("\n".join(then))).title == then[0]
    assert clean(read_lines("\n".join(first + then))).title == first[0]


def test_what_only_the_models_drop_is_named_by_its_looks_and_place() -> None:
    """Labels are navigation, sentences boilerplate, and all below readers' comments is theirs."""
    prose, sentence = "The ferry left the harbour at noon, as on every other day.", "Our office is closed on Sundays."
    texts = [prose, "Timetable", sentence, "Comments", "Jo", "It was late again, I am told."]
    lines, _ = read_dump(texts, range(1, 7), [False] * 6)
    heading = np.array([False, False, False, True, False, False])
    judged = Judged(content=np.zeros(6, bool), comment_heading=heading, related_heading=np.zeros(6, bool))
    found = complete_reasons(lines, [None] * 6, [True, False, False, False, False, False], judged, None)
    below = [RemovalReason.COMMENT] * 3
    assert found == [None, RemovalReason.NAVIGATION, RemovalReason.BOILERPLATE, *below]
    last = complete_reasons(lines, [None] * 6, [True, False, False, False, False, True], judged, None)
    assert last[4] is RemovalReason.NAVIGATION
