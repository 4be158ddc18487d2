"""Train the model that tells a web page's main content from the rest.

    python -m training.pages DATA [--out docmill/clean/page] [--measure]

DATA holds `wcxb_dev.jsonl.xz` and `html_gold.jsonl` with `html/`, in the form of the evaluation data. Every stage is
trained on what the stage before says of pages it was not trained on (folds by site). Word F1 of WCXB's pages is
printed, each judged by models that saw none of its site; with --measure nothing is written.
"""

import argparse
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import lightgbm
import numpy as np
from numpy.typing import NDArray

from docmill.clean.page.choose import Candidates, candidates, preference
from docmill.clean.page.features import NAMES, Matrix, features
from docmill.clean.page.vocabulary import Vocabulary
from docmill.extract.html.shape import Shape
from training.export import to_onnx
from training.pages.augment import variants
from training.pages.corpus import FOLDS, Example, read_examples
from training.pages.weights import Design, Tables, fit_vocabulary, to_vocabulary

SEED = 1
WORDLESS, WORDLESS_VARIANTS = 0.15, 0.5  # share of pages seen as in a language whose words are not known
KNOWN_NAMES = {1.0: 0.5, 0.5: 0.25, 0.0: 0.25}  # variants' classes and ids: the share that is known, and how often
VARIANT_WEIGHT = 0.25
SHORT_WORDS, SHORT_KEPT = 3, 0.35  # of blocks so short, which are many and weigh little, a part is trained on
BLOCK_ROUNDS, NAMELESS_ROUNDS, SET_ROUNDS = 160, 100, 150
BLOCKS = {
    "objective": "cross_entropy", "num_leaves": 31, "learning_rate": 0.12, "min_data_in_leaf": 80, "lambda_l2": 5,
    "feature_fraction": 0.3, "bagging_fraction": 0.6, "bagging_freq": 1, "max_bin": 63, "seed": SEED, "verbose": -1,
    "num_threads": 1,
}  # fmt: skip
SETS = {
    "objective": "regression", "num_leaves": 8, "learning_rate": 0.04, "min_data_in_leaf": 150, "lambda_l2": 10,
    "feature_fraction": 0.5, "bagging_fraction": 0.6, "bagging_freq": 1, "seed": SEED, "verbose": -1,
    "num_threads": 1,
}  # fmt: skip
# Some of the trees see no class, id or path: on sites not trained on, those that do are too sure of what they mean.
_NAMELESS = [number for number, name in enumerate(NAMES) if "path" not in name and "named_" not in name]
NAMELESS = BLOCKS | {"seed": SEED + 1, "interaction_constraints": [_NAMELESS]}
SHARES = (0.7, 0.3)  # of their log-odds: with halves more of readers' comments below posts stayed
_SMOOTHING_WORDS = 50  # a page of few words weighs less
_WORD = re.compile(r"\w+")
_OF_WORDS = [number for number, name in enumerate(NAMES) if "word_mean" in name or "word_least" in name]

Floats = NDArray[np.float32]


def main() -> None:
    """Train, or measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=Path("docmill/clean/page"))
    parser.add_argument("--measure", action="store_true", help="cross-validate by site and write nothing")
    options = parser.parse_args()
    clock = _Clock()
    examples = list(read_examples(options.data))
    clock.say(f"{len(examples)} pages, {sum(len(example.share) for example in examples)} blocks")
    tables, everything = fit_tables(examples)
    clock.say("vocabularies")
    known = [to_vocabulary(table) for table in tables]
    matrices = [_matrix(example, known[example.fold]) for example in examples]
    extra = list(variants(examples[::2], SEED))  # of half the articles
    clock.say(f"features; {len(extra)} variants")
    data, fold = _dataset(examples, matrices, extra, _unfamiliar(extra, tables))
    clock.say(f"{len(fold)} rows")
    chances: list[Floats] = [np.empty(0, np.float32)] * len(examples)
    # Models that saw fewer sites are surer than they should be of those they did not see: a choice of sets that is
    # trained on what they say, or a figure that is taken with them, is not that of the model of all pages.
    for unseen in range(FOLDS):
        models = _train_blocks(data.subset(np.flatnonzero(fold != unseen)))
        for number, example in enumerate(examples):
            if example.fold == unseen:
                chances[number] = _predict(models, matrices[number].values)
        clock.say(f"all but fold {unseen}")
    judged = [
        (e, candidates(Shape.of(e.page), c, m))
        for e, c, m in zip(examples, chances, matrices, strict=True)
        if e.known is None
    ]
    rows = [(found.features, _word_f1s(example, found)) for example, found in judged]
    scored = [example for example, _ in judged]
    _measure(scored, rows)
    clock.say("measured")
    if options.measure:
        return
    sets = _train_sets(scored, rows)
    blocks, nameless = _train_blocks(data)
    (options.out / "vocabulary.json").write_text(
        json.dumps(asdict(everything), ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n",
        encoding="utf-8",
    )
    clock.say(f"blocks.onnx {to_onnx(blocks, options.out / 'blocks.onnx', nameless, shares=SHARES)} bytes")
    clock.say(f"sets.onnx {to_onnx(sets, options.out / 'sets.onnx')} bytes")


def fit_tables(examples: Sequence[Example]) -> tuple[list[Tables], Tables]:
    """Weights of names and words: those that saw nothing of each fold, and those of all."""
    made = Design(examples)
    return [fit_vocabulary(made, made.fold != fold) for fold in range(FOLDS)], fit_vocabulary(
        made, np.ones(len(made.fold), bool)
    )


class _Clock:
    def __init__(self) -> None:
        self.start = time.monotonic()

    def say(self, what: str) -> None:
        print(f"{time.monotonic() - self.start:6.0f} s  {what}", flush=True)


def _unfamiliar(extra: Sequence[Example], tables: Sequence[Tables]) -> list[Floats]:
    """Features of variants, some as if their site's names for things were not known, or not all."""
    random = np.random.default_rng(SEED)
    known = [[to_vocabulary(table, share, SEED) for share in KNOWN_NAMES] for table in tables]
    drawn = random.choice(len(KNOWN_NAMES), size=len(extra), p=list(KNOWN_NAMES.values()))
    return [_matrix(example, known[example.fold][number]).values for example, number in zip(extra, drawn, strict=True)]


