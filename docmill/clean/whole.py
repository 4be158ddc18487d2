"""Documents that are no page of a site: nothing of them is furniture."""

import re

from docmill.stage import Cleaned, Extracted
from schemas.document import BlockKind, Removal, RemovalReason

__all__ = ["is_page", "keep_whole"]

# Dumps and pages of the web, whose navigation and the like is cleaned away. Other formats keep all their readers keep.
_PAGES = frozenset({"text/plain", "text/html", "text/markdown"})
# What programs call a sheet until somebody does.
_SHEET = re.compile(
    r"sheet|(?:sheet|tabelle|feuil|hoja|foglio|planilha|folha|arkusz|лист|аркуш|工作表|シート|시트|sayfa|blad|list|munka|ark"
    r"|taul|φύλλο|ورقة|גיליון)\s?\d{1,3}",
    re.IGNORECASE,
)
_OPENING = 5  # blocks among which a document's title stands


def is_page(media_type: str | None) -> bool:
    """Whether documents of this type have furniture to clean away."""
    return media_type in _PAGES


def keep_whole(extracted: Extracted) -> Cleaned:
    """Nothing goes in which there is anything to read, and the first heading near the start is the title."""
    opening = extracted.blocks[:_OPENING]
    headings = (block.text for block in opening if block.kind is BlockKind.HEADING and block.text)
    title = next((text for text in headings if not _SHEET.fullmatch(text)), None)
    kept = tuple(block for block in extracted.blocks if block.text)  # of others hygiene left nothing
    unseen = len(extracted.blocks) - len(kept)
    gone = Removal(kind=BlockKind.PARAGRAPH, reason=RemovalReason.UNREADABLE, text="")
    return Cleaned(blocks=kept, removed=(gone,) * unseen, title=title)
