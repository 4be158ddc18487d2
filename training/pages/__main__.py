"""Train the model that tells a web page's main content from the rest.

    python -m training.pages DATA [--out docmill/clean/page] [--measure]

DATA holds `wcxb_dev.jsonl.xz` and `html_gold.jsonl` with `html/`, in the form of the evaluation data. Every stage is
trained on what the stage before says of pages it was not trained on (five folds by site). Word F1 of WCXB's pages is
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

from docmill.clean.page.choose import candidates, preference
from docmill.clean.page.features import features
from docmill.clean.page.names import read_names
from training.export import to_onnx
from training.pages.augment import variants
from training.pages.corpus import FOLDS, Example, read_examples
from training.pages.weights import Design, Tables, fit_vocabulary, to_vocabulary

SEED = 1
WORDLESS = 0.3  # share of pages seen as in a language whose words are not known
VARIANT_WEIGHT = 0.2
BLOCK_ROUNDS, SET_ROUNDS = 300, 150
BLOCKS = {
    "objective": "cross_entropy", "num_leaves": 31, "learning_rate": 0.08, "min_data_in_leaf": 100, "lambda_l2": 5,
    "feature_fraction": 0.35, "bagging_fraction": 0.6, "bagging_freq": 1, "max_bin": 127, "seed": SEED, "verbose": -1,
}  # fmt: skip
SETS = {
    "objective": "regression", "num_leaves": 8, "learning_rate": 0.04, "min_data_in_leaf": 150, "lambda_l2": 10,
    "feature_fraction": 0.5, "bagging_fraction": 0.6, "bagging_freq": 1, "seed": SEED, "verbose": -1,
}  # fmt: skip
_SMOOTHING_WORDS = 50  # a page of few words weighs less
_WORD = re.compile(r"\w+")

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
    made = Design(examples)
    tables = [fit_vocabulary(made, made.fold != fold) for fold in range(FOLDS)]
    clock.say(f"vocabularies of {len(made.path_names)} path tokens and {len(made.word_names)} words")
    extra = list(variants(examples, SEED))
    matrices = _matrices(examples, tables, WORDLESS)
    varied = _matrices(extra, tables, WORDLESS)
    clock.say(f"features, with {len(extra)} variants")
    plain = _matrices(examples, tables, 0)
    chances: list[Floats] = [np.empty(0, np.float32)] * len(examples)
    for fold in range(FOLDS):
        model = _train_blocks(examples, matrices, extra, varied, without=fold)
        for number, example in enumerate(examples):
            if example.fold == fold:
                chances[number] = model.predict(plain[number]).astype(np.float32)
        clock.say(f"fold {fold}")
    judged = [(e, chance) for e, chance in zip(examples, chances, strict=True) if e.known is None]
    rows = [_judged(example, chance) for example, chance in judged]
    scored = [example for example, _ in judged]
    _measure(scored, rows)
    if options.measure:
        return
    blocks = _train_blocks(examples, matrices, extra, varied, without=None)
    sets = _train_sets(scored, rows, without=None)
    everything = fit_vocabulary(made, np.ones(len(made.fold), bool))
    (options.out / "vocabulary.json").write_text(
        json.dumps(asdict(everything), ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n",
        encoding="utf-8",
    )
    clock.say(f"blocks.onnx {to_onnx(blocks, options.out / 'blocks.onnx')} bytes")
    clock.say(f"sets.onnx {to_onnx(sets, options.out / 'sets.onnx')} bytes")


class _Clock:
    def __init__(self) -> None:
        self.start = time.monotonic()

    def say(self, what: str) -> None:
        print(f"{time.monotonic() - self.start:6.0f} s  {what}", flush=True)


def _matrices(examples: Sequence[Example], tables: list[Tables], wordless: float) -> list[Floats]:
    """Features of every page, by the vocabulary that saw none of its site; of some pages as if no word were known."""
    random = np.random.default_rng(SEED)
    known = [to_vocabulary(table) for table in tables]
    unknown = [to_vocabulary(table, words=False) for table in tables]
    return [
        features(
            example.page,
            read_names(example.page.signatures),
            (unknown if random.random() < wordless else known)[example.fold],
        ).values
        for example in examples
    ]


def _train_blocks(
    examples: Sequence[Example], matrices: list[Floats], extra: Sequence[Example], varied: list[Floats],
    *, without: int | None,
) -> lightgbm.Booster:  # fmt: skip
    """A probability for each block, from all folds but one."""
    used = [(e, m, 1.0) for e, m in zip(examples, matrices, strict=True) if e.fold != without and e.content]
    used += [(e, m, VARIANT_WEIGHT) for e, m in zip(extra, varied, strict=True) if e.fold != without]
    weight = np.concatenate([
        part * _known(e) * (np.array(e.words) + 0.5) / (e.content + _SMOOTHING_WORDS) for e, _, part in used
    ])  # fmt: skip
    share = np.clip(np.concatenate([e.share for e, _, _ in used]), 0, 1)
    data = lightgbm.Dataset(np.concatenate([m for _, m, _ in used]), share, weight=weight / weight.mean())
    return lightgbm.train(BLOCKS, data, BLOCK_ROUNDS)


def _known(example: Example) -> NDArray[np.float64]:
    return np.array(example.known, float) if example.known is not None else np.ones(len(example.share))


def _judged(example: Example, chance: Floats) -> tuple[Floats, NDArray[np.float64]]:
    """Features of a page's candidate sets, and the word F1 that each would have."""
    found = candidates(example.page, chance, np.array(example.words, np.float32))
    gold = Counter(_WORD.findall(example.text.lower()))
    blocks = [Counter(_WORD.findall(text.lower())) for text in example.page.block_text]
    return found.features, np.array(
        [_word_f1(blocks, found.keep(number), gold) for number in range(len(found.features))]
    )


def _word_f1(blocks: list[Counter[str]], keep: NDArray[np.bool_], gold: Counter[str]) -> float:
    kept: Counter[str] = Counter()
    for number in np.flatnonzero(keep):
        kept.update(blocks[number])
    right = (kept & gold).total()
    return 2 * right / (kept.total() + gold.total()) if right else 0.0


def _train_sets(
    examples: Sequence[Example], rows: list[tuple[Floats, NDArray[np.float64]]], *, without: int | None
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
    for fold in range(FOLDS):
        model = _train_sets(examples, rows, without=fold)
        for example, (matrix, score) in zip(examples, rows, strict=True):
            if example.fold == fold and example.name.isdecimal():
                chosen = preference(matrix, model.predict(matrix)).argmax()
                entry = (score[matrix[:, 2].argmax()], score[chosen], score.max())
                scores["all"].append(entry)
                scores[example.kind].append(entry)
    print(f"{'':16} pages  estimate   learned  best candidate")
    for kind, entries in sorted(scores.items()):
        print(f"{kind:16} {len(entries):5}", *(f"{value:9.4f}" for value in np.mean(entries, axis=0)))


if __name__ == "__main__":
    main()
