"""Topics of a few words are unsure: one word that a category's description has too is little to go by."""

import pytest

from docmill import Pipeline, RawDocument
from schemas.document import EnrichedDocument


def _topics(pipeline: Pipeline, text: str) -> dict[str, float]:
    record = pipeline.refine(RawDocument(data=text.encode(), key="note.txt"))
    assert isinstance(record, EnrichedDocument)
    return {label.id: label.confidence for label in record.topics}


@pytest.mark.parametrize(
    "text", ["Hours: 9-5", "Opening hours", "The shop is open from nine to five, opening hours vary."]
)
def test_hours_are_hardly_labour(pipeline: Pipeline, text: str) -> None:
    assert _topics(pipeline, text).get("labour", 0) < 0.65


def test_several_words_are_surer_than_one(pipeline: Pipeline) -> None:
    one = _topics(pipeline, "Opening hours").get("labour", 0)
    assert _topics(pipeline, "Trade unions call a strike over working hours and wages.")["labour"] > max(one, 0.9)


def test_words_of_evidence_are_named_once(pipeline: Pipeline) -> None:
    """Each as the text has it, though two stems begin alike."""
    text = (
        "Cybersecurity matters: cyber resilience and cybersecurity protect the cloud, software and computers of banks."
    )
    record = pipeline.refine(RawDocument(data=text.encode(), key="note.txt"))
    assert isinstance(record, EnrichedDocument)
    named = [e.text.removeprefix("words: ").split(", ") for t in record.topics for e in t.evidence if e.kind == "cue"]
    assert named
    assert all(len(set(words)) == len(words) for words in named)
    assert any("cyber" in words for words in named)
