"""What a plain text is: the dump of a web page, or a text of its own, such as a letter, a recipe, minutes or a licence.

The models that tell content from furniture learned it from pages. In a letter they take the greeting for a label, in a
recipe the list of ingredients. A page has a menu, a notice, a prompt or a byline, or says things twice, and its lines
are not wrapped at a column.
"""

import re
from collections.abc import Sequence
from enum import Enum

from docmill.clean.interface import of_programs
from docmill.clean.line import Line
from docmill.clean.patterns import MENU_WORDS, NUMBERS
from docmill.clean.sequence import Verdicts
from schemas.document import RemovalReason

__all__ = ["Form", "form_of", "own_title"]

_MANY = 40  # lines of a text that the models know well
_WRAPPED = 0.1  # share of the lines that are wrapped, of a text that is no page's
_FURNITURE = frozenset((
    RemovalReason.NAVIGATION, RemovalReason.LOGIN_PROMPT, RemovalReason.COOKIE_BANNER, RemovalReason.SHARING,
    RemovalReason.RELATED_LINKS, RemovalReason.BREADCRUMB, RemovalReason.ADVERTISEMENT, RemovalReason.COMMENT,
    RemovalReason.SPAM,
))  # fmt: skip
_LEAST, _SHARE = 3, 0.03  # lines of furniture, and their share, of a page whose text is wrapped
_LABELS = 2  # lines of words of menus
_OPENING = 4  # lines among which the day of an article stands, below its title
_OPENS = re.compile(r"[#«“\"'„(]*\s*(?:\d|[^\W\d_])")  # a word or number
_MARK = re.compile(r"^#{1,6}\s+")  # of a heading in Markdown
_NO_TITLE = re.compile(r"[.,;:!。，；：！、،؛]$|[←→<>|=]")
_PAGES = re.compile(r"(?=.*[←→«»‹›<>])(?:.*?\b\d{1,4}\s){3}")  # `← 1 2 3 … 14 Next >`
# A line of data, code or a table.
_DATA = re.compile(r"^[^\w\"'„“«]|[={}<\[\]|:]")
# What memos and messages begin with.
_FIELD = re.compile(
    r"\W*(?:from|to|cc|date|subject|re|von|an|datum|betreff|de|à|a|para|fecha|asunto|objet|от|кому|дата|тема|من|إلى|التاريخ"
    r"|发件人|收件人|日期|主题|發件人|主題)\s?[:：]"
)


class Form(Enum):
    """What judges the lines of a text.

    One of few lines is its own unless something tells that it is a page; a wrapped one is unless much does.
    """

    PAGE = "page"  # models and rules
    MIXED = "mixed"  # rules: a text of its own in which something of pages stands, or a page without running text
    OWN = "own"  # nothing: it has no furniture


def form_of(lines: Sequence[Line], reasons: Verdicts) -> Form:
    """Tell pages from texts of their own: of 650 dumps of pages 7 are taken for such, which have little furniture.

    Args:
        lines: The text's.
        reasons: What the rules say of each by itself.
    """
    if sum(line.is_wrapped for line in lines) > _WRAPPED * len(lines):
        return _form_of_wrapped(lines, reasons)
    if not any(line.is_prose for line in lines):
        return Form.MIXED if any(map(_is_furniture, lines, reasons)) else Form.OWN
    is_page = (
        len(lines) > _MANY
        or _says_twice(lines)
        or _has_labels(lines)
        or any(map(_is_furniture, lines, reasons))
        or any(map(_is_notice, lines, reasons))
    )
    return Form.PAGE if is_page else Form.OWN


def _form_of_wrapped(lines: Sequence[Line], reasons: Verdicts) -> Form:
    furniture = sum(map(_is_furniture, lines, reasons))
    if furniture >= _LEAST and furniture > _SHARE * len(lines):
        return Form.PAGE
    return Form.MIXED if furniture else Form.OWN


def own_title(lines: Sequence[Line], reasons: Verdicts, found: str | None) -> str | None:
    """The title of a text that is no page: its first line if it stands by itself above the rest, else what is found.

    Neither a greeting nor a field such as `To: all staff` is one.
    """
    first = lines[0]
    alone = len(lines) > 1 and lines[1].blank_before and first.words <= NUMBERS.title_words
    if alone and _OPENS.match(first.text) and not _NO_TITLE.search(first.text) and reasons[0] is None:
        found = first.text
    return None if found is None or _FIELD.match(found.lower()) else _MARK.sub("", found)


def _is_furniture(line: Line, reason: RemovalReason | None) -> bool:
    return reason in _FURNITURE or of_programs(line) or (not line.is_prose and _PAGES.match(line.text) is not None)


def _is_notice(line: Line, reason: RemovalReason | None) -> bool:
    """Whether a line says who wrote an article or when, or who has the rights; a memo's field or a letter's day not."""
    if reason is RemovalReason.BYLINE:
        is_named = "byline" in line.phrases  # or a day and hardly a word beside it
        return not _FIELD.match(line.lowered) if is_named else 0 < line.index < _OPENING
    return reason in (RemovalReason.LEGAL, RemovalReason.CAPTION_CREDIT)


def _says_twice(lines: Sequence[Line]) -> bool:
    """Whether a title, a name or a label is there again; data such as `"size": 1` may be."""
    said = [line.lowered for line in lines if " " in line.text and not _DATA.search(line.text)]
    return len(set(said)) < len(said)


def _has_labels(lines: Sequence[Line]) -> bool:
    """Whether some lines are hardly more than words of menus."""
    labels = 0
    for line in lines:
        tokens = () if line.is_prose or line.ends_sentence else line.tokens
        labels += 0 < len(tokens) <= 2 * sum(token in MENU_WORDS for token in tokens)
    return labels >= _LABELS
