"""Documents that are no page of a site: nothing of them is furniture."""

from docmill.stage import Cleaned, Extracted
from schemas.document import BlockKind, Removal, RemovalReason

__all__ = ["is_page", "keep_whole"]

# Dumps and pages of the web, whose navigation and the like is cleaned away. Other formats keep all their readers keep.
_PAGES = frozenset({"text/plain", "text/html", "text/markdown"})
_OPENING = 5  # blocks among which a document's title stands


def is_page(media_type: str | None) -> bool:
    """Whether documents of this type have furniture to clean away."""
    return media_type in _PAGES


def keep_whole(extracted: Extracted) -> Cleaned:
    """Nothing goes in which there is anything to read, and the first heading near the start is the title."""
    opening = extracted.blocks[:_OPENING]
    title = next((block.text for block in opening if block.kind is BlockKind.HEADING and block.text), None)
    kept = tuple(block for block in extracted.blocks if block.text)  # of others hygiene left nothing
    unseen = len(extracted.blocks) - len(kept)
    gone = Removal(kind=BlockKind.PARAGRAPH, reason=RemovalReason.UNREADABLE, text="")
    return Cleaned(blocks=kept, removed=(gone,) * unseen, title=title)
