"""Arabic and Hebrew: read by pypdf, which keeps their order where PDFium's text is by the eye."""

import io
import re
import unicodedata

__all__ = ["is_right_to_left", "page_lines", "plain_letters"]

_LETTERS = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_FORMS = re.compile(r"[\ufb1d-\ufdff\ufe70-\ufefc]+")
_SHARE = 0.1
_BROKEN = (ValueError, KeyError, IndexError, TypeError, AttributeError, OSError, RecursionError)


def is_right_to_left(text: str) -> bool:
    """Whether over a tenth of the characters are Hebrew or Arabic."""
    return len(_LETTERS.findall(text)) > _SHARE * max(len(text), 1)


def page_lines(data: bytes, number: int) -> list[str] | None:
    """The lines of a page (from 0), letters in their plain form; None where pypdf cannot read it."""
    # Few documents need it, and with its cryptography it takes a sixth of a second to import.
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        text = PdfReader(io.BytesIO(data)).pages[number].extract_text()
    except (PyPdfError, *_BROKEN):
        return None
    return [line for line in plain_letters(text).splitlines() if line.strip()]


def plain_letters(text: str) -> str:
    """The text without letters in the shape of their place in a word."""
    return _FORMS.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)
