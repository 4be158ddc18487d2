"""Pages that may be trained on, with a label for every block."""

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from docmill import RawDocument
from docmill.decode import decode
from docmill.extract.html import read_page
from docmill.extract.html.page import Page
from docmill.stage import Refusal
from training.pages.alignment import align
from training.wcxb import rows

__all__ = ["ALLOWED", "FOLDS", "Example", "read_examples"]

ALLOWED = frozenset({"mozilla_non_en", "scrapinghub", "zh_handmade"})
FOLDS = 5
_PART = 20  # characters of a block that stands inside a segment


@dataclass(slots=True)
class Example:
    """A page, the share of each block that is main content, and the words of each."""

    name: str
    site: str
    kind: str  # WCXB's page type; "article" for the other sources
    page: Page
    share: list[float]
    words: list[int]
    content: int  # words of the main content; pages with none carry no weight
    text: str = field(repr=False, default="")  # the main content; empty where only some segments are known
    known: list[bool] | None = None  # blocks whose label is known; None: all
    fold: int = 0  # all pages of a site are in one


def read_examples(data: Path) -> Iterator[Example]:
    """WCXB's pages, those of other sources whose licence allows it, and trafilatura's, of which segments are known."""
    for row in rows(data):
        yield from _example(row["id"], row["url"], row["page_type"], row["html"].encode(), row["main_content"] or "")
    with (data / "html_gold.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["source"] in ALLOWED:
                yield from _example(
                    row["id"],
                    row.get("url"),
                    "article",
                    gzip.decompress((data / row["file"]).read_bytes()),
                    row["body"],
                )

    with (data / "html_segments.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield from _from_segments(row, gzip.decompress((data / row["file"]).read_bytes()))


def _from_segments(row: dict[str, Any], data: bytes) -> Iterator[Example]:
    """A page of which some segments are known to be wanted or not."""
    for example in _example(row["id"], row.get("url"), "article", data, ""):
        squeezed = [_squeezed(text) for text in example.page.block_text]
        wanted = _holding(squeezed, row["with"])
        unwanted = _holding(squeezed, row["without"])
        example.share = [float(number in wanted) for number in range(len(squeezed))]
        example.known = [(number in wanted) != (number in unwanted) for number in range(len(squeezed))]
        example.content = sum(example.words[number] for number in wanted)
        yield example


def _holding(texts: list[str], segments: list[str]) -> set[int]:
    """Blocks that hold a segment, or a good part of it."""
    parts = [_squeezed(segment) for segment in segments]
    return {
        number for number, text in enumerate(texts)
        if any(part and (part in text or (len(text) > _PART and text in part)) for part in parts)
    }  # fmt: skip


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()


def _example(name: str, url: str | None, kind: str, data: bytes, content: str) -> Iterator[Example]:
    text = decode(RawDocument(data=data, key=f"{name}.html"))
    if isinstance(text, Refusal):
        return
    page, *_ = read_page(text.text)
    if not page.block_text:
        return
    labels = align(page.block_text, content)
    site = urlsplit(url or "").netloc.removeprefix("www.") or name
    fold = zlib.crc32(site.encode()) % FOLDS
    yield Example(name, site, kind, page, labels.share, labels.words, labels.content, text=content, fold=fold)
