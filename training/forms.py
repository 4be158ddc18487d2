"""Make docmill/classify/forms.npz, what the wording of a text and the signs of a page say of its form.

    python -m training.forms DATA [--measure]

Of documents written for docmill (benchmarks/content_types.txt and content_types_longer.txt) and the pages of DATA's
`wcxb_dev.jsonl.xz` and `html_gold.jsonl` whose types page_types.toml tells. With --measure each fifth of the pages'
sites is judged by weights that saw the others only, with descriptions and cues as in use, and nothing is written. The
same documents and embedder give the same bytes. On written documents that do not train it is measured by
`python benchmarks/content_types.py --set content_types_heldout.txt`.
"""

import argparse
import gzip
import json
import tomllib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.content_types import documents
from docmill import Pipeline, RawDocument, Settings
from docmill.classify import forms
from docmill.classify.embed import Embedder, Vectors, load_embedder
from docmill.classify.excerpt import Subject
from docmill.classify.signs import page_signs
from docmill.classify.similarity import SimilarityScorer
from docmill.classify.taxonomies import load_taxonomy
from docmill.decode import decode
from docmill.extract import extract
from docmill.learn.learning import see
from docmill.learn.regression import fit
from docmill.stage import Extracted, Text
from schemas.document import EnrichedDocument
from schemas.taxonomy import Taxonomy
from training.wcxb import rows, site_of

TARGET = Path(forms.__file__).with_name("forms.npz")
TYPES = Path(__file__).with_name("page_types.toml")
WRITTEN = ("content_types.txt", "content_types_longer.txt")
FOLDS = 5
PAGE_WEIGHT = 0.1  # of a page against a written document: there are eight times as many, nearly all of two types
BALANCE = 0.85  # 0: every document counts the same; 1: every type
RIDGE = 1e-4


@dataclass(frozen=True, slots=True)
class Example:
    """A document whose type is known."""

    subject: Subject
    kind: str  # content type
    page_type: str  # as WCXB has it; empty for written ones
    site: str


def written(pipeline: Pipeline, embedder: Embedder) -> Iterator[Example]:
    """The documents written for docmill."""
    for kind, _, title, text in (one for name in WRITTEN for one in documents(name)):
        if subject := _seen(pipeline, embedder, RawDocument(data=f"{title}\n\n{text}".encode(), key="page.txt")):
            yield Example(subject, kind, "", "")


def pages(data: Path, pipeline: Pipeline, embedder: Embedder) -> Iterator[Example]:
    """The pages whose types are known."""
    types = tomllib.loads(TYPES.read_text(encoding="utf-8"))
    told = {page: kind for part in ("pages", "others") for kind, ids in types[part].items() for page in ids}
    for row in rows(data):
        kind = told.get(row["id"], types["by_page_type"].get(row["page_type"], "unknown"))
        if kind == "unknown":
            continue
        page = _page(row["html"].encode())
        if subject := _seen(pipeline, embedder, page):
            yield Example(_with_signs(subject, page), kind, row["page_type"], site_of(row))
    with (data / "html_gold.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            kind = told.get(row["id"])
            if not kind:
                continue
            page = _page(gzip.decompress((data / row["file"]).read_bytes()))
            if subject := _seen(pipeline, embedder, page):
                yield Example(_with_signs(subject, page), kind, f"{kind}, no WCXB", row["id"])


def _page(html: bytes) -> RawDocument:
    return RawDocument(data=html, key="page.html", media_type="text/html; charset=utf-8")


def _seen(pipeline: Pipeline, embedder: Embedder, raw: RawDocument) -> Subject | None:
    outcome = pipeline.refine(raw)
    seen = see(outcome, embedder) if isinstance(outcome, EnrichedDocument) else None
    return seen.subject if seen else None


def _with_signs(subject: Subject, page: RawDocument) -> Subject:
    """A record does not say what kinds of items its page declared."""
    content = decode(page)
    read = extract(content) if isinstance(content, Text) else None
    if not isinstance(read, Extracted):
        return subject
    metadata = read.metadata
    return replace(subject, signs=page_signs(metadata.kinds, metadata.url, metadata.origins))


def train(examples: list[Example], ids: list[str]) -> Vectors:
    """The weights, shape (features, categories)."""
    kinds = np.array([ids.index(example.kind) for example in examples])
    counts = np.array([PAGE_WEIGHT if example.page_type else 1.0 for example in examples])
    counts /= np.bincount(kinds, counts, len(ids))[kinds] ** BALANCE
    targets = np.eye(len(ids), dtype=np.float32)[kinds]
    rows = forms.form_rows([example.subject for example in examples])
    return fit(rows, targets, counts.astype(np.float32), RIDGE)


def measure(examples: list[Example], taxonomy: Taxonomy, embedder: Embedder) -> None:
    """Print how many pages of sites not trained on are given their type, and what confidence is worth."""
    ids = [category.id for category in taxonomy.category]
    fold = np.array([zlib.crc32(example.site.encode()) % FOLDS if example.page_type else -1 for example in examples])
    found = np.zeros((len(examples), len(ids)), np.float32)
    for part in range(FOLDS):
        weights = train([e for e, f in zip(examples, fold, strict=True) if f != part], ids)
        scorer = SimilarityScorer(taxonomy, embedder, weights)
        mine = np.flatnonzero(fold == part)
        found[mine] = np.concatenate([scorer.probabilities([examples[n].subject]) for n in mine])
    judged = fold >= 0
    right = found.argmax(axis=1) == [ids.index(example.kind) for example in examples]
    page_types = np.array([example.page_type for example in examples])
    for page_type in ("", *sorted(set(page_types) - {""})):
        of = judged & (page_types == page_type) if page_type else judged
        print(f"{page_type or 'all':14} {of.sum():5}  accuracy {right[of].mean():.3f}")
    common = [ids.index(kind) for kind in ("news", "article", "other")]
    rare = judged & ~np.isin(found.argmax(axis=1), common)
    print(f"{'rarer types':14} {rare.sum():5}  right {right[rare].sum()}")
    for least in np.arange(0.2, 1, 0.2):
        of = judged & (found.max(axis=1) >= least) & (found.max(axis=1) < least + 0.2)
        print(f"confidence from {least:.1f}: {of.sum():5}  accuracy {_mean(right[of]):.3f}")


def _mean(values: NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def main() -> None:
    """Refine, embed, fit, and store in half precision or measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--measure", action="store_true")
    options = parser.parse_args()
    pipeline, embedder = Pipeline(Settings(taxonomies=(), annotations=())), load_embedder()
    taxonomy = load_taxonomy("content-types").taxonomy
    examples = [*written(pipeline, embedder), *pages(options.data, pipeline, embedder)]
    if options.measure:
        measure(examples, taxonomy, embedder)
        return
    ids = [category.id for category in taxonomy.category]
    weights = train(examples, ids)
    np.savez_compressed(TARGET, embedder=embedder.name, ids=np.array(ids), weights=weights.astype(np.float16))
    print(f"{len(examples)} documents, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
