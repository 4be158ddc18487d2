"""Write boosted trees in the form that docmill.trees evaluates."""

from collections.abc import Sequence
from pathlib import Path

import lightgbm
from onnx import GraphProto, ModelProto, helper
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType

__all__ = ["to_onnx"]

_PARTS = 4  # measured: a tenth of the time less
# Where missing values go, which features never have, and how often a node is met: 7 % of the time, a fifth of a file.
_UNASKED = ("nodes_missing_value_tracks_true", "nodes_hitrates")


def to_onnx(
    model: lightgbm.Booster, path: Path, *others: lightgbm.Booster, shares: Sequence[float] | None = None
) -> int:
    """Write a file with one input (rows of float32 features) and one raw score a row; return its bytes.

    They are converted as a regression, whatever they were trained for: the logistic function is left to the caller. Of
    several models for the same features the score is the mean, or what their shares, which add up to 1, say.
    """
    shares = shares or [1 / (1 + len(others))] * (1 + len(others))
    made = _converted(model, shares[0])
    trees = {each.name: each for each in made.graph.node[0].attribute}
    for other in map(_converted, others, shares[1:]):
        first = max(trees["nodes_treeids"].ints) + 1
        for own in other.graph.node[0].attribute:
            if own.name.endswith("treeids"):
                trees[own.name].ints.extend(tree + first for tree in own.ints)
            elif own.name not in {"n_targets", "post_transform"}:
                for kind in ("ints", "floats", "strings"):
                    getattr(trees[own.name], kind).extend(getattr(own, kind))
    made.graph.CopyFrom(_in_parts(made.graph))
    path.write_bytes(made.SerializeToString())
    return path.stat().st_size


def _in_parts(graph: GraphProto) -> GraphProto:
    """The same trees in several nodes: a row goes through all trees of one, which must stay near."""
    (node,) = [each for each in graph.node if each.op_type == "TreeEnsembleRegressor"]
    trees = {each.name: helper.get_attribute_value(each) for each in node.attribute if each.name not in _UNASKED}
    shared = {name: trees.pop(name) for name in ("n_targets", "post_transform")}
    count = max(trees["nodes_treeids"]) + 1
    nodes, scores = [], []
    for part in range(_PARTS):
        wanted = range(count * part // _PARTS, count * (part + 1) // _PARTS)
        own = {}
        for name, values in trees.items():
            owners = trees["nodes_treeids" if name.startswith("nodes_") else "target_treeids"]
            own[name] = [value for value, tree in zip(values, owners, strict=True) if tree in wanted]
        scores.append(f"score_{part}")
        nodes.append(helper.make_node(node.op_type, [node.input[0]], scores[-1:], domain=node.domain, **shared, **own))
    nodes.append(helper.make_node("Sum", scores, [graph.output[0].name]))
    name = "trees"  # the converter's is random, and the same trees shall make the same bytes
    return helper.make_graph(nodes, name, graph.input, graph.output)


def _converted(model: lightgbm.Booster, share: float) -> ModelProto:
    """A regression whose scores are a share of the model's."""
    text = model.model_to_string()
    trained = next(line for line in text.splitlines() if line.startswith("objective="))
    raw = lightgbm.Booster(model_str=text.replace(trained, "objective=regression", 1))
    raw.params["objective"] = "regression"
    shape = [("features", FloatTensorType([None, raw.num_feature()]))]
    made: ModelProto = convert_lightgbm(raw, initial_types=shape, zipmap=False)
    weights = next(each for each in made.graph.node[0].attribute if each.name == "target_weights").floats
    weights[:] = [weight * share for weight in weights]
    return made
