"""A reading of all texts at once says of each what searches through it would."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmill.clean import reading as module
from docmill.clean.glance import Hint, hints
from docmill.clean.line import count_words, read_texts
from docmill.clean.patterns import PHRASES
from docmill.clean.reading import read

# Marks are parts of words here, which the searches for words do not know.
ANY = st.characters(max_codepoint=0x2FFF, exclude_categories=["Cs", "Mn", "Mc", "Me"])
TEXTS = st.lists(
    st.one_of(
        st.text(st.sampled_from("aZß19:/|>.'-_ 你ไя\nП0ا"), max_size=40),
        st.text(ANY, max_size=40),
    ),
    min_size=1,
    max_size=12,
)
SEARCHES = {
    Hint.DATED: re.compile(r"(?:19|20)\d\d|\d:\d\d|/\d{4}"),
    Hint.SEPARATED: re.compile(r"[>»›→❯|/:&]"),
    Hint.BARRED: re.compile(r"(?:[|·•][^|·•]*){3}"),
    Hint.GLUED: re.compile(r"[a-zß-öø-ÿа-я][A-ZÀ-ÖØ-ÞА-Я].*?[a-zß-öø-ÿа-я][A-ZÀ-ÖØ-ÞА-Я]", re.DOTALL),
}


@given(TEXTS)
def test_words_and_hints_are_what_searches_find(texts: list[str]) -> None:
    """Counts of words are those of counting one by one; a hint is given where its search finds something."""
    found = read(texts)
    assert found.words.tolist() == pytest.approx([count_words(text) for text in texts], rel=1e-5)
    for hint, search in SEARCHES.items():
        assert (hints(found) & hint > 0).tolist() == [search.search(text) is not None for text in texts]


@given(TEXTS)
def test_reading_in_pieces_gives_the_same(texts: list[str]) -> None:
    """Many texts are read some at a time, and found to be the same."""
    whole = read(texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MOST_CHARACTERS", 45)
        parts = read(texts)
    for name in module.Reading.__slots__:
        assert np.array_equal(getattr(whole, name), getattr(parts, name)), name


@pytest.mark.parametrize(
    ("text", "hinted"),
    [
        ("Home About us Contact", True),
        ("首页 新闻", True),
        ("Главная", True),
        ("The river cut off our home", False),
        ("Volunteers carried sandbags", False),
    ],
)
def test_menus_are_hinted_at(text: str, hinted: bool) -> None:
    """Only what is mostly words of menus is worth counting them."""
    assert bool(hints(read([text]))[0] & Hint.MENU) is hinted


def test_long_texts_are_judged_by_their_beginning_and_end() -> None:
    """The words of a long text are estimated, in time that does not grow with it; how it ends is seen."""
    [line] = read_texts(["word " * 100_000 + "end."])
    assert line.words == pytest.approx(100_000, rel=0.01)
    assert read(["word " * 100_000 + "end."]).last == read(["."]).last


def test_phrases_are_found_where_they_stand() -> None:
    """Each text has its own phrases, also where one shares a blank with the next."""
    texts = ["privacy policy terms of use", "the harbour", "log in", "first\nlog in", "all rights reserved ©"]
    found = PHRASES.found(texts, [1.0] * len(texts))
    assert set(found) == {0, 2, 3, 4}
    assert found[0]["legal"] >= 2
    assert "login_prompt" in found[2]
    assert "login_prompt" in found[3]


def test_phrases_are_not_looked_for_in_long_texts() -> None:
    """A paragraph that mentions logging in is no login prompt, so it is not searched."""
    assert PHRASES.found(["log in"], [13.0]) == {}
    assert PHRASES.holds("byline", "by nora eide")
