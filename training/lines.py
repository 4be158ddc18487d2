"""Train the models that tell content from furniture among the lines of a plain-text dump.

    python -m training.lines DATA [--out docmill/clean/lines] [--measure]

DATA holds `wcxb_dev.jsonl.xz`, `html_gold.jsonl` with `html/`, and `lines.jsonl`, in the form of the evaluation data.
Only sources that may be trained on are read. Without --measure everything is trained on and the models are written;
with it, each half of the sites is judged by models that saw the other half only, and nothing is written. The models see
dumps varied a little and dumps varied strongly.
"""

import argparse
import gzip
import json
import random
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import lightgbm
import numpy as np
from numpy.typing import NDArray

from docmill.clean.lines import best_share
from docmill.clean.lines.features import Features, features
from docmill.clean.lines.scope import scope_features
from docmill.clean.reading import read
from training.augment import PLAIN, STRONG, Dump, Pools, Variations, dump_of, vary
from training.dumps import STYLES, events, label, render
from training.export import to_onnx
from training.wcxb import rows, site_of

ALLOWED = frozenset({"mozilla_non_en", "scrapinghub", "zh_handmade"})
SEED = 1
VARIANTS = {"article": 2}  # dumps of a page; 1 of other types
STYLE_WEIGHTS = (3, 2, 2, 1, 1, 0.7)
OTHER_TYPES = 0.8  # weight of pages that are no articles
OTHER_SOURCES = 1.5  # and of those that are not from WCXB: fewer, and in more languages
LEAST_COVERED = 0.6  # of the content must be found among the lines
LONGEST, POWER, MOST_FURNITURE = 600, 0.7, 3  # see `weights`
MOST_LINES = 1_500
LEAST = 1e-3
PARAMETERS = {
    "objective": "cross_entropy", "lambda_l2": 10, "feature_fraction": 0.25, "bagging_fraction": 0.35,
    "bagging_freq": 1, "max_bin": 63, "seed": 3, "num_threads": 1, "verbose": -1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """Of a pair of models."""

    leaves: int
    rate: float
    least: int  # lines in a leaf
    lines: int  # trees of the first model
    scope: int  # and of the second

    @property
    def parameters(self) -> dict[str, object]:
        """As LightGBM takes them."""
        return PARAMETERS | {"num_leaves": self.leaves, "learning_rate": self.rate, "min_data_in_leaf": self.least}


# The first model is that of the first shape: the mean of both gains nothing. The second is the mean of both.
SHAPES = (Shape(63, 0.15, 400, 70, 50), Shape(31, 0.12, 600, 120, 75))

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Page:
    """A page's dumps in several styles, all of its lines with their labels."""

    site: str  # pages of one site, or of one small source, are never on both sides of a split
    kind: str
    dumps: list[Dump]
    content: int  # characters; 0 where the labels were given

    @property
    def is_article(self) -> bool:
        """Whether it is weighted as the kind of page mostly dumped."""
        return self.kind == "article"


@dataclass(frozen=True, slots=True)
class Sample:
    """One dump, measured."""

    page: Page
    first: Features
    labels: Floats
    sizes: Floats  # characters


def pages(data: Path) -> Iterator[Page]:
    """Every page that may be trained on."""
    for row in rows(data):
        if page := _rendered(row["html"], row["main_content"] or "", row["title"], site_of(row), row["page_type"]):
            yield page
    given = {row["id"]: row for row in _rows(data / "lines.jsonl")}
    for row in _rows(data / "html_gold.jsonl"):
        html = gzip.decompress((data / row["file"]).read_bytes()).decode("utf-8", "replace")
        if page := _rendered(html, row["body"], row.get("title"), row["source"] + row["id"], "article"):
            yield page
        if other := given.get(row["id"]):
            yield Page(row["source"] + row["id"], "article", [dump_of(other["lines"], other["labels"])], 0)


def _rows(path: Path) -> Iterator[dict]:
    with path.open(encoding="utf-8") as lines:
        yield from (row for row in map(json.loads, lines) if row["source"] in ALLOWED)


def _rendered(html: str, content: str, title: str | None, site: str, kind: str) -> Page | None:
    if not content.strip():
        return None
    found = events(html)
    dumps = []
    for style in STYLES:
        lines = render(found, style)
        dumps.append(dump_of(lines, label(lines, content, title)))
    return Page(site, kind, dumps, len(content)) if len(dumps[0].lines) > 1 else None


def pools(all_pages: Sequence[Page]) -> dict[bool, Pools]:
    """Openings of articles and posts of forums, by whether they are Chinese."""
    found = {True: Pools([], []), False: Pools([], [])}
    for page in all_pages:
        dump = page.dumps[0]
        content = [dump.lines[i] for i in dump.content()]
        if page.is_article:
            opening = next((line for line in content if len(line) > 80), None)
            title = next((line for line in content if 20 < len(line) < 120), None)
            if opening:
                found[_is_chinese(page)].teasers.append((title or opening[:70], opening))
        elif page.kind == "forum":
            found[False].posts.extend([line for line in content if 30 < len(line) < 900][:12])
    return found


def _is_chinese(page: Page) -> bool:
    return page.site.startswith("zh_")


def samples(all_pages: Sequence[Page], variations: Variations) -> Iterator[Sample]:
    """Some dumps of each page, all but the first of them varied."""
    rnd = random.Random(SEED)
    furniture = pools(all_pages)
    for page in all_pages:
        for number in range(VARIANTS.get(page.kind, 1)):
            dump = rnd.choices(page.dumps, STYLE_WEIGHTS[: len(page.dumps)])[0]
            covered = sum(len(dump.lines[i]) for i in dump.content())
            if covered < LEAST_COVERED * page.content:
                continue
            if number:
                dump = vary(dump, furniture[_is_chinese(page)], rnd, variations)
            if len(dump.content()) and len(dump.lines) <= MOST_LINES:
                sizes = np.array([len(line) for line in dump.lines], np.float32)
                yield Sample(page, measured(dump), dump.labels, sizes)


def measured(dump: Dump) -> Features:
    """The features of its lines, as cleaning sees them."""
    return features(read(dump.lines), [line.lower() for line in dump.lines], dump.gaps)


def weights(sample: Sample) -> Floats:
    """Of each line, by size: any page's content weighs the same, and furniture as much as it would cost in F1.

    A page with much more furniture than content is held to `MOST_FURNITURE` times the usual weight.
    """
    size = np.minimum(sample.sizes, LONGEST) ** POWER
    size[np.isnan(sample.labels)] = 0
    content = size[np.nan_to_num(sample.labels) > 0.5].sum()
    page = (1 if sample.page.is_article else OTHER_TYPES) * (1 if "." in sample.page.site else OTHER_SOURCES)
    return size / max(content, size.sum() / MOST_FURNITURE) * page


def fit(values: Floats, labels: Floats, weight: Floats, parameters: dict[str, object], rounds: int) -> lightgbm.Booster:
    """Boosted trees for soft labels."""
    used = weight > 0
    share = weight[used] * (used.sum() / weight[used].sum())
    rows = lightgbm.Dataset(values[used], labels[used], weight=share, params={"max_bin": 63, "num_threads": 1})
    return lightgbm.train(parameters, rows, rounds)


def predict(models: Sequence[lightgbm.Booster], values: Floats) -> Floats:
    """Probabilities as the models' users see them: of the mean of their scores."""
    scores = np.mean([model.predict(values, raw_score=True) for model in models], axis=0)
    return np.clip(1 / (1 + np.exp(-scores)), LEAST, 1 - LEAST).astype(np.float32)


def train(found: Sequence[Sample], shape: Shape) -> tuple[lightgbm.Booster, lightgbm.Booster]:
    """Both models; the second on what the first says of pages of sites it has not seen."""
    values = np.concatenate([sample.first.values for sample in found])
    labels = np.concatenate([sample.labels for sample in found])
    weight = np.concatenate([weights(sample) for sample in found])
    ends = np.cumsum([len(sample.labels) for sample in found])
    fold = np.repeat(
        [zlib.crc32(b"inner" + sample.page.site.encode()) % 2 for sample in found], [len(s.labels) for s in found]
    )
    unseen = np.zeros(len(labels), np.float32)
    for part in (0, 1):
        other = fold != part
        model = fit(values[other], labels[other], weight[other], shape.parameters, shape.lines)
        unseen[fold == part] = predict([model], values[fold == part])
        print(f"  fold {part} done", flush=True)
    first = fit(values, labels, weight, shape.parameters, shape.lines)
    del values
    spans = np.split(unseen, ends[:-1])
    scope = np.concatenate([scope_features(s.first, p) for s, p in zip(found, spans, strict=True)])
    return first, fit(scope, labels, weight, shape.parameters, shape.scope)


def measure(found: Sequence[Sample]) -> None:
    """Print the macro-F1 of pages of sites that the models have not seen, on the dumps that were not varied."""
    scores: dict[str, list[float]] = {}
    for part in (0, 1):
        side = [zlib.crc32(b"outer" + sample.page.site.encode()) % 2 for sample in found]
        seen = [s for s, p in zip(found, side, strict=True) if p != part]
        (first, *_), second = zip(*(train(seen, shape) for shape in SHAPES), strict=True)
        for sample, own in zip(found, side, strict=True):
            if own == part:
                near = predict([first], sample.first.values)
                kept = best_share(predict(second, scope_features(sample.first, near)), sample.first.sizes)
                name = (
                    sample.page.kind if "." in sample.page.site else sample.page.site.rstrip("0123456789abcdef-")[:12]
                )
                scores.setdefault(name, []).append(_f1(kept, sample))
                scores.setdefault("all", []).append(scores[name][-1])
    for name, values in sorted(scores.items()):
        if len(values) > 9:
            print(f"{name:16} {len(values):5} dumps  macro-F1 {np.mean(values):.3f}")


def _f1(kept: NDArray[np.bool_], sample: Sample) -> float:
    known = ~np.isnan(sample.labels)
    wanted = np.nan_to_num(sample.labels) > 0.5
    hit = sample.sizes[known & wanted & kept].sum()
    return float(2 * hit / max(sample.sizes[known & wanted].sum() + sample.sizes[known & kept].sum(), 1))


def main() -> None:
    """Read, train, and write or measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "docmill" / "clean" / "lines")
    parser.add_argument("--measure", action="store_true")
    options = parser.parse_args()
    start = time.perf_counter()
    all_pages = list(pages(options.data))
    print(f"{len(all_pages)} pages, {time.perf_counter() - start:.0f} s", flush=True)
    found = [sample for variations in (PLAIN, STRONG) for sample in samples(all_pages, variations)]
    lines = sum(len(sample.labels) for sample in found)
    print(f"{len(found)} dumps of {lines} lines, {time.perf_counter() - start:.0f} s", flush=True)
    if options.measure:
        measure(found)
        return
    (first, *_), seconds = zip(*(train(found, shape) for shape in SHAPES), strict=True)
    for name, models in (("lines", (first,)), ("scope", seconds)):
        size = to_onnx(models[0], options.out / f"{name}.onnx", *models[1:])
        print(f"{name}.onnx: {size} bytes, {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
