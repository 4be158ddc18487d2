"""WCXB's development pages (Murrough Foley 2026, arXiv:2605.21097, CC-BY-4.0), as the evaluation data has them."""

import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

__all__ = ["LARGEST", "rows", "site_of"]

LARGEST = 1_000_000  # characters of a page worth rendering


def rows(data: Path) -> Iterator[dict[str, Any]]:
    """Each page, its HTML with it."""
    with lzma.open(data / "wcxb_dev.jsonl.xz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def site_of(row: dict[str, Any]) -> str:
    """Its host, or where no address is known what tells the page from all others."""
    return (urlsplit(row["url"]).hostname or row["id"]).removeprefix("www.")
