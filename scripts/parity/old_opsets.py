"""Models in the words of opsets 10 and 11, with what ONNX's own reference evaluator makes of them.

    pip install onnx==1.23.2
    python scripts/parity/old_opsets.py
"""
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

FOLDER = Path(__file__).resolve().parents[2] / "test/graph/fixtures"


def wave(*shape: int) -> np.ndarray:
    """float32 array of the shape: sin(i) for the flat index i."""
    return np.sin(np.arange(int(np.prod(shape)))).reshape(shape).astype(np.float32)


def opset11() -> onnx.ModelProto:
    node = helper.make_node
    constant = node("Constant", [], ["kernel"], value=numpy_helper.from_array(wave(4, 2, 3, 3), "kernel"))
    nodes = [
        constant,
        node("Conv", ["image", "kernel", "bias"], ["conv"], "conv", auto_pad="SAME_UPPER", strides=[2, 2]),
        node("AveragePool", ["conv"], ["pool"], "pool", kernel_shape=[2, 2], auto_pad="SAME_LOWER"),
        node("Dropout", ["pool"], ["kept", "mask"], "dropout", ratio=0.5),
        node("ReduceMean", ["kept"], ["mean"], "mean", axes=[2, 3], keepdims=1),
        node("Squeeze", ["mean"], ["row"], "squeeze", axes=[2, 3]),
        node("Unsqueeze", ["row"], ["column"], "unsqueeze", axes=[-1]),
        node("ReduceSum", ["column"], ["total"], "total", axes=[2], keepdims=0),
        node("Softmax", ["total"], ["y"], "softmax"),
    ]
    bias = numpy_helper.from_array(wave(4), "bias")
    return model("opset11", 11, nodes, [bias], [2, 2, 5, 6], [2, 4])


def opset9() -> onnx.ModelProto:
    node = helper.make_node
    nodes = [
        node("Slice", ["image"], ["part"], "slice", starts=[1, -4], ends=[2, 99], axes=[1, 3]),
        node("Pad", ["part"], ["padded"], "pad", pads=[0, 0, 1, 0, 0, 0, 0, 2], value=0.5),
        node("Clip", ["padded"], ["above"], "above", min=-0.5),
        node("Clip", ["above"], ["between"], "between", min=-0.25, max=0.75),
        node("MaxPool", ["between"], ["pool"], "max", kernel_shape=[2, 2], storage_order=0),
        node("Flatten", ["pool"], ["flat"], "flatten"),
        node("LogSoftmax", ["flat"], ["y"], "log_softmax", axis=1),
    ]
    return model("opset9", 9, nodes, [], [2, 2, 3, 6], [2, 15])


def model(name, opset, nodes, initializers, shape_in, shape_out) -> onnx.ModelProto:
    inputs = [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape_in)]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape_out)]
    graph = helper.make_graph(nodes, name, inputs, outputs, initializers)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=6)
    onnx.checker.check_model(made, full_check=True)
    return made


def external() -> onnx.ModelProto:
    """A model whose one weight is said to lie in another file."""
    weight = numpy_helper.from_array(wave(3), "w")
    node = helper.make_node("Mul", ["image", "w"], ["y"], "mul")
    made = model("external", 11, [node], [weight], [3], [3])
    tensor = made.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="weights.bin")
    return made


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    expected = {"command": "python scripts/parity/old_opsets.py", "onnx": onnx.__version__}
    for made in (opset9(), opset11()):
        name = made.graph.name
        (FOLDER / f"{name}.onnx").write_bytes(made.SerializeToString())
        image = wave(*(dim.dim_value for dim in made.graph.input[0].type.tensor_type.shape.dim))
        (result,) = ReferenceEvaluator(made).run(None, {"image": image})
        expected[name] = {"shape": list(result.shape), "y": [float(f"{v:.8g}") for v in result.reshape(-1)]}
    (FOLDER / "external.onnx").write_bytes(external().SerializeToString())
    (FOLDER / "old-opsets.json").write_text(json.dumps(expected) + "\n")


main()
