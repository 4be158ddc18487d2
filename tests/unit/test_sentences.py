"""Sentences end where readers see them end, in any language; nothing of a text is lost between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmill.classify.excerpt import excerpt
from docmill.sentences import sentences
from schemas.document import Block, BlockKind


@pytest.mark.parametrize(
    "found",
    [
        ["Mrs. Smith met Dr. Jones at St. Mary's.", "They left after 3.5 miles.", "No. 5 won."],
        ["J. R. R. Tolkien wrote it.", "The U.S. Army came.", "It left the U.S.", "The end."],
        ["He waited... then left.", "Well…", "I think so."],
        ["“Stop.”", "Then he left.", '"Go!" he said.', "See Fig. 3.", "The rest (cf. p. 12) is new."],
        ["1. Introduction\n2. Methods.", "He was 12.", "They left.", "Acme Inc. Chairman Bob spoke."],
        ["It rose.[2]", "Then it fell.", "Version 3.11.2 of example.org is out.", "Vitamin C.", "It helps."],
        ["Das gilt z. B. für Wasser.", "Am 3. März war es kalt.", "Prof. Dr. Klein sagt nein."],
        ["Par ex. M. Dupont, p. ex. hier.", "« Viens ! » dit-il.", "Elle vint."],
        ["El Sr. Gómez vive en la Av. Mayor, n.º 5.", "¿Vienes?", "Sí."],
        ["Он родился в 1950 г. в Москве, т. е. давно.", "Это А. С. Пушкин.", "Он жил на ул. Мойка."],
        ["「行きます。」と言った。", "次の日。", "他说：“走吧。”", "然后走了。"],
        ["قال د. أحمد ذلك.", "ثم ذهب؟", "نعم.", "यह है।", "वह नहीं।"],
    ],
)
def test_sentences_end_where_readers_see_them_end(found: list[str]) -> None:
    parts = [part.replace("\n", "|").split("|") for part in found]
    wanted = [piece for part in parts for piece in part]
    assert [sentence.strip() for sentence in sentences(" ".join(found))] == wanted


@given(st.text(alphabet="aB5. \n…。」と”\"'!?[]", max_size=60))
def test_nothing_is_lost_between_sentences(text: str) -> None:
    assert "".join(sentences(text)) == text


def test_evidence_is_whole_sentences() -> None:
    text = "Mrs. Eide and Dr. Vik rowed to No. 5 pier. They had 3.5 miles to go."
    piece = excerpt(None, [Block(kind=BlockKind.PARAGRAPH, text=text)])
    assert piece is not None
    assert piece.sentences == ("Mrs. Eide and Dr. Vik rowed to No. 5 pier.", "They had 3.5 miles to go.")
