"""What a site is called, and what of a title its address repeats."""

import re
from urllib.parse import urlsplit

from docmill.accents import without_accents

__all__ = ["SiteNames"]

_LEAST = 4  # letters of a part of a host's name that means it
_PARTED = re.compile(r"\s+[|–—―·•»«›‹:~-]+\s+|\s*[|｜：»«]\s*")
# As generators of documentation write it: `Tidewater 2.1 documentation`.
_MANUAL = re.compile(r"[^:|]{1,40}(?: documentation| v?\d[\w.]* Documentation)")
_SLOGAN = re.compile(r"\s*[,(（]")
_EDGE = " |–—-:·•»"
_WORDS = 4  # of a name that but begins as the host does: `Harbour 2.1 documentation`
_COMMON = frozenset({"com", "net", "org", "gov", "edu", "blog", "blogs", "news", "docs", "web", "home"})


class SiteNames:
    """What the site is called, in its own words or by its host name."""

    def __init__(self, names: list[str], url: str | None) -> None:
        self.spelled = [" ".join(name.split()).casefold() for name in names]
        self.names = {folded for name in names if (folded := _squeeze(name))}
        host = (urlsplit(url).hostname or "") if url and _is_address(url) else ""
        labels = host.removeprefix("www.").split(".")
        self.host = "".join(labels[:-1])
        self.labels = {re.sub(r"\W", "", label) for label in labels[:-1] if len(label) > 2}  # noqa: PLR2004
        self.labels.add(re.sub(r"\W", "", "".join(labels)))

        self.is_front = bool(host) and urlsplit(url).path in ("", "/")  # whether the page is the site's first
        self.slug = set(_slug_words(urlsplit(url).path.rstrip("/").rsplit("/", 1)[-1])) if host and url else set()

    def slug_agrees(self, title: str) -> float:
        """How much a title has of the words of the address, 0 to 3."""
        words = set(_slug_words(title))
        if len(self.slug) < 3:  # noqa: PLR2004
            return 0
        return 3 * len(words & self.slug) / len(words | self.slug)

    def is_host_of(self, text: str) -> bool:
        """Whether the host is called so, at least in part."""
        squeezed = _squeeze(text)
        return len(squeezed) >= _LEAST and squeezed in _squeeze(self.host)

    def named_in(self, title: str) -> str | None:
        """What a title tag calls the site before or behind the page's title, where the host agrees, or the manual."""
        parts = [part for part in _PARTED.split(title) if part.strip(_EDGE)]
        edges = [_SLOGAN.split(part)[0].strip(_EDGE) for part in (parts[-1], parts[0])] if len(parts) > 1 else []
        return next((part for part in edges if self._is_called(part) or _MANUAL.fullmatch(part)), None)

    def _is_called(self, part: str) -> bool:
        words = part.split()
        squeezed = _squeeze(part).removeprefix("the")
        if not squeezed or squeezed in _COMMON:
            return False
        first = _squeeze(words[0])
        return squeezed in self.labels or (1 < len(words) <= _WORDS and first in self.labels - _COMMON)

    def include(self, text: str) -> bool:
        """Whether a text is (about) the site's name."""
        squeezed = _squeeze(text)
        bare = squeezed.removeprefix("www").removeprefix("the")
        return bool(squeezed) and (
            squeezed in self.names
            or bare in self.labels
            or any(bare == name.removeprefix("the") for name in self.names)
        )


def _slug_words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", without_accents(text.casefold()))


def _squeeze(text: str) -> str:
    return re.sub(r"[\W_]", "", without_accents(text.casefold()))


def _is_address(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False
