"""Small cases of what Keras computes in training: optimizers, batch normalization, losses, pooling, class weights.

python scripts/parity/keras_rules.py
"""
from fixtures import numbers, versions, wave, write

import keras
import numpy as np
import torch

COMMAND = "python scripts/parity/keras_rules.py"
STEPS = 5
OPTIMIZERS = {
    "adam": (keras.optimizers.Adam, {"learning_rate": 1e-2}),
    "adamLargeEpsilon": (keras.optimizers.Adam, {"learning_rate": 1e-2, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 0.1}),
    "adamW": (keras.optimizers.AdamW, {"learning_rate": 1e-2, "weight_decay": 0.05}),
    "sgd": (keras.optimizers.SGD, {"learning_rate": 0.1}),
    "sgdMomentum": (keras.optimizers.SGD, {"learning_rate": 0.1, "momentum": 0.9}),
    "sgdNesterov": (keras.optimizers.SGD, {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
}


def gradients_of(step: int) -> np.ndarray:
    """Eight gradients; the last two are tiny and zero, where the place of epsilon shows."""
    gradient = wave(8, phase=0.7 * step)
    gradient[6] = 1e-7 * (step + 1)
    gradient[7] = 0
    return gradient


def optimizer_case(make, options: dict) -> dict:
    variable = keras.Variable(wave(8, scale=0.5, phase=0.3))
    optimizer = make(**options)
    optimizer.build([variable])
    steps = []
    for step in range(STEPS):
        optimizer.apply([torch.from_numpy(gradients_of(step))], [variable])
        steps.append(numbers(variable.value.detach().numpy(), 9))
    defaults = {key: value for key, value in optimizer.get_config().items() if isinstance(value, (int, float, bool))}
    return {"options": defaults | options, "parametersAfterEachStep": steps}


def optimizers() -> None:
    write(
        "test/fixtures/keras/optimizers.json",
        {
            "command": COMMAND,
            "versions": versions(),
            "initial": numbers(wave(8, scale=0.5, phase=0.3), 9),
            "gradients": [numbers(gradients_of(step), 9) for step in range(STEPS)],
            **{name: optimizer_case(*case) for name, case in OPTIMIZERS.items()},
        },
    )


def batch_normalization() -> None:
    layer = keras.layers.BatchNormalization(momentum=0.999, epsilon=1e-3)
    layer.build((None, 2, 2, 3))
    start = [wave(3, 1, phase=1)[:, 0] + 1, wave(3), wave(3, scale=0.2), np.float32([0.5, 1, 2])]
    layer.set_weights(start)
    images = wave(4, 2, 2, 3, scale=2, phase=0.2)
    upstream = torch.from_numpy(wave(4, 2, 2, 3, phase=2))
    modes = {}
    for training in (True, False):
        x = torch.tensor(images, requires_grad=True)
        layer.set_weights(start)
        parameters = [layer.gamma.value, layer.beta.value]
        for parameter in parameters:
            parameter.requires_grad_(True)
            parameter.grad = None
        y = layer(x, training=training)
        (y * upstream).sum().backward()
        modes["batchStatistics" if training else "movingStatistics"] = {
            "y": numbers(y.detach().numpy()),
            "dx": numbers(x.grad.numpy()),
            "dgamma": numbers(parameters[0].grad.numpy()),
            "dbeta": numbers(parameters[1].grad.numpy()),
            "movingMeanAfter": numbers(layer.moving_mean.value.detach().numpy(), 9),
            "movingVarianceAfter": numbers(layer.moving_variance.value.detach().numpy(), 9),
        }
    write(
        "test/fixtures/keras/batch-normalization.json",
        {
            "command": COMMAND,
            "versions": versions(),
            "note": "x and y are NHWC; the loss is sum(y * upstream); the running variance takes the biased batch variance",
            "shape": [4, 2, 2, 3],
            "momentum": 0.999,
            "epsilon": 1e-3,
            "x": numbers(images, 9),
            "upstream": numbers(upstream.numpy(), 9),
            "gamma": numbers(start[0], 9),
            "beta": numbers(start[1], 9),
            "movingMean": numbers(start[2], 9),
            "movingVariance": numbers(start[3], 9),
            **modes,
        },
    )


def loss_case(loss, labels: np.ndarray, logits: np.ndarray, weights=None) -> dict:
    z = torch.tensor(logits, requires_grad=True)
    value = loss(torch.from_numpy(labels), z, sample_weight=None if weights is None else torch.from_numpy(weights))
    value.backward()
    return {"loss": float(f"{float(value.detach()):.8g}"), "dlogits": numbers(z.grad.numpy())}


def losses() -> None:
    binary_logits = np.float32([[-60], [-3], [-0.2], [0], [0.4], [2], [9], [60]])
    binary_labels = np.float32([[1], [0], [1], [1], [0], [1], [0], [0]])
    logits = wave(6, 4, scale=3)
    logits[5] = [100, -100, 0, 50]
    labels = np.int32([0, 1, 2, 3, 1, 2])
    one_hot = np.eye(4, dtype=np.float32)[labels]
    class_weights = {0: 0.5, 1: 1.0, 2: 3.0, 3: 1.5}
    weights = np.float32([class_weights[label] for label in labels])
    binary, categorical, sparse = (keras.losses.BinaryCrossentropy, keras.losses.CategoricalCrossentropy, keras.losses.SparseCategoricalCrossentropy)
    write(
        "test/fixtures/keras/losses.json",
        {
            "command": COMMAND,
            "versions": versions(),
            "note": "from logits, averaged over the batch; weighted: sum(weight * loss) / batch size, not / sum(weight)",
            "binary": {
                "logits": numbers(binary_logits, 9),
                "labels": numbers(binary_labels),
                "plain": loss_case(binary(from_logits=True), binary_labels, binary_logits),
                "labelSmoothing": {"value": 0.1, **loss_case(binary(from_logits=True, label_smoothing=0.1), binary_labels, binary_logits)},
                "weighted": {"weights": [2, 1, 2, 2, 1, 2, 1, 1], **loss_case(binary(from_logits=True), binary_labels, binary_logits, np.float32([2, 1, 2, 2, 1, 2, 1, 1]))},
            },
            "categorical": {
                "shape": [6, 4],
                "logits": numbers(logits, 9),
                "labels": [int(label) for label in labels],
                "plain": loss_case(sparse(from_logits=True), labels, logits),
                "labelSmoothing": {"value": 0.1, **loss_case(categorical(from_logits=True, label_smoothing=0.1), one_hot, logits)},
                "weighted": {"weights": numbers(weights), **loss_case(sparse(from_logits=True), labels, logits, weights)},
            },
            "classWeight": fit_with_class_weight(logits, labels, class_weights),
        },
    )


def fit_with_class_weight(inputs: np.ndarray, labels: np.ndarray, class_weights: dict) -> dict:
    """One step of `fit(class_weight=...)` with plain gradient descent on a linear layer: what the weights scale."""
    model = keras.Sequential([keras.layers.Dense(4, use_bias=False)])
    model.build((None, 4))
    kernel = wave(4, 4, scale=0.1)
    model.set_weights([kernel])
    model.compile(keras.optimizers.SGD(0.1), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    history = model.fit(inputs, labels, batch_size=6, epochs=1, class_weight=class_weights, verbose=0, shuffle=False)
    return {
        "weights": list(class_weights.values()),
        "inputs": numbers(inputs, 9),
        "kernel": numbers(kernel, 9),
        "learningRate": 0.1,
        "reportedLoss": float(f"{history.history['loss'][0]:.8g}"),
        "kernelAfterOneStep": numbers(model.get_weights()[0]),
    }


def pooling() -> None:
    images = np.float32([[[[6, 1], [6, 2]], [[0, 3], [6, 3]]], [[[1, 0], [2, 0]], [[3, 0], [4, 0]]]])
    cases = {}
    for name, layer in (("max", keras.layers.GlobalMaxPooling2D()), ("average", keras.layers.GlobalAveragePooling2D())):
        x = torch.tensor(images, requires_grad=True)
        y = layer(x)
        (y * torch.from_numpy(np.float32([[1, 2], [3, 4]]))).sum().backward()
        cases[name] = {"y": numbers(y.detach().numpy()), "dx": numbers(x.grad.numpy())}
    write(
        "test/fixtures/keras/pooling.json",
        {
            "command": COMMAND,
            "versions": versions(),
            "note": "NHWC [2, 2, 2, 2]; upstream [[1, 2], [3, 4]]; ties: the torch backend shares the gradient evenly among equal maxima, TensorFlow's reduce_max does so too",
            "x": numbers(images),
            **cases,
        },
    )


optimizers()
batch_normalization()
losses()
pooling()
