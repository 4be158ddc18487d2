"""Rules that judge a block by itself: one function a rule, tried in order, the first reason wins."""

import re
from collections.abc import Callable

import re2

from docmill.clean.glance import Hint
from docmill.clean.line import WORD, Line
from docmill.clean.patterns import MENU_SHARE, MENU_WORDS, NUMBERS, PHRASES
from docmill.dates import MENTION
from schemas.document import BlockKind, RemovalReason

__all__ = ["RULES", "judge"]

Rule = Callable[[Line], bool]

_CRUMB = re.compile(r"\s*(?:[>»›→❯]|&gt;|::|\s[/|]\s)\s*")
_CRUMB_SIGN = re.compile(r"[>»›→❯]|&gt;|::|\s[/|]\s")  # found faster than all of what it parts
_DATE = re.compile(rf"(?:{MENTION.pattern})日?|\d{{1,2}}:\d{{2}}(?::\d{{2}})?")
_PART_END = re.compile(r"\s*(?:[|·,，]|\.\s)\s*")
_LABELLED = re.compile(r"^\s*date\b", re.IGNORECASE)
_BAR = re.compile(r"\s*[|·•]\s*")
_LONGEST = 800  # characters of the longest notice
_LONGEST_LABELS = 300  # characters of the longest menu, breadcrumb or dateline
_LONGEST_DATELINE = 20  # words
_GLUED = 3
_LEAST_GLUED = 9  # characters: shorter words run together would be a name
_GLUED_PART = re.compile(r"[A-ZÀ-ÖØ-ÞА-Я][a-zß-öø-ÿа-я]+")
_GLUED_PARTS = re.compile(f"(?:{_GLUED_PART.pattern}){{3}}")
_UNSPACED_WORDS = re2.compile(
    "|".join(sorted((w for w in MENU_WORDS if not w.isascii() and len(w) > 1), key=len, reverse=True))
)
_EXEMPT = frozenset({BlockKind.CODE, BlockKind.TABLE})


def _has(name: str, line: Line, words: int = NUMBERS.short_words) -> bool:
    return name in line.phrases and line.words <= words


def _breadcrumb(line: Line) -> bool:
    if line.ends_sentence or not line.hints & Hint.SEPARATED or line.words > NUMBERS.long_words:
        return False
    if not _CRUMB_SIGN.search(line.text):
        return False
    parts = [part for part in _CRUMB.split(line.text) if part.strip()]
    if len(parts) >= 3 and all(len(part.split()) <= NUMBERS.name_words + 1 for part in parts):  # noqa: PLR2004
        return True
    return len(parts) > 1 and _has("breadcrumb", line)


def _spam(line: Line) -> bool:
    if line.words > NUMBERS.short_words and line.is_prose:
        return False
    return _has("spam", line, NUMBERS.notice_words)


def _byline(line: Line) -> bool:
    dated = bool(line.hints & Hint.DATED)
    if not (line.phrases or dated) or line.words > NUMBERS.long_words:
        return False
    if "byline" in line.phrases and line.words <= NUMBERS.short_words:
        return True
    if not dated:
        return False
    begins = "byline" in line.phrases or _begins_byline(line)
    if not (begins or _may_be_dateline(line)):  # to look for dates takes longer
        return False
    rest, dates = _DATE.subn(" ", line.text)
    return dates > 0 and (begins or _is_dateline(line, rest))


def _begins_byline(line: Line) -> bool:
    return PHRASES.holds("byline", _PART_END.split(line.lowered, maxsplit=1)[0])


def _may_be_dateline(line: Line) -> bool:
    return not line.ends_sentence and line.words <= _LONGEST_DATELINE


def _is_dateline(line: Line, rest: str) -> bool:
    """A date or time with hardly a word beside it."""
    return _may_be_dateline(line) and len(rest.split()) <= (NUMBERS.name_words if _LABELLED.match(line.text) else 2)


