"""Make docmill/classify/clouds.npz: the shipped taxonomies' vectors, so that no worker embeds them at its start.

python benchmarks/clouds.py     after a change to a shipped taxonomy, templates.toml or the default embedder
"""

from pathlib import Path

import numpy as np

from docmill.classify import clouds
from docmill.classify.embed import UniversalSentenceEncoder
from docmill.classify.taxonomies import load_taxonomy, shipped

TARGET = Path(clouds.__file__).with_name("clouds.npz")


def main() -> None:
    """Embed and store, in half precision."""
    embedder = UniversalSentenceEncoder()
    arrays = {"embedder": np.array(embedder.name)}
    for name in shipped():
        taxonomy = load_taxonomy(name).taxonomy
        found = clouds.embedded(taxonomy, embedder)
        arrays[clouds.digest(taxonomy)] = found.rows.astype(np.float16)
        arrays[f"{clouds.digest(taxonomy)}-sizes"] = found.sizes.astype(np.int32)
        print(name, len(found.rows), "vectors")
    np.savez(TARGET, **arrays)
    print(TARGET.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
