"""Names that mean something in markup, read from vocabulary.toml."""

import tomllib
from importlib.resources import files

from docmill.extract.html.metadata.candidates import Field

__all__ = ["ARTICLES", "ITEMPROP", "LABELLED_AUTHOR", "META", "OFFERS", "WORKS"]

_DATA = tomllib.loads((files("docmill.extract.html.metadata") / "vocabulary.toml").read_text(encoding="utf-8"))


def _by_name(table: dict[Field, dict[str, float]]) -> dict[str, tuple[tuple[Field, float], ...]]:
    turned: dict[str, tuple[tuple[Field, float], ...]] = {}
    for field, names in table.items():
        for name, weight in names.items():
            turned[name] = (*turned.get(name, ()), (field, weight))
    return turned


META = _by_name(_DATA["meta"])
ITEMPROP = _by_name(_DATA["itemprop"])
LABELLED_AUTHOR = frozenset(_DATA["labelled"]["author"])
ARTICLES = frozenset(_DATA["json_ld"]["articles"])
WORKS = frozenset(_DATA["json_ld"]["works"])
OFFERS = frozenset(_DATA["json_ld"]["offers"])
