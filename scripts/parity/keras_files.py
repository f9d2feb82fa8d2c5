"""Small weight files of every kind that Keras and its kin write, with the values that a reader must find in them.

python scripts/parity/keras_files.py
"""
import io
import json
import zipfile

from fixtures import ROOT, numbers, versions, wave, write

import h5py
import keras
import numpy as np
from safetensors.numpy import save_file

TARGET = ROOT / "test/model/weights/fixtures"
BACKBONE = "mobilenetv2_0.35_16"


def tiny() -> keras.Model:
    """A classifier whose backbone is a nested model, as transfer learning makes them."""
    layers = keras.layers
    image = keras.Input((16, 16, 3))
    x = layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False, name="Conv1")(image)
    x = layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name="bn_Conv1")(x)
    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="expanded_conv_depthwise")(x)
    backbone = keras.Model(image, x, name=BACKBONE)
    model = keras.Sequential([backbone, layers.GlobalMaxPooling2D(), layers.Dense(3, name="predictions")], name="classifier")
    model.build((None, 16, 16, 3))
    model.set_weights([wave(*w.shape, phase=index) for index, w in enumerate(model.weights)])
    return model


def canonical(model: keras.Model) -> dict:
    """Name and values by Keras 2's names: a depthwise kernel is called depthwise_kernel."""
    values = {}
    for weight in model.weights:
        layer, variable = weight.path.split("/")[-2:]
        values[f"{layer}/{'depthwise_kernel' if 'depthwise' in layer and variable == 'kernel' else variable}"] = weight.numpy()
    return values


def without_names(content: bytes) -> bytes:
    """A weights.h5 as older releases of Keras 3 wrote it: the groups `vars` carry no name."""
    stream = io.BytesIO(content)
    with h5py.File(stream, "a") as file:
        file.visititems(lambda path, item: item.attrs.pop("name") if path.split("/")[-1] == "vars" and "name" in item.attrs else None)
        if "vars" in file and "name" in file["vars"].attrs:
            del file["vars"].attrs["name"]
    return stream.getvalue()


