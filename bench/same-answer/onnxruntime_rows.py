"""Rows of probabilities from plain ONNX Runtime: the paths of pictures as JSON on standard input, rows on standard output."""
import json
import sys

import numpy
import onnxruntime
from PIL import Image, ImageOps

session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])


def row(path):
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    return session.run(["probabilities"], {"image": numpy.asarray(image)[None]})[0][0].tolist()


json.dump([row(path) for path in json.load(sys.stdin)], sys.stdout)
