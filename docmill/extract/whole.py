"""Whole numbers as attributes say them."""

__all__ = ["whole"]


def whole(text: str | None, digits: int = 5) -> int | None:
    """The number that a text of at most so many decimal digits says; None of any other."""
    return int(text) if text and text.isdecimal() and len(text) <= digits else None