def keras_files(model: keras.Model) -> None:
    model.save(TARGET / "tiny.h5")
    model.save(TARGET / "tiny.keras")
    model.save_weights(TARGET / "tiny.weights.h5")
    with zipfile.ZipFile(TARGET / "tiny.keras") as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    unnamed = without_names(contents["model.weights.h5"])
    (TARGET / "unnamed.weights.h5").write_bytes(unnamed)
    with zipfile.ZipFile(TARGET / "unnamed.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, unnamed if name == "model.weights.h5" else content)


def keras2_file(name: str, values: dict, renamed: dict) -> None:
    """`save_weights` of Keras 2: fixed-length names as attributes, each weight below its layer, with ":0"."""
    weights = {f"{renamed.get(layer, layer)}/{variable}": value for (layer, variable), value in ((key.split("/"), v) for key, v in values.items())}
    with h5py.File(TARGET / name, "w") as file:
        layers = list(dict.fromkeys(weight.split("/")[0] for weight in weights))
        file.attrs["layer_names"] = [layer.encode() for layer in layers]
        file.attrs["backend"] = b"tensorflow"
        file.attrs["keras_version"] = b"2.2.4"
        for layer in layers:
            group = file.create_group(layer)
            names = [weight for weight in weights if weight.split("/")[0] == layer]
            group.attrs["weight_names"] = [f"{weight}:0".encode() for weight in names]
            for weight in names:
                group.create_dataset(f"{weight}:0", data=weights[weight])


def storage_files(kernel: np.ndarray) -> None:
    """One kernel in the ways HDF5 can store it; the reader reads some, and refuses the others by name."""
    ways = {
        "gzip": {"compression": "gzip", "shuffle": True, "chunks": (2, 3, 2, 4)},
        "fletcher": {"fletcher32": True, "chunks": (3, 3, 3, 2)},
        "half": {"dtype": "f2"},
        "double": {"dtype": ">f8"},
        "lzf": {"compression": "lzf", "chunks": (3, 3, 3, 4)},
        "integer": {"dtype": "i4"},
    }
    for name, options in ways.items():
        with h5py.File(TARGET / f"storage-{name}.h5", "w") as file:
            data = np.ones_like(kernel) if name == "lzf" else kernel  # lzf stores what it cannot shorten as it is
            file.create_dataset("Conv1/Conv1/kernel:0", data=data, **options)
    with h5py.File(TARGET / "storage-latest.h5", "w", libver="latest") as file:
        file.create_dataset("Conv1/Conv1/kernel:0", data=kernel, chunks=(3, 3, 3, 2))
    with h5py.File(TARGET / "storage-missing.h5", "w") as file:
        file.create_dataset("Conv1/Conv1/kernel:0", shape=kernel.shape, dtype="f4")


def teachable_machine(values: dict) -> None:
    """A Teachable Machine project by hand: Sequential(Sequential(Model, pooling), Sequential(Dense, Dense))."""
    layer = lambda kind, name, **config: {"class_name": kind, "config": {"name": name, **config}}
    backbone = layer("Model", BACKBONE, layers=[layer("Conv2D", "Conv1"), layer("BatchNormalization", "bn_Conv1"), layer("DepthwiseConv2D", "expanded_conv_depthwise")])
    topology = layer(
        "Sequential",
        "sequential_4",
        layers=[
            layer("Sequential", "sequential_1", layers=[backbone, layer("GlobalAveragePooling2D", "global_average_pooling2d_1")]),
            layer("Sequential", "sequential_3", layers=[layer("Dense", "dense_Dense1"), layer("Dense", "dense_Dense2")]),
        ],
    )
    top = {"dense_Dense1/kernel": wave(4, 5), "dense_Dense1/bias": wave(5), "dense_Dense2/kernel": wave(5, 2)}
    tensors = {name: value for name, value in values.items() if not name.startswith("predictions")} | top
    data = b"".join(value.tobytes() for value in tensors.values())
    manifest = [{"name": name, "shape": list(value.shape), "dtype": "float32"} for name, value in tensors.items()]
    files = {
        "model.json": json.dumps({"modelTopology": topology | {"keras_version": "tfjs-layers 1.3.1", "backend": "tensor_flow.js"}, "weightsManifest": [{"paths": ["weights.bin"], "weights": manifest}]}),
        "metadata.json": json.dumps({"tfjsVersion": "1.3.1", "tmVersion": "2.4.5", "packageVersion": "0.8.4-alpha2", "packageName": "@teachablemachine/image", "timeStamp": "2020-01-01T00:00:00.000Z", "userMetadata": {}, "modelName": "tm-my-image-model", "labels": ["cactus", "no cactus"], "imageSize": 224}),
        "weights.bin": data,
    }
    with zipfile.ZipFile(TARGET / "teachable-machine.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    model = tiny()
    values = canonical(model)
    keras_files(model)
    keras2_file("keras2.h5", values, {})
    keras2_file("renamed.h5", values, {"Conv1": "stem", "bn_Conv1": "bn_stem", "expanded_conv_depthwise": "mobl0_conv_depthwise"})
    storage_files(values["Conv1/kernel"])
    teachable_machine(values)
    save_file(values, TARGET / "tiny.safetensors", {"format": "np"})
    write(
        "test/model/weights/fixtures/tiny.json",
        {
            "command": "python scripts/parity/keras_files.py",
            "versions": versions() | {"h5py": h5py.__version__},
            "note": "weight i of the model holds sin(k + i) at flat index k; kernels in Keras' layout",
            "weights": {name: {"shape": list(value.shape), "values": numbers(value, 9)} for name, value in values.items()},
        },
    )
    print(sum(path.stat().st_size for path in TARGET.iterdir()), "bytes in all")


main()
