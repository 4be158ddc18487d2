"""How letters begin and end, and what papers call themselves: offices' papers, which are no pages of a site."""

import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files

import re2

__all__ = ["LINES", "is_kind", "is_no_title", "letter_ends", "subject_of"]

_DATA = tomllib.loads((files("docmill") / "papers.toml").read_text(encoding="utf-8"))
LINES: dict[str, str] = {name: _DATA[name].replace("\n", "") for name in ("salutation", "close")}
_SALUTATION, _CLOSE = (re.compile(LINES[name], re.IGNORECASE) for name in ("salutation", "close"))
_GREETS = re2.compile(rf"(?im)^(?:{LINES['salutation']})$".encode())  # finds none in most texts, soon
_SUBJECT = re.compile(_DATA["subject"], re.IGNORECASE)
_KINDS = frozenset(_DATA["kinds"])
_KIND_EDGE = " \t\xa0*#_-–—:："
_OPEN = (",", "，", "،", ":", "：")  # what a salutation ends with that no title does
_LONGEST = 300  # characters of a line that greets or takes leave
_BEGIN = 30  # lines among which a letter's salutation is


def letter_ends(texts: Sequence[str]) -> int | None:
    """The index of the line that takes leave in a letter, below one that greets; None where there is no letter."""
    if not _GREETS.search("\n".join(texts[:_BEGIN]).encode("utf-8", "replace")):
        return None
    greeted = next((at for at, text in enumerate(texts[:_BEGIN]) if _is(_SALUTATION, text)), None)
    if greeted is None:
        return None
    close = next((at for at in range(greeted + 1, len(texts)) if _is(_CLOSE, texts[at])), None)
    while close is not None and close + 1 < len(texts) and _is(_CLOSE, texts[close + 1]):
        close += 1  # as where two lines take leave
    return close


def is_no_title(text: str) -> bool:
    """Whether a line stands above a title, or about the text of a letter: `MEMO`, `Kind regards`, `Dear Ms Harper,`.

    Headlines thank and greet as well: `Gracias, Messi`, `Hello, Dolly!`.
    """
    takes_leave = ", " not in text and _is(_CLOSE, text)
    return is_kind(text) or takes_leave or (text.endswith(_OPEN) and _is(_SALUTATION, text))


def subject_of(text: str) -> str | None:
    """What a letter's or memo's line such as `Subject: Closure of the car park` says that it is about."""
    found = _SUBJECT.fullmatch(text) if len(text) <= _LONGEST else None
    return found[1] if found else None


def is_kind(text: str) -> bool:
    """Whether a line says no more than what kind of paper this is: `MEMO`, `For immediate release`."""
    return text.strip(_KIND_EDGE).lower() in _KINDS


def _is(pattern: re.Pattern[str], text: str) -> bool:
    return len(text) <= _LONGEST and pattern.fullmatch(text) is not None
