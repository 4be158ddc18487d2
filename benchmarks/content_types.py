"""Classify the documents of content_types.txt by the shipped content types; print F1 and the confusion matrix.

python benchmarks/content_types.py [--taxonomy FILE] [--set content_types_heldout.txt]
"""

import argparse
from collections import Counter
from pathlib import Path

from docmill import Pipeline, RawDocument, Settings


def documents(name: str) -> list[list[str]]:
    """Type, `plain` or `tricky`, title and text of each."""
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    return [[part.strip() for part in line.split("|", 3)] for line in lines if line and not line.startswith("#")]


def f1(pairs: Counter, kind: str) -> float:
    """Of one type."""
    given = sum(n for (_, found), n in pairs.items() if found == kind)
    wanted = sum(n for (true, _), n in pairs.items() if true == kind)
    return 2 * pairs[kind, kind] / (given + wanted)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--taxonomy", default="content-types")
    parser.add_argument("--set", default="content_types.txt", help="a file beside this one")
    arguments = parser.parse_args()
    texts = documents(arguments.set)
    pipeline = Pipeline(Settings(taxonomies=(arguments.taxonomy,)))
    pairs: Counter = Counter()
    right: Counter = Counter()
    total: Counter = Counter()
    for kind, difficulty, title, text in texts:
        outcome = pipeline.refine(RawDocument(data=f"{title}\n\n{text}".encode(), key="page.txt"))
        label = getattr(outcome, "content_type", None)
        found = label.id if label else "-"
        pairs[kind, found] += 1
        total[difficulty] += 1
        right[difficulty] += kind == found
        if kind != found:
            print(f"{kind} taken for {found}: {title}")
    kinds = list(dict.fromkeys(kind for kind, *_ in texts))
    print(f"\n{'':14}" + "".join(f"{name[:7]:>8}" for name in [*kinds, "-"]) + "      F1")
    for kind in kinds:
        counts = "".join(f"{pairs[kind, found] or '.':>8}" for found in [*kinds, "-"])
        print(f"{kind:14}{counts}  {f1(pairs, kind):6.3f}")
    print(f"macro-F1 {sum(f1(pairs, kind) for kind in kinds) / len(kinds):.3f}; accuracy", end=" ")
    print(", ".join(f"{name} {right[name] / total[name]:.3f} of {total[name]}" for name in total))


if __name__ == "__main__":
    main()
