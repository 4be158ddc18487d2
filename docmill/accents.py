"""Letters without their accents, by which words are compared."""

import unicodedata

__all__ = ["without_accents"]


def without_accents(text: str) -> str:
    """The text in bare letters; those it had are parted into letter and mark for it (NFD)."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