def _menu(line: Line) -> bool:
    """Mostly words of site menus, set apart or run together."""
    if line.ends_sentence or line.words > NUMBERS.long_words or not line.hints & (Hint.MENU | Hint.GLUED):
        return False
    tokens = line.tokens
    if len(tokens) > 1 and not MENU_WORDS.isdisjoint(tokens):
        known = sum(token in MENU_WORDS for token in tokens)
        if known >= MENU_SHARE * len(tokens):
            return True
    if line.hints & Hint.GLUED and len(line.text) >= _LEAST_GLUED and _GLUED_PARTS.search(line.text):
        return any(map(_is_glued_menu, WORD.findall(line.text)))
    return bool(line.hints & Hint.MENU) and any(map(_is_unspaced_menu, tokens))


def _is_glued_menu(token: str) -> bool:
    """Several menu words without a space between: `HomeNewsContact`."""
    parts = _GLUED_PART.findall(token) if token[0].isupper() else []
    return len(parts) >= _GLUED and sum(part.casefold() in MENU_WORDS for part in parts) >= MENU_SHARE * len(parts)


def _is_unspaced_menu(token: str) -> bool:
    """Several menu words in a script without spaces: `首页新闻视频`."""
    if len(token) < _GLUED * 2 or token.islower():
        return False
    found = _UNSPACED_WORDS.findall(token)
    return len(found) >= _GLUED and len("".join(found)) >= MENU_SHARE * len(token)


def _bars(line: Line) -> bool:
    if not line.hints & Hint.BARRED:
        return False
    parts = [p for p in _BAR.split(line.text) if p]
    return len(parts) > 3 and not line.ends_sentence and line.words / len(parts) < NUMBERS.name_words  # noqa: PLR2004


def _navigation(line: Line) -> bool:
    return _has("navigation", line) or _menu(line) or _bars(line)


def _legal(line: Line) -> bool:
    if not _has("legal", line, NUMBERS.long_words):
        return False
    # A sentence may speak of copyright; a notice shows the sign or says it twice.
    return not line.is_prose or "©" in line.text or line.phrases["legal"] > 1


def _cookies(line: Line) -> bool:
    return _has("cookie_banner", line, NUMBERS.notice_words)


def _phrase(name: str) -> Rule:
    def rule(line: Line) -> bool:
        return _has(name, line) and not line.is_prose

    return rule


RULES: tuple[tuple[RemovalReason, Rule], ...] = (
    (RemovalReason.SPAM, _spam),
    (RemovalReason.COOKIE_BANNER, _cookies),
    (RemovalReason.LEGAL, _legal),
    (RemovalReason.CONTACT, _phrase("contact")),
    (RemovalReason.BYLINE, _byline),
    (RemovalReason.BREADCRUMB, _breadcrumb),
    (RemovalReason.LOGIN_PROMPT, _phrase("login_prompt")),
    (RemovalReason.SHARING, _phrase("sharing")),
    (RemovalReason.ADVERTISEMENT, _phrase("advertisement")),
    (RemovalReason.CAPTION_CREDIT, _phrase("caption_credit")),
    (RemovalReason.RELATED_LINKS, _phrase("related_links")),
    (RemovalReason.NAVIGATION, _navigation),
)


def judge(line: Line) -> RemovalReason | None:
    """Why the block should go, judged by itself; None if no rule applies."""
    if not (line.hints or line.phrases):
        return None if line.text else RemovalReason.UNREADABLE  # hygiene found nothing in it that can be seen
    if line.kind in _EXEMPT or len(line.text) > _LONGEST:  # long blocks are never furniture
        return None
    if not line.phrases:
        return _by_shape(line) if len(line.text) <= _LONGEST_LABELS else None
    if line.words > NUMBERS.notice_words:
        return None
    return next((reason for reason, rule in RULES if rule(line)), None)


def _by_shape(line: Line) -> RemovalReason | None:
    """Those of the rules, in their order, that need no phrase."""
    if line.hints & Hint.DATED and _byline(line):
        return RemovalReason.BYLINE
    if line.ends_sentence:
        return None
    if line.hints & Hint.SEPARATED and _breadcrumb(line):
        return RemovalReason.BREADCRUMB
    return RemovalReason.NAVIGATION if _menu(line) or _bars(line) else None
