"""Fit the weights by which a plain-text dump's title is told.

    python -m training.titles DATA [--out docmill/clean/title.toml]

DATA holds `wcxb_dev.jsonl.xz` in the form of the evaluation data. Its pages are rendered as dumps, in one style each;
the title is the line that says the same as the page's known title, or more than half of it. With folds by site it is
printed how often the right line is found, and a line where there is no title.
"""

import argparse
import json
import lzma
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from docmill.clean import first_look
from docmill.clean.line import read_dump
from docmill.clean.lines import judge_lines
from docmill.clean.title import FEATURES, looked_at, values
from docmill.decode import decode
from docmill.extract import extract
from docmill.hygiene import tidy
from docmill.stage import Extracted, Text
from schemas import RawDocument
from training.dumps import STYLES, events, render
from training.lines import STYLE_WEIGHTS

SEED, FOLDS = 1, 5
LARGEST = 1_000_000  # characters of a page
PART, WHOLE = 0.5, 0.6  # of the title a line has to say, and of the line the title has to be
STEPS, RATE, RIDGE = 400, 0.1, 1e-3
TEXT = 150  # characters of a line of running text
SHORTENED, KEPT_ABOVE = 0.4, (0, 0, 1, 2, 4)
_WORD = re.compile(r"\w+")
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Choice:
    """A dump's lines among which the title may be."""

    fold: int
    features: Floats  # (lines + 1, features + 1): the last line is none of them, which the last feature says
    right: Floats  # (lines + 1,), sums to 1


def main() -> None:
    """Train and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=Path("docmill/clean/title.toml"))
    options = parser.parse_args()
    choices = list(read_choices(options.data))
    titled = [choice for choice in choices if not choice.right[-1]]
    print(f"{len(choices)} dumps, {len(titled)} with their title in a line")
    found = [
        (choice, choice.features @ weights)
        for fold in range(FOLDS)
        for weights in [fit([choice for choice in choices if choice.fold != fold])]
        for choice in choices
        if choice.fold == fold
    ]
    right = sum(bool(choice.right[scores.argmax()]) for choice, scores in found if not choice.right[-1])
    false = sum(scores.argmax() < len(scores) - 1 for choice, scores in found if choice.right[-1])
    print(f"right {right / len(titled):.3f}; without a title {false} of {len(choices) - len(titled)} were given one")
    weights = fit(choices)
    lines = [f"{name} = {weight:.2f}" for name, weight in zip([*FEATURES, "none"], weights.tolist(), strict=True)]
    options.out.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")


HEADER = """\
# What counts how much when a plain-text dump's title is looked for, made by training/titles.py from WCXB's development
# pages (Murrough Foley 2026, arXiv:2605.21097, CC-BY-4.0). No line is a title that has less than `none`.
"""


def read_choices(data: Path) -> Iterator[Choice]:
    """A choice for each page that can be rendered."""
    chance = random.Random(SEED)
    with lzma.open(data / "wcxb_dev.jsonl.xz", "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            [style] = chance.choices(STYLES, STYLE_WEIGHTS[: len(STYLES)])
            if row["title"] and len(row["html"]) <= LARGEST:
                site = (urlsplit(row["url"]).hostname or row["id"]).removeprefix("www.")
                lines = render(events(row["html"]), style)
                for dump in (lines, _cleaner(lines, row["title"], chance)):
                    if dump and (choice := choice_of("\n".join(dump), row["title"], crc32(site.encode()) % FOLDS)):
                        yield choice


def _cleaner(lines: list[str], title: str, chance: random.Random) -> list[str]:
    """The dump as of a cleaner site: from about its title on, often with little between it and the text."""
    at = next((number for number, line in enumerate(lines) if _says(line, title)), None)
    if at is None:
        return []
    rest = lines[at + 1 :]
    text = next((number for number, line in enumerate(rest) if len(line) > TEXT), 0)
    if chance.random() < SHORTENED:
        rest = rest[max(0, text - chance.randrange(3)) :]
    return lines[max(0, at - chance.choice(KEPT_ABOVE)) : at + 1] + rest


def choice_of(dump: str, title: str, fold: int) -> Choice | None:
    """What is to be chosen among; None for a dump without running text, or whose title no line looked at says."""
    content = decode(RawDocument(data=dump.encode(), key="dump.txt"))
    extracted = extract(content) if isinstance(content, Text) else None
    if not isinstance(extracted, Extracted) or (read := tidy(extracted).lines) is None:
        return None
    lines, reading = read_dump(read.texts, read.numbers, read.items)
    if not any(line.is_prose for line in lines):
        return None
    seen = list(looked_at(lines, *first_look(lines, judge_lines(reading, lines))))
    right = [_says(one.line.text, title) for one in seen]
    if not seen or (not any(right) and any(_says(line.text, title) for line in lines)):
        return None
    rows = [[*map(float, values(one)), 0.0] for one in seen]
    none = [0.0] * len(FEATURES) + [1.0]
    share = np.array([*right, not any(right)], float)
    return Choice(fold, np.array([*rows, none]), share / share.sum())


def _says(line: str, title: str) -> bool:
    said, wanted = (" ".join(_WORD.findall(text.casefold())) for text in (line, title))
    if not said:
        return False
    return (said in wanted and len(said) >= PART * len(wanted)) or (wanted in said and len(wanted) >= WHOLE * len(said))


def fit(choices: Sequence[Choice]) -> Floats:
    """Weights of the features, the last of them of choosing none, the likeliest ones, by Adam (Kingma and Ba 2015)."""
    rows, right = (np.concatenate([getattr(choice, name) for choice in choices]) for name in ("features", "right"))
    sizes = [len(choice.right) for choice in choices]
    starts, owner = np.cumsum([0, *sizes[:-1]]), np.repeat(np.arange(len(choices)), sizes)
    scale = rows.std(axis=0) + 1e-6
    rows = rows / scale
    weights, mean, square = (np.zeros(len(scale)) for _ in range(3))
    for step in range(1, STEPS + 1):
        odds = rows @ weights
        chance = np.exp(odds - np.maximum.reduceat(odds, starts)[owner])
        chance /= np.add.reduceat(chance, starts)[owner]
        slope = RIDGE * weights + (chance - right) @ rows / len(choices)
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope**2
        weights -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    found: Floats = weights / scale
    return found


if __name__ == "__main__":
    main()
