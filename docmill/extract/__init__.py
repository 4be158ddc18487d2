"""Extract: decoded text to blocks in reading order, with the metadata its markup declares."""

from docmill.stage import Extracted, Refusal, Text

__all__ = ["VERSION", "extract"]

VERSION = "1"


def extract(text: Text) -> Extracted | Refusal:
    """Blocks and declared metadata, by the reader of the text's media type."""
    match text.media_type:
        case "text/html":
            from docmill.extract.html import read_html

            return read_html(text.text)
        case "text/markdown":
            from docmill.extract.markdown import read_markdown

            return read_markdown(text.text)
        case _:
            from docmill.extract.text import read_lines

            return read_lines(text.text)
