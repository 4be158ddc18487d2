"""Clean a web page: which of its blocks are the main content, by a model trained on labelled pages."""

from docmill.clean.page.assemble import assemble
from docmill.clean.page.model import load_model
from docmill.clean.page.reasons import name_by_path
from docmill.clean.reasons import name_reason
from docmill.extract.html.page import Page
from docmill.stage import Cleaned
from schemas.document import RemovalReason

__all__ = ["clean_page"]

_REPEATABLE = 60  # characters of a text that may stand twice


def clean_page(page: Page) -> Cleaned:
    """Split a page's blocks into those that stay and those that go, each with its reason."""
    keep = load_model().keep(page)
    reasons: list[RemovalReason | None] = []
    seen: set[str] = set()
    for number, text in enumerate(page.block_text):
        if not keep[number]:
            reasons.append(_why(page, number, text))
        elif len(text) > _REPEATABLE and text in seen:
            reasons.append(RemovalReason.DUPLICATE)
        else:
            seen.add(text)
            reasons.append(None)
    return assemble(page, reasons)


def _why(page: Page, number: int, text: str) -> RemovalReason:
    return name_reason(text) or name_by_path(page, page.block_leaf[number]) or RemovalReason.BOILERPLATE
