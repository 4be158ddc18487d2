"""PDF: numbers of notes behind words."""

import pytest
from documents import pdf

from docmill.extract import extract
from docmill.extract.pdf.raised import with_marks
from docmill.stage import Binary, Extracted


def _told(*texts: tuple[float, float, float, str]) -> list[str]:
    found = extract(Binary(pdf([list(texts)]), "application/pdf"))
    assert isinstance(found, Extracted)
    return [block.text for block in found.blocks]


def test_raised_numbers_are_in_brackets() -> None:
    """A number set smaller and higher than the word before it leads to a note, also behind a comma; several do."""
    line = [(50, 700, 12, "It left at night"), (118.8, 704, 7, "1,2"), (132, 700, 12, "and came back.")]
    assert _told(*line) == ["It left at night[1,2] and came back."]


@pytest.mark.parametrize(
    ("word", "edge", "size", "height"),
    [
        ("It is carbon", 108.7, 7, 697),  # below the line
        ("It ran on Windows", 146.0, 12, 700),  # as large as the word
        ("It was 12 km", 117.4, 7, 704),  # a unit's power
    ],
)
def test_other_numbers_stay(word: str, edge: float, size: float, height: float) -> None:
    """Indexes, numbers in names, powers."""
    assert _told((50, 700, 12, word), (edge, height, size, "2")) == [f"{word}2"]


def test_only_ends_of_words_are_looked_at() -> None:
    """Boxes are asked for where a number ends a word, and nowhere else."""
    asked: list[int] = []

    def loose(at: int) -> tuple[float, float, float, float]:
        asked.append(at)
        return (0, 0, 1, 1)

    text = "In 2019 the a1b2 saw COVID19, F16 and 12 others; noon.3"
    assert with_marks(text, 0, len(text), loose) == text
    assert [text[at] for at in asked] == ["D", "1", ".", "3"]
