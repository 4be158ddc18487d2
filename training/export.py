"""Write boosted trees in the form that docmill.trees evaluates."""

from pathlib import Path

import lightgbm
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType

__all__ = ["to_onnx"]


def to_onnx(model: lightgbm.Booster, path: Path) -> int:
    """Write a file with one input (rows of float32 features) and one raw score a row; return its bytes.

    They are converted as a regression, whatever they were trained for: the logistic function is left to the caller.
    """
    text = model.model_to_string()
    trained = next(line for line in text.splitlines() if line.startswith("objective="))
    raw = lightgbm.Booster(model_str=text.replace(trained, "objective=regression", 1))
    raw.params["objective"] = "regression"
    shape = [("features", FloatTensorType([None, raw.num_feature()]))]
    made = convert_lightgbm(raw, initial_types=shape, zipmap=False)
    path.write_bytes(made.SerializeToString())
    return path.stat().st_size
