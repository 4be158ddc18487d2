"""What the readers make of a file, as tests of formats ask for it."""

from docmill import Pipeline
from docmill.decode import decode
from docmill.detect import detect
from docmill.extract import extract
from docmill.extract.limits import Limits
from docmill.stage import Binary, Extracted, Refusal
from schemas.document import EnrichedDocument
from schemas.source import RawDocument

__all__ = ["extracted", "extracted_or_not", "read_binary", "refined", "result_of", "told"]


def result_of(data: bytes, key: str, limits: Limits | None = None) -> Extracted | Refusal:
    """What is extracted from a file that is no text, or why nothing is."""
    content = decode(RawDocument(data=data, key=key))
    assert isinstance(content, Binary), content
    return extract(content, limits)


def read_binary(data: bytes, key: str, limits: Limits | None = None) -> Extracted:
    """What is extracted from one that can be read."""
    result = result_of(data, key, limits)
    assert isinstance(result, Extracted), result
    return result


def extracted_or_not(data: bytes, limits: Limits | None = None) -> Extracted | Refusal:
    """What the reader makes of bytes by what they are, without what decoding says of them first."""
    return extract(Binary(data, detect(data).media_type), limits)


def extracted(data: bytes, limits: Limits | None = None) -> Extracted:
    """What it makes of those that can be read."""
    result = extracted_or_not(data, limits)
    assert isinstance(result, Extracted), result
    return result


def refined(pipeline: Pipeline, text: str, key: str) -> EnrichedDocument:
    """What becomes of a text that is not rejected."""
    outcome = pipeline.refine(RawDocument(data=text.encode(), key=key))
    assert isinstance(outcome, EnrichedDocument)
    return outcome


def told(found: Extracted) -> list[tuple[str, str]]:
    """Kinds and texts of the blocks."""
    return [(block.kind.value, block.text) for block in found.blocks]
