"""Persons: whether what stands where an author's name would is somebody's name."""

import re
import tomllib
from importlib.resources import files

__all__ = ["PARTICLES", "has_role", "is_full_name", "is_host", "is_name", "is_nobody", "names_no_person"]

_DATA = tomllib.loads((files("docmill") / "persons.toml").read_text(encoding="utf-8"))
_NOBODY = frozenset(_DATA["nobody"])
_ROLES = frozenset(_DATA["roles"])
_FIRST_NOT, _LAST_NOT = frozenset(_DATA["never_first"]), frozenset(_DATA["never_last"])
_DEGREES = frozenset(_DATA["degrees"])
_COMPANIES = frozenset(_DATA["companies"])
PARTICLES = frozenset(_DATA["particles"])  # of names in running text
_NOBLE = PARTICLES | frozenset(_DATA["particles_where_expected"])
_HOST = re.compile(rf"(?:[\w-]+\.)+(?:{'|'.join(_DATA['domains'])})", re.IGNORECASE)
_NO_LETTER, _NO_WORD = re.compile(r"[\W_]"), re.compile(r"\W")
_INITIALS = re.compile(r"(?:[^\W\d_]\.){1,3}")  # `J. S.A. Doe` is no `S.A.`
_USER = re.compile(r"(?=.*[^\W\d])[\w.-]{2,30}")  # the name of an account, which may have digits
_NAME_CHARACTERS, _NAME_WORDS, _UNCASED_CHARACTERS = 50, 6, 20


def is_full_name(name: str) -> bool:
    """Whether a name looks like a person's: two to five words in capitals, or some characters of a script without."""
    words = [word for word in name.split() if word not in _NOBLE]
    if not any(c.isupper() or c.islower() for c in name):
        return len(name) <= _UNCASED_CHARACTERS
    return 2 <= len(words) <= 5 and all(word[0].isupper() or not word[0].isalpha() for word in words)  # noqa: PLR2004


def is_host(name: str) -> bool:
    """Whether a name is that of a host, as `www.example.com`."""
    return _HOST.fullmatch(name) is not None


def is_name(name: str, *, as_written: bool) -> bool:
    """Whether a part of a list of authors may be a name.

    Args:
        name: The part.
        as_written: Whether it is declared to be a name, so that one in small letters, or an account's, is one as well.
    """
    return _may_be(name, as_written=as_written) and _in_capitals(name, strict=not as_written)


def is_nobody(name: str) -> bool:
    """Whether it is what systems and people write who name no author: `admin`, `anonymous`."""
    return _squeezed(name.replace(" ", ""), _NO_LETTER) in _NOBODY


def names_no_person(word: str) -> bool:
    """Whether a word shows that the name it stands in is no person's, or somebody's with a role."""
    return has_role(word) or word.casefold() in _NOBODY | _COMPANIES


def has_role(name: str) -> bool:
    """Whether a word of it is a role; a newspaper's staff is one author, and degrees may follow a whole name."""
    words = [_squeezed(word, _NO_WORD) for word in name.split()]
    while len(words) > 2 and words[-1] in _DEGREES:  # noqa: PLR2004
        words.pop()
    return any(word in _ROLES for word in (words[:-1] if len(words) > 1 and words[-1] == "staff" else words))


def _may_be(name: str, *, as_written: bool) -> bool:
    words = [squeezed for word in name.split() if (squeezed := _squeezed(word, _NO_LETTER))]
    if len(name) > _NAME_CHARACTERS or not 1 <= len(words) <= _NAME_WORDS or len("".join(words)) < 2:  # noqa: PLR2004
        return False
    if "".join(words) in _NOBODY or ":" in name or "：" in name or is_host(name):
        return False
    if any(c.isdigit() for c in name) and not (as_written and len(words) == 1 and _USER.fullmatch(name)):
        return False
    if words[-1] in _LAST_NOT or words[0] in _FIRST_NOT:
        return False
    forms = [word for word in name.split()[:-1] if not _INITIALS.fullmatch(word)] + name.split()[-1:]
    bare = [_squeezed(word, _NO_LETTER) for word in forms]
    return not any(word in _COMPANIES for word in (*bare[1:], "".join(words[-2:])))


def _in_capitals(name: str, *, strict: bool) -> bool:
    """Whether it is no part of a sentence, whose words are in small letters, as are only the particles of a name."""
    words = name.split()
    lower = [word for word in words if word[0].islower() and word.casefold() not in _NOBLE]
    return len(lower) <= len(words) / 2 or len(words) <= (1 if strict else 2)


def _squeezed(word: str, without: re.Pattern[str]) -> str:
    return (word if word.isalpha() else without.sub("", word)).casefold()
