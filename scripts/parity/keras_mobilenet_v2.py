"""What Keras' own MobileNetV2 answers, given the same weights and the same pixels as ours.

python scripts/parity/keras_mobilenet_v2.py ../shared/weights/mobilenet_v2_035_224
"""
import json
import sys
from pathlib import Path

from fixtures import numbers, pixels, versions, wave, write

import keras
import numpy as np
import torch

ALPHA = 0.35
SIZES = (96, 100, 160, 224)  # 100 is no multiple of 32, so its maps are odd before stride-2 layers
FIRST_TRAINED = 100 - 1  # layer 100 of the 155 with Conv1_pad is index 99 here: Keras 3 pads inside Conv1
TRAINED_SEEDS = (0, 1, 2, 3)


def read_tfjs(folder: str) -> dict:
    """The tensors of a TensorFlow.js layers model with unquantised float32 weights, by name."""
    manifest = json.loads(Path(folder, "model.json").read_text())["weightsManifest"]
    tensors = {}
    for group in manifest:
        data = b"".join(Path(folder, path).read_bytes() for path in group["paths"])
        offset = 0
        for weight in group["weights"]:
            count = int(np.prod(weight["shape"]))
            tensors[weight["name"]] = np.frombuffer(data, "<f4", count, offset).reshape(weight["shape"])
            offset += 4 * count
    return tensors


def build(size: int, tensors: dict) -> keras.Model:
    model = keras.applications.MobileNetV2(alpha=ALPHA, input_shape=(size, size, 3), include_top=False, weights=None)
    used = set()
    for layer in model.layers:
        names = [f"{layer.name}/{variable.name}" for variable in layer.weights]
        if isinstance(layer, keras.layers.DepthwiseConv2D):
            names = [name.replace("/kernel", "/depthwise_kernel") for name in names]
        layer.set_weights([tensors[name] for name in names])
        used.update(names)
    assert used == set(tensors), used ^ set(tensors)
    return model


def summary(values: np.ndarray) -> dict:
    flat = values.astype(np.float64).reshape(-1)
    sample = np.arange(0, flat.size, max(1, flat.size // 64))
    return {
        "shape": list(values.shape),
        "sum": float(flat.sum()),
        "sumOfSquares": float((flat**2).sum()),
        "sampleStep": int(max(1, flat.size // 64)),
        "sample": numbers(flat[sample], 7),
    }


def forward(tensors: dict) -> dict:
    result = {}
    for size in SIZES:
        features = keras.ops.convert_to_numpy(build(size, tensors)(pixels(size), training=False))
        result[size] = {"features": summary(features)}
        if size == 96:
            result[size]["mean"] = numbers(features.mean((0, 1, 2), dtype=np.float64), 7)
            result[size]["max"] = numbers(features.max((0, 1, 2)), 7)
    return result


def training_step(tensors: dict, batch_statistics: bool) -> dict:
    """Loss and gradients of the tutorial's fine-tuning step: global max pooling, one sigmoid unit, layers 100 onwards."""
    model = build(96, tensors)
    for index, layer in enumerate(model.layers):
        layer.trainable = index >= FIRST_TRAINED
        if isinstance(layer, keras.layers.BatchNormalization) and not batch_statistics:
            layer.trainable = False  # Keras then uses the moving statistics; gamma and beta are differentiated below
    kernel = torch.tensor(wave(1280, 1, scale=0.05), requires_grad=True)
    bias = torch.tensor(np.float32([0.1]), requires_grad=True)
    images = torch.from_numpy(pixels(96, TRAINED_SEEDS))
    labels = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    trained = [
        (f"{layer.name}/{variable.name}", variable.value)
        for layer in model.layers[FIRST_TRAINED:]
        for variable in layer.weights
        if variable.name in ("kernel", "gamma", "beta")
    ]
    for _, parameter in trained:
        parameter.requires_grad_(True)
        parameter.grad = None
    features = model(images, training=True)
    logits = features.amax((1, 2)) @ kernel + bias
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels)
    loss.backward()
    gradients = {name: parameter.grad.numpy() for name, parameter in trained}
    gradients["head/kernel"] = kernel.grad.numpy()
    gradients["head/bias"] = bias.grad.numpy()
    result = {
        "loss": float(loss.detach()),
        "logits": numbers(logits.detach().numpy(), 7),
        "gradients": {
            name: {"sum": float(g.sum(dtype=np.float64)), "norm": float(np.sqrt((g.astype(np.float64) ** 2).sum())), "first": numbers(g.reshape(-1)[:4], 7)}
            for name, g in gradients.items()
        },
    }
    if batch_statistics:
        shown = ("bn_Conv1", "block_11_expand_BN", "block_14_depthwise_BN", "Conv_1_bn")
        result["movingStatistics"] = {
            f"{name}/{part}": numbers(getattr(model.get_layer(name), part).value.detach().numpy()[:4], 7)
            for name in shown
            for part in ("moving_mean", "moving_variance")
        }
    return result


def layer_table() -> list:
    model = keras.applications.MobileNetV2(alpha=1.0, input_shape=(96, 96, 3), include_top=False, weights=None)
    return [[layer.name, type(layer).__name__, list(layer.output.shape[1:]), layer.count_params()] for layer in model.layers]


def main() -> None:
    keras.utils.set_random_seed(0)
    torch.set_num_threads(2)
    tensors = read_tfjs(sys.argv[1])
    write(
        "test/model/fixtures/keras-mobilenet-v2.json",
        {
            "command": "python scripts/parity/keras_mobilenet_v2.py ../shared/weights/mobilenet_v2_035_224",
            "versions": versions(),
            "pixels": "((x*7 + y*13 + c*29 + seed*31) mod 256) / 127.5 - 1; forward: seed 0; training: seeds 0 to 3",
            "alpha": ALPHA,
            "forward": forward(tensors),
            "training": {
                "note": "layers from block_11_expand_BN on; head kernel 0.05 * sin(i), bias 0.1; labels 0 1 1 0; global max pooling",
                "frozenStatistics": training_step(tensors, False),
                "batchStatistics": training_step(tensors, True),
            },
            "layers": layer_table(),
        },
    )


main()
