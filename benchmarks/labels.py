"""What labels cost: classifying and annotating documents of so many words on one core, start-up, and memory.

python -m benchmarks.labels TEXTS.jsonl [--words 300] [--documents N]

Each line of TEXTS.jsonl is an object with a `body` or a `text`; shorter ones are left out, longer ones cut.
"""

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path

import psutil

LABELS = ("language", "classify", "annotate")  # stages


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("texts", type=Path, help="JSON Lines")
    parser.add_argument("--words", type=int, default=300)
    parser.add_argument("--documents", type=int, default=400, help="at most, spread evenly over the file")
    arguments = parser.parse_args()
    texts = _texts(arguments.texts, arguments.words, arguments.documents)
    memory = psutil.Process().memory_info
    start, processor = time.perf_counter(), time.process_time()
    from docmill import Pipeline, RawDocument

    pipeline = Pipeline()
    pipeline.warm_up()
    print(
        f"start-up {time.perf_counter() - start:.1f} s ({time.process_time() - processor:.1f} s of the processor), "
        f"then {memory().rss / 1e6:.0f} MB resident"
    )
    spent: defaultdict[str, float] = defaultdict(float)
    for number, text in enumerate(texts):
        outcome = pipeline.refine(RawDocument(data=text.encode(), key=f"{number}.txt"))
        for stage in outcome.provenance.stages:
            spent[stage.name] += stage.milliseconds
    each = {name: spent[name] / len(texts) for name in LABELS}
    print(f"{len(texts)} documents of {arguments.words} words: ms each {', '.join(_told(each))}")
    print(f"classify and annotate {1000 / (each['classify'] + each['annotate']):.0f} documents a second")
    print(f"after them {memory().rss / 1e6:.0f} MB resident")


def _texts(file: Path, words: int, most: int) -> list[str]:
    with file.open(encoding="utf-8") as lines:
        split = (_text(json.loads(line)).split() for line in lines)
        found = [" ".join(text[:words]) for text in split if len(text) >= words]
    if not found:
        raise SystemExit(f"{file} has no text of {words} words")
    return found[:: -(-len(found) // most)]


def _text(values: dict[str, str]) -> str:
    return values.get("body") or values.get("text") or ""


def _told(each: dict[str, float]) -> list[str]:
    return [f"{name} {milliseconds:.2f}" for name, milliseconds in each.items()]


if __name__ == "__main__":
    main()
