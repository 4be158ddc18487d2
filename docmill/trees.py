"""Models in ONNX, evaluated by onnxruntime on one core: small committed ensembles of decision trees."""

import hashlib
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["Trees", "session"]


class Trees:
    """A model file with one input (rows of float32 features) and one score a row."""

    def __init__(self, path: Path) -> None:
        """The file is read at the first use."""
        self.path = path

    @cached_property
    def _session(self) -> "InferenceSession":
        return session(str(self.path))

    @cached_property
    def sha256(self) -> str:
        """Of the file, hexadecimal."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    def load(self) -> None:
        """Read the file now, so that the first document does not wait for it."""
        _ = self._session

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """The ensemble's raw score a row.

        Args:
            features: Shape (rows, features), in the order the model was trained with.

        Returns:
            Shape (rows,).
        """
        if not len(features):
            return np.empty(0, np.float32)
        (found,) = self._session.run(None, {self._session.get_inputs()[0].name: features})
        scores: NDArray[np.float32] = found.reshape(-1)
        return scores

    def probabilities(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """A probability a row, in 0..1: the logistic function of its score."""
        return (1 / (1 + np.exp(-self.scores(features)))).astype(np.float32)


def session(model: str | bytes) -> "InferenceSession":
    """A model, given as its file's path or content, ready to run on one core."""
    # Without this its import writes a device id for telemetry under the home directory.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    # Refining processes are one a core; a pool of threads would also not survive the fork.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # it keeps the largest page's memory for good
    options.log_severity_level = 3
    made = InferenceSession(model, options, providers=["CPUExecutionProvider"])
    made._model_bytes = None  # noqa: SLF001  would keep a copy for a second try with other providers
    return made
