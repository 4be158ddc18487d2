"""What the readers make of a file, as tests of formats ask for it."""

from docmill.decode import decode
from docmill.extract import extract
from docmill.extract.limits import Limits
from docmill.stage import Binary, Extracted, Refusal
from schemas.source import RawDocument

__all__ = ["read_binary", "result_of"]


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
