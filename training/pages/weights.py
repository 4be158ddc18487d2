"""Log-odds of names of elements and of words, by two logistic regressions over counts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from docmill.clean.page.names import KINDS, names_in
from docmill.clean.page.vocabulary import Vocabulary, word_tokens
from training.pages.corpus import Example

__all__ = ["Design", "Tables", "fit_vocabulary", "to_vocabulary"]

Floats = NDArray[np.float64]
Table = dict[str, float]


@dataclass(frozen=True, slots=True)
class Tables:
    """What `Vocabulary` is made of."""

    near: dict[str, Table]
    far: dict[str, Table]
    words: Table


_LEAST_SITES = {"path": 5, "word": 8}  # a token of fewer sites tells the site, not the role
_PENALTY = {"path": 6.0, "word": 1.0}
_STEPS = 50
_LEAST_WEIGHT = {"path": 0.01, "word": 0.02}


class Design:
    """Counts of tokens in every block of all pages, and what is to be predicted."""

    def __init__(self, examples: Sequence[Example]) -> None:
        """Count once; folds are taken from it."""
        rows = [len(example.share) for example in examples]
        self.fold = np.repeat([example.fold for example in examples], rows)
        sites = {example.site: number for number, example in enumerate(examples)}
        site = np.repeat([sites[example.site] for example in examples], rows)
        self.share = np.concatenate([example.share for example in examples])
        # The square root lets short blocks count; every page counts the same.
        self.weight = np.concatenate([_page_weight(example) for example in examples])
        paths: list[list[str]] = []
        words: list[list[str]] = []
        for example in examples:
            paths += _path_rows(example)
            words += [word_tokens(text) for text in example.page.block_text]
        self.path, self.path_names = _counts(paths, site, _LEAST_SITES["path"])
        counts, self.word_names = _counts(words, site, _LEAST_SITES["word"])
        length = np.diff(counts.indptr).clip(1)
        self.word = (sparse.diags((1 / np.sqrt(length)).astype(np.float32)) @ counts).tocsr()


def fit_vocabulary(made: Design, rows: NDArray[np.bool_]) -> Tables:
    """The three tables of `Vocabulary`, from the given blocks."""
    share, weight = made.share[rows], made.weight[rows]
    path = _logistic(made.path[rows], share, weight, _PENALTY["path"])
    word = _logistic(made.word[rows], share, weight, _PENALTY["word"])
    return Tables(
        near={kind: _table(made.path_names, path, f"near {kind} ", _LEAST_WEIGHT["path"]) for kind in KINDS},
        far={kind: _table(made.path_names, path, f"far {kind} ", _LEAST_WEIGHT["path"]) for kind in KINDS},
        words=_table(made.word_names, word, "", _LEAST_WEIGHT["word"]),
    )


def to_vocabulary(tables: Tables, known: float = 1.0, seed: int = 0) -> Vocabulary:
    """A vocabulary; with a share of the names known, but all tags, it sees a page as one of an unfamiliar site."""
    random = np.random.default_rng(seed)

    def part(table: dict[str, Table]) -> dict[str, Table]:
        return {
            kind: {name: weight for name, weight in own.items() if kind == "tag" or random.random() < known}
            for kind, own in table.items()
        }

    return Vocabulary(part(tables.near), part(tables.far), tables.words)


def _page_weight(example: Example) -> Floats:
    roots = np.sqrt(np.array(example.words, float))
    if example.known is not None:
        roots *= example.known
    return roots / max(roots.sum(), 1.0) * 20 * (example.content > 0)


def _path_rows(example: Example) -> list[list[str]]:
    """For each block the tokens near it (its leaf, box and the box's parent) and those of all elements above."""
    page = example.page
    named = [
        [f"{kind} {name}" for kind, text in zip(KINDS, signature, strict=True) for name in names_in(kind, text)]
        for signature in page.signatures
    ]
    near = [[f"near {name}" for name in names] for names in named]
    far = [[f"far {name}" for name in names] for names in named]
    chains: list[list[str]] = []
    for parent, signature in zip(page.element_parent, page.element_signature, strict=True):
        chains.append((chains[parent] if parent >= 0 else []) + far[signature])
    rows = []
    for leaf, box in zip(page.block_leaf, page.block_box, strict=True):
        own = near[page.element_signature[leaf]] + (near[page.element_signature[box]] if leaf != box else [])
        rows.append(own + near[page.element_signature[max(page.element_parent[box], 0)]] + chains[leaf])
    return rows


def _counts(rows: list[list[str]], site: NDArray[np.intp], least: int) -> tuple[sparse.csr_matrix, list[str]]:
    """Counts of the tokens that occur on enough sites."""
    numbers: dict[str, int] = {}
    ends = np.cumsum([0, *(len(row) for row in rows)])
    columns = np.fromiter(
        (numbers.setdefault(token, len(numbers)) for row in rows for token in row), np.int32, ends[-1]
    )
    matrix = sparse.csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(rows), len(numbers)))
    matrix.sum_duplicates()
    pairs = np.unique(np.repeat(site, np.diff(matrix.indptr)).astype(np.int64) * len(numbers) + matrix.indices)
    kept = np.flatnonzero(np.bincount(pairs % len(numbers), minlength=len(numbers)) >= least)
    names = list(numbers)
    return matrix[:, kept].tocsr(), [names[column] for column in kept]


def _logistic(counts: sparse.csr_matrix, share: Floats, weight: Floats, penalty: float) -> Floats:
    """Weights of a ridge logistic regression with soft labels."""
    transposed, columns = counts.T.tocsr(), counts.shape[1]

    def loss(solution: Floats) -> tuple[float, Floats]:
        score = counts @ solution[:columns] + solution[columns]
        chance = 1 / (1 + np.exp(-score))
        value = (
            weight @ (np.logaddexp(0, score) - share * score) + penalty * (solution[:columns] @ solution[:columns]) / 2
        )
        slope = weight * (chance - share)
        return float(value), np.append(transposed @ slope + penalty * solution[:columns], slope.sum())

    found: Floats = minimize(loss, np.zeros(columns + 1), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}).x
    return found[:columns]


def _table(names: list[str], solution: Floats, prefix: str, least: float) -> Table:
    return {
        name.removeprefix(prefix): round(float(weight), 3)
        for name, weight in zip(names, solution, strict=True) if name.startswith(prefix) and abs(weight) > least
    }  # fmt: skip
