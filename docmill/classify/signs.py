"""Signs of a web page's form: the kinds of items it declares, its address, whether it has a day and an author."""

import re
import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

import numpy as np

from docmill.classify.embed import Vectors

__all__ = ["borne", "no_signs", "page_signs", "sign_names"]

_SOURCE = (files("docmill.classify") / "signs.toml").read_text(encoding="utf-8")
_BETWEEN = re.compile(r"[/._-]+")  # words of an address
_SHOWN = frozenset(["visible_text", "byline", "url"])  # where what is not declared was found
_PAGE = "a page of the web"
_OTHERS = (_PAGE, "declares its day", "declares its author", "neither day nor author", "a site's first page")


@cache
def _listed() -> tuple[tuple[str, frozenset[str], frozenset[str]], ...]:
    """Name, kinds and words of addresses."""
    return tuple(
        (sign["name"], frozenset(sign.get("kinds", "").split()), frozenset(sign.get("address", "").split()))
        for sign in tomllib.loads(_SOURCE)["sign"]
    )


@cache
def sign_names() -> tuple[str, ...]:
    """Of every sign, in the order in which they are given."""
    return (*(name for name, *_ in _listed()), *_OTHERS)


def no_signs() -> Vectors:
    """Of what is no web page."""
    return np.zeros(len(sign_names()), np.float32)


def page_signs(kinds: Collection[str], url: str | None, origins: Mapping[str, str]) -> Vectors:
    """Of each sign 1 if a web page bears it, else 0: shape (signs,).

    Args:
        kinds: Of the items it declares, as `Metadata` has them.
        url: Its address.
        origins: Where its day and its authors were found, as `Metadata` has them.
    """
    host, path = _address(url)
    words = frozenset(_BETWEEN.split(f"{host.partition('.')[0]}/{path}"))
    day, author = origins.get("published"), origins.get("authors")
    found = [not own.isdisjoint(kinds) or not said.isdisjoint(words) for _, own, said in _listed()]
    found += [
        True,
        day is not None and day not in _SHOWN,
        author is not None and author not in _SHOWN,
        day is None and author is None,
        bool(host) and path in ("", "/"),
    ]
    return np.array(found, np.float32)


def borne(signs: Vectors) -> list[int]:
    """Places of those that are worth naming: not that of all pages."""
    return [n for n in np.flatnonzero(signs).tolist() if sign_names()[n] != _PAGE]


def _address(url: str | None) -> tuple[str, str]:
    """Host and path."""
    try:
        parts = urlsplit(url or "")
        return parts.hostname or "", parts.path.casefold()
    except ValueError:
        return "", ""
