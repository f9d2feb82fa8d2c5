"""Checks that plain ONNX Runtime in Python answers as Graft does, given a bundle.

    npm run build
    node scripts/parity/bundle_answers.mjs ../shared/weights/mobilenet_v2_035_224 ../shared/data/hymenoptera/val /tmp/bundle
    python3 -m venv /tmp/parity && /tmp/parity/bin/pip install onnx==1.23.2 onnxruntime==1.32.0 pillow==13.0.0
    /tmp/parity/bin/python scripts/parity/bundle_onnxruntime.py ../shared/data/hymenoptera/val /tmp/bundle
"""
import ast
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import PIL
from PIL import Image, ImageOps

PHOTOS, ANSWERS = Path(sys.argv[1]), Path(sys.argv[2])


def open_bundle(path: Path, names: list) -> onnxruntime.InferenceSession:
    """The session, after checking the file by ONNX's own rules and the metadata as Ultralytics reads it."""
    onnx.checker.check_model(str(path), full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    metadata = session.get_modelmeta().custom_metadata_map
    assert ast.literal_eval(metadata["names"]) == dict(enumerate(names)), metadata["names"]
    assert ast.literal_eval(metadata["imgsz"]) == [224, 224] and metadata["task"] == "classify"
    assert json.loads(metadata["graft"])["classNames"] == names
    return session


def difference(ours: list, theirs: list) -> str:
    ours, theirs = np.array(ours), np.array(theirs)
    same = (ours.argmax(1) == theirs.argmax(1)).sum()
    return f"largest {np.abs(ours - theirs).max():.1e}, mean {np.abs(ours - theirs).mean():.1e}, same best class {same}/{len(ours)}"


print(f"onnxruntime {onnxruntime.__version__}, onnx {onnx.__version__}, Pillow {PIL.__version__}")
for fit in ("squash", "pad", "crop"):
    answers = json.loads((ANSWERS / f"{fit}.json").read_text())
    session = open_bundle(ANSWERS / f"{fit}.onnx", answers["classNames"])
    ask = lambda pixels: session.run(["probabilities"], {"image": pixels[None]})[0][0]
    raw, decoded = [], []
    for n, picture in enumerate(answers["pictures"]):
        pixels = np.fromfile(ANSWERS / f"{n}.rgb", np.uint8).reshape(picture["height"], picture["width"], 3)
        raw.append(ask(pixels))
        image = ImageOps.exif_transpose(Image.open(PHOTOS / picture["name"])).convert("RGB")
        decoded.append(ask(np.asarray(image)))
    pictures = answers["pictures"]
    print(f"{fit}: {len(pictures)} photographs, mean score of the best class {np.max(raw, 1).mean():.2f}")
    print(f"  the same pixels:   {difference([p['fromPixels'] for p in pictures], raw)}")
    print(f"  the same files:    {difference([p['fromFiles'] for p in pictures], decoded)}")