def _matrix(example: Example, vocabulary: Vocabulary) -> Matrix:
    """Features of a page, by a vocabulary that saw none of its site."""
    return features(example.page, Shape.of(example.page), vocabulary.names.read(example.page.signatures), vocabulary)


def _dataset(
    examples: Sequence[Example], matrices: Sequence[Matrix], extra: Sequence[Example], varied: Sequence[Floats]
) -> tuple[lightgbm.Dataset, NDArray[np.intp]]:
    """Blocks to train on, some pages' as if no word were known, and the fold of each."""
    random = np.random.default_rng(SEED)
    used = [(e, m.values, 1.0, WORDLESS) for e, m in zip(examples, matrices, strict=True) if e.content]
    used += [(e, m, VARIANT_WEIGHT, WORDLESS_VARIANTS) for e, m in zip(extra, varied, strict=True)]
    parts, weights, shares, folds = [], [], [], []
    for example, matrix, part, wordless in used:
        words = np.array(example.words)
        taken = np.flatnonzero((words > SHORT_WORDS) | (random.random(len(words)) < SHORT_KEPT))
        rows = matrix[taken]
        if random.random() < wordless:
            rows[:, _OF_WORDS] = 0
        weight = part * _known(example) * (words + 0.5) / (example.content + _SMOOTHING_WORDS)
        parts.append(rows)
        weights.append((weight / np.where(words > SHORT_WORDS, 1, SHORT_KEPT))[taken])
        shares.append(np.clip(example.share, 0, 1)[taken])
        folds.append(np.full(len(taken), example.fold))
    weight = np.concatenate(weights)
    data = lightgbm.Dataset(np.concatenate(parts), np.concatenate(shares), weight=weight / weight.mean(), params=BLOCKS)
    return data.construct(), np.concatenate(folds)


def _known(example: Example) -> NDArray[np.float64]:
    return np.array(example.known, float) if example.known is not None else np.ones(len(example.share))


def _train_blocks(data: lightgbm.Dataset) -> tuple[lightgbm.Booster, lightgbm.Booster]:
    """Trees that see everything, and such as see no names; the model's log-odds are a mean of both."""
    return lightgbm.train(BLOCKS, data, BLOCK_ROUNDS), lightgbm.train(NAMELESS, data, NAMELESS_ROUNDS)


def _predict(models: Sequence[lightgbm.Booster], values: Floats) -> Floats:
    """Each block's probability to be content."""
    scores = np.average([model.predict(values, raw_score=True) for model in models], axis=0, weights=SHARES)
    return (1 / (1 + np.exp(-scores))).astype(np.float32)


def _word_f1s(example: Example, found: Candidates) -> NDArray[np.float64]:
    """The word F1 that each candidate set of a page would have."""
    gold = Counter(_WORD.findall(example.text.lower()))
    column = {word: number for number, word in enumerate(gold)}
    counts = np.zeros((len(example.share), len(column) + 1), np.float32)  # the last: all words
    for row, text in enumerate(example.page.block_text):
        words = _WORD.findall(text.lower())
        np.add.at(counts[row], [column[word] for word in words if word in column], 1)
        counts[row, -1] = len(words)
    kept = np.stack([found.keep(number) for number in range(len(found.features))]).astype(np.float32) @ counts
    right = np.minimum(kept[:, :-1], np.array(list(gold.values()))).sum(axis=1) if gold else np.zeros(len(kept))
    return np.asarray(2 * right / np.maximum(kept[:, -1] + gold.total(), 1), float)


def _train_sets(
    examples: Sequence[Example], rows: list[tuple[Floats, NDArray[np.float64]]], *, without: int | None = None
) -> lightgbm.Booster:
    """How far each candidate set falls short of the page's best."""
    used = [row for e, row in zip(examples, rows, strict=True) if e.fold != without and e.content]
    lost = np.concatenate([score - score.max() for _, score in used])
    weight = np.concatenate([np.full(len(score), 1 / len(score)) for _, score in used])
    data = lightgbm.Dataset(np.concatenate([matrix for matrix, _ in used]), lost, weight=weight / weight.mean())
    return lightgbm.train(SETS, data, SET_ROUNDS)


def _measure(examples: Sequence[Example], rows: list[tuple[Floats, NDArray[np.float64]]]) -> None:
    """Print word F1 by page type: by the estimate alone, by the learned choice, by the best candidate."""
    scores: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    for unseen in range(FOLDS):
        model = _train_sets(examples, rows, without=unseen)
        for example, (matrix, score) in zip(examples, rows, strict=True):
            if example.fold == unseen and example.name.isdecimal():
                chosen = preference(matrix, model.predict(matrix)).argmax()
                entry = (score[matrix[:, 2].argmax()], score[chosen], score.max())
                scores["all"].append(entry)
                scores[example.kind].append(entry)
    print(f"{'':16} pages  estimate   learned  best candidate")
    for kind, entries in sorted(scores.items()):
        print(f"{kind:16} {len(entries):5}", *(f"{value:9.4f}" for value in np.mean(entries, axis=0)))


if __name__ == "__main__":
    main()
