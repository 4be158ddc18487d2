"""Make docmill/classify/forms.npz from the documents of benchmarks/content_types.txt, written for docmill.

    python -m training.forms

Deterministic: the same documents and embedder give the same bytes. Measure with
`python benchmarks/content_types.py --set content_types_heldout.txt`, whose documents do not train.
"""

from pathlib import Path

import numpy as np

from benchmarks.content_types import documents
from docmill import Pipeline, RawDocument, Settings
from docmill.classify import forms
from docmill.classify.embed import load_embedder
from docmill.classify.taxonomies import load_taxonomy
from docmill.learn.learning import see
from docmill.learn.regression import fit
from schemas.document import EnrichedDocument

TARGET = Path(forms.__file__).with_name("forms.npz")


def main() -> None:
    """Refine, embed, fit, store in half precision."""
    pipeline, embedder = Pipeline(Settings(taxonomies=(), annotations=())), load_embedder()
    ids = [category.id for category in load_taxonomy("content-types").taxonomy.category]
    subjects, labels = [], []
    for kind, _, title, text in documents("content_types.txt"):
        outcome = pipeline.refine(RawDocument(data=f"{title}\n\n{text}".encode(), key="page.txt"))
        seen = see(outcome, embedder) if isinstance(outcome, EnrichedDocument) else None
        if seen is not None:
            subjects.append(seen.subject)
            labels.append(ids.index(kind))
    targets = np.eye(len(ids), dtype=np.float32)[labels]
    weights = fit(forms.form_rows(subjects), targets, np.ones(len(labels), np.float32))
    np.savez_compressed(TARGET, embedder=embedder.name, ids=np.array(ids), weights=weights.astype(np.float16))
    print(f"{len(labels)} documents, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
