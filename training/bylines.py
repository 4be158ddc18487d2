"""Fit the weights by which a plain-text dump's authors and its day of publication are told.

    python -m training.bylines DATA [--out docmill/describe]

DATA holds `wcxb_dev.jsonl.xz` in the form of the evaluation data. Its pages are rendered as dumps, in one style each;
right is a line that names the page's known author, or its day. With folds by site it is printed how much of what is
given is right, and of what is known.
"""

import argparse
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

from benchmarks.dumps import same, words
from docmill.clean import clean
from docmill.describe import authors, days
from docmill.describe.dump import Dump, read_dump
from training.choice import FOLDS, Choice, choice_among, fit, tidied, write_weights
from training.dumps import STYLES, events, render
from training.wcxb import LARGEST, rows, site_of

HEADER = """\
# What counts how much when a plain-text dump's {what} looked for, made by training/bylines.py from WCXB's development
# pages (Murrough Foley 2026, arXiv:2605.21097, CC-BY-4.0). No line is chosen that has less than `none`.
"""
SEED = 1
# By how much less than what is likeliest `none` counts: an author given wrongly is worse than none, a day is not.
EASE = {"authors": 0.25, "days": 0.5}
_SEVERAL = re.compile(r";|, | and | & ")


def main() -> None:
    """Train and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=Path("docmill/describe"))
    options = parser.parse_args()
    choices = list(read_choices(options.data))
    for name, what, features in (
        ("authors", "authors are", authors.FEATURES),
        ("days", "day of publication is", days.FEATURES),
    ):
        measure(name, [choice[name] for choice in choices])
        weights = fit([choice[name][0] for choice in choices])
        weights[-1] -= EASE[name]
        write_weights(options.out / f"{name}.toml", HEADER.format(what=what), features, weights)


def measure(name: str, choices: Sequence[tuple[Choice, bool]]) -> None:
    """Print how well weights of other sites do."""
    given = right = 0
    for fold in range(FOLDS):
        weights = fit([choice for choice, _ in choices if choice.fold != fold])
        weights[-1] -= EASE[name]
        for choice in [choice for choice, _ in choices if choice.fold == fold]:
            best = int((choice.features @ weights).argmax())
            given += best < len(choice.right) - 1
            right += best < len(choice.right) - 1 and bool(choice.right[best])
    known = sum(known for _, known in choices)
    print(f"{name}: {right} right of {given} given ({right / given:.2f}) and {known} known ({right / known:.2f})")


def read_choices(data: Path) -> Iterator[dict[str, tuple[Choice, bool]]]:
    """What is to be chosen of each page that can be rendered, and whether it is known."""
    chance = random.Random(SEED)
    for row in rows(data):
        style = chance.choice(STYLES)
        text = "\n".join(render(events(row["html"]), style)) if len(row["html"]) <= LARGEST else ""
        if (extracted := tidied(text)) is None:
            continue
        dump = read_dump(clean(extracted))
        fold = crc32(site_of(row).encode()) % FOLDS
        names = [words(row["author"] or ""), *map(words, _SEVERAL.split(row["author"] or ""))]
        names = [name for name in names if name and name in words(text)]
        day = (row["publish_date"] or "")[:10]
        yield {
            "authors": (_authors(dump, names, fold), bool(names)),
            "days": (_days(dump, day, fold), bool(day)),
        }


def _authors(dump: Dump, names: list[str], fold: int) -> Choice:
    seen = list(authors.looked_at(dump))
    right = [any(same(words(said), name) for said in one.said.names for name in names) for one in seen]
    return _choice(authors.FEATURES, seen, right, fold)


def _days(dump: Dump, day: str, fold: int) -> Choice:
    seen = list(days.looked_at(dump))
    right = [one.day == day for one in seen]
    return _choice(days.FEATURES, seen, right, fold)


def _choice(
    features: Mapping[str, Callable[[Any], float]], seen: Sequence[object], right: list[bool], fold: int
) -> Choice:
    return choice_among(([feature(one) for feature in features.values()] for one in seen), len(features), right, fold)


if __name__ == "__main__":
    main()
