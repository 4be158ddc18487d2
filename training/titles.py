"""Fit the weights by which a plain-text dump's title is told.

    python -m training.titles DATA [--out docmill/clean/title.toml]

DATA holds `wcxb_dev.jsonl.xz` in the form of the evaluation data. Its pages are rendered as dumps, in one style each;
the title is the line that says the same as the page's known title, or more than half of it. With folds by site it is
printed how often the right line is found, and a line where there is no title.
"""

import argparse
import random
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

from benchmarks.dumps import words
from docmill.clean import read_as_content
from docmill.clean.line import read_dump
from docmill.clean.lines import judge_lines
from docmill.clean.rules import judge
from docmill.clean.title import FEATURES, looked_at, values
from training.choice import FOLDS, Choice, choice_among, fit, tidied, write_weights
from training.dumps import STYLES, events, render
from training.lines import STYLE_WEIGHTS
from training.wcxb import LARGEST, rows, site_of

SEED = 1
PART, WHOLE = 0.5, 0.6  # of the title a line has to say, and of the line the title has to be
TEXT = 150  # characters of a line of running text
SHORTENED, KEPT_ABOVE = 0.4, (0, 0, 1, 2, 4)


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
    write_weights(options.out, HEADER, FEATURES, weights)


HEADER = """\
# What counts how much when a plain-text dump's title is looked for, made by training/titles.py from WCXB's development
# pages (Murrough Foley 2026, arXiv:2605.21097, CC-BY-4.0). No line is a title that has less than `none`.
"""


def read_choices(data: Path) -> Iterator[Choice]:
    """A choice for each page that can be rendered."""
    chance = random.Random(SEED)
    for row in rows(data):
        [style] = chance.choices(STYLES, STYLE_WEIGHTS[: len(STYLES)])
        if row["title"] and len(row["html"]) <= LARGEST:
            lines = render(events(row["html"]), style)
            for dump in (lines, _cleaner(lines, row["title"], chance)):
                fold = crc32(site_of(row).encode()) % FOLDS
                if dump and (choice := choice_of("\n".join(dump), row["title"], fold)):
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
    extracted = tidied(dump)
    if extracted is None or (read := extracted.lines) is None:
        return None
    lines, reading = read_dump(read.texts, read.numbers, read.items)
    if not any(line.is_prose for line in lines):
        return None
    seen = list(looked_at(lines, list(map(judge, lines)), read_as_content(lines, judge_lines(reading, lines))))
    right = [_says(one.line.text, title) for one in seen]
    if not seen or (not any(right) and any(_says(line.text, title) for line in lines)):
        return None
    return choice_among(map(values, seen), len(FEATURES), right, fold)


def _says(line: str, title: str) -> bool:
    said, wanted = map(words, (line, title))
    if not said:
        return False
    return (said in wanted and len(said) >= PART * len(wanted)) or (wanted in said and len(wanted) >= WHOLE * len(said))


if __name__ == "__main__":
    main()
