"""Small committed ensembles of decision trees (ONNX), evaluated by onnxruntime on one core."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["Trees"]


class Trees:
    """A model file with one input (rows of float32 features) and one score a row."""

    def __init__(self, path: Path) -> None:
        """The file is read at the first use."""
        self.path = path

    @cached_property
    def _session(self) -> "InferenceSession":
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        # Refining processes are one a core; a pool of threads would also not survive the fork.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # it keeps the largest page's memory for good
        options.log_severity_level = 3
        return InferenceSession(str(self.path), options, providers=["CPUExecutionProvider"])

    def load(self) -> None:
        """Read the file now, so that the first document does not wait for it."""
        _ = self._session

    def probabilities(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """A probability a row: the logistic function of the ensemble's raw score.

        Args:
            features: Shape (rows, features), in the order the model was trained with.

        Returns:
            Shape (rows,), each in 0..1.
        """
        if not len(features):
            return np.empty(0, np.float32)
        (scores,) = self._session.run(None, {self._session.get_inputs()[0].name: features})
        found: NDArray[np.float32] = 1 / (1 + np.exp(-scores.reshape(-1)))
        return found
