"""Multinomial logistic regression, small and deterministic.

The loss is strongly convex, so Nesterov's accelerated gradient from zero, with a step from the features' spectral
norm, needs no line search and no random numbers (Nesterov, "A method for solving the convex programming problem with
convergence rate O(1/k^2)", 1983).
"""

import numpy as np

from docmill.classify.embed import Vectors
from docmill.classify.similarity import softmax

__all__ = ["RIDGE", "fit"]

RIDGE = 1e-3
STEPS = 120
_POWER_STEPS = 30


def fit(rows: Vectors, targets: Vectors, weights: Vectors, ridge: float = RIDGE) -> Vectors:
    """Weights of shape (features, categories).

    Args:
        rows: Features, shape (documents, features).
        targets: Each document's share in each category, shape (documents, categories), rows summing to 1.
        weights: What each document counts, shape (documents,).
        ridge: Of the squared weights, in the loss.
    """
    shares = (weights / weights.sum()).astype(np.float32)[:, None]
    curvature = 0.5 * _largest_eigenvalue(rows, shares) + ridge
    found = np.zeros((rows.shape[1], targets.shape[1]), np.float32)
    ahead, momentum = found, 1.0
    for _ in range(STEPS):
        gradient = rows.T @ ((softmax(rows @ ahead) - targets) * shares) + ridge * ahead
        stepped = ahead - gradient / curvature
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = stepped + (momentum - 1) / following * (stepped - found)
        found, momentum = stepped, following
    return np.asarray(found, np.float32)


def _largest_eigenvalue(rows: Vectors, shares: Vectors) -> float:
    """Of the weighted Gram matrix, by power iteration, rounded up."""
    vector = np.ones((rows.shape[1], 1), np.float32)
    length = 1.0
    for _ in range(_POWER_STEPS):
        vector = rows.T @ ((rows @ vector) * shares)
        length = float(np.linalg.norm(vector)) or 1.0
        vector = vector / length
    return 1.1 * length
