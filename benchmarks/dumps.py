"""What is said of plain-text dumps: title, authors and date of web pages whose markup is gone.

python -m benchmarks.dumps DATA [--every N]

DATA holds `wcxb_dev.jsonl.xz` in the form of the evaluation data. Each page is rendered in one of several styles; a
title or author counts where the dump holds it. It is printed how much of what is given is right, and of what is there.
"""

import argparse
import random
import re
from collections import Counter
from pathlib import Path

from docmill import Pipeline, RawDocument
from schemas.document import EnrichedDocument
from training.dumps import STYLES, events, render
from training.wcxb import LARGEST, rows

_WORD = re.compile(r"\w+")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--every", type=int, default=3, help="take each so manieth page")
    options = parser.parse_args()
    chance, pipeline, counts = random.Random(7), Pipeline(), Counter[str]()  # noqa: S311
    for number, row in enumerate(rows(options.data)):
        if number % options.every or len(row["html"]) > LARGEST:
            continue
        dump = "\n".join(render(events(row["html"]), chance.choice(STYLES)))
        found = pipeline.refine(RawDocument(data=dump.encode(), key="dump.txt"))
        if isinstance(found, EnrichedDocument):
            counts += _judged(found, row, words(dump))
    print(f"{counts['dumps']} dumps")
    for field in ("title", "author", "date"):
        given, there, right = (counts[f"{field} {what}"] for what in ("given", "there", "right"))
        print(f"{field}: {right} right of {given} given ({right / max(given, 1):.2f}) and {there} there")


def _judged(found: EnrichedDocument, row: dict[str, str | None], dump: str) -> Counter[str]:
    title, author, date = words(row["title"] or ""), words(row["author"] or ""), (row["publish_date"] or "")[:10]
    said = words(found.title or "")
    names = [words(name) for name in found.authors]
    told = {
        "title": (said, title in dump and title, same(said, title)),
        "author": (names, author in dump and author, any(same(name, author) for name in names)),
        "date": (found.published, date, (found.published or "")[:10] == date),
    }
    counts = Counter(dumps=1)
    for field, (given, there, right) in told.items():
        counts.update({f"{field} given": bool(given), f"{field} there": bool(there)})
        counts[f"{field} right"] += bool(given and there and right)
    return counts


def same(one: str, other: str) -> bool:
    """Whether one of two texts, not much longer, holds the other."""
    short, long = sorted((one, other), key=len)
    return bool(short) and short in long and len(long) <= 2 * len(short)


def words(text: str) -> str:
    """Words in lower case with a blank between."""
    return " ".join(_WORD.findall(text.casefold()))


if __name__ == "__main__":
    main()
