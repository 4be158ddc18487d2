"""What site memory adds: a labelled set's pages cleaned without profiles, profiles learnt from that, cleaned again.

Labels are only scored against, never learnt from: a profile is made of repetition alone.

    python benchmarks/sites.py DATA wcxb|html|lines [--least 5]

DATA is a folder with wcxb_dev.jsonl.xz, html_gold.jsonl (and html/) or lines.jsonl: rows with an `id`, a `url`, and the
page's text and gold. Of sites with fewer than --least pages nothing is measured. Scores are word F1 (wcxb), F1 of
4-grams of words (html) and F1 of characters in lines (lines), means over pages.
"""

import argparse
import gzip
import json
import lzma
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from docmill import Pipeline, RawDocument, Settings
from docmill.learn.sites import SiteCounts, as_json
from schemas import EnrichedDocument

FILES = {"wcxb": "wcxb_dev.jsonl.xz", "html": "html_gold.jsonl", "lines": "lines.jsonl"}
TOKEN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")


def main() -> None:
    """Print the mean score without and with profiles, and on how many pages it rose and fell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("set", choices=FILES)
    parser.add_argument("--least", type=int, default=5)
    arguments = parser.parse_args()
    rows = [(row, site) for row in _rows(arguments.data / FILES[arguments.set]) if (site := _site(row))]
    pages = Counter(site for _, site in rows)
    rows = [(row, site) for row, site in rows if pages[site] >= arguments.least]
    documents = [_document(arguments.data, arguments.set, row, site) for row, site in rows]
    bare = Pipeline(Settings(taxonomies=(), annotations=("minhash",)))
    before = [bare.refine(raw) for raw in documents]
    counts = SiteCounts()
    for record in before:
        if isinstance(record, EnrichedDocument):
            counts.add(record)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sites.json"
        file.write_bytes(as_json(counts.profiles()))
        remembering = Pipeline(Settings(taxonomies=(), annotations=("minhash",), profiles=str(file)))
    after = [remembering.refine(raw) for raw in documents]
    scores = [
        (_score(arguments.set, row, one), _score(arguments.set, row, two))
        for (row, _), one, two in zip(rows, before, after, strict=True)
    ]
    records = [one for one in after if isinstance(one, EnrichedDocument)]
    dropped = sum(r.reason == "site_furniture" for one in records for r in one.removed)
    without, remembered = (sum(column) / len(scores) for column in zip(*scores, strict=True))
    print(f"{arguments.set}: {len(rows)} pages of {len({site for _, site in rows})} sites: "
          f"{without:.4f} without, {remembered:.4f} with; {sum(b > a for a, b in scores)} pages better, "
          f"{sum(b < a for a, b in scores)} worse, {dropped} blocks dropped")  # fmt: skip


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with (lzma.open if file.suffix == ".xz" else open)(file, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _site(row: dict[str, Any]) -> str:
    return (urlsplit(row.get("url") or "").hostname or "").removeprefix("www.")


def _document(data: Path, name: str, row: dict[str, Any], site: str) -> RawDocument:
    """As if each site had a folder of its own."""
    if name == "lines":
        return RawDocument(data="\n".join(row["lines"]).encode(), key=f"{site}/{row['id']}.txt")
    page = row["html"].encode() if name == "wcxb" else gzip.decompress((data / row["file"]).read_bytes())
    return RawDocument(data=page, key=f"{site}/{row['id']}.html")


def _score(name: str, row: dict[str, Any], record: object) -> float:
    if not isinstance(record, EnrichedDocument):
        return 0.0
    if name == "lines":
        return _line_score(row, record)
    if name == "wcxb":
        return _f1(*(Counter(re.findall(r"\w+", text.lower())) for text in (record.text, row["main_content"] or "")))
    return _f1(_grams(record.text), _grams(row["body"]))


def _grams(text: str) -> Counter[tuple[str, ...]]:
    tokens = TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())
    return Counter(tuple(tokens[n : n + 4]) for n in range(max(1, len(tokens) - 3)) if tokens)


def _line_score(row: dict[str, Any], record: EnrichedDocument) -> float:
    gone = {n for r in record.removed if r.start_line for n in range(r.start_line, (r.end_line or r.start_line) + 1)}
    found: Counter[int | str] = Counter()
    truth: Counter[int | str] = Counter()
    for n, (line, label) in enumerate(zip(row["lines"], row["labels"], strict=True), start=1):
        if label is not None and line.strip():
            found[n] = 0 if n in gone else len(line)
            truth[n] = len(line) * label
    return _f1(found, truth)


def _f1(found: Counter[Any], truth: Counter[Any]) -> float:
    total = found.total() + truth.total()
    return 2 * (found & truth).total() / total if total else 1.0


if __name__ == "__main__":
    main()
